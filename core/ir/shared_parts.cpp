#include "core/ir/shared_parts.h"

namespace core::ir {
namespace {

/// Sizes and strides by their hints: equal values have equal hashes, which is all that is asked.
class ValueHash {
 public:
  std::size_t of(const ValueMeta& value) {
    mix(value.index());
    if (const auto* tensor = std::get_if<TensorMeta>(&value)) add(*tensor);
    if (const auto* sym = std::get_if<SymMeta>(&value)) mix(bits(sym->size));
    if (const auto* tuple = std::get_if<TupleMeta>(&value))
      for (const auto& element : tuple->elements)
        if (element) add(*element);
    return m_hash;
  }

 private:
  static std::size_t bits(const Size& size) { return static_cast<std::size_t>(size.hint()); }

  void mix(std::size_t part) {
    m_hash = (m_hash ^ part) * 0x9e3779b97f4a7c15U;
    m_hash ^= m_hash >> 32;
  }

  void add(const TensorMeta& meta) {
    mix(static_cast<std::size_t>(meta.dtype));
    for (const Size& size : meta.sizes) mix(bits(size));
    for (const Size& stride : meta.strides) mix(bits(stride));
  }

  std::size_t m_hash = 0;
};

}  // namespace

void SharedParts::share(SharedText& text) {
  if (!text.empty() && !text.isShared()) text = *m_texts.insert(text).first;
}

void SharedParts::share(NodeValue& value) {
  if (value.isShared()) return;
  const std::size_t hash = ValueHash().of(*value);
  const auto [begin, end] = m_values.equal_range(hash);
  for (auto known = begin; known != end; ++known) {
    if (!(known->second == value)) continue;
    value = known->second;
    return;
  }
  m_values.emplace(hash, value);
}

}  // namespace core::ir
