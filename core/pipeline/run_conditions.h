#pragma once

// What a measurement is true for, as runs are kept.

#include <string>

#include "core/history/kept_run.h"
#include "core/pipeline/compile_record.h"

namespace core::pipeline {

/// Model, graph, processor and versions of a record that has a measurement; `program` names who
/// measured, as "aot-engine 0.1.0". LibTorch must have been opened.
history::RunConditions runConditions(const CompileRecord& record, const std::string& program);

}  // namespace core::pipeline
