#pragma once

// Equal parts of the nodes of a graph, kept once: a transformer with 100,000 nodes has some twenty
// shapes and fifty operators. A graph is then small enough to be copied at the speed of the cache.

#include <unordered_map>
#include <unordered_set>

#include "core/ir/node.h"

namespace core::ir {

/// Replaces parts of new nodes by equal ones seen before. What other nodes share already is left
/// alone.
class SharedParts {
 public:
  void share(SharedText& text);
  void share(NodeValue& value);

 private:
  std::unordered_set<SharedText, SharedText::Hash> m_texts;
  std::unordered_multimap<std::size_t, NodeValue> m_values;  ///< by hash
};

}  // namespace core::ir
