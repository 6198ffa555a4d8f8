#pragma once

// Two kept runs side by side.

#include <string>
#include <vector>

#include "core/history/kept_run.h"

namespace core::history {

/// One figure of both runs.
struct ComparedFigure {
  std::string name;
  double before = 0;
  double after = 0;
  bool isBytes = false;  ///< else milliseconds

  /// after / before; 1 where there is nothing to divide.
  double ratio() const;
};

struct RunComparison {
  /// By effect: the largest change first.
  std::vector<ComparedFigure> figures;
  /// How the speed-up over eager changed, after / before, with a 95 % interval. The two runs were
  /// taken at different times; each one's eager is the control for the machine. Empty unless both
  /// runs passed their check.
  std::optional<run::Speedup> change;
  /// Why the two may not be the same thing: another graph, model, processor, version.
  std::vector<std::string> differences;

  /// "Compiled gained 1.20x [1.15, 1.25] over eager since run 3."
  std::string sentence(std::int64_t beforeId) const;
};

RunComparison compareRuns(const KeptRun& before, const KeptRun& after);

}  // namespace core::history
