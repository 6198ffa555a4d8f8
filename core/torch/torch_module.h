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
#include "core/load/loaded_model.h"
#include "core/run/measurement.h"
#include "core/run/profile.h"
#include "core/run/step_search.h"
#include "core/run/trace_check.h"
#include "core/torch/module_options.h"
#include "core/trace/operator_coverage.h"

namespace core::torch {

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
  /// Runs a compiled step and holds every step of its schedules to eager, each computed from
  /// eager's values: the first that differs is where a failed check begins.
  virtual Result<run::StepSearch> firstDifference(const ExecutableStep& step,
                                                  const RunOptions& options,
                                                  const StageContext& context) = 0;
  /// Where the time of a step goes, eager and compiled; eager's slices are not linked to nodes.
  virtual Result<run::Profile> profile(const ExecutableStep& step, const RunOptions& options,
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

/// The way that a TorchScript program takes for certain inputs.
struct ScriptWay {
  load::LoadedModelPtr model;  ///< as if the way had been exported, branches and loops gone
  /// What the program reads out of tensors on it, in order; every call that reads the same goes the
  /// same way. "net.py:9: `if x.sum() > 0:` reads True".
  std::vector<std::string> decisions;
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

  /// Runs a TorchScript program on the inputs to see its way. Errors: those of openTorchScript();
  /// UnsupportedOp where the way depends on random numbers.
  virtual Result<ScriptWay> followTorchScript(const std::string& path, const load::InputSet& inputs,
                                              const StageContext& context) = 0;

  virtual std::string torchVersion() const = 0;  ///< "2.11.0"
  virtual std::string cudaVersion() const = 0;   ///< "13.0", or "none"
  /// Times a large copy and a large product on a GPU. Errors: Torch, OutOfMemory,
  /// DeviceUnavailable.
  virtual Result<run::DeviceCeilings> measureCeilings(ir::Device device) = 0;
  /// What made the GPU unusable for this process, which must then end; empty while all is well.
  virtual std::string deviceFailure() const = 0;
  /// Devices that LibTorch can use; 0 without its CUDA library.
  virtual int cudaDevices() const = 0;
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

/// Whether LibTorch's CUDA library is opened with it. LibTorch asks for it once, so a process that
/// ran without cannot have it later.
enum class OpenCuda {
  Never,
  IfThere,   ///< where it lies beside LibTorch and a driver is loaded; for a process that lives on
  Required,  ///< or the error says what is missing
};

/// Opens libaot_torch beside the running program. `threads` > 0 sets OMP_NUM_THREADS first;
/// spinning is limited by GOMP_SPINCOUNT. libtorch_cuda is looked for in the folder AOT_TORCH_CUDA,
/// else beside libtorch_cpu. Opened once; later calls return the same module. Errors: Torch;
/// DeviceUnavailable.
Result<TorchModule*> openTorchModule(int threads, OpenCuda cuda = OpenCuda::Never);

/// The folder of the libtorch_cuda that is in this process; empty if none is.
std::string cudaLibraryFolder();

}  // namespace core::torch
