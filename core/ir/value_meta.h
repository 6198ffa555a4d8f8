#pragma once

// What is known of the value that a node makes.

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/ir/tensor_meta.h"

namespace core::ir {

/// The results of an operator with several outputs; an absent one is an undefined tensor.
struct TupleMeta {
  std::vector<std::optional<TensorMeta>> elements;
  bool operator==(const TupleMeta&) const = default;
};

/// A symbolic scalar (`sym_size`, products of sizes). A float ("64/s0") has only its expression.
struct SymMeta {
  Size size;
  bool isFloat = false;
  bool operator==(const SymMeta&) const = default;
};

/// What is known of a node's value. monostate: the output node, or a node without a value.
using ValueMeta = std::variant<std::monostate, TensorMeta, TupleMeta, SymMeta>;

/// A ValueMeta that never changes, shared by the copies of a node.
class NodeValue {
 public:
  NodeValue() = default;
  template <typename T>
  requires(std::is_constructible_v<ValueMeta, T&&> &&
           !std::is_same_v<std::remove_cvref_t<T>, NodeValue>)
      NodeValue(T&& meta)  // NOLINT(implicit)
      : m_meta(std::make_shared<const ValueMeta>(std::forward<T>(meta))) {}

  const ValueMeta& operator*() const { return m_meta ? *m_meta : none(); }
  const ValueMeta* operator->() const { return &**this; }
  operator const ValueMeta&() const { return **this; }
  /// Whether another node has the same allocation, or there is none.
  bool isShared() const { return m_meta.use_count() != 1; }
  /// The value as a T, or null.
  template <typename T>
  const T* as() const {
    return m_meta ? std::get_if<T>(m_meta.get()) : nullptr;
  }

  bool operator==(const NodeValue& other) const {
    return m_meta == other.m_meta || **this == *other;
  }

 private:
  static const ValueMeta& none() {
    static const ValueMeta kNone;
    return kNone;
  }

  std::shared_ptr<const ValueMeta> m_meta;
};

}  // namespace core::ir
