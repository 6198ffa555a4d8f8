// Time that the guards of an entry take in a call that it serves: tensors of fixed sizes, of
// symbolic sizes, and written views of one storage. One line a case; ends with 1 if a check takes
// longer than the limit.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "core/run/guards/entry_guards.h"
#include "tests/support/graph_from_text.h"

namespace {

using namespace core;

constexpr double kLimitMicroseconds = 1;
constexpr int kRounds = 50;
constexpr int kChecks = 2000;

run::TensorFacts tensor(const std::string& name, std::vector<std::int64_t> sizes, int position) {
  return {name, position, ir::contiguousMeta(ir::DType::F32, sizes), 0, false, position, position};
}

ir::JointGraph jointOf(const std::string& text, std::size_t primals) {
  ir::JointGraph joint;
  joint.graph = support::graphFromText(text);
  joint.signature.numPrimals = static_cast<int>(primals);
  for (std::size_t i = 0; i < primals; ++i)
    joint.signature.inputBindings.push_back({static_cast<int>(i), false, {}, 0});
  joint.metadata.inputs.resize(primals);
  return joint;
}

struct Case {
  const char* name;
  run::EntryGuards guards;
  run::CallFacts call;
};

Case fixedSizes() {
  const run::CallFacts facts{{tensor("x", {8, 32, 64}, 0), tensor("mask", {8, 32}, 1)}, true};
  return {"two tensors of fixed sizes",
          run::EntryGuards(facts, jointOf(R"(graph {
            %arg0_1 : f32[8, 32, 64] = placeholder
            %arg1_1 : f32[8, 32] = placeholder
            return (%arg0_1)
          })",
                                          2)),
          facts};
}

Case symbolicSizes() {
  ir::JointGraph joint = jointOf(R"(graph {
    %arg0_1 : f32[s0=8, s1=32, 64]{64*s1=2048, 64, 1} = placeholder
    %arg1_1 : f32[s0=8, s1=32]{s1=32, 1} = placeholder
    return (%arg0_1)
  })",
                                 2);
  joint.guards = {{"s0 >= 2", "", ""},
                  {"s0 <= 512", "", ""},
                  {"s1 >= 2", "", ""},
                  {"s1 <= 512", "", ""},
                  {"Mod(s1, 4) == 0", "", ""}};
  const run::CallFacts facts{{tensor("x", {8, 32, 64}, 0), tensor("mask", {8, 32}, 1)}, true};
  return {"two tensors of symbolic sizes",
          run::EntryGuards(facts, joint),
          {{tensor("x", {6, 40, 64}, 0), tensor("mask", {6, 40}, 1)}, true}};
}

Case writtenViews() {
  run::CallFacts facts;
  for (int i = 0; i < 4; ++i) {
    facts.tensors.push_back(tensor(std::string(1, static_cast<char>('a' + i)), {64}, i));
    facts.tensors.back().storage = 0;
    facts.tensors.back().storageOffset = 32 * i;
  }
  ir::JointGraph joint = jointOf(R"(graph {
    %arg0_1 : f32[64] = placeholder
    %arg1_1 : f32[64] = placeholder
    %arg2_1 : f32[64] = placeholder
    %arg3_1 : f32[64] = placeholder
    return (%arg0_1)
  })",
                                 4);
  joint.metadata.inputs[0].mutatesData = true;
  return {"four written views of one storage", run::EntryGuards(facts, joint), facts};
}

/// The best round's time a check.
double microseconds(const Case& each) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = Clock::now();
    for (int i = 0; i < kChecks; ++i)
      if (!each.guards.check(each.call).miss.empty()) return -1;
    const std::chrono::duration<double, std::micro> took = Clock::now() - start;
    best = std::min(best, took.count() / kChecks);
  }
  return best;
}

}  // namespace

int main() {
  bool isFine = true;
  for (const Case& each : {fixedSizes(), symbolicSizes(), writtenViews()}) {
    const double took = microseconds(each);
    std::printf("%-34s %6.3f us\n", each.name, took);
    isFine = isFine && took >= 0 && took <= kLimitMicroseconds;
  }
  return isFine ? 0 : 1;
}
