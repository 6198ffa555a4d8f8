#pragma once

// Compares CPU kernels with meta kernels while a program runs on the CPU.

#include <set>
#include <string>
#include <vector>

namespace metatest {

/// While it lives, every dispatcher call of this thread to one of the given operators is repeated
/// on meta tensors that are laid out like the call's arguments; sizes, strides and dtype of the
/// results are compared.
class MetaCheck {
 public:
  explicit MetaCheck(std::vector<std::string> operators);
  ~MetaCheck();
  MetaCheck(const MetaCheck&) = delete;
  MetaCheck& operator=(const MetaCheck&) = delete;

  /// The operators that were compared.
  const std::set<std::string>& covered() const;
  /// What differed since the last call, one sentence each.
  std::vector<std::string> takeDifferences();
};

}  // namespace metatest
