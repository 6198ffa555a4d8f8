#pragma once

// The interface of libaot_torch, the module that holds everything that needs LibTorch. The engine
// opens it with dlopen at the first trace or run, after it has set OpenMP's environment.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/codegen/kernel.h"
#include "core/ir/joint_graph.h"
#include "core/load/loaded_model.h"
#include "core/partition/partition.h"
#include "core/run/measurement.h"
#include "core/run/trace_check.h"
#include "core/schedule/schedule.h"
#include "core/trace/operator_coverage.h"

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
};

/// One half of a compiled step: its schedule and one built kernel per schedule group.
struct ExecutableHalf {
  std::shared_ptr<const schedule::Schedule> schedule;
  std::vector<codegen::BuiltKernel> kernels;
};

/// All that is needed to run the compiled step. `backward` is empty in inference.
struct ExecutableStep {
  std::shared_ptr<const ir::JointGraph> joint;
  std::shared_ptr<const partition::Partition> partition;
  ExecutableHalf forward;
  ExecutableHalf backward;
};

struct BenchOptions {
  RunOptions run;
  int warmups = 3;
  int minSamples = 30;
  double maxSeconds = 10;  ///< per variant; sampling stops after it once minSamples/3 were taken
};

/// One model with its weights bound and its inputs chosen. Weights are copied on the first run, so
/// that the mapped file is never written.
class TorchModel {
 public:
  virtual ~TorchModel() = default;

  /// Traces forward and backward into one functional joint graph. Kernels are not run.
  virtual TraceResult trace(const TraceOptions& options, const StageContext& context) = 0;
  /// Replays a finished trace node by node on real data beside an eager run and compares sizes,
  /// strides, dtypes, values and gradients (trace_check_torch.h). A mismatch is no error.
  virtual Result<run::TraceCheck> checkTrace(const TraceResult& traced, const RunOptions& options,
                                             const StageContext& context) = 0;
  /// One eager step from fresh copies of weights, buffers and inputs.
  virtual Result<run::StepResult> runEager(const RunOptions& options,
                                           const StageContext& context) = 0;
  /// One compiled step from fresh copies; outputs, gradients and mutated tensors as eager leaves
  /// them.
  virtual Result<run::StepResult> runCompiled(const ExecutableStep& step, const RunOptions& options,
                                              const StageContext& context) = 0;
  /// Compares a compiled step with eager in the same dtype and in float64.
  virtual Result<run::CheckResult> check(const ExecutableStep& step, const RunOptions& options,
                                         const StageContext& context) = 0;
  /// Checks, then times eager and compiled interleaved. Fills everything but `compile`.
  virtual Result<run::Measurement> measure(const ExecutableStep& step, const BenchOptions& options,
                                           const StageContext& context) = 0;
};

/// A piece of a TorchScript program without a branch that depends on data.
struct ScriptSegment {
  load::LoadedModelPtr model;  ///< as if the piece had been exported; its inputs as samples
  std::string title;           ///< "then at net.py:12", what part of the program it is
  std::string breakReason;     ///< why it ends where it does; empty: at the end of the program
};

class TorchModule {
 public:
  virtual ~TorchModule() = default;

  /// Loads a TorchScript file, which may run code of the file, and reads the program of `forward`
  /// for inputs of this geometry, in segments of its order: one, or more where a branch or a loop
  /// depends on data. Errors: FormatUnsupported, InvalidArgument (inputs that do not fit),
  /// UnsupportedOp, Torch.
  virtual Result<std::vector<ScriptSegment>> openTorchScript(const std::string& path,
                                                             const load::InputSet& inputs,
                                                             const StageContext& context) = 0;

  virtual std::string torchVersion() const = 0;  ///< "2.11.0"
  virtual std::string cudaVersion() const = 0;   ///< "13.0", or "none"
  /// Binds a model to its inputs (the oracle's input file, sample inputs, or random ones from the
  /// model's metadata and `seed` if `inputs` is empty). Errors: UnsupportedOp, InvalidArgument.
  virtual Result<std::unique_ptr<TorchModel>> open(load::LoadedModelPtr model,
                                                   std::optional<load::InputSet> inputs,
                                                   std::uint64_t seed) = 0;
  /// What a trace does with each operator of ATen; sorted by name.
  virtual std::vector<trace::OperatorCoverage> operatorCoverage() const = 0;
};

/// The module's one exported symbol, `aotTorchModule`: a process-wide object, never freed.
using TorchModuleEntry = TorchModule* (*)();

/// Opens libaot_torch beside the running program. `threads` > 0 sets OMP_NUM_THREADS first;
/// spinning is limited by GOMP_SPINCOUNT. Opened once; later calls return the same module. Errors:
/// Torch.
Result<TorchModule*> openTorchModule(int threads);

}  // namespace core::torch
