#pragma once

// Where a compiled step first computes something else than eager.

#include <string>

#include "core/pipeline/open_model.h"
#include "core/run/step_search.h"

namespace core::pipeline {

/// Compiles the model and holds every step of its schedules to eager. If the first that differs is
/// a kernel of several nodes, these are built apart and the search is made once more, so that the
/// node is found. Errors as compile(); finding a difference is none.
Result<run::StepSearch> findDifference(OpenModel& open, const std::string& modelPath,
                                       const CompileOptions& options, const StageContext& context);

}  // namespace core::pipeline
