#include "app/engine/partition_report.h"

#include <cstdio>

#include "app/engine/command_output.h"
#include "core/partition/memory_timeline.h"
#include "core/partition/pareto_curve.h"
#include "core/partition/why_saved.h"

namespace engine {
namespace {

using namespace core;
using namespace core::partition;

const char* fateWord(ValueFate fate) {
  switch (fate) {
    case ValueFate::Saved: return "saved";
    case ValueFate::Recomputed: return "recomputed";
    case ValueFate::ForwardOnly: return "forward only";
    case ValueFate::BackwardOnly: return "backward only";
  }
  return "";
}

void printWhy(const ValueAnswer& answer) {
  const ValueDecision& decision = answer.decision;
  std::printf("%s: %s, by the rule '%s' (%s)\n  %s\n", decision.name.c_str(),
              fateWord(decision.fate), decision.rule.c_str(), bytesText(decision.bytes).c_str(),
              decision.sentence.c_str());
  if (!answer.backwardReaders.empty()) {
    std::printf("  Read in the backward by");
    for (const std::string& reader : answer.backwardReaders) std::printf(" %s", reader.c_str());
    std::printf(".\n");
  }
  std::printf("  %s\n", answer.flip ? answer.flip->sentence.c_str() : answer.refusal.c_str());
}

std::string wayTo(const ParetoPoint& point) {
  char text[48];
  if (point.budget)
    std::snprintf(text, sizeof text, "budget %.4f", *point.budget);
  else
    std::snprintf(text, sizeof text, "peak %lld", static_cast<long long>(point.figures.peakBytes));
  return text;
}

void printPoint(const std::string& way, const PlanFigures& figures, const char* mark) {
  std::printf("  %-22s %6d %12s %12s %12s %10d %12s %s\n", way.c_str(), figures.savedTensors,
              bytesText(figures.savedBytes).c_str(), bytesText(figures.newStorageBytes).c_str(),
              bytesText(figures.peakBytes).c_str(), figures.recomputedCalls,
              millisecondsText(figures.recomputeSeconds * 1e3).c_str(), mark);
}

void printCurve(const ParetoCurve& curve) {
  std::printf("%zu points in %s; recompute time by the model '%s', peak simulated\n",
              curve.points.size(), millisecondsText(curve.seconds * 1e3).c_str(),
              std::string(costModelName(curve.timeModel)).c_str());
  std::printf("  %-22s %6s %12s %12s %12s %10s %12s\n", "", "saved", "bytes", "new memory", "peak",
              "recomputed", "time");
  for (const ParetoPoint& point : curve.points) {
    std::string mark;
    if (point.onSavedFront) mark += " fewest bytes";
    if (point.onPeakFront) mark += " lowest peak";
    printPoint(wayTo(point), point.figures, mark.c_str());
  }
  printPoint("PyTorch default", curve.pytorchDefault, "");
  printPoint("PyTorch min-cut", curve.pytorchMinCut, "");
  printPoint("present", curve.present, "");
}

void printMemory(const MemoryTimeline& timeline) {
  std::printf("simulated memory: forward %s, between %s, backward %s\n",
              bytesText(timeline.forwardPeak).c_str(), bytesText(timeline.betweenBytes).c_str(),
              bytesText(timeline.backwardPeak).c_str());
  for (std::size_t i = 0; i < timeline.steps.size(); ++i) {
    const MemoryStep& step = timeline.steps[i];
    const bool isPeak = static_cast<int>(i) == timeline.peakStep;
    std::printf("  %5zu %c %12s %s%s\n", i, step.inBackward ? 'b' : 'f',
                bytesText(step.bytes).c_str(), step.name.c_str(), isPeak ? "  <- peak" : "");
  }
  if (timeline.peakStep < 0) return;
  std::printf("alive at the peak:\n");
  for (int index : timeline.aliveAt(timeline.peakStep)) {
    const MemoryRange& range = timeline.ranges[static_cast<std::size_t>(index)];
    std::printf("  %12s %s (steps %d to %d)\n", bytesText(range.bytes).c_str(), range.name.c_str(),
                range.firstStep, range.lastStep);
  }
}

}  // namespace

Result<void> printReports(const ir::JointGraph& joint, const Partition& present,
                          const EngineOptions& options, const StageContext& context) {
  for (const std::string& name : options.why) {
    CORE_TRY(const ValueAnswer answer, whyValue(joint, present, name, context));
    printWhy(answer);
  }
  if (options.curve) {
    CORE_TRY(const ParetoCurve curve,
             paretoCurve(joint, present.options, context, PeakPlans::With));
    printCurve(curve);
  }
  if (options.memory) printMemory(memoryTimeline(present));
  return {};
}

}  // namespace engine
