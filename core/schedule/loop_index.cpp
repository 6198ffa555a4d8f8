#include "core/schedule/loop_index.h"

#include "core/base/check.h"

namespace core::schedule {

int AxisSpace::add(std::int64_t size) {
  m_axes.push_back({size, {}});
  return static_cast<int>(m_axes.size()) - 1;
}

DimIndex AxisSpace::wholeDim(std::int64_t size) {
  DimIndex index;
  if (size != 1) index.terms.push_back({add(size), 1});
  return index;
}

void AxisSpace::resolveAxis(const AxisTerm& term, std::vector<AxisTerm>& out) const {
  const Axis& axis = m_axes[static_cast<std::size_t>(term.axis)];
  if (axis.replacement.empty()) {
    out.push_back(term);
    return;
  }
  std::int64_t stride = term.stride * axis.size;
  for (const int piece : axis.replacement) {
    stride /= size(piece);
    resolveAxis({piece, stride}, out);
  }
}

DimIndex AxisSpace::resolved(const DimIndex& index) const {
  DimIndex result{index.offset, {}, index.indirect};
  for (const AxisTerm& term : index.terms) resolveAxis(term, result.terms);
  return result;
}

LoopIndex AxisSpace::resolved(const LoopIndex& index) const {
  LoopIndex result;
  result.reserve(index.size());
  for (const DimIndex& dim : index) result.push_back(resolved(dim));
  return result;
}

std::optional<std::vector<int>> AxisSpace::axesOfWholeDim(const DimIndex& index,
                                                          std::int64_t size) const {
  const DimIndex now = resolved(index);
  if (now.offset != 0 || now.isIndirect()) return std::nullopt;
  std::vector<int> axes(now.terms.size());
  std::int64_t expected = 1;
  for (std::size_t i = now.terms.size(); i-- > 0;) {
    if (now.terms[i].stride != expected) return std::nullopt;
    expected *= this->size(now.terms[i].axis);
    axes[i] = now.terms[i].axis;
  }
  if (expected != size) return std::nullopt;
  return axes;
}

void AxisSpace::resolveList(std::vector<int>& axes) const {
  std::vector<AxisTerm> terms;
  for (const int axis : axes) resolveAxis({axis, 1}, terms);
  axes.clear();
  for (const AxisTerm& term : terms) axes.push_back(term.axis);
}

std::optional<std::size_t> AxisSpace::cut(std::vector<int>& axes, std::int64_t innerSize) {
  resolveList(axes);
  std::int64_t inner = 1;
  std::size_t position = axes.size();
  while (inner < innerSize && position > 0) {
    const int axis = axes[position - 1];
    const std::int64_t wanted = innerSize / inner;
    if (innerSize % inner != 0) return std::nullopt;
    if (size(axis) <= wanted) {
      inner *= size(axis);
      --position;
      continue;
    }
    if (size(axis) % wanted != 0) return std::nullopt;
    const int outerPiece = add(size(axis) / wanted);
    const int innerPiece = add(wanted);
    m_axes[static_cast<std::size_t>(axis)].replacement = {outerPiece, innerPiece};
    axes[position - 1] = outerPiece;
    axes.insert(axes.begin() + static_cast<std::ptrdiff_t>(position), innerPiece);
    return position;
  }
  if (inner != innerSize) return std::nullopt;
  return position;
}

bool AxisSpace::unite(std::vector<int> a, std::vector<int> b) {
  while (true) {
    resolveList(a);
    resolveList(b);
    if (a.empty() || b.empty()) return a.empty() && b.empty();
    const int last = a.back();
    const int other = b.back();
    if (last == other) {
      a.pop_back();
      b.pop_back();
      continue;
    }
    if (size(last) == size(other)) {
      m_axes[static_cast<std::size_t>(other)].replacement = {last};
      continue;
    }
    const bool cutsA = size(last) > size(other);
    if (!cut(cutsA ? a : b, cutsA ? size(other) : size(last))) return false;
  }
}

int AxisSpace::append(const AxisSpace& other) {
  const int by = static_cast<int>(m_axes.size());
  for (const Axis& axis : other.m_axes) {
    m_axes.push_back(axis);
    for (int& piece : m_axes.back().replacement) piece += by;
  }
  return by;
}

LoopIndex shifted(LoopIndex index, int by) {
  for (DimIndex& dim : index)
    for (AxisTerm& term : dim.terms) term.axis += by;
  return index;
}

DimIndex dimOver(const AxisSpace& space, const std::vector<int>& axes) {
  DimIndex index;
  index.terms.resize(axes.size());
  std::int64_t stride = 1;
  for (std::size_t i = axes.size(); i-- > 0;) {
    index.terms[i] = {axes[i], stride};
    stride *= space.size(axes[i]);
  }
  return index;
}

}  // namespace core::schedule
