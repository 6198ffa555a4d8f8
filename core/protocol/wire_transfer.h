#pragma once

// Private to core/protocol. One function per struct moves its fields between our form and the wire
// form, in either direction: `kWrite` is true from ours to wire. Reading checks every enum, index
// and missing table; what does not hold throws WireError, which decode*() turns into an Error.

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine_generated.h"

namespace core::protocol {

/// A message that does not keep the schema's promises. Never leaves this folder.
class WireError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Our side is const when writing, the wire's side is const when reading.
template <bool kWrite, typename T>
using Ours = std::conditional_t<kWrite, const T&, T&>;
template <bool kWrite, typename T>
using Wire = std::conditional_t<kWrite, T&, const T&>;

/// Copies a number, a string or a vector of numbers.
template <bool kWrite, typename A, typename B>
void plain(A& ours, B& wire) {
  if constexpr (kWrite) {
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<A>>)
      wire = static_cast<B>(ours);
    else
      wire = std::remove_cvref_t<B>(ours.begin(), ours.end());
  } else {
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<B>>)
      ours = static_cast<A>(wire);
    else
      ours = std::remove_cvref_t<A>(wire.begin(), wire.end());
  }
}

/// Copies an enum of `count` enumerators as its position.
template <bool kWrite, typename A, typename B>
void enumeration(A& ours, B& wire, int count) {
  if constexpr (kWrite) {
    wire = static_cast<std::uint8_t>(ours);
  } else {
    if (wire >= count) throw WireError("an enum value is out of range");
    ours = static_cast<A>(wire);
  }
}

/// Moves a table that is always there. `move(ours, wire)` moves its fields.
template <bool kWrite, typename A, typename P, typename Move>
void table(A& ours, P& pointer, Move&& move) {
  if constexpr (kWrite) {
    pointer = std::make_unique<typename std::remove_cvref_t<P>::element_type>();
    move(ours, *pointer);
  } else {
    if (!pointer) throw WireError("a table is missing");
    move(ours, *std::as_const(pointer));
  }
}

/// Moves a vector of tables.
template <bool kWrite, typename A, typename B, typename Move>
void list(A& ours, B& wire, Move&& move) {
  if constexpr (kWrite) {
    wire.reserve(ours.size());
    for (const auto& element : ours) {
      wire.emplace_back();
      table<true>(element, wire.back(), move);
    }
  } else {
    ours.clear();
    ours.reserve(wire.size());
    for (const auto& pointer : wire) {
      ours.emplace_back();
      table<false>(ours.back(), pointer, move);
    }
  }
}

/// Moves an optional table: a null pointer when there is none.
template <bool kWrite, typename T, typename P, typename Move>
void optionalTable(std::optional<T>& ours, P& pointer, Move&& move) {
  static_assert(!kWrite);
  ours.reset();
  if (!pointer) return;
  ours.emplace();
  move(*ours, *std::as_const(pointer));
}
template <bool kWrite, typename T, typename P, typename Move>
void optionalTable(const std::optional<T>& ours, P& pointer, Move&& move) {
  static_assert(kWrite);
  if (ours) table<true>(*ours, pointer, move);
}

/// An index below `count`, or WireError.
template <typename T>
T checkedIndex(T index, std::size_t count, const char* what) {
  if (index < 0 || static_cast<std::size_t>(index) >= count)
    throw WireError(std::string(what) + " is out of range");
  return index;
}

}  // namespace core::protocol
