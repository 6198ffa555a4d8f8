#pragma once

// From a model file to a record, stage by stage: the page that reads in order.

#include <functional>
#include <optional>
#include <string>

#include "core/pipeline/compile_record.h"
#include "core/pipeline/open_model.h"
#include "core/run/guards/entry_guards.h"

namespace core::pipeline {

/// How a request ended: the record as far as it got, and what stopped it, if anything.
struct CompileOutcome {
  CompileRecordPtr record;
  torch::ExecutableStep step;  ///< ready to run from Goal::Build on
  std::optional<Error> error;
  Stage stage = Stage::Load;  ///< the last stage that began
};

/// Called when a stage is done, with the record so far.
using OnPartial = std::function<void(const CompileRecordPtr&)>;
/// Called when a stage begins.
using OnStage = std::function<void(Stage)>;

/// Runs the stages up to `goal`. `open` is read and filled: pass the same object again to keep a
/// model open. Bad input, an unsupported operator or Cancel end in `error`; a broken promise of our
/// own ends in Error{Internal} that names the stage.
CompileOutcome compile(OpenModel& open, const std::string& modelPath, Goal goal,
                       const CompileOptions& options, const StageContext& context,
                       const OnPartial& onPartial = {}, const OnStage& onStage = {});

/// Schedule, kernels and a step for the partition of `record` at other values of its symbols.
/// Nothing is traced or partitioned again: one compiled entry serves many sizes. Errors as
/// compile().
CompileOutcome compileAtSizes(OpenModel& open, const CompileRecord& record,
                              const run::SymbolValues& symbols, const CompileOptions& options,
                              const StageContext& context);

/// Goes on from a step that was built before: measures it if `goal` wants that. `record` has what
/// was made of it. Errors as compile().
CompileOutcome runBuilt(OpenModel& open, const CompileRecord& record,
                        const torch::ExecutableStep& step, Goal goal, const CompileOptions& options,
                        const StageContext& context, const OnStage& onStage = {});

}  // namespace core::pipeline
