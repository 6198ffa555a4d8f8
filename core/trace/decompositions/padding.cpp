// Reflection and replication padding: an index along each padded dimension in turn. The derivative
// of a reflection adds up the areas that were mirrored, one for each combination of "before",
// "inside" and "after" along the padded dimensions.

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

/// Of the dimensions that are padded, in their order; the argument lists the last one first.
struct Pads {
  std::vector<std::int64_t> before, after;

  explicit Pads(const Sizes& padding) {
    for (std::size_t i = padding.size() / 2; i-- > 0;) {
      before.push_back(padding[2 * i]);
      after.push_back(padding[2 * i + 1]);
    }
  }
  std::int64_t count() const { return static_cast<std::int64_t>(before.size()); }
};

using PositionsOf = Tensor (*)(std::int64_t before, std::int64_t extent, std::int64_t after);

Tensor mirrored(std::int64_t before, std::int64_t extent, std::int64_t after) {
  const Tensor position = range(-before, extent + after);
  const Tensor fromEnd = number(extent - 1) - at::abs(position);
  return number(extent - 1) - at::abs(fromEnd);
}

Tensor repeated(std::int64_t before, std::int64_t extent, std::int64_t after) {
  return at::clamp(range(-before, extent + after), Scalar(std::int64_t{0}), Scalar(extent - 1));
}

Tensor padded(Tensor self, const Sizes& padding, PositionsOf positions) {
  const Opmath cast({&self});
  const Pads pads(padding);
  const std::int64_t outer = self.dim() - pads.count();
  Tensor result = self;
  for (std::int64_t i = 0; i < pads.count(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    Indices indices;
    for (std::int64_t d = 0; d < self.dim(); ++d) indices.push_back(std::optional<Tensor>());
    indices.set(static_cast<std::size_t>(outer + i),
                positions(pads.before[k], self.size(outer + i), pads.after[k]));
    result = at::_unsafe_index(result, indices);
  }
  return cast.back(result.contiguous(result.suggest_memory_format()));
}

Tensor reflectionPad(const Tensor& self, const Sizes& padding) {
  return padded(self, padding, mirrored);
}

Tensor replicationPad(const Tensor& self, const Sizes& padding) {
  return padded(self, padding, repeated);
}

/// Where the gradient of one area lies, and which positions belong to it.
struct Area {
  Tensor position, index;
  std::int64_t first, last;

  bool isEmpty() const { return last < first; }
};

Tensor isInside(const Area& area) {
  const Tensor from = at::ge(area.index, Scalar(area.first));
  return at::logical_and(from, at::le(area.index, Scalar(area.last)));
}

class ReflectionGradient {
 public:
  ReflectionGradient(const Tensor& grad, const Tensor& input, const Sizes& padding)
      : m_grad(grad), m_pads(padding) {
    const std::int64_t rank = input.dim(), outer = rank - m_pads.count();
    for (std::int64_t d = 0; d < rank; ++d) {
      Sizes shape(static_cast<std::size_t>(rank), 1);
      shape[static_cast<std::size_t>(d)] = -1;
      const Tensor index = range(std::int64_t{0}, input.size(d)).view(shape);
      (d < outer ? m_outer : m_index).push_back(index);
      if (d >= outer) m_last.push_back(input.size(d) - 1);
    }
    positions();
  }

  Tensor sum() {
    std::vector<Area> center;
    for (std::size_t i = 0; i < m_index.size(); ++i) center.push_back(area(i, 0));
    Tensor total = read(center);
    std::vector<int> side(m_index.size(), -1);
    do {
      addArea(side, total);
    } while (next(side));
    return total;
  }

 private:
  void positions() {
    const std::size_t count = m_index.size();
    for (std::size_t i = 0; i < count; ++i)
      m_center.push_back(m_index[i] + number(m_pads.before[i]));
    for (std::size_t i = 0; i < count; ++i)
      m_before.push_back(number(m_pads.before[i]) - m_index[i]);
    for (std::size_t i = 0; i < count; ++i)
      m_after.push_back(number(2 * m_last[i] + m_pads.before[i]) - m_index[i]);
  }

  /// The area before (-1), inside (0) or after (1) along dimension `i`.
  Area area(std::size_t i, int side) const {
    const std::int64_t before = m_pads.before[i], after = m_pads.after[i], last = m_last[i];
    if (side < 0) return {m_before[i], m_index[i], 1, before};
    if (side > 0) return {m_after[i], m_index[i], last - after, last - 1};
    return {m_center[i], m_center[i], 0, last + before + after};
  }

  Tensor read(const std::vector<Area>& areas) const {
    std::vector<Tensor> conditions;
    for (const Area& area : areas) conditions.push_back(isInside(area));
    Tensor condition = conditions.front();
    for (std::size_t i = 1; i < conditions.size(); ++i)
      condition = at::logical_and(condition, conditions[i]);
    Indices indices;
    for (const Tensor& index : m_outer) indices.push_back(std::optional(index));
    for (const Area& area : areas) indices.push_back(std::optional(area.position));
    return at::_unsafe_masked_index(m_grad, condition, indices, Scalar(0.0));
  }

  void addArea(const std::vector<int>& side, Tensor& total) const {
    std::vector<Area> areas;
    bool isCenter = true;
    for (std::size_t i = 0; i < side.size(); ++i) {
      areas.push_back(area(i, side[i]));
      isCenter = isCenter && side[i] == 0;
      if (areas.back().isEmpty()) return;
    }
    if (!isCenter) total = total + read(areas);
  }

  /// The next combination, the last dimension fastest; false after the last.
  static bool next(std::vector<int>& side) {
    for (std::size_t i = side.size(); i-- > 0;) {
      if (++side[i] <= 1) return true;
      side[i] = -1;
    }
    return false;
  }

  const Tensor& m_grad;
  Pads m_pads;
  std::vector<Tensor> m_outer, m_index;  ///< positions along each dimension
  std::vector<Tensor> m_center, m_before, m_after;
  std::vector<std::int64_t> m_last;
};

Tensor reflectionPadGradient(const Tensor& grad, const Tensor& self, const Sizes& padding) {
  return ReflectionGradient(grad, self, padding).sum();
}

}  // namespace

void enterPadding(Table& table) {
  enter<reflectionPad>(table, {"reflection_pad1d", "reflection_pad2d", "reflection_pad3d"});
  enter<replicationPad>(table, {"replication_pad1d", "replication_pad2d", "replication_pad3d"});
  enter<reflectionPadGradient>(table, {"reflection_pad1d_backward", "reflection_pad2d_backward",
                                       "reflection_pad3d_backward"});
}

}  // namespace core::trace::decompositions
