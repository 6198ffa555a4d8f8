#pragma once

// What a layout returns: boxes, edges and frames with integer places, ready to be painted. One unit
// is one pixel at 100 %. Immutable once made; shared between the layout's thread and the window.

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/layout/graph_index.h"
#include "core/layout/shapes.h"

namespace core::layout {

/// What is drawn.
enum class Picture {
  Mirrored,  ///< forward left, backward right, an op and its backward on one row
  Forward,   ///< the forward graph alone
  Backward,  ///< the backward graph alone
};

/// The column a box stands in. A graph that is drawn alone uses Forward only.
enum class Lane { Forward, Recomputed, Backward };
constexpr int kLanes = 3;

enum class BoxKind {
  Op,        ///< a call, with the views and getitems folded into it
  Module,    ///< a collapsed module call (the part of it that is in this lane)
  Frame,     ///< an expanded module call, drawn around its content
  Input,     ///< a pin: a user input, or a parameter without a consumer that could carry it
  Output,    ///< a pin: an output of the forward
  Tangent,   ///< a pin: an incoming gradient
  Gradient,  ///< a pin: the gradient of a user input
};

enum class BadgeKind { Parameter, Buffer, Gradient, Mutation, Saved };

/// A value that would be a hub if it were a node, written on the box that reads or makes it.
struct Badge {
  BadgeKind kind = BadgeKind::Parameter;
  std::string text;  ///< "weight"
  std::string node;  ///< name of the node it stands for
};

struct Box {
  Rect rect;
  int rowTop = 0;  ///< the rows of an op and of its backward are one band: equal in both
  int rowBottom = 0;
  BoxKind kind = BoxKind::Op;
  Lane lane = Lane::Forward;
  int depth = 0;                   ///< frames around it
  std::string title;               ///< "convolution", "layer1.0"
  std::string detail;              ///< "conv1 · f32[8,16,32,32]", "12 ops"
  std::string path;                ///< module path of the op, or of the module call
  std::string module;              ///< key of the module call it stands for or belongs to
  std::vector<std::string> nodes;  ///< names, the op itself first; of a module: all inside
  std::vector<Badge> badges;
  bool saved = false;  ///< a value of this box crosses to the backward
  int partner = -1;    ///< the forward box on whose row it stands (itself in the forward), or -1
};

enum class EdgeKind {
  Data,         ///< a tensor inside a lane, or a recomputed one into the backward
  Crossing,     ///< from forward to backward while nothing is decided (no partition)
  Saved,        ///< a saved tensor
  SavedStatic,  ///< a parameter or buffer that the backward reads: costs no memory
  Recompute,    ///< no data: links an original to its copy
};

/// One edge, or one net with several taps. Lines run from the source to each target.
struct Edge {
  EdgeKind kind = EdgeKind::Data;
  int source = 0;                         ///< index into boxes
  std::vector<int> targets;               ///< one per tap
  std::vector<std::vector<Point>> lines;  ///< one per tap; a net's share their beginning
  std::vector<std::string> values;        ///< names of the nodes whose values it carries
  std::int64_t bytes = 0;
  std::string label;   ///< "1.5 MiB", "f32[8,16]"; empty where nothing is written
  Point labelAt;       ///< left end of the label's middle line
  bool isNet = false;  ///< right angles instead of curves
};

/// A module call that owns boxes, or a run of equal ones, in preorder.
struct ModuleCall {
  std::string key;  ///< the module path; "path#2" for the second call of the same module
  std::string path;
  std::string className;
  int parent = -1;
  int depth = 1;       ///< 1 for calls directly in the model
  int ops = 0;         ///< boxes inside when all is expanded, all lanes
  int repeats = 0;     ///< of a run of equal calls: how many; `className` is theirs
  int structure = -1;  ///< equal in calls that are the same but for names; -1: of a run
  bool expanded = false;
};

struct LaneArea {
  Lane lane = Lane::Forward;
  int left = 0;
  int right = 0;
  int ops = 0;  ///< calls in the lane, folded ones included
};

class GraphGeometry {
 public:
  Picture picture = Picture::Mirrored;
  Rect bounds;
  std::vector<Box> boxes;
  std::vector<Edge> edges;
  std::vector<ModuleCall> modules;
  std::vector<LaneArea> lanes;  ///< present lanes, from left to right
  Rect gutter;                  ///< empty if nothing can cross
  /// Innermost module call (index into modules) of each drawn or hidden node that has one.
  std::unordered_map<std::string, int> callOfNode;

  /// Boxes that show the node (two for a recomputed one: original first); empty if none does.
  const std::vector<int>& boxesOf(const std::string& node) const;
  /// Boxes of the module call with that key, one per lane. Of a module that has no box of its own:
  /// the boxes inside it, else the collapsed modules around it.
  std::vector<int> boxesOfModule(const std::string& key) const;
  /// The innermost box at the point (frames only on their title bar), or -1.
  int boxAt(Point point) const;
  /// The nearest edge within `reach` units, or -1.
  int edgeAt(Point point, int reach) const;
  /// The box on the other side: of a forward box its backward (else its copy), of any other its
  /// forward; -1 if there is none.
  int mirrorOf(int box) const;
  /// Edges that leave or reach the box, in edge order.
  const std::vector<int>& edgesOf(int box) const { return m_edgesOfBox[box]; }

  const GraphIndex& boxIndex() const { return m_boxIndex; }
  const GraphIndex& edgeIndex() const { return m_edgeIndex; }

  /// Builds the look-ups. Called once, by the layout, when all places are final.
  void finish();

 private:
  std::unordered_map<std::string, std::vector<int>> m_boxesOfNode;
  std::vector<std::vector<int>> m_edgesOfBox;
  GraphIndex m_boxIndex;
  GraphIndex m_edgeIndex;
};

using GraphGeometryPtr = std::shared_ptr<const GraphGeometry>;

/// Height of the title bar at the top of a frame.
constexpr int kFrameTitle = 26;

}  // namespace core::layout
