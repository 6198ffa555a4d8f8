#include <QTest>

#include "core/ir/value_storage.h"
#include "tests/support/graph_from_text.h"

using namespace core::ir;

class TestValueStorage : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void viewsShareTheStorageOfTheirFirstArgument() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %primals_1 : f32[4, 6] = placeholder
      %primals_2 : f32[4, 6] = placeholder
      %t : f32[6, 4]{1, 6} = aten.t.default(%primals_1)
      %mul : f32[6, 4] = aten.mul.Tensor(%t, 2)
      %_unsafe_view : f32[24] = aten._unsafe_view.default(%mul, [24])
      %split : (f32[12], f32[12]) = aten.split.Tensor(%_unsafe_view, 12)
      %getitem : f32[12] = getitem(%split, 0)
      %topk : (f32[3], i64[3]) = aten.topk.default(%getitem, 3)
      %getitem_1 : f32[3] = getitem(%topk, 0)
      %copy_ : f32[4, 6] = aten.copy_.default(%primals_2, %primals_1)
      return (%getitem_1, %copy_)
    })");
    const auto storages = valueStorages(*graph);
    const auto of = [&](const char* name) { return storages[graph->find(name)->index]; };
    QCOMPARE(of("t"), of("primals_1"));
    QVERIFY(of("mul") != of("t"));
    QCOMPARE(of("_unsafe_view"), of("mul"));
    QCOMPARE(of("split"), kNoStorage);
    QCOMPARE(of("getitem"), of("mul"));
    QVERIFY(of("getitem_1") != of("getitem"));
    QCOMPARE(of("copy_"), of("primals_2"));
    QVERIFY(of("primals_1") != of("primals_2"));
    // The number is the first node's id.
    QCOMPARE(of("mul"), static_cast<int>(graph->find("mul")->index));
  }

  void primalsMayShareByTheSignature() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %primals_2 : f32[4] = placeholder
      %primals_3 : f32[4] = placeholder
      %tangents_1 : f32[4] = placeholder
      return (%primals_1)
    })");
    const auto storages = valueStorages(*graph, {7, 3, 7});
    QCOMPARE(storages[0], storages[2]);
    QVERIFY(storages[1] != storages[0]);
    QVERIFY(storages[3] != storages[0] && storages[3] != storages[1]);
  }
};

QTEST_APPLESS_MAIN(TestValueStorage)
#include "tst_value_storage.moc"
