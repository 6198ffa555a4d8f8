#pragma once

// A measurement as one row of the table of runs.

#include "core/history/database.h"
#include "core/history/kept_run.h"
#include "core/run/profile_study.h"

namespace core::history {

/// Makes the table if it is missing.
extern const char* const kRunsTable;
/// Inserts what bindRun() binds.
extern const char* const kInsertRun;
/// Selects what readRun() reads; a WHERE may follow.
extern const char* const kSelectRuns;

/// The same for the parts of a profiled run. The table is made with the first of them, so that
/// files of programs without it stay as they are.
extern const char* const kPartsTable;
extern const char* const kInsertPart;
/// All of one run, in the order in which they were kept.
extern const char* const kSelectParts;

void bindPart(Statement& statement, std::int64_t run, const run::PartTime& part);
run::PartTime readPart(const Statement& statement);

void bindRun(Statement& statement, const RunConditions& conditions,
             const run::Measurement& measurement);
KeptRun readRun(const Statement& statement);

}  // namespace core::history
