#include "core/pipeline/build_half.h"

#include "core/schedule/make_schedule.h"
#include "core/torch/deferred_half.h"

namespace core::pipeline {

Result<torch::ExecutableHalf> buildHalf(std::shared_ptr<const CompiledHalf>& half,
                                        KernelBackend& backend, const StageContext& context) {
  torch::ExecutableHalf executable;
  auto kernels = backend.build(half->kernels, context);
  if (kernels) {
    executable.kernels = std::move(*kernels);
  } else if (kernels.error().code == ErrorCode::KernelCompileFailed) {
    const std::string& reason = kernels.error().message;
    context.log(LogLevel::Warning, "build", "This half runs without generated kernels. " + reason);
    auto plain = std::make_shared<CompiledHalf>(*half);
    plain->schedule = schedule::makeExternSchedule(half->schedule.graph, reason);
    plain->kernels.clear();
    half = std::move(plain);
  } else {
    return kernels.error();
  }
  executable.schedule = std::shared_ptr<const schedule::Schedule>(half, &half->schedule);
  return executable;
}

torch::ExecutableHalf deferHalf(std::shared_ptr<const CompiledHalf> half,
                                std::shared_ptr<KernelBackend> backend) {
  torch::ExecutableHalf executable;
  executable.schedule = std::shared_ptr<const schedule::Schedule>(half, &half->schedule);
  executable.deferred = std::make_shared<torch::DeferredHalf>(
      [half = std::move(half), backend = std::move(backend)](const StageContext& context) {
        std::shared_ptr<const CompiledHalf> own = half;
        return buildHalf(own, *backend, context);
      });
  return executable;
}

std::shared_ptr<const CompiledHalf> asBuilt(std::shared_ptr<const CompiledHalf> half,
                                            const torch::ExecutableHalf& built) {
  if (built.schedule->groups.size() == half->kernels.size()) return half;
  auto shown = std::make_shared<CompiledHalf>(*half);
  shown->schedule = *built.schedule;
  shown->kernels.clear();
  return shown;
}

}  // namespace core::pipeline
