#pragma once

// A sweep and what its points measured.

#include <map>

#include "core/history/kept_run.h"
#include "views/models/table_model.h"

namespace views::models {

struct SweepResults {
  core::history::Sweep sweep;
  std::map<std::int64_t, core::history::KeptRun> runs;  ///< of the done points, by id

  /// Null if the point has none.
  const core::history::KeptRun* runOf(const core::history::SweepPoint& point) const;
  int count(core::history::PointState state) const;
};

using SweepPtr = std::shared_ptr<const SweepResults>;

/// The options that the points differ in, as of `bench` without dashes: "budget", "threads".
QStringList variedOptions(const SweepResults& results);
/// The value of an option in a point's settings; empty if it is not there.
QString valueOf(const std::string& settings, const QString& option);
/// Positions of points that no other point beats in both, compiled time and peak memory. A point
/// whose check failed is none of them.
std::vector<int> bestPoints(const SweepResults& results);

/// A row for each point, in their order, the best ones marked.
Table sweepTable(const SweepPtr& results);

}  // namespace views::models
