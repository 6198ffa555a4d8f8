#include <QTest>

#include "core/partition/peak_memory.h"
#include "tests/core/partition/joint_from_text.h"

using namespace core::partition;
using support::graphFromText;

class TestPeakMemory : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void temporariesAreFreedAfterTheirLastUse() {
    // 400 bytes each; sin and cos live together with their sum, exp only with it.
    const auto forward = graphFromText(R"(graph {
      %primals_1 : f32[100] = placeholder
      %sin : f32[100] = aten.sin.default(%primals_1)
      %cos : f32[100] = aten.cos.default(%sin)
      %add : f32[100] = aten.add.Tensor(%sin, %cos)
      %exp : f32[100] = aten.exp.default(%add)
      return (%exp)
    })");
    const auto backward = graphFromText("graph {\nreturn ()\n}");
    const PeakMemory memory = simulatePeakMemory(*forward, *backward, 0);
    QCOMPARE(memory.forward, std::int64_t{1200});
    QCOMPARE(memory.between, std::int64_t{400});
    QCOMPARE(memory.backward, std::int64_t{400});
    QCOMPARE(memory.total(), std::int64_t{1200});
  }

  void viewsAndInputsTakeNothing() {
    const auto forward = graphFromText(R"(graph {
      %primals_1 : f32[10, 10] = placeholder
      %t : f32[10, 10]{1, 10} = aten.t.default(%primals_1)
      %view : f32[100] = aten.view.default(%t, [100])
      return (%view, %primals_1)
    })");
    const auto backward = graphFromText(R"(graph {
      %primals_1 : f32[10, 10] = placeholder
      %tangents_1 : f32[100] = placeholder
      return (%tangents_1)
    })");
    QCOMPARE(simulatePeakMemory(*forward, *backward, 1).total(), std::int64_t{0});
  }

  void savedValuesLiveUntilTheirLastUseInTheBackward() {
    const auto forward = graphFromText(R"(graph {
      %primals_1 : f32[100] = placeholder
      %sin : f32[100] = aten.sin.default(%primals_1)
      %cos : f32[100] = aten.cos.default(%primals_1)
      %sum : f32[] = aten.sum.default(%cos)
      return (%sum, %sin, %cos)
    })");
    const auto backward = graphFromText(R"(graph {
      %sin : f32[100] = placeholder
      %cos : f32[100] = placeholder
      %tangents_1 : f32[] = placeholder
      %mul : f32[100] = aten.mul.Tensor(%tangents_1, %sin)
      %mul_1 : f32[100] = aten.mul.Tensor(%mul, %cos)
      %exp : f32[100] = aten.exp.default(%mul_1)
      return (%exp)
    })");
    const PeakMemory memory = simulatePeakMemory(*forward, *backward, 2);
    QCOMPARE(memory.forward, std::int64_t{804});
    QCOMPARE(memory.between, std::int64_t{804});
    // sum + sin + cos + mul, then sum + cos + mul + mul_1.
    QCOMPARE(memory.backward, std::int64_t{1204});
  }

  void whatTheCallerKeepsIsNotFreed() {
    const auto forward = graphFromText(R"(graph {
      %primals_1 : f32[100] = placeholder
      %sin : f32[100] = aten.sin.default(%primals_1)
      return (%sin, %sin)
    })");
    const auto backward = graphFromText(R"(graph {
      %sin : f32[100] = placeholder
      %tangents_1 : f32[100] = placeholder
      %mul : f32[100] = aten.mul.Tensor(%tangents_1, %sin)
      %exp : f32[100] = aten.exp.default(%mul)
      return (%exp)
    })");
    // sin stays to the end, so mul and exp come on top of it.
    QCOMPARE(simulatePeakMemory(*forward, *backward, 1).backward, std::int64_t{1200});
  }
};

QTEST_APPLESS_MAIN(TestPeakMemory)
#include "tst_peak_memory.moc"
