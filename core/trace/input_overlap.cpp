// AOTAutograd merges mutated inputs that overlap into one base, so a wrong "yes" costs a needless
// rewrite and a wrong "no" a wrong gradient. The exact question is an integer programme; as PyTorch
// does, we answer the layouts that occur (slices, chunks, columns) and say yes to the rest.

#include "core/trace/input_overlap.h"

#include <numeric>
#include <utility>

namespace core::trace {
namespace {

bool isEmpty(const StridedView& view) {
  for (const std::int64_t size : view.sizes)
    if (size == 0) return true;
  return false;
}

/// Offset of the last element from the first; strides are not negative in PyTorch.
std::int64_t reach(const StridedView& view) {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < view.sizes.size(); ++i) last += (view.sizes[i] - 1) * view.strides[i];
  return last;
}

/// Every element lies a multiple of it from its view's first; 0 if both views have one element.
std::int64_t commonStep(const StridedView& a, const StridedView& b) {
  std::int64_t step = 0;
  for (const StridedView* view : {&a, &b})
    for (std::size_t i = 0; i < view->sizes.size(); ++i)
      if (view->sizes[i] > 1) step = std::gcd(step, view->strides[i]);
  return step;
}

bool hasUnitRows(const StridedView& view) {
  return view.sizes.size() == 2 && view.strides[1] == 1 && view.sizes[1] <= view.strides[0];
}

/// Rows of `width` elements that start `shift` apart on a ring of `pitch` elements.
bool rowsInterleave(std::int64_t shift, std::int64_t pitch, std::int64_t leftWidth,
                    std::int64_t rightWidth) {
  const std::int64_t column = shift % pitch;
  return column >= leftWidth && column + rightWidth <= pitch;
}

}  // namespace

bool mayOverlap(const StridedView& a, const StridedView& b) {
  if (isEmpty(a) || isEmpty(b)) return false;
  const StridedView* left = &a;
  const StridedView* right = &b;
  if (left->offset > right->offset) std::swap(left, right);
  const std::int64_t shift = right->offset - left->offset;
  if (reach(*left) < shift) return false;
  if (const std::int64_t step = commonStep(a, b); step > 0 && shift % step != 0) return false;
  if (hasUnitRows(*left) && hasUnitRows(*right) && left->strides[0] == right->strides[0])
    return !rowsInterleave(shift, left->strides[0], left->sizes[1], right->sizes[1]);
  return true;
}

}  // namespace core::trace
