#include "core/pipeline/build_half.h"

#include "core/schedule/make_schedule.h"

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

}  // namespace core::pipeline
