#pragma once

// What the scheduler knows of each node before it fuses: whether it has a loop form, what it reads
// and at which index, and who reads it.

#include <string>
#include <vector>

#include "core/ir/graph.h"
#include "core/schedule/loop_index.h"

namespace core::schedule {

/// A read of a value that some node computes (never of a view: the index is that of the value).
struct OperandRead {
  ir::NodeId operand;    ///< as the reader names it: a view, or the value itself
  ir::NodeId root;       ///< the value behind the views
  LoopIndex index;       ///< of the root, over the reader's axes
  bool isMapped = true;  ///< false: no affine index says where in the root the element lies
};

/// The loop form of one node over axes of its own.
struct NodeAccess {
  AxisSpace space;
  LoopIndex out;  ///< of the result
  LoopIndex in;   ///< of a reduction's first argument; else empty
  std::vector<OperandRead> reads;
  int ops = 0;
  int cost = 0;              ///< of one element, in additions
  bool isReduction = false;  ///< over at least one axis
};

enum class NodeRole {
  None,       ///< a view, a symbolic scalar, a getitem, a placeholder, the output, or dead
  Kernel,     ///< has a loop form
  Extern,     ///< is called in LibTorch
  WriteBack,  ///< copy_
};

struct LoweredNode {
  NodeRole role = NodeRole::None;
  NodeAccess access;         ///< of a Kernel
  std::string externReason;  ///< of an Extern
  /// A kernel node that reads no memory (constants, ranges, masks made of them) and is cheap, or
  /// that widens half precision: it is computed again wherever it is read.
  bool isFree = false;
  ir::NodeId root;  ///< the value behind the views; itself for a value
  /// Live nodes that read this value, through views or not, in graph order.
  std::vector<ir::NodeId> readers;
};

struct LoweredGraph {
  ir::GraphPtr graph;
  std::vector<LoweredNode> nodes;  ///< by NodeId

  const LoweredNode& at(ir::NodeId id) const { return nodes[id.index]; }
  /// The node that computes a value: itself, or the tuple that a getitem belongs to.
  ir::NodeId producer(ir::NodeId root) const;
  bool isKernel(ir::NodeId id) const { return at(id).role == NodeRole::Kernel; }
};

/// Classifies every node. Nodes whose value nobody needs have role None.
LoweredGraph lowerGraph(ir::GraphPtr graph);

}  // namespace core::schedule
