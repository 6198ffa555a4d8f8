#pragma once

// What the calls into libaot_torch take and give. No LibTorch.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/codegen/kernel.h"
#include "core/gpu/gpu.h"
#include "core/ir/joint_graph.h"
#include "core/partition/partition.h"
#include "core/run/measurement.h"
#include "core/schedule/schedule.h"

namespace core::torch {

/// What is taken apart while a graph is recorded, in forward and backward.
enum class TraceDecompositions {
  None,
  Core,  ///< PyTorch's core ATen table
};

struct TraceOptions {
  run::Mode mode = run::Mode::Train;
  TraceDecompositions decompositions = TraceDecompositions::None;
  /// An operator without a shape function may be run on so many bytes of zeros on the CPU, to learn
  /// its shape. 0: not at all.
  std::int64_t learnShapesBytes = 0;
  /// Where the graph is to run: its values lie there, and kernels are chosen for it.
  ir::Device device = {};
  /// Of a CUDA device, 90 for 9.0: what kinds of attention it has.
  int capability = 90;
};

/// Seconds spent by the parts of a trace.
struct TraceTimes {
  double metadataPass = 0;
  double joint = 0;
  double functionalize = 0;
  double total = 0;
};

/// Which node a value of the exported program became.
struct ProgramValue {
  int visit = -1;    ///< position of the program's node, in the order in which they run
  int result = 0;    ///< position among its results, lists unfolded
  std::string node;  ///< of the joint graph
};

/// The joint graph; or, with `error`, the graph up to the node that could not be traced.
struct TraceResult {
  std::shared_ptr<const ir::JointGraph> joint;  ///< may be null if nothing was recorded
  TraceTimes times;
  std::optional<Error> error;
  std::vector<ProgramValue> values;  ///< those that are still in the graph
};

struct RunOptions {
  run::Mode mode = run::Mode::Train;
  run::LossSpec loss;
  std::uint64_t seed = 0;  ///< given to PyTorch's generator right before the forward
  int threads = 0;         ///< 0: all cores
  ir::Device device;
  int timedReplays = 0;  ///< of checkTrace: so often it replays the graph to time its calls
};

class DeferredHalf;

/// One half of a compiled step: its schedule and one built kernel per schedule group.
struct ExecutableHalf {
  std::shared_ptr<const schedule::Schedule> schedule;
  std::vector<codegen::BuiltKernel> kernels;
  /// Of a backward that waits for its first call: what then takes the place of `schedule` and
  /// `kernels`, which are not built. Else null.
  std::shared_ptr<DeferredHalf> deferred;
};

/// All that is needed to run the compiled step. `backward` is empty in inference.
struct ExecutableStep {
  std::shared_ptr<const ir::JointGraph> joint;
  std::shared_ptr<const partition::Partition> partition;
  ExecutableHalf forward;
  ExecutableHalf backward;
  ExecutableHalf whole;     ///< forward, loss and backward as one; only for a measurement
  std::string wholeReason;  ///< why there is none, if one was wanted
  std::shared_ptr<const gpu::Gpu> gpu;  ///< that the kernels were built for; null: for the CPU
};

struct BenchOptions {
  RunOptions run;
  int warmups = 3;
  int minSamples = 30;
  double maxSeconds = 10;  ///< per variant; sampling stops after it once minSamples/3 were taken
};

}  // namespace core::torch
