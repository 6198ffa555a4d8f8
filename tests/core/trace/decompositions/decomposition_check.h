#pragma once

// Compares operators with their decompositions while a program runs on the CPU.

#include <set>
#include <string>
#include <vector>

namespace decompositiontest {

/// While it lives, every dispatcher call of this thread to an operator of the core table is
/// repeated by its decomposition, on the call's own arguments; sizes, dtypes and values of the
/// results are compared.
class DecompositionCheck {
 public:
  DecompositionCheck();
  ~DecompositionCheck();
  DecompositionCheck(const DecompositionCheck&) = delete;
  DecompositionCheck& operator=(const DecompositionCheck&) = delete;

  /// The operators that were compared: "gelu_backward", "lerp.Scalar".
  const std::set<std::string>& covered() const;
  /// What differed since the last call, one sentence each.
  std::vector<std::string> takeDifferences();
};

/// The operators of the table, by the names that covered() uses.
std::set<std::string> tableNames();

}  // namespace decompositiontest
