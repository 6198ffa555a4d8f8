#pragma once

// One lane of one block as a layered graph: elements, ports on the border, and points of long
// edges.

#include <map>
#include <vector>

#include "core/layout/layered_graph.h"
#include "core/layout/link_pieces.h"

namespace core::layout {

enum class Side { Top, Bottom };

/// The vertices of a piece from top to bottom, and where it meets the first and the last one,
/// from their middles.
struct PieceChain {
  std::vector<int> vertices;
  int upperOffset = 0;
  int lowerOffset = 0;
};

/// Row 0 is the block's top border, then its rows, then its bottom border.
struct BlockLane {
  LayeredGraph graph;
  std::map<int, int> vertexOf;                 ///< element -> vertex
  std::map<std::pair<Side, int>, int> portOf;  ///< side and source box -> vertex
  std::vector<PieceChain> chains;              ///< per piece
  std::vector<int> x;  ///< per vertex, its middle, from the lane's left edge
  int width = 0;       ///< 0: nothing of the block is in the lane
  int anchor = 0;      ///< x that the block around it aligns its neighbours with

  bool isEmpty() const { return vertexOf.empty(); }
};

/// Orders and places one lane of a block; the blocks inside it must be done (`lanes`, per block).
BlockLane makeBlockLane(const VisibleGraph& graph, const std::vector<BlockRows>& rows,
                        const LinkPieces& pieces,
                        const std::vector<std::array<BlockLane, kLanes>>& lanes, int block,
                        Lane lane);

}  // namespace core::layout
