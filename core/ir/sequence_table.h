#pragma once

// The link between forward and backward, as a table: one row for each of autograd's sequence
// numbers, with the calls that have it (aot-behaviour §4.4 of the design).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ir/graph.h"

namespace core::ir {

/// The calls with one number. Module, source and exported call are those of the first forward call,
/// or of the first backward call where the forward has none.
struct SequenceRow {
  std::optional<std::int64_t> number;  ///< empty: the last row, calls outside autograd
  std::vector<NodeId> forward;         ///< in graph order
  std::vector<NodeId> backward;        ///< in graph order, additions of gradients included
  std::string exportedOp;
  std::shared_ptr<const ModuleScope> module;
  std::shared_ptr<const SourceLocation> source;
};

/// Rows by ascending number. `getitem` nodes are part of their call and have no entry.
std::vector<SequenceRow> sequenceTable(const Graph& graph);

/// The table for a terminal: number, exported call, forward, backward, module, source line.
std::string sequenceTableText(const Graph& graph);

}  // namespace core::ir
