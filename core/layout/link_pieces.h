#pragma once

// Links cut at the borders of blocks.

#include <array>
#include <compare>
#include <vector>

#include "core/layout/folded_ranks.h"
#include "core/layout/visible_graph.h"

namespace core::layout {

/// A part of a link inside one block: between two elements, or between an element and the block's
/// own top or bottom border (-1).
struct Piece {
  int source = 0;  ///< the box whose values it carries
  int upper = -1;
  int lower = -1;
  auto operator<=>(const Piece&) const = default;
};

/// A piece on the way of a link, walked downwards or upwards.
struct PieceStep {
  int block = 0;
  int piece = 0;  ///< in LinkPieces::pieces[block][lane of the link]
  bool downwards = true;
};

struct LinkPieces {
  std::vector<std::array<std::vector<Piece>, kLanes>> pieces;  ///< per block and lane
  std::vector<std::vector<PieceStep>> steps;  ///< per link, from its source to its target; empty if
                                              ///< both ends are in one row
};

/// Links with the same source that run together share their pieces.
LinkPieces cutLinks(const VisibleGraph& graph, const std::vector<BlockRows>& rows);

}  // namespace core::layout
