#include "core/pipeline/open_model.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "core/load/capture/capture_words.h"
#include "core/load/fill_inputs.h"
#include "core/load/random_inputs.h"
#include "core/load/replace_weights.h"
#include "core/load/torchscript_file.h"
#include "core/load/trace_log/trace_log.h"
#include "core/pipeline/model_summary.h"

namespace core::pipeline {
namespace {

std::int64_t modificationTime(const std::string& path) {
  std::error_code ignored;
  const auto time = std::filesystem::last_write_time(path, ignored);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

/// The inputs that the options name or describe, else the archive's samples, else none (the module
/// makes random ones).
Result<std::optional<load::InputSet>> chooseInputs(const OpenModel& open,
                                                   const CompileOptions& options) {
  if (!options.inputsPath.empty() && !options.dims.empty())
    return Error{ErrorCode::InvalidArgument,
                 "Sizes of dimensions and a file of inputs were given both: the file has sizes of "
                 "its own. Leave one out.",
                 {},
                 {}};
  std::optional<load::InputSet> given;
  if (!options.inputsPath.empty()) {
    CORE_TRY(given, load::readInputSet(options.inputsPath));
  }
  if (!options.fills.empty()) {
    CORE_TRY(given, load::fillInputs(*open.loaded, {options.fills, options.dims, options.seed},
                                     std::move(given)));
  }
  if (given) return given;
  if (options.dims.empty()) return open.loaded->sampleInputs;
  CORE_TRY(load::InputSet inputs, load::randomInputs(*open.loaded, options.seed, options.dims));
  return std::optional<load::InputSet>(std::move(inputs));
}

Error needed(const std::string& path, const std::string& what) {
  return Error{ErrorCode::InvalidArgument, "'" + path + "' is TorchScript. " + what, {}, {}};
}

void takeWay(OpenModel& open, const torch::ScriptWay& way, const StageContext& context) {
  open.loaded = way.model;
  open.decisions = way.decisions;
  open.torch = nullptr;
  for (const std::string& decision : way.decisions)
    context.log(LogLevel::Info, "load", "The program takes its way for these inputs: " + decision);
}

Result<void> openScript(OpenModel& open, const std::string& path, const CompileOptions& options,
                        const StageContext& context) {
  if (!options.allowTorchScript)
    return needed(path,
                  "Loading it may run code that it holds. If you trust where it comes from, allow "
                  "it with --allow-torchscript, or export the model with torch.export.save.");
  if (options.inputsPath.empty())
    return needed(path, "It does not say what inputs it takes: give a file of inputs (--inputs).");
  CORE_TRY(const load::InputSet inputs, load::readInputSet(options.inputsPath));
  CORE_TRY(torch::TorchModule * module, moduleFor(options));
  CORE_TRY(open.segments, module->openTorchScript(path, inputs, context));
  for (const torch::ScriptSegment& segment : open.segments)
    if (!segment.breakReason.empty())
      context.log(LogLevel::Info, "load", "Break: " + segment.breakReason);
  open.loaded = open.segments.front().model;
  open.scriptInputsPath = options.inputsPath;
  if (open.segments.size() < 2) return {};
  if (!options.weightsPath.empty())
    return needed(path,
                  "Its way depends on data, and is followed with its own weights only: leave "
                  "the other weights out.");
  const auto way = module->followTorchScript(path, inputs, context);
  if (!way) {
    if (way.error().code == ErrorCode::Cancelled) return way.error();
    open.wayError = way.error();
    return {};
  }
  takeWay(open, *way, context);
  return {};
}

Result<void> checkWay(const OpenModel& open) {
  if (open.wayError) return *open.wayError;
  return {};
}

}  // namespace

Result<void> openModel(OpenModel& open, const std::string& modelPath, const CompileOptions& options,
                       const StageContext& context) {
  const std::int64_t modified = modificationTime(modelPath);
  const std::int64_t weightsModified =
      options.weightsPath.empty() ? 0 : modificationTime(options.weightsPath);
  if (open.loaded && open.loaded->path == modelPath && open.modifiedNs == modified &&
      open.weightsPath == options.weightsPath && open.weightsModifiedNs == weightsModified &&
      (open.segments.empty() || open.scriptInputsPath == options.inputsPath))
    return {};
  open = {};
  if (load::isTraceLog(modelPath))
    return Error{
        ErrorCode::InvalidArgument,
        "'" + modelPath + "' is a log: it has graphs, but no weights to run. Use inspect or trace.",
        {},
        {}};
  if (load::isTorchScript(modelPath)) {
    CORE_TRY_VOID(openScript(open, modelPath, options, context));
  } else {
    CORE_TRY(open.loaded, load::loadModel(modelPath, context));
  }
  load::LoadedModelPtr loaded = std::exchange(open.loaded, nullptr);
  if (!options.weightsPath.empty()) {
    CORE_TRY(loaded, load::withWeightsOf(loaded, options.weightsPath));
  }
  open.loaded = std::move(loaded);
  open.weightsPath = options.weightsPath;
  open.modifiedNs = modified;
  open.weightsModifiedNs = weightsModified;
  return {};
}

Result<torch::TorchModel*> bindTorch(OpenModel& open, const CompileOptions& options) {
  CORE_TRY_VOID(checkWay(open));
  const bool same = open.inputsPath == options.inputsPath && open.seed == options.seed &&
                    open.dims == options.dims && open.fills == options.fills;
  if (open.torch && same) return open.torch.get();
  CORE_TRY(torch::TorchModule * module, moduleFor(options));
  CORE_TRY(auto inputs, chooseInputs(open, options));
  CORE_TRY(open.torch, module->open(open.loaded, std::move(inputs), options.seed));
  open.inputsPath = options.inputsPath;
  open.seed = options.seed;
  open.dims = options.dims;
  open.fills = options.fills;
  return open.torch.get();
}

Result<void> followInputs(OpenModel& open, const CompileOptions& options,
                          const load::InputSet& inputs, const StageContext& context) {
  if (open.segments.size() < 2) return {};
  CORE_TRY(torch::TorchModule * module, moduleFor(options));
  CORE_TRY(const torch::ScriptWay way,
           module->followTorchScript(open.loaded->path, inputs, context));
  if (way.decisions != open.decisions) takeWay(open, way, context);
  return {};
}

Result<ir::Device> chosenDevice(const CompileOptions& options) {
  auto device = load::deviceFromName(options.device);
  if (!device || device->type == ir::DeviceType::Meta)
    return Error{ErrorCode::InvalidArgument,
                 "'" + options.device + "' is no device; it may be cpu, cuda or cuda:N.",
                 {},
                 {}};
  if (device->type == ir::DeviceType::Cuda) device->index = std::max(device->index, 0);
  return *device;
}

Result<torch::TorchModule*> moduleFor(const CompileOptions& options) {
  CORE_TRY(const ir::Device device, chosenDevice(options));
  return torch::openTorchModule(options.threads, device.type == ir::DeviceType::Cuda
                                                     ? torch::OpenCuda::IfThere
                                                     : torch::OpenCuda::Never);
}

Result<void> requireDevice(const CompileOptions& options) {
  CORE_TRY(const ir::Device device, chosenDevice(options));
  if (device.type != ir::DeviceType::Cuda) return {};
  CORE_TRY(const torch::TorchModule* module,
           torch::openTorchModule(options.threads, torch::OpenCuda::Required));
  const int count = module->cudaDevices();
  if (device.index < count) return {};
  return Error{ErrorCode::DeviceUnavailable,
               "There is no " + ir::deviceName(device) + ": LibTorch sees " +
                   std::to_string(count) + " CUDA devices.",
               {},
               {}};
}

Result<std::shared_ptr<gpu::Gpu>> openGpuOf(const CompileOptions& options) {
  CORE_TRY(const ir::Device device, chosenDevice(options));
  gpu::OpenOptions open;
  open.device = device.index;
  if (const std::string folder = torch::cudaLibraryFolder(); !folder.empty())
    open.folders = {folder, folder + "/../../nvidia/cu13/lib",
                    folder + "/../../nvidia/cuda_nvrtc/lib"};
  return gpu::openGpu(open);
}

Result<torch::TraceOptions> traceOptions(const load::LoadedModel& model,
                                         const CompileOptions& options) {
  torch::TraceOptions trace;
  trace.mode = chooseMode(model, options);
  trace.decompositions = traceDecompositions(options.decompositions);
  trace.learnShapesBytes = options.learnShapesBytes;
  CORE_TRY(trace.device, chosenDevice(options));
  if (trace.device.type != ir::DeviceType::Cuda) return trace;
  const auto devices = gpu::listDevices();
  if (!devices) return trace;
  for (const gpu::DeviceFacts& facts : *devices)
    if (facts.ordinal == trace.device.index) trace.capability = facts.capability;
  return trace;
}

torch::TraceDecompositions traceDecompositions(Decompositions wanted) {
  return wanted == Decompositions::Core ? torch::TraceDecompositions::Core
                                        : torch::TraceDecompositions::None;
}

Result<torch::TorchModel*> bindInputs(OpenModel& open, const CompileOptions& options,
                                      load::InputSet inputs) {
  CORE_TRY_VOID(checkWay(open));
  CORE_TRY(torch::TorchModule * module, moduleFor(options));
  CORE_TRY(open.torch, module->open(open.loaded, std::move(inputs), options.seed));
  open.inputsPath = options.inputsPath;
  open.seed = options.seed;
  open.dims = options.dims;
  open.fills = options.fills;
  return open.torch.get();
}

Result<load::InputSet> chosenInputs(const OpenModel& open, const CompileOptions& options) {
  CORE_TRY(auto inputs, chooseInputs(open, options));
  if (inputs) return *std::move(inputs);
  return load::randomInputs(*open.loaded, options.seed);
}

Result<torch::RunOptions> runOptions(const OpenModel& open, const CompileOptions& options) {
  if (!open.torch || !open.loaded)
    return Error{ErrorCode::InvalidArgument,
                 "A log has graphs, but no weights and inputs: it cannot be run.",
                 {},
                 {}};
  torch::RunOptions run;
  CORE_TRY(run.loss, chooseLoss(*open.loaded, options));
  run.mode = chooseMode(*open.loaded, options);
  run.seed = options.seed;
  run.threads = options.threads;
  CORE_TRY(run.device, chosenDevice(options));
  return run;
}

std::string kernelCacheFolder() {
  if (const char* folder = std::getenv("AOT_KERNEL_CACHE")) return folder;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"))
    return std::string(cache) + "/aot-explorer/kernels";
  if (const char* home = std::getenv("HOME"))
    return std::string(home) + "/.cache/aot-explorer/kernels";
  return {};
}

}  // namespace core::pipeline
