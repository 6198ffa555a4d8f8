#pragma once

// The whole training step as one schedule, beside the two halves.

#include "core/pipeline/compile_options.h"
#include "core/pipeline/compile_record.h"
#include "core/pipeline/kernel_backend.h"
#include "core/torch/module_options.h"

namespace core::pipeline {

/// Joins the halves of a partitioned record with the loss (passes/whole_step.h), schedules and
/// builds the result. Errors: UnsupportedOp and InvalidArgument where they cannot be joined; those
/// of the stages; Cancelled.
Result<torch::ExecutableHalf> buildWholeStep(const CompileRecord& record, const run::LossSpec& loss,
                                             const CompileOptions& options, KernelBackend& backend,
                                             const StageContext& context);

}  // namespace core::pipeline
