#pragma once

// What is known of a model before any operator runs.

#include "core/load/loaded_model.h"
#include "core/pipeline/compile_options.h"
#include "core/pipeline/compile_record.h"

namespace core::pipeline {

/// Inputs, outputs, parameters, operator counts (most frequent first, then by name), modules, and
/// the nodes that a trace would refuse, with the reason.
ModelSummary summarizeModel(const load::LoadedModel& model);

/// The mode asked for, else Train if any parameter or input requires grad.
run::Mode chooseMode(const load::LoadedModel& model, const CompileOptions& options);

/// The loss asked for, else output 0 if that is a scalar float, else mean_square. Errors:
/// InvalidArgument if the wanted output does not exist or is no scalar float.
Result<run::LossSpec> chooseLoss(const load::LoadedModel& model, const CompileOptions& options);

}  // namespace core::pipeline
