// How long partitioning takes: on transformers from a few layers to 100,000 nodes, and on the
// captured models beside the times that PyTorch's partitioner took for them; and how good the
// peak-limited search is. bench_partition [SVG]: where to write the curves.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>

#include "core/load/capture/capture_reader.h"
#include "core/partition/describe_partition.h"
#include "core/partition/memory_budget.h"
#include "core/partition/pareto_curve.h"
#include "core/partition/partition_joint.h"
#include "tests/bench/curve_svg.h"
#include "tests/support/transformer_joint.h"

namespace {

using namespace core;
using namespace core::partition;

constexpr int kRounds = 7;

/// Processor time, which is what PyTorch's figures are.
template <typename Work>
double bestSeconds(Work&& work, int rounds = kRounds) {
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const std::clock_t start = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

template <typename T>
T valueOf(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

/// Nanoseconds a node of each step, and of a whole partition.
void timeSteps(int layers) {
  const ir::JointGraph joint = support::transformerJoint({layers, 2, 16, 16, 2});
  const double nodes = static_cast<double>(joint.graph->size());
  const PartitionOptions options;
  const StageContext context;
  const double clean = bestSeconds([&] { cleanUp(joint); });
  const CleanGraph cleaned = cleanUp(joint);
  const double classify = bestSeconds([&] { valueOf(prepare(joint, cleaned, options)); });
  const PreparedJointPtr prepared = valueOf(prepare(joint, cleaned, options));
  const auto choose = [&] {
    return valueOf(chooseSaved(prepared->problem, prepared->classes, options, context));
  };
  const double cut = bestSeconds([&] { choose(); });
  const BudgetAnswer answer = choose();
  const double split = bestSeconds([&] { valueOf(planFor(*prepared, answer.saved)); });
  const SplitPlan plan = valueOf(planFor(*prepared, answer.saved));
  const double emit = bestSeconds([&] {
    Partition partition;
    describePartition(prepared->problem, plan, partition);
  });
  const double whole = bestSeconds([&] { valueOf(partition::partition(joint, options, context)); });
  const auto perNode = [&](double seconds) { return seconds / nodes * 1e9; };
  std::printf(
      "%7.0f nodes: clean up %4.0f, classify %4.0f, cut %4.0f, split %4.0f, emit %4.0f "
      "ns/node; classify + cut + emit %4.0f; with reasons and peak %5.0f (%.2f ms)\n",
      nodes, perNode(clean), perNode(classify), perNode(cut), perNode(split), perNode(emit),
      perNode(classify + cut + split + emit), perNode(whole), whole * 1e3);
}

/// Milliseconds that PyTorch 2.11 took: default, and min-cut with budget 1, 0.5 and 0.2; 0: not
/// measured.
struct Recorded {
  const char* model;
  double milliseconds[4];
};

constexpr Recorded kPyTorch[] = {
    {"mlp", {7, 14, 14, 14}},
    {"cnn_bn", {20, 45, 61, 85}},
    {"gpt_sdpa", {60, 160, 211, 206}},
    {"gpt_explicit", {75, 148, 276, 253}},
    {"resnet18_w16", {77, 413, 338, 313}},
    {"vit", {72, 165, 579, 277}},
    {"lstm", {488, 396, 1063, 1057}},
    {"gpt_deep", {258, 623, 1767, 0}},
};

void timeCaptured(const Recorded& recorded) {
  const auto file = valueOf(load::readCaptureFile(std::string(AOT_TEST_DATA "/oracle/goldens/") +
                                                  recorded.model + ".json.gz"));
  const ir::JointGraph& joint = file.find("none")->joint;
  std::printf("%-14s %5zu nodes:", recorded.model, joint.graph->size());
  for (int i = 0; i < 4; ++i) {
    if (recorded.milliseconds[i] == 0) continue;
    PartitionOptions options;
    if (i == 0) options.partitioner = PartitionerKind::Default;
    options.budget = i < 2 ? 1 : i == 2 ? 0.5 : 0.2;
    const double seconds =
        bestSeconds([&] { valueOf(partition::partition(joint, options, StageContext())); });
    std::printf("  %6.2f ms (%4.0f times)", seconds * 1e3,
                recorded.milliseconds[i] / seconds / 1e3);
  }
  std::printf("\n");
}

void timeCurve(int layers) {
  const ir::JointGraph joint = support::transformerJoint({layers, 8, 256, 512, 8});
  for (PeakPlans plans : {PeakPlans::Without, PeakPlans::With}) {
    ParetoCurve curve;
    const double seconds =
        bestSeconds([&] { curve = valueOf(paretoCurve(joint, {}, StageContext(), plans)); }, 3);
    std::printf("%d layers, %zu nodes: %zu points%s in %.1f ms\n", layers, joint.graph->size(),
                curve.points.size(), plans == PeakPlans::With ? " with peak plans" : "",
                seconds * 1e3);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (int layers : {2, 16, 64, 256, 900}) timeSteps(layers);
  for (const Recorded& recorded : kPyTorch) timeCaptured(recorded);
  timeCurve(12);
  const ir::JointGraph joint = support::transformerJoint({24, 8, 256, 512, 8});
  const ParetoCurve curve = valueOf(paretoCurve(joint, {}, StageContext(), PeakPlans::With));
  bench::comparePeaks(curve);
  if (argc > 1) std::ofstream(argv[1]) << bench::curveSvg(curve);
}
