// The module's entry point and its two interfaces. What they do is in core/trace and core/run.

#include "core/torch/torch_module.h"

#include <ATen/Context.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <utility>

#include "core/load/random_inputs.h"
#include "core/run/ceilings_torch.h"
#include "core/run/model_runner_torch.h"
#include "core/run/trace_check_torch.h"
#include "core/torch/empty_calls_torch.h"
#include "core/torch/guard_torch.h"
#include "core/torch/script_reader_torch.h"
#include "core/trace/joint_tracer.h"
#include "core/trace/meta_kernels/meta_kernels.h"
#include "core/trace/meta_kernels/operator_coverage.h"
#include "core/trace/overrides/composite_overrides.h"
#include "core/trace/program_interpreter_torch.h"
#include "core/trace/traced_inputs.h"

namespace core::torch {
namespace {

class OpenModel final : public TorchModel {
 public:
  OpenModel(load::LoadedModelPtr model, load::InputSet inputs, trace::PreparedProgram program)
      : m_model(std::move(model)), m_inputs(std::move(inputs)), m_program(std::move(program)) {}

  TraceResult trace(const TraceOptions& options, const StageContext& context) override {
    return trace::traceJoint(*m_model, m_inputs, m_program, options, context);
  }
  Result<run::TraceCheck> checkTrace(const TraceResult& traced, const RunOptions& options,
                                     const StageContext& context) override {
    return run::checkTrace(*m_model, m_inputs, m_program, traced, options, context);
  }
  Result<run::StepResult> runEager(const RunOptions& options,
                                   const StageContext& context) override {
    return m_runner.runEager(options, context);
  }
  Result<run::StepResult> runCompiled(const ExecutableStep& step, const RunOptions& options,
                                      const StageContext& context) override {
    return m_runner.runCompiled(step, options, context);
  }
  Result<run::CheckResult> check(const ExecutableStep& step, const RunOptions& options,
                                 const StageContext& context) override {
    return m_runner.check(step, options, context);
  }
  Result<run::StepSearch> firstDifference(const ExecutableStep& step, const RunOptions& options,
                                          const StageContext& context) override {
    return m_runner.firstDifference(step, options, context);
  }
  Result<run::Profile> profile(const ExecutableStep& step, const RunOptions& options,
                               const StageContext& context) override {
    return m_runner.profile(step, options, context);
  }
  Result<run::Measurement> measure(const ExecutableStep& step, const BenchOptions& options,
                                   const StageContext& context) override {
    return m_runner.measure(step, options, context);
  }

 private:
  load::LoadedModelPtr m_model;
  load::InputSet m_inputs;
  trace::PreparedProgram m_program;
  run::ModelRunner m_runner{*m_model, m_inputs, m_program};
};

/// The given inputs, else the ones in the archive, else random ones.
Result<load::InputSet> chooseInputs(const load::LoadedModel& model,
                                    std::optional<load::InputSet> given, std::uint64_t seed) {
  if (given) return std::move(*given);
  if (model.sampleInputs) return *model.sampleInputs;
  return load::randomInputs(model, seed);
}

class Module final : public TorchModule {
 public:
  /// The tables are made here, while the module is being loaded, so that the first trace does not
  /// wait for them.
  Module() {
    guardEmptyCalls();
    trace::registerMetaKernels();
    trace::compositeOverrides();
    trace::keepWhole();
  }

  std::string torchVersion() const override { return TORCH_VERSION; }

  /// Asking LibTorch for CUDA before its library is loaded would settle the answer for ever, so the
  /// question is first whether it is loaded.
  std::string cudaVersion() const override {
    if (!dlopen("libtorch_cuda.so", RTLD_LAZY | RTLD_NOLOAD)) return "none";
    const long version = at::globalContext().versionCUDART();
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
  }

  Result<run::DeviceCeilings> measureCeilings(ir::Device device) override {
    return run::measureCeilings(device);
  }

  std::string deviceFailure() const override { return stickyCudaError(); }

  int cudaDevices() const override {
    if (!dlopen("libtorch_cuda.so", RTLD_LAZY | RTLD_NOLOAD)) return 0;
    return at::globalContext().hasCUDA()
               ? c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount()
               : 0;
  }

  Result<std::unique_ptr<TorchModel>> open(load::LoadedModelPtr model,
                                           std::optional<load::InputSet> inputs,
                                           std::uint64_t seed) override {
    return guardTorch("The model could not be opened",
                      [&]() -> Result<std::unique_ptr<TorchModel>> {
                        return prepare(std::move(model), std::move(inputs), seed);
                      });
  }

  Result<std::vector<ScriptSegment>> openTorchScript(const std::string& path,
                                                     const load::InputSet& inputs,
                                                     const StageContext& context) override {
    return guardTorch("The TorchScript program could not be read",
                      [&] { return readTorchScript(path, inputs, context); });
  }

  Result<ScriptWay> followTorchScript(const std::string& path, const load::InputSet& inputs,
                                      const StageContext& context) override {
    return guardTorch("The TorchScript program could not be followed",
                      [&] { return torch::followTorchScript(path, inputs, context); });
  }

  std::vector<trace::OperatorCoverage> operatorCoverage() const override {
    return trace::operatorCoverage();
  }

 private:
  static Result<std::unique_ptr<TorchModel>> prepare(load::LoadedModelPtr model,
                                                     std::optional<load::InputSet> given,
                                                     std::uint64_t seed) {
    CORE_TRY(load::InputSet inputs, chooseInputs(*model, std::move(given), seed));
    if (const auto fit = trace::tracedInputs(*model, inputs); !fit) return fit.error();
    CORE_TRY(trace::PreparedProgram program, trace::prepareProgram({model, &model->program}));
    return std::make_unique<OpenModel>(std::move(model), std::move(inputs), std::move(program));
  }
};

}  // namespace
}  // namespace core::torch

extern "C" __attribute__((visibility("default"))) core::torch::TorchModule* aotTorchModule() {
  static auto* const module = new core::torch::Module;
  return module;
}
