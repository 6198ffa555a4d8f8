#pragma once

// The text form of graphs: for tests, goldens and people. Printing and parsing round-trip.
//
//   graph {
//     %primals_1 : f32[8, 16] = placeholder  # is_forward desc="PlainAOTInput(idx=0)"
//     %t : f32[16, 8]{1, 16} = aten.t.default(%primals_1)  # is_forward seq=0 module="fc1:Linear"
//     return (%t, None)
//   }

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/ir/graph.h"

namespace core::ir {

/// One line per node. Arguments are written as in PyTorch's dumps: `%name`, 1, 1.0, True, None,
/// "text", [..], dtype:f32, device:cpu, layout:strided, memory_format:channels_last.
std::string graphText(const Graph& graph);
/// The line of one node, without indentation.
std::string nodeText(const Graph& graph, const Node& node);
std::string argumentText(const Graph& graph, const Argument& argument);

/// Reads what graphText() writes. Comments after `#` that carry no known key are ignored. Errors
/// are InvalidArgument with the line number.
Result<GraphPtr> parseGraph(std::string_view text);

}  // namespace core::ir
