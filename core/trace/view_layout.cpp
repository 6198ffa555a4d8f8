#include "core/trace/view_layout.h"

#include <algorithm>
#include <numeric>

namespace core::trace {
namespace {

struct Dim {
  std::int64_t size = 1;
  std::int64_t stride = 1;
};

/// Dimensions [first, last] as one; empty if they do not lie in a row.
std::optional<Dim> merged(const std::vector<Dim>& dims, std::size_t first, std::size_t last) {
  Dim result = dims[last];
  for (std::size_t i = last; i-- > first;) {
    const Dim& outer = dims[i];
    const Dim& inner = dims[i + 1];
    if (outer.size != 1 && inner.size != 1 && outer.stride != inner.stride * inner.size)
      return std::nullopt;
    if (outer.size != 1) result.stride = std::min(result.stride, outer.stride);
    result.size *= outer.size;
  }
  return result;
}

std::vector<std::int64_t> contiguousStrides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * std::max<std::int64_t>(shape[i], 1);
  return strides;
}

bool isContiguous(const std::vector<Dim>& dims) {
  std::int64_t expected = 1;
  for (std::size_t i = dims.size(); i-- > 0;) {
    if (dims[i].size != 1 && dims[i].stride != expected) return false;
    expected *= dims[i].size;
  }
  return true;
}

/// Makes the dimension at `at` one of `length`: merges what follows, and splits off the rest.
bool shapeDim(std::vector<Dim>& dims, std::size_t at, std::int64_t length) {
  std::int64_t elements = dims[at].size;
  std::size_t last = at;
  while (elements % length != 0) {
    if (++last == dims.size()) return false;
    elements *= dims[last].size;
  }
  const auto one = merged(dims, at, last);
  if (!one) return false;
  const auto begin = dims.begin() + static_cast<std::ptrdiff_t>(at);
  *begin = *one;
  dims.erase(begin + 1, dims.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  if (elements == length) return true;
  const Dim inner{elements / length, dims[at].stride};
  dims[at] = {length, inner.size * inner.stride};
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(at) + 1, inner);
  return true;
}

}  // namespace

std::optional<std::vector<std::int64_t>> pythonViewStrides(const std::vector<std::int64_t>& sizes,
                                                           const std::vector<std::int64_t>& strides,
                                                           const std::vector<std::int64_t>& shape) {
  std::vector<Dim> dims;
  for (std::size_t i = 0; i < sizes.size(); ++i) dims.push_back({sizes[i], strides[i]});
  const bool isEmpty = std::find(sizes.begin(), sizes.end(), 0) != sizes.end();
  const bool isShort =
      (shape.size() == 1 && dims.size() > 1) || (shape.size() == 2 && dims.size() == 1);
  if (isEmpty || dims.empty() || (isShort && isContiguous(dims))) return contiguousStrides(shape);
  for (std::size_t at = 0; at < shape.size(); ++at) {
    if (at == dims.size()) {
      dims.push_back({1, dims.back().stride});
      continue;
    }
    if (dims[at].size != shape[at] && !shapeDim(dims, at, shape[at])) return std::nullopt;
  }
  std::vector<std::int64_t> result;
  for (std::size_t at = 0; at < shape.size(); ++at) result.push_back(dims[at].stride);
  return result;
}

}  // namespace core::trace
