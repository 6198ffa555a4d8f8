#pragma once

// Graphs for tests, from text.

#include <string_view>

#include "core/base/check.h"
#include "core/ir/graph_text.h"

namespace support {

/// The graph that `text` describes; a text that cannot be read is an error of the test itself.
inline core::ir::GraphPtr graphFromText(std::string_view text) {
  auto graph = core::ir::parseGraph(text);
  CORE_CHECK(graph.has_value(), graph ? std::string() : graph.error().message);
  return *graph;
}

}  // namespace support
