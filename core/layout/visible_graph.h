#pragma once

// What is left of the graph at a fold state: boxes with text and sizes, links between boxes, nets
// across the gutter, and the nesting of expanded module calls.

#include <array>
#include <set>
#include <string>
#include <vector>

#include "core/layout/units.h"

namespace core::layout {

/// A value, or several between the same boxes, that one box reads from another in its lane.
struct BoxLink {
  int source = 0;
  int target = 0;
  std::vector<int> values;  ///< flow nodes, ascending
};

/// Values that leave a lane: saved tensors, crossing values, recomputed values, marks of copies.
struct Net {
  EdgeKind kind = EdgeKind::Saved;
  int source = 0;
  std::vector<int> targets;  ///< boxes, ascending
  std::vector<int> values;   ///< flow nodes, ascending
};

/// A child of a block: an op or pin in one lane, or a module call with its part in every lane.
struct Element {
  int block = 0;                            ///< the block it is in
  int call = -1;                            ///< of a module call
  int inside = -1;                          ///< of an expanded call: its block
  std::array<int, kLanes> box{-1, -1, -1};  ///< index of its box in each lane
  int order = 0;                            ///< of its first unit
  int rank = 0;
  int sub = 0;  ///< row within the rank; forward ops take all rows of their rank
};

/// The model, or the inside of an expanded module call.
struct Block {
  int element = -1;  ///< its place in the block around it; -1 for the model
  std::vector<int> elements;
};

struct VisibleGraph {
  std::vector<Box> boxes;      ///< without places
  std::vector<int> elementOf;  ///< per box; of a frame: the element in the block around it
  std::vector<int> boxOf;      ///< per unit
  std::vector<BoxLink> links;
  std::vector<Net> nets;
  std::vector<Element> elements;
  std::vector<Block> blocks;  ///< the model first; a block comes before those inside it

  /// The element of `block` that holds the box, or -1.
  int elementIn(int block, int box) const;
};

/// Everything a fold state is applied to; made once per graph.
struct SceneParts {
  Flow flow;
  Folding folding;
  ModuleCalls modules;
  Units units;
};

struct VisibleOptions {
  std::set<std::string> expanded;
  bool showStaticNets = true;
};

VisibleGraph makeVisible(const SceneParts& parts, const VisibleOptions& options);

/// Number of boxes makeVisible() would make, frames not counted.
int countVisible(const SceneParts& parts, const std::set<std::string>& expanded);

}  // namespace core::layout
