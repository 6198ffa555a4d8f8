#pragma once

// Names as torch.fx gives them, so that our graphs read like PyTorch's.

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace core::trace {

/// The names of one graph.
class NodeNames {
 public:
  /// A name for a node made from `candidate` (an operator's base name, a placeholder): the
  /// candidate itself, or with the next free number. "add", "add_1"; "sum_1" first, since `sum` is
  /// Python's.
  std::string fresh(std::string_view candidate);

 private:
  std::unordered_set<std::string> m_used;
  std::unordered_map<std::string, int> m_lastNumber;
};

/// An operator's base name as fx spells it: "__and__" is "and", "FooBar" is "foo_bar".
std::string fxBaseName(std::string_view operatorName);

}  // namespace core::trace
