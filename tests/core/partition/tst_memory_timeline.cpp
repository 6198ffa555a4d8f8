#include <QTest>

#include "core/partition/memory_program.h"
#include "core/partition/memory_timeline.h"
#include "tests/core/partition/joint_from_text.h"

using namespace core;
using namespace core::partition;
using support::graphFromText;
using support::jointFromText;

namespace {

const char* const kNothing = "graph {\nreturn ()\n}";

std::int64_t peakOf(std::string_view forward, InPlaceReuse reuse = InPlaceReuse::No) {
  return memoryProgram(*graphFromText(forward), *graphFromText(kNothing), 0, reuse).peak();
}

Partition minCut(const ir::JointGraph& joint) {
  auto parts = partition::partition(joint, {}, StageContext());
  CORE_CHECK(parts.has_value(), parts ? std::string() : parts.error().message);
  return std::move(*parts);
}

// cumsum is no elementwise operator: its result never takes its operand's place.
const char* const kTrain = R"(graph {
  %primals_1 : f32[100] = placeholder
  %tangents_1 : f32[100] = placeholder
  %cumsum : f32[100] = aten.cumsum.default(%primals_1, 0)
  %sin : f32[100] = aten.sin.default(%cumsum)
  %cumsum_1 : f32[100] = aten.cumsum.default(%sin, 0)
  %mul : f32[100] = aten.mul.Tensor(%tangents_1, %cumsum)
  %cumsum_2 : f32[100] = aten.cumsum.default(%mul, 0)
  return (%cumsum_1, %cumsum_2)
})";

}  // namespace

