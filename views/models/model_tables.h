#pragma once

// Tables of what a model file says of itself, and of the log.

#include <vector>

#include "core/pipeline/compile_record.h"
#include "views/models/table_model.h"

namespace views::models {

using core::pipeline::CompileRecordPtr;

enum class Port { Inputs, Outputs };

/// The model's inputs or outputs: name, dtype and shape, bytes.
Table portTable(const CompileRecordPtr& record, Port port);
/// The symbolic dimensions of the model's inputs, each once, in their order: "s0".
QStringList dimensionNames(const core::pipeline::ModelSummary& model);
/// Parameters and buffers: name, kind, value, bytes, whether a gradient is wanted.
Table parameterTable(const CompileRecordPtr& record);
/// Operators by number of calls.
Table opCountTable(const CompileRecordPtr& record);
/// Nodes that cannot be traced, with module, source line and reason.
Table unsupportedTable(const CompileRecordPtr& record);
/// What the stages did, in order: seconds, summary.
Table stageTable(const CompileRecordPtr& record);
/// Remarks of the engine and of the window, oldest first.
Table logTable(const std::vector<core::LogEntry>& entries);

}  // namespace views::models
