#pragma once

// Rows: which elements of a block stand on one line.

#include "core/layout/visible_graph.h"

namespace core::layout {

/// Rows of one block. Every rank is one row in the forward lane and `rows[rank]` rows in the
/// others.
struct BlockRows {
  std::vector<int> rows;
  std::vector<int> firstRow;  ///< per rank: rows of all ranks above it

  int rankCount() const { return static_cast<int>(rows.size()); }
  int rowCount() const { return rows.empty() ? 0 : firstRow.back() + rows.back(); }
};

/// Fills in Element::rank and Element::sub and returns the rows of every block.
std::vector<BlockRows> rankElements(const SceneParts& parts, VisibleGraph& graph);

/// The row of the element in the lane: its rank in the forward, counted in rows in the others.
int rowIn(const BlockRows& rows, const Element& element, Lane lane);

}  // namespace core::layout
