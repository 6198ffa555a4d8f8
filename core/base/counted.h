#pragma once

// Numbers of things in sentences: "1 node", "2 nodes".

#include <concepts>
#include <string>

namespace core {

/// `one` is the word for a single thing; others get an "s".
template <std::integral T>
std::string counted(T count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

}  // namespace core
