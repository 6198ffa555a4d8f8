#include "core/pipeline/profile_model.h"

#include "core/pipeline/compile_pipeline.h"

namespace core::pipeline {

Result<run::Profile> profileModel(OpenModel& open, const std::string& modelPath,
                                  const CompileOptions& options, const StageContext& context) {
  const CompileOutcome outcome = compile(open, modelPath, Goal::Build, options, context);
  if (outcome.error) return *outcome.error;
  CORE_TRY(const torch::RunOptions run, runOptions(open, options));
  CORE_TRY(run::Profile profile, open.torch->profile(outcome.step, run, context));
  run::linkToGraph(profile.eager, *outcome.record->joint->graph);
  return profile;
}

}  // namespace core::pipeline
