#pragma once

// Where a compiled step first computes something else than eager. Plain data; no LibTorch.

#include <optional>
#include <string>
#include <vector>

namespace core::run {

/// A step of a schedule whose result is not what eager computes from the same inputs.
struct StepDifference {
  bool inBackward = false;
  int step = -1;                     ///< of the half's schedule
  int group = -1;                    ///< of the kernel; -1: a call of LibTorch
  std::string node;                  ///< the first node of the step whose value differs
  std::string target;                ///< its operator
  std::string module;                ///< path of its module; may be empty
  std::string source;                ///< "net.py:41 `y = f(x)`"; may be empty
  std::vector<std::string> members;  ///< all nodes of the step
  double maxAbs = 0;                 ///< largest |compiled - eager|
  double maxRel = 0;                 ///< largest |compiled - eager| / max(|eager|, mean of |eager|)

  /// "'gelu_3' (aten.gelu.default) in module 'mlp' differs by up to 1e-03 relative.".
  std::string text() const;
};

/// What a search through both halves found.
struct StepSearch {
  int steps = 0;   ///< that were run
  int values = 0;  ///< that were compared
  std::optional<StepDifference> first;
  /// The kernel that differed as a whole, if the search went on with its nodes apart.
  std::optional<StepDifference> kernel;

  /// One sentence for people.
  std::string sentence() const;
};

}  // namespace core::run
