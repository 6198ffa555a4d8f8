#pragma once

// Positions of loops: axes that can be split and united while a kernel's domain is being found, and
// affine indices over them.

#include <cstdint>
#include <optional>
#include <vector>

namespace core::schedule {

struct AxisTerm {
  int axis = -1;
  std::int64_t stride = 1;

  bool operator==(const AxisTerm&) const = default;
};

/// A position along one dimension of a tensor: offset + sum of stride * axis, or the value of a
/// loop op (a gather).
struct DimIndex {
  std::int64_t offset = 0;
  std::vector<AxisTerm> terms;  ///< axes of size 1 do not appear
  int indirect = -1;            ///< an I64 op; then nothing else is set

  bool isIndirect() const { return indirect >= 0; }
  bool operator==(const DimIndex&) const = default;
};

/// One DimIndex per dimension of a tensor.
using LoopIndex = std::vector<DimIndex>;

/// The axes of a domain. Splitting and uniting replaces axes by others; what refers to a replaced
/// axis is brought up to date by `resolved`.
class AxisSpace {
 public:
  /// A new axis; the index along a dimension of that size is `wholeDim`.
  int add(std::int64_t size);
  std::int64_t size(int axis) const { return m_axes[static_cast<std::size_t>(axis)].size; }
  /// The index that runs over a dimension of `size`: one new axis, or none for size 1.
  DimIndex wholeDim(std::int64_t size);

  /// `index` over axes that were not replaced.
  DimIndex resolved(const DimIndex& index) const;
  LoopIndex resolved(const LoopIndex& index) const;

  /// The axes (outermost first) if `index` runs exactly once, in order, over [0, size).
  std::optional<std::vector<int>> axesOfWholeDim(const DimIndex& index, std::int64_t size) const;

  /// Splits a list of axes (row-major, outermost first) so that its innermost part has `innerSize`
  /// positions. Returns how many axes of the updated list belong to the outer part; empty if an
  /// axis cannot be cut there.
  std::optional<std::size_t> cut(std::vector<int>& axes, std::int64_t innerSize);

  /// Makes two lists of axes (row-major) the same axes, splitting where needed. False if their
  /// sizes have no common refinement.
  bool unite(std::vector<int> a, std::vector<int> b);

  /// Axes of another space, added to this one: axis i becomes i + the returned number.
  int append(const AxisSpace& other);

 private:
  struct Axis {
    std::int64_t size = 1;
    std::vector<int> replacement;  ///< row-major; empty: the axis stands for itself
  };

  void resolveAxis(const AxisTerm& term, std::vector<AxisTerm>& out) const;
  void resolveList(std::vector<int>& axes) const;

  std::vector<Axis> m_axes;
};

/// The index with all axis numbers increased by `by`.
LoopIndex shifted(LoopIndex index, int by);

/// The DimIndex that runs over `axes`, row-major.
DimIndex dimOver(const AxisSpace& space, const std::vector<int>& axes);

}  // namespace core::schedule
