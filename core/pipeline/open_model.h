#pragma once

// A model that is kept open between requests.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/load/loaded_model.h"
#include "core/pipeline/compile_options.h"
#include "core/torch/torch_module.h"

namespace core::pipeline {

/// Read once, bound to LibTorch at the first trace. Reused by the next request for the same file
/// (path, size and modification time), inputs and seed.
struct OpenModel {
  load::LoadedModelPtr loaded;
  std::string weightsPath;             ///< of another file; empty: the model's own weights
  std::int64_t modifiedNs = 0;         ///< modification time of the file when it was read
  std::int64_t weightsModifiedNs = 0;  ///< the same of the weights' file
  /// Of a TorchScript program: one a piece without breaks. If there are several, `loaded` is the
  /// way that the program takes for its inputs, or the first where no way can be followed.
  std::vector<torch::ScriptSegment> segments;
  std::vector<std::string> decisions;        ///< what makes the program take that way (ScriptWay)
  std::optional<Error> wayError;             ///< why no way can be followed
  std::string scriptInputsPath;              ///< the inputs that the program was read for
  std::unique_ptr<torch::TorchModel> torch;  ///< null until the first trace or run
  std::string inputsPath;
  std::uint64_t seed = 0;
  std::map<std::string, std::int64_t> dims;  ///< the sizes that were asked for
  load::InputFills fills;                    ///< likewise
};

/// Opens the file, with the weights that the options name, if `open` does not hold it yet. A
/// TorchScript program needs `allowTorchScript` and the inputs that it is to be read for. Errors:
/// as loadModel(), withWeightsOf() and TorchModule::openTorchScript(); InvalidArgument.
Result<void> openModel(OpenModel& open, const std::string& modelPath, const CompileOptions& options,
                       const StageContext& context);

/// Binds LibTorch to the open model and its inputs if that is not done yet: the ones in the file
/// that the options name, random ones of the wanted sizes if symbolic dimensions were given any,
/// else the archive's samples. `options.threads` matters only to the first call of the process,
/// because OpenMP reads its environment once. Errors: InvalidArgument for a dimension that does not
/// exist; those of TorchModule::followTorchScript().
Result<torch::TorchModel*> bindTorch(OpenModel& open, const CompileOptions& options);

/// Takes the way that a TorchScript program with breaks goes for other inputs than it was opened
/// with; does nothing for other models. Errors: those of TorchModule::followTorchScript().
Result<void> followInputs(OpenModel& open, const CompileOptions& options,
                          const load::InputSet& inputs, const StageContext& context);

/// The device that the options name, "cuda" as the first one. Errors: InvalidArgument.
Result<ir::Device> chosenDevice(const CompileOptions& options);

/// LibTorch for the options' device. A trace for a GPU needs none, so that CUDA's libraries are
/// opened where they are, and missed only by a run. Errors: as openTorchModule(); InvalidArgument.
Result<torch::TorchModule*> moduleFor(const CompileOptions& options);

/// Says what is missing to run on the options' device, if anything is: DeviceUnavailable.
Result<void> requireDevice(const CompileOptions& options);

/// The GPU of the options, with its compiler. Errors: as gpu::openGpu().
Result<std::shared_ptr<gpu::Gpu>> openGpuOf(const CompileOptions& options);

/// What a trace is made for: device, mode, decompositions.
Result<torch::TraceOptions> traceOptions(const load::LoadedModel& model,
                                         const CompileOptions& options);

/// What the trace itself takes apart: core ATen's table. Decompositions for fusion come after the
/// partition.
torch::TraceDecompositions traceDecompositions(Decompositions wanted);

/// The same for inputs that the caller has; they stand for those of the options until the next
/// options.
Result<torch::TorchModel*> bindInputs(OpenModel& open, const CompileOptions& options,
                                      load::InputSet inputs);

/// The inputs that the options name or describe, else the archive's samples, else random ones.
/// Errors as bindTorch().
Result<load::InputSet> chosenInputs(const OpenModel& open, const CompileOptions& options);

/// How the options want a step of the open model to be run. Errors: InvalidArgument for a model
/// that cannot be run, such as a log, and as chooseLoss().
Result<torch::RunOptions> runOptions(const OpenModel& open, const CompileOptions& options);

/// The folder of compiled kernels: AOT_KERNEL_CACHE, else a folder in the user's cache.
std::string kernelCacheFolder();

}  // namespace core::pipeline
