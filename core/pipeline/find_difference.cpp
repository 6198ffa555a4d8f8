#include "core/pipeline/find_difference.h"

#include <algorithm>

#include "core/pipeline/compile_pipeline.h"

namespace core::pipeline {
namespace {

Result<run::StepSearch> searchOnce(OpenModel& open, const std::string& modelPath,
                                   const CompileOptions& options, const StageContext& context) {
  const CompileOutcome outcome = compile(open, modelPath, Goal::Build, options, context);
  if (outcome.error) return *outcome.error;
  CORE_TRY(const torch::RunOptions run, runOptions(open, options));
  return open.torch->firstDifference(outcome.step, run, context);
}

bool isOneOf(const std::string& name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<run::StepSearch> findDifference(OpenModel& open, const std::string& modelPath,
                                       const CompileOptions& options, const StageContext& context) {
  CORE_TRY(run::StepSearch fused, searchOnce(open, modelPath, options, context));
  if (!fused.first || fused.first->members.size() < 2) return fused;
  CompileOptions apart = options;
  apart.apart.insert(apart.apart.end(), fused.first->members.begin(), fused.first->members.end());
  CORE_TRY(run::StepSearch search, searchOnce(open, modelPath, apart, context));
  search.kernel = fused.first;
  // Other kernels look different without these nodes; only what was asked is answered.
  if (search.first && !isOneOf(search.first->node, fused.first->members)) search.first.reset();
  return search;
}

}  // namespace core::pipeline
