#pragma once

// `inspect` and `trace` of a log that Python wrote under TORCH_TRACE. No LibTorch is loaded.

#include "app/engine/engine_options.h"

namespace engine {

/// Whether the options name a log instead of a model.
bool opensLog(const EngineOptions& options);

/// Lists the compiles with their graphs, breaks and recompiles; returns the exit code.
int inspectLog(const EngineOptions& options);

/// Partitions the joint graph of one compile and shows it like a trace; returns the exit code.
int traceLog(const EngineOptions& options);

}  // namespace engine
