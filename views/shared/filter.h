#pragma once

// The language of the search box, evaluated over graph nodes. No Qt.
//
//   conv relu            both words occur in the name, operator, module or source line
//   "relu_1"             that whole word
//   op:mm module:layer3  the field contains the text; name op module part dtype shape source tag
//   op:/mm|conv/         the field matches the regular expression
//   part:fwd             fwd, bwd, rec, param, buffer, input, output, tangent
//   saved:yes            saved and recompute, yes or no
//   bytes:>1MiB          >, <, or a..b, with B KiB MiB GiB; fanout likewise, without units
//   user-of:x input-of:x readers of the node x; what x reads
//   -term  ( a b )  a OR b

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/ir/graph.h"

namespace views::shared {

/// What a filter can ask of one node.
struct FilterSubject {
  const core::ir::Graph* graph = nullptr;
  const core::ir::Node* node = nullptr;
  std::vector<std::string> parts;  ///< "fwd", "param" …
  bool isSaved = false;
  bool isRecomputed = false;
};

/// A node of the parsed expression.
struct FilterTerm;

class Filter {
 public:
  /// The empty filter; it matches everything.
  Filter();
  explicit Filter(std::shared_ptr<const FilterTerm> root);

  bool isEmpty() const { return m_root == nullptr; }
  bool matches(const FilterSubject& subject) const;

 private:
  std::shared_ptr<const FilterTerm> m_root;
};

/// Errors: InvalidArgument; the message begins with "Column N:", counted from 1.
core::Result<Filter> parseFilter(std::string_view text);

}  // namespace views::shared
