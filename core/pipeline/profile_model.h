#pragma once

// Where the time of a model's step goes.

#include <string>

#include "core/pipeline/open_model.h"
#include "core/run/profile.h"

namespace core::pipeline {

/// Compiles the model and records steps of eager and of the compiled step; both are linked to the
/// joint graph. Errors as compile().
Result<run::Profile> profileModel(OpenModel& open, const std::string& modelPath,
                                  const CompileOptions& options, const StageContext& context);

}  // namespace core::pipeline
