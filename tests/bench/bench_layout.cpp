// How long a layout takes, with sizes and routing: captured models, transformers from 150 to
// 100,000 boxes, and shapes that are hard to draw. bench_layout [--dot]: also `dot` (Graphviz) on
// the same boxes and edges, plain and with the backward's edges reversed, stopped after a minute.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "core/layout/layout.h"
#include "core/load/capture/capture_reader.h"
#include "tests/bench/dot_peer.h"
#include "tests/bench/layout_quality.h"
#include "tests/support/odd_joints.h"
#include "tests/support/transformer_joint.h"

namespace {

using namespace core;
using namespace core::layout;

constexpr int kRounds = 5;

GraphGeometryPtr layoutOf(const LayoutRequest& request) {
  auto result = layoutGraph(request, {});
  if (result) return *result;
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

/// Everything open, as every box costs.
LayoutRequest wholeOf(ir::JointGraph joint) {
  LayoutRequest request;
  request.joint = std::make_shared<const ir::JointGraph>(std::move(joint));
  request.options.expandAutomatically = false;
  request.options.expanded = expandedToDepth(*layoutOf(request), 1000);
  return request;
}

double secondsOf(const LayoutRequest& request) {
  double best = 1e9;
  double spent = 0;
  for (int round = 0; round < kRounds && spent < 5; ++round) {
    const std::clock_t start = std::clock();
    layoutOf(request);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    best = std::min(best, seconds);
    spent += seconds;
  }
  return best;
}

void timeOne(const char* name, ir::JointGraph joint, bool withDot) {
  const LayoutRequest request = wholeOf(std::move(joint));
  const GraphGeometryPtr geometry = layoutOf(request);
  const double seconds = secondsOf(request);
  const double nodes = static_cast<double>(request.joint->graph->size());
  std::printf("%-18s %7.0f nodes %7zu boxes %7zu edges: %9.2f ms, %6.2f us/node; %s\n", name, nodes,
              geometry->boxes.size(), geometry->edges.size(), seconds * 1e3, seconds / nodes * 1e6,
              bench::qualityText(*geometry).c_str());
  if (withDot) bench::compareWithDot(*geometry, seconds);
  std::fflush(stdout);
}

void timeCaptured(const std::string& name, bool withDot) {
  const auto file =
      load::readCaptureFile(std::string(AOT_TEST_DATA "/oracle/goldens/") + name + ".json.gz");
  if (file) return timeOne(name.c_str(), file->find("none")->joint, withDot);
  std::fprintf(stderr, "%s\n", file.error().message.c_str());
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const bool withDot = argc > 1 && std::strcmp(argv[1], "--dot") == 0;
  for (const char* name : {"gpt_sdpa", "gpt_deep", "resnet18_w16", "unet", "lstm", "vit", "moe"})
    timeCaptured(name, withDot);
  for (const int layers : {2, 15, 72, 360, 720})
    timeOne(("gpt of " + std::to_string(layers)).c_str(),
            support::namedTransformerJoint({layers, 2, 16, 16, 2}), withDot && layers <= 15);
  timeOne("chain", support::chainJoint(40000, true), false);
  timeOne("hub", support::hubJoint(100000, false), false);
  timeOne("trained hub", support::hubJoint(50000, true), false);
  timeOne("complete", support::completeJoint(300), false);
  timeOne("long names", support::namedJoint(std::string(1 << 20, 'n')), false);
}
