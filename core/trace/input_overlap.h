#pragma once

// Whether two strided views of one storage may touch the same element.

#include <cstdint>
#include <vector>

namespace core::trace {

/// A strided view: sizes, strides and offset in elements.
struct StridedView {
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> strides;
  std::int64_t offset = 0;
};

/// False only if no element can be shared. Conservative: true where the layouts are too irregular
/// to tell. Recognises disjoint ranges, rows of equal stride that interleave, and elements that lie
/// in different columns of a common step (even and odd places).
bool mayOverlap(const StridedView& a, const StridedView& b);

}  // namespace core::trace
