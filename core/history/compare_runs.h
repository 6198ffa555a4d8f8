#pragma once

// Two kept runs side by side.

#include <string>
#include <vector>

#include "core/history/kept_run.h"
#include "core/run/profile_study.h"

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

/// What one kernel or operator of one module took in both runs.
struct ComparedPart {
  std::string module;
  std::string name;
  bool isCompiled = false;
  bool inBackward = false;
  double beforeUs = 0;  ///< 0: the run before does not have it
  double afterUs = 0;

  double changeUs() const { return afterUs - beforeUs; }
};

/// By effect: the largest change first, either way. A kernel that was fused otherwise has another
/// name, and stands there once as gone and once as new.
std::vector<ComparedPart> compareParts(const std::vector<run::PartTime>& before,
                                       const std::vector<run::PartTime>& after);

/// "Slower: fused_gelu in 'block.0' (backward) by 12.1 us, …": the compiled parts that lost most,
/// at most three; empty if none lost anything.
std::string regressionSentence(const std::vector<ComparedPart>& parts);

}  // namespace core::history
