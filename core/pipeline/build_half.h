#pragma once

// From written kernels to something that runs, whatever the compiler says.

#include <memory>

#include "core/pipeline/compile_record.h"
#include "core/pipeline/kernel_backend.h"
#include "core/torch/module_options.h"

namespace core::pipeline {

/// Builds the kernels of `half`. Where one does not compile, or not within its limit of time, the
/// half becomes one call in LibTorch per operator: right, and as fast as eager. A warning says so.
/// Errors: CompilerMissing, DeviceUnavailable, Cancelled.
Result<torch::ExecutableHalf> buildHalf(std::shared_ptr<const CompiledHalf>& half,
                                        KernelBackend& backend, const StageContext& context);

/// The same at the first call of the half, which then builds it.
torch::ExecutableHalf deferHalf(std::shared_ptr<const CompiledHalf> half,
                                std::shared_ptr<KernelBackend> backend);

/// What the record shows of a half that was deferred: calls, where its kernels did not compile.
std::shared_ptr<const CompiledHalf> asBuilt(std::shared_ptr<const CompiledHalf> half,
                                            const torch::ExecutableHalf& built);

}  // namespace core::pipeline
