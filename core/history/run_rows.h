#pragma once

// A measurement as one row of the table of runs.

#include "core/history/database.h"
#include "core/history/kept_run.h"

namespace core::history {

/// Makes the table if it is missing.
extern const char* const kRunsTable;
/// Inserts what bindRun() binds.
extern const char* const kInsertRun;
/// Selects what readRun() reads; a WHERE may follow.
extern const char* const kSelectRuns;

void bindRun(Statement& statement, const RunConditions& conditions,
             const run::Measurement& measurement);
KeptRun readRun(const Statement& statement);

}  // namespace core::history
