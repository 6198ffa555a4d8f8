#pragma once

// One lane of one block as a layered graph: elements, ports on the border, and points of long
// edges.

#include <compare>
#include <map>
#include <memory>
#include <vector>

#include "core/layout/layered_graph.h"
#include "core/layout/link_pieces.h"

namespace core::layout {

class LayoutMemo;

enum class Side { Top, Bottom };

/// The vertices of a piece from top to bottom, and where it meets the first and the last one,
/// from their middles.
struct PieceChain {
  std::vector<int> vertices;
  int upperOffset = 0;
  int lowerOffset = 0;
};

/// All that the picture of one lane of one block depends on, without names: lanes with equal inputs
/// look the same.
struct LaneInput {
  struct Element {
    int row = 0;
    int width = 0;
    auto operator<=>(const Element&) const = default;
  };
  /// A piece; its offsets are from the middles of its ends.
  struct Join {
    int upper = -1;  ///< index into elements; -1: the border
    int lower = -1;
    int source = 0;  ///< pieces of one source share their port on a border
    int upperPort = 0;
    int lowerPort = 0;
    int upperAnchor = 0;
    int lowerAnchor = 0;
    auto operator<=>(const Join&) const = default;
  };

  bool isModel = false;
  bool isForward = false;
  int lastRow = 0;  ///< of the bottom border
  std::vector<Element> elements;
  std::vector<Join> joins;  ///< per piece
  auto operator<=>(const LaneInput&) const = default;
};

/// Row 0 is the block's top border, then its rows, then its bottom border. The first vertices are
/// the elements.
struct LanePicture {
  LayeredGraph graph;
  std::map<std::pair<Side, int>, int> portOf;  ///< side and source -> vertex
  std::vector<PieceChain> chains;              ///< per piece
  std::vector<int> x;  ///< per vertex, its middle, from the lane's left edge
  int width = 0;
  int anchor = 0;  ///< x that the block around it aligns its neighbours with
};

/// Orders and places: the expensive part, a function of the input alone.
LanePicture drawLane(const LaneInput& input);

/// A picture and what its numbers stand for.
struct BlockLane {
  std::shared_ptr<const LanePicture> picture;  ///< null: nothing of the block is in the lane
  std::map<int, int> vertexOf;                 ///< element -> vertex
  std::map<int, int> sourceOf;                 ///< source box -> its number in the input

  bool isEmpty() const { return !picture; }
  int width() const { return picture ? picture->width : 0; }
  /// x of the port of a source box's value on that side.
  int portX(Side side, int source) const {
    return picture->x[picture->portOf.at({side, sourceOf.at(source)})];
  }
};

/// One lane of a block; the blocks inside it must be done (`lanes`, per block). Pictures come from
/// the memo where it has them.
BlockLane makeBlockLane(const VisibleGraph& graph, const std::vector<BlockRows>& rows,
                        const LinkPieces& pieces,
                        const std::vector<std::array<BlockLane, kLanes>>& lanes, int block,
                        Lane lane, LayoutMemo& memo);

}  // namespace core::layout
