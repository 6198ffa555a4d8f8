#pragma once

// What PyTorch's core ATen table takes apart and ours does not, with the reason for each.

#include <string_view>
#include <vector>

namespace core::trace {

struct NotDecomposed {
  std::string_view op;   ///< "aten.renorm.default"
  std::string_view why;  ///< a sentence without the operator's name
};

/// Sorted by name.
const std::vector<NotDecomposed>& notDecomposed();

/// The entry of an operator, or null if the core table does not leave it out.
const NotDecomposed* findNotDecomposed(std::string_view op);

}  // namespace core::trace
