#pragma once

// The language of the search box, evaluated over graph nodes. No Qt.
//
//   conv relu            both words occur in the name, operator, module or source line
//   "relu_1"             that whole word
//   op:mm module:layer3  the field contains the text; name op module part dtype shape device group
//                        kernel pass source tag
//   op:/mm|conv/         the field matches the regular expression
//   part:fwd             fwd, bwd, rec, param, buffer, input, output, tangent
//   saved:yes            saved recompute fused banned changed, yes or no
//   bytes:>1MiB          > < a..b, for bytes (B KiB MiB GiB), time (ns us ms s), flops (k M G T),
//                        err, fanout; bytes, time and flops also in % of the whole graph
//   user-of:x input-of:x readers of the node x; what x reads; with within:n up to n steps away
//   path:a..b            the nodes on the ways from a to b, both included
//   -term  ( a b )  a OR b

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/ir/graph.h"

namespace views::shared {

/// What is known of a node beside the graph and its partition. Numbers are negative if unknown.
struct NodeFacts {
  std::vector<std::string> groups;   ///< "K3": labels of the kernels that compute it
  std::vector<std::string> kernels;  ///< names of these kernels
  double seconds = -1;               ///< estimated
  double flops = -1;
  double error = -1;     ///< largest relative difference of compiled to eager, where checked
  bool isFused = false;  ///< shares a kernel with another node
  bool isBanned = false;
  bool isChanged = false;  ///< another fate in the partition that is compared with
};
using NodeFactsByName = std::unordered_map<std::string, NodeFacts>;

/// What a filter can ask of one node.
struct FilterSubject {
  const core::ir::Graph* graph = nullptr;
  const core::ir::Node* node = nullptr;
  std::vector<std::string> parts;  ///< "fwd", "param" …
  bool isSaved = false;
  bool isRecomputed = false;
  const NodeFacts* facts = nullptr;  ///< null: nothing is known
};

/// A node of the parsed expression.
struct FilterTerm;

/// What one evaluation over all nodes of a graph shares: sums for percentages, and what was found
/// out about a term for the first node that asked.
struct FilterScope {
  double bytes = 0;
  double seconds = 0;
  double flops = 0;
  /// Of a neighbourhood term: one mark per node of the graph.
  std::unordered_map<const FilterTerm*, std::vector<char>> reached;
  /// Of a regular expression over a field with few values.
  std::unordered_map<const FilterTerm*, std::unordered_map<std::string, bool>> matched;
};

class Filter {
 public:
  /// The empty filter; it matches everything.
  Filter();
  explicit Filter(std::shared_ptr<const FilterTerm> root);

  bool isEmpty() const { return m_root == nullptr; }
  /// `scope` belongs to the subject's graph.
  bool matches(const FilterSubject& subject, FilterScope& scope) const;

 private:
  std::shared_ptr<const FilterTerm> m_root;
};

/// Errors: InvalidArgument; the message begins with "Column N:", counted from 1.
core::Result<Filter> parseFilter(std::string_view text);

}  // namespace views::shared