class TestMemoryTimeline : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void temporariesAreFreedAfterTheirLastUse() {
    // 400 bytes each; sin and cos live together with their sum, exp only with it.
    const char* const text = R"(graph {
      %primals_1 : f32[100] = placeholder
      %sin : f32[100] = aten.sin.default(%primals_1)
      %cos : f32[100] = aten.cos.default(%sin)
      %add : f32[100] = aten.add.Tensor(%sin, %cos)
      %exp : f32[100] = aten.exp.default(%add)
      return (%exp)
    })";
    QCOMPARE(peakOf(text), std::int64_t{1200});
    // In place, add takes over sin's or cos's memory and exp that of add.
    QCOMPARE(peakOf(text, InPlaceReuse::Yes), std::int64_t{800});
  }

  void anOperandThatLiesOtherwiseIsNotOverwritten() {
    // sin has the bytes of the product, but is read transposed as well.
    const char* const text = R"(graph {
      %primals_1 : f32[10, 10] = placeholder
      %sin : f32[10, 10] = aten.sin.default(%primals_1)
      %t : f32[10, 10]{1, 10} = aten.t.default(%sin)
      %mul : f32[10, 10] = aten.mul.Tensor(%sin, %t)
      return (%mul)
    })";
    QCOMPARE(peakOf(text, InPlaceReuse::Yes), std::int64_t{800});
  }

  void viewsAndInputsTakeNothing() {
    QCOMPARE(peakOf(R"(graph {
      %primals_1 : f32[10, 10] = placeholder
      %t : f32[10, 10]{1, 10} = aten.t.default(%primals_1)
      %view : f32[100] = aten.view.default(%t, [100])
      return (%view, %primals_1)
    })"),
             std::int64_t{0});
  }

  void allMembersOfATupleAreAllocatedByItsCall() {
    // values 40 bytes, indices 80: both are there while topk runs; the indices are never read.
    QCOMPARE(peakOf(R"(graph {
      %primals_1 : f32[100] = placeholder
      %topk : (f32[10], i64[10]) = aten.topk.default(%primals_1, 10)
      %getitem : f32[10] = getitem(%topk, 0)
      %cumsum : f32[10] = aten.cumsum.default(%getitem, 0)
      return (%cumsum)
    })"),
             std::int64_t{120});
  }

  void aSplitTakesNothingAndItsPartsKeepTheWholeAlive() {
    QCOMPARE(peakOf(R"(graph {
      %primals_1 : f32[100] = placeholder
      %cumsum : f32[100] = aten.cumsum.default(%primals_1, 0)
      %split : (f32[50], f32[50]) = aten.split.Tensor(%cumsum, 50)
      %getitem : f32[50] = getitem(%split, 0)
      %cumsum_1 : f32[50] = aten.cumsum.default(%getitem, 0)
      return (%cumsum_1)
    })"),
             std::int64_t{600});
  }

  void savedValuesLiveUntilTheirLastUseInTheBackward() {
    const MemoryTimeline timeline = memoryTimeline(minCut(jointFromText(kTrain)));
    QCOMPARE(timeline.forwardSteps, 3);
    std::string text;
    for (const MemoryStep& step : timeline.steps)
      text += step.name + " " + std::to_string(step.bytes) + (step.inBackward ? "b " : " ");
    // cumsum is kept, so sin cannot take its place; mul takes it when it is read for the last time.
    QCOMPARE(text, std::string("cumsum 400 sin 800 cumsum_1 1200 mul 800b cumsum_2 1200b "));
    QCOMPARE(timeline.peakStep, 2);
    QCOMPARE(timeline.forwardPeak, std::int64_t{1200});
    QCOMPARE(timeline.betweenBytes, std::int64_t{800});
    QCOMPARE(timeline.backwardPeak, std::int64_t{1200});
  }

  void whatIsAliveHasANameAndAKind() {
    const MemoryTimeline timeline = memoryTimeline(minCut(jointFromText(kTrain)));
    const auto aliveText = [&](int step) {
      constexpr std::array kWords{"temporary", "saved", "output", "recomputed", "gradient"};
      std::string text;
      for (int i : timeline.aliveAt(step)) {
        const MemoryRange& range = timeline.ranges[static_cast<std::size_t>(i)];
        text += range.name + " " + kWords[static_cast<std::size_t>(range.kind)] + " ";
      }
      return text;
    };
    QCOMPARE(aliveText(2), std::string("cumsum saved sin temporary cumsum_1 output "));
    QCOMPARE(aliveText(4), std::string("cumsum_1 output mul temporary cumsum_2 gradient "));
  }

  void recomputedValuesAreMarked() {
    PartitionOptions options;
    options.recompute = {"cumsum"};
    const auto parts = partition::partition(jointFromText(kTrain), options, StageContext());
    QVERIFY(parts);
    const MemoryTimeline timeline = memoryTimeline(*parts);
    const auto found =
        std::find_if(timeline.ranges.begin(), timeline.ranges.end(),
                     [](const MemoryRange& range) { return range.kind == MemoryKind::Recomputed; });
    QVERIFY(found != timeline.ranges.end());
    QCOMPARE(found->name, std::string("cumsum"));
    QCOMPARE(found->firstStep, 3);
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
      %cumsum : f32[100] = aten.cumsum.default(%mul, 0)
      return (%cumsum)
    })");
    // sin stays to the end, so mul and cumsum come on top of it.
    QCOMPARE(memoryProgram(*forward, *backward, 1).peak(), std::int64_t{1200});
  }

  void twoSavedViewsOfOneStorageCountOnce() {
    const auto forward = graphFromText(R"(graph {
      %primals_1 : f32[10, 10] = placeholder
      %cumsum : f32[10, 10] = aten.cumsum.default(%primals_1, 0)
      %t : f32[10, 10]{1, 10} = aten.t.default(%cumsum)
      return (%cumsum, %t)
    })");
    const auto backward = graphFromText(R"(graph {
      %cumsum : f32[10, 10] = placeholder
      %t : f32[10, 10]{1, 10} = placeholder
      %mm : f32[10, 10] = aten.mm.default(%cumsum, %t)
      return (%mm)
    })");
    QCOMPARE(memoryProgram(*forward, *backward, 2).peak(), std::int64_t{800});
  }
};

QTEST_APPLESS_MAIN(TestMemoryTimeline)
#include "tst_memory_timeline.moc"
