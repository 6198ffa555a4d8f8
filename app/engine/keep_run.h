#pragma once

// Where `bench` keeps what it measured.

#include <string>

#include "app/engine/engine_options.h"
#include "core/base/result.h"
#include "core/pipeline/compile_record.h"

namespace engine {

/// The file of runs that was asked for, else the user's own. Errors: InvalidArgument if there is
/// none.
core::Result<std::string> historyPath(const EngineOptions& options);

/// Keeps the record's measurement, as a point of a sweep if `options` names one. Returns the run's
/// id. Errors as RunHistory.
core::Result<std::int64_t> keepRun(const EngineOptions& options,
                                   const core::pipeline::CompileRecord& record);

}  // namespace engine
