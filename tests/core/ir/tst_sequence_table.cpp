#include <QTest>

#include "core/ir/sequence_table.h"
#include "tests/support/graph_from_text.h"

using namespace core;

namespace {

const char* const kJoint = R"ir(graph {
  %primals_1 : f32[4] = placeholder  # is_forward
  %tangents_1 : f32[4] = placeholder  # is_backward
  %sin : f32[4] = aten.sin.default(%primals_1)  # is_forward seq=0 module="first:First" call="aten.sin.default" file="/src/net.py" line=10 function="forward" code="a = sin(w)"
  %mul : f32[4] = aten.mul.Tensor(%sin, %sin)  # is_forward seq=1 module="second:Second" call="aten.square.default"
  %mul_1 : f32[4] = aten.mul.Tensor(%tangents_1, %sin)  # is_backward seq=1 fwd_module="second:Second"
  %add : f32[4] = aten.add.Tensor(%mul_1, %mul_1)  # is_backward seq=1 grad_acc
  %cos : f32[4] = aten.cos.default(%primals_1)  # is_backward seq=0 fwd_module="first:First"
  %mul_2 : f32[4] = aten.mul.Tensor(%add, %cos)  # is_backward seq=0 fwd_module="first:First"
  %copy_ : f32[4] = aten.copy_.default(%primals_1, %mul)  # must_be_in_forward
  return (%mul, %mul_2)
})ir";

}  // namespace

class TestSequenceTable : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void oneRowANumberWithTheCallsOfBothPhases() {
    const ir::GraphPtr graph = support::graphFromText(kJoint);
    const auto table = ir::sequenceTable(*graph);
    QCOMPARE(table.size(), std::size_t{3});
    QCOMPARE(table[0].number, std::optional<std::int64_t>(0));
    QCOMPARE(table[0].forward, std::vector<ir::NodeId>{*graph->find("sin")});
    QCOMPARE(table[0].backward,
             (std::vector<ir::NodeId>{*graph->find("cos"), *graph->find("mul_2")}));
    QCOMPARE(table[0].module->path, std::string("first"));
    QCOMPARE(table[0].source->line, 10);
    QCOMPARE(table[1].backward.size(), std::size_t{2});
  }

  void callsWithoutANumberAreTheLastRow() {
    const ir::GraphPtr graph = support::graphFromText(kJoint);
    const ir::SequenceRow last = ir::sequenceTable(*graph).back();
    QVERIFY(!last.number);
    QCOMPARE(last.forward, std::vector<ir::NodeId>{*graph->find("copy_")});
    QVERIFY(!last.module);
  }

  void theTextHasOneLineARow() {
    const ir::GraphPtr graph = support::graphFromText(kJoint);
    QCOMPARE(ir::sequenceTableText(*graph), std::string(R"(
seq  call         forward          backward                                              module  source
0    aten.sin     aten.sin         aten.cos, aten.mul.Tensor                             first   net.py:10 a = sin(w)
1    aten.square  aten.mul.Tensor  aten.mul.Tensor, aten.add.Tensor (gradient addition)  second
-                 aten.copy_
)")
                                                .substr(1));
  }

  void numbersThatOnlyTheBackwardHasStillHaveTheirModule() {
    const ir::GraphPtr graph = support::graphFromText(R"ir(graph {
      %tangents_1 : f32[4] = placeholder  # is_backward
      %neg : f32[4] = aten.neg.default(%tangents_1)  # is_backward seq=3 fwd_module="head:Head"
      return (%neg)
    })ir");
    const auto table = ir::sequenceTable(*graph);
    QCOMPARE(table.size(), std::size_t{1});
    QVERIFY(table[0].forward.empty());
    QCOMPARE(table[0].module->path, std::string("head"));
  }
};

QTEST_APPLESS_MAIN(TestSequenceTable)
#include "tst_sequence_table.moc"
