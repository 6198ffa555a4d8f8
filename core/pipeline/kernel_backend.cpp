#include "core/pipeline/kernel_backend.h"

#include <algorithm>

#include "core/codegen/write_cpu_kernel.h"
#include "core/codegen/write_cuda_kernel.h"
#include "core/jit/jit_module.h"
#include "core/pipeline/open_model.h"
#include "core/schedule/make_schedule.h"

namespace core::pipeline {
namespace {

class CpuBackend final : public KernelBackend {
 public:
  Result<schedule::Schedule> schedule(const ir::GraphPtr& graph,
                                      const schedule::FusionOptions& fusion,
                                      const StageContext& context) const override {
    return schedule::makeSchedule(graph, context, fusion);
  }
  Result<codegen::KernelSource> write(const schedule::LoopNest& nest) const override {
    return codegen::writeCpuKernel(nest);
  }
  Result<std::vector<codegen::BuiltKernel>> build(const std::vector<codegen::KernelSource>& sources,
                                                  const StageContext& context) override {
    CORE_TRY(jit::CpuCompiler * compiler, jit::openCpuCompiler());
    return compiler->build(sources, {.cacheFolder = kernelCacheFolder()}, context);
  }
  bool roundsLikeEager() const override { return true; }
  bool accumulates() const override { return true; }
  const char* language() const override { return "C++"; }
};

class CudaBackend final : public KernelBackend {
 public:
  CudaBackend(const CompileOptions& options, codegen::CudaTarget target)
      : m_options(options), m_target(target) {}

  /// A half with a group that has no form on the GPU runs by LibTorch's own kernels.
  Result<schedule::Schedule> schedule(const ir::GraphPtr& graph,
                                      const schedule::FusionOptions& fusion,
                                      const StageContext& context) const override {
    CORE_TRY(schedule::Schedule schedule,
             schedule::makeSchedule(graph, context, fusion, schedule::MemoryPolicy::OneArena));
    for (const schedule::FusionGroup& group : schedule.groups) {
      const auto kernel = write(group.nest);
      if (kernel) continue;
      context.log(LogLevel::Warning, "schedule",
                  "No kernels are generated for this half: " + kernel.error().message);
      return schedule::makeExternSchedule(graph, kernel.error().message);
    }
    return schedule;
  }
  Result<codegen::KernelSource> write(const schedule::LoopNest& nest) const override {
    return codegen::writeCudaKernel(nest, m_target);
  }
  Result<std::vector<codegen::BuiltKernel>> build(const std::vector<codegen::KernelSource>& sources,
                                                  const StageContext& context) override {
    CORE_TRY_VOID(requireDevice(m_options));
    if (!m_gpu) {
      CORE_TRY(m_gpu, openGpuOf(m_options));
    }
    return m_gpu->build(sources, {kernelCacheFolder()}, context);
  }
  std::shared_ptr<const gpu::Gpu> gpu() const override { return m_gpu; }
  bool roundsLikeEager() const override { return false; }
  bool accumulates() const override { return true; }
  const char* language() const override { return "CUDA C++"; }

 private:
  const CompileOptions& m_options;
  codegen::CudaTarget m_target;
  std::shared_ptr<gpu::Gpu> m_gpu;
};

/// The device itself, or the default where it is not here.
codegen::CudaTarget targetOf(ir::Device device) {
  codegen::CudaTarget target;
  const auto devices = gpu::listDevices();
  if (!devices) return target;
  for (const gpu::DeviceFacts& facts : *devices)
    if (facts.ordinal == device.index) {
      target.capability = facts.capability;
      target.multiprocessors = facts.multiprocessors;
      target.blockShared = facts.blockShared;
    }
  return target;
}

}  // namespace

schedule::FusionOptions fusionOptions(const CompileOptions& options, const KernelBackend& backend) {
  return {options.apart, options.roundsLikeEager.value_or(backend.roundsLikeEager()),
          backend.accumulates()};
}

Result<void> requireApartNodes(const CompileOptions& options,
                               const std::vector<ir::GraphPtr>& graphs) {
  for (const std::string& name : options.apart) {
    const auto has = [&](const ir::GraphPtr& graph) { return graph->find(name).has_value(); };
    if (std::any_of(graphs.begin(), graphs.end(), has)) continue;
    return Error{ErrorCode::InvalidArgument,
                 "There is no operator '" + name +
                     "' to keep apart. `aot-engine kernels` lists the nodes of each kernel.",
                 {},
                 {}};
  }
  return {};
}

Result<std::unique_ptr<KernelBackend>> kernelBackend(const CompileOptions& options) {
  CORE_TRY(const ir::Device device, chosenDevice(options));
  if (device.type != ir::DeviceType::Cuda)
    return std::unique_ptr<KernelBackend>(std::make_unique<CpuBackend>());
  return std::unique_ptr<KernelBackend>(std::make_unique<CudaBackend>(options, targetOf(device)));
}

}  // namespace core::pipeline
