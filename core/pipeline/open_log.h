#pragma once

// A log of torch.compile in place of a model: its joint graphs go through the stages that need no
// weights.

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/load/trace_log/trace_log.h"
#include "core/pipeline/compile_record.h"

namespace core::pipeline {

/// The compile of that id; for an empty id, the first with a joint or inference graph. Errors:
/// InvalidArgument that lists the ids.
Result<const load::LoggedCompile*> chooseCompile(const load::TraceLog& log, const std::string& id);

/// Logs a warning for each symbol whose value the log does not say, and that counts as
/// load::kAssumedSize therefore.
void warnOfAssumedSizes(const load::LoggedCompile& compile, const StageContext& context);

/// "0/1 forward (net.py:9): joint, forward, backward".
std::string compileText(const load::LoggedCompile& compile);

/// What is known of the log as a model: its name, its compiles, and the inputs, outputs, operators
/// and modules of one joint graph, that of `shown`.
ModelSummary summarizeLog(const std::string& path, const load::TraceLog& log,
                          const load::LoggedCompile& shown, const ir::JointGraph& joint);

}  // namespace core::pipeline
