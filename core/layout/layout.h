#pragma once

// The layout of a graph: the one entry point of this folder.

#include <memory>
#include <set>
#include <string>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/ir/joint_graph.h"
#include "core/layout/graph_geometry.h"
#include "core/partition/partition.h"

namespace core::layout {

struct LayoutOptions {
  Picture picture = Picture::Mirrored;
  /// getitem and view operators are drawn as part of the box that makes their input.
  bool foldViews = true;
  /// Nets of parameters that the backward reads; they cost no memory, but tell what is needed.
  bool showStaticNets = true;
  /// Keys of the expanded module calls ("layer1.0").
  std::set<std::string> expanded;
  /// If true, `expanded` is ignored and the deepest level with at most `mostBoxes` boxes is shown.
  bool expandAutomatically = true;
  int mostBoxes = 150;
  /// The level is also less deep while the picture is wider than this, but not so that one closed
  /// module holds more than half of the operators; 0: any width.
  int widest = 0;
};

class LayoutMemo;

struct LayoutRequest {
  std::shared_ptr<const ir::JointGraph> joint;
  /// Null while nothing is decided; then Picture must be Mirrored.
  std::shared_ptr<const partition::Partition> partition;
  LayoutOptions options;
  /// Shared by requests of one view, so that one that differs in little costs little; null: the
  /// request stands alone. The result is the same.
  std::shared_ptr<LayoutMemo> memo{};
};

std::shared_ptr<LayoutMemo> makeLayoutMemo();

/// Places the graph. A function of the request alone: the same bytes on every run. Errors:
/// InvalidArgument without a graph to draw; Cancelled.
Result<GraphGeometryPtr> layoutGraph(const LayoutRequest& request, const StageContext& context);

/// The keys to expand so that every module call less deep than `depth` is open; 0: none.
std::set<std::string> expandedToDepth(const GraphGeometry& geometry, int depth);
/// The keys that are expanded now.
std::set<std::string> expandedKeys(const GraphGeometry& geometry);
/// The keys to expand so that of equal module calls next to each other in one module (the blocks of
/// a transformer) the first is open and the rest are closed, and all others are open. Equal: of one
/// ModuleCall::structure.
std::set<std::string> expandedOneOfEach(const GraphGeometry& geometry);
/// The keys to expand so that the call `key` and all equal ones are open, or closed if it is open.
std::set<std::string> toggledAlike(const GraphGeometry& geometry, const std::string& key);
/// The keys to expand to make the node visible, added to those that are expanded now.
std::set<std::string> expandedAround(const GraphGeometry& geometry, const std::string& node);

}  // namespace core::layout
