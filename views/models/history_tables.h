#pragma once

// Tables of runs that were kept, and of two of them side by side.

#include "core/history/compare_runs.h"
#include "views/models/table_model.h"

namespace views::models {

using KeptRuns = std::shared_ptr<const std::vector<core::history::KeptRun>>;

/// What two kept runs give when they are compared.
struct RunPair {
  std::int64_t before = 0, after = 0;  ///< ids
  core::history::RunComparison comparison;
  std::vector<core::history::ComparedPart> parts;  ///< empty unless both were profiled
};

/// A row for each run, as they are given.
Table keptRunTable(const KeptRuns& runs);
/// The figures of both, the most changed first.
Table comparedFigureTable(const std::shared_ptr<const RunPair>& pair);
/// Kernels and operators by module, the most changed first.
Table comparedPartTable(const std::shared_ptr<const RunPair>& pair);

}  // namespace views::models
