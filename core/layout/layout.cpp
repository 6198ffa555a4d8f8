// The layout, step by step: collect the graph, fold views into boxes, find module calls, pair
// backward with forward, apply the fold state, rank, place each lane, set the lanes side by side
// and route what crosses between them.

#include "core/layout/layout.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/layout/block_layout.h"
#include "core/layout/folded_ranks.h"
#include "core/layout/gutter.h"
#include "core/layout/repeats.h"
#include "core/layout/visible_graph.h"

namespace core::layout {
namespace {

constexpr int kMargin = 28;

std::set<std::string> keysToDepth(const std::vector<ModuleCall>& calls, int depth) {
  std::set<std::string> keys;
  for (const ModuleCall& call : calls)
    if (call.depth <= depth) keys.insert(call.key);
  return keys;
}

/// Whether one closed box would hold most of the model when the calls less deep than `depth` are
/// open, as the wrapper does that adds a loss to a model: such a picture says nothing of it.
bool hidesMost(const SceneParts& parts, int depth) {
  const std::vector<ModuleCall>& calls = parts.modules.calls;
  std::vector<int> inside(calls.size(), 0);
  int all = 0;
  for (const Unit& unit : parts.units.units) {
    if (unit.kind != BoxKind::Op) continue;
    ++all;
    if (unit.call >= 0) ++inside[static_cast<std::size_t>(unit.call)];
  }
  for (std::size_t i = calls.size(); i-- > 0;) {  // in preorder: children come after
    if (calls[i].depth > depth + 1) inside[static_cast<std::size_t>(calls[i].parent)] += inside[i];
    if (calls[i].depth == depth + 1 && inside[i] > all / 2) return true;
  }
  return false;
}

/// Fold states to try, the one to show first: as asked for, or from the deepest level that has few
/// enough boxes upwards, as long as they show something.
std::vector<std::set<std::string>> foldStates(const SceneParts& parts,
                                              const LayoutOptions& options) {
  if (!options.expandAutomatically) return {options.expanded};
  int deepest = 0;
  for (const ModuleCall& call : parts.modules.calls) deepest = std::max(deepest, call.depth);
  std::vector<std::set<std::string>> states{{}};
  for (int depth = 1; depth <= deepest; ++depth) {
    auto keys = keysToDepth(parts.modules.calls, depth);
    if (countVisible(parts, keys) > options.mostBoxes) break;
    if (hidesMost(parts, depth - 1)) states.clear();
    states.push_back(std::move(keys));
  }
  std::reverse(states.begin(), states.end());
  return states;
}

/// Puts the lanes beside each other and routes the nets between them.
class Assembly {
 public:
  Assembly(const SceneParts& parts, VisibleGraph& graph, LaneLayout& lanes)
      : m_parts(parts), m_graph(graph), m_lanes(lanes) {}

  std::shared_ptr<GraphGeometry> assemble();

 private:
  std::vector<int> netsFrom(Lane lane) const;
  int addLane(GraphGeometry& geometry, Lane lane, int left);
  void addLinks(GraphGeometry& geometry) const;
  int countOps(Lane lane) const;

  const SceneParts& m_parts;
  VisibleGraph& m_graph;
  LaneLayout& m_lanes;
};

/// Nets that leave the lane, from top to bottom.
std::vector<int> Assembly::netsFrom(Lane lane) const {
  std::vector<int> nets;
  for (std::size_t i = 0; i < m_graph.nets.size(); ++i)
    if (m_graph.boxes[m_graph.nets[i].source].lane == lane) nets.push_back(static_cast<int>(i));
  const auto key = [this](int net) {
    const Net& it = m_graph.nets[net];
    return std::tuple(m_graph.boxes[it.source].rect.y, it.source,
                      m_graph.boxes[it.targets.front()].rect.y, it.kind);
  };
  std::stable_sort(nets.begin(), nets.end(), [&](int a, int b) { return key(a) < key(b); });
  return nets;
}

int Assembly::countOps(Lane lane) const {
  return static_cast<int>(std::count_if(
      m_parts.flow.nodes.begin(), m_parts.flow.nodes.end(),
      [&](const FlowNode& node) { return node.lane == lane && node.role == FlowRole::Call; }));
}

/// Moves what is in the lane to its place and returns the lane's right edge.
int Assembly::addLane(GraphGeometry& geometry, Lane lane, int left) {
  const int width = m_lanes.widths[static_cast<int>(lane)];
  if (width == 0) return left;
  for (Box& box : m_graph.boxes)
    if (box.lane == lane) box.rect.x += left;
  for (std::size_t i = 0; i < m_lanes.lines.size(); ++i) {
    if (m_graph.boxes[m_graph.links[i].source].lane != lane) continue;
    for (Point& point : m_lanes.lines[i]) point.x += left;
  }
  geometry.lanes.push_back({lane, left, left + width, countOps(lane)});
  return left + width;
}

void Assembly::addLinks(GraphGeometry& geometry) const {
  for (std::size_t i = 0; i < m_graph.links.size(); ++i) {
    const BoxLink& link = m_graph.links[i];
    Edge edge;
    edge.source = link.source;
    edge.targets = {link.target};
    edge.lines = {m_lanes.lines[i]};
    for (const int value : link.values) {
      const ir::Node& node = *m_parts.flow.nodes[value].node;
      edge.values.push_back(node.name);
      edge.bytes += node.bytes();
    }
    geometry.edges.push_back(std::move(edge));
  }
}

std::shared_ptr<GraphGeometry> Assembly::assemble() {
  auto geometry = std::make_shared<GraphGeometry>();
  int x = addLane(*geometry, Lane::Forward, 0);
  const Gutter outer(m_graph, netsFrom(Lane::Forward), true);
  const Gutter inner(m_graph, netsFrom(Lane::Recomputed), false);
  const int outerLeft = x;
  int innerLeft = x;
  const bool isMirrored = !m_parts.flow.single && (m_lanes.widths[1] > 0 || m_lanes.widths[2] > 0);
  if (isMirrored) {
    geometry->gutter = {x, 0, outer.width(), m_lanes.height};
    x = innerLeft = addLane(*geometry, Lane::Recomputed, x + outer.width());
    x = addLane(*geometry, Lane::Backward, x + (m_lanes.widths[1] > 0 ? inner.width() : 0));
  }
  addLinks(*geometry);
  for (Edge& edge : outer.route(m_parts, outerLeft)) geometry->edges.push_back(std::move(edge));
  for (Edge& edge : inner.route(m_parts, innerLeft)) geometry->edges.push_back(std::move(edge));
  geometry->boxes = std::move(m_graph.boxes);
  geometry->bounds = {-kMargin, -kMargin, x + 2 * kMargin, m_lanes.height + 2 * kMargin};
  return geometry;
}

void addModules(const SceneParts& parts, const std::set<std::string>& expanded,
                GraphGeometry& geometry) {
  geometry.modules = parts.modules.calls;
  auto& modules = geometry.modules;
  for (ModuleCall& call : modules) {
    const bool isReachable = call.parent < 0 || modules[call.parent].expanded;
    call.expanded = isReachable && expanded.count(call.key) != 0;
  }
  for (const Unit& unit : parts.units.units) {
    for (int call = unit.call; call >= 0; call = modules[call].parent) ++modules[call].ops;
    if (unit.call < 0) continue;
    for (const int member : unit.members)
      geometry.callOfNode.emplace(parts.flow.nodes[member].node->name, unit.call);
  }
}

Result<GraphGeometryPtr> placeAll(const SceneParts& parts, const LayoutOptions& options,
                                  const std::set<std::string>& expanded, LayoutMemo& memo,
                                  const StageContext& context) {
  VisibleGraph graph = makeVisible(parts, {expanded, options.showStaticNets});
  context.progress(0.3, "Layout: placing " + std::to_string(graph.boxes.size()) + " boxes");
  const std::vector<BlockRows> rows = rankElements(parts, graph);
  CORE_TRY(LaneLayout lanes, layoutBlocks(graph, rows, memo, context));
  context.progress(0.8, "Layout: routing saved tensors");
  CORE_TRY_VOID(context.checkCancelled("layout"));
  const auto geometry = Assembly(parts, graph, lanes).assemble();
  geometry->picture = options.picture;
  addModules(parts, expanded, *geometry);
  geometry->finish();
  return GraphGeometryPtr(geometry);
}

Result<std::shared_ptr<const SceneParts>> makeParts(const LayoutRequest& request,
                                                    const StageContext& context) {
  const auto parts = std::make_shared<SceneParts>();
  CORE_TRY(parts->flow, collectFlow(request));
  context.progress(0.1, "Layout: module tree");
  parts->folding = foldFlow(parts->flow, request.options.foldViews);
  parts->modules = findModuleCalls(parts->flow, parts->folding, request.joint->modules);
  findRepeats(parts->flow, parts->folding, parts->modules);
  parts->units = makeUnits(parts->flow, parts->folding, parts->modules);
  pairUnits(parts->flow, parts->folding, parts->modules, parts->units);
  return std::shared_ptr<const SceneParts>(parts);
}

}  // namespace

Result<GraphGeometryPtr> layoutGraph(const LayoutRequest& request, const StageContext& context) {
  const auto memo = request.memo ? request.memo : makeLayoutMemo();
  std::shared_ptr<const SceneParts> parts = memo->partsOf(request);
  if (!parts) {
    CORE_TRY(parts, makeParts(request, context));
    memo->keepParts(request, parts);
  }
  CORE_TRY_VOID(context.checkCancelled("layout"));
  GraphGeometryPtr geometry;
  for (const auto& expanded : foldStates(*parts, request.options)) {
    CORE_TRY(geometry, placeAll(*parts, request.options, expanded, *memo, context));
    if (request.options.widest <= 0 || geometry->bounds.width <= request.options.widest) break;
  }
  return geometry;
}

std::shared_ptr<LayoutMemo> makeLayoutMemo() {
  return std::make_shared<LayoutMemo>();
}

std::set<std::string> expandedToDepth(const GraphGeometry& geometry, int depth) {
  return keysToDepth(geometry.modules, depth);
}

std::set<std::string> expandedOneOfEach(const GraphGeometry& geometry) {
  std::map<int, int> lastIn;  // module -> structure of its last call
  std::set<std::string> keys;
  for (const ModuleCall& call : geometry.modules) {
    const auto [at, isFirst] = lastIn.emplace(call.parent, call.structure);
    const int before = isFirst ? -1 : std::exchange(at->second, call.structure);
    if (call.repeats > 0 || before != call.structure) keys.insert(call.key);
  }
  return keys;
}

std::set<std::string> toggledAlike(const GraphGeometry& geometry, const std::string& key) {
  std::set<std::string> keys = expandedKeys(geometry);
  const auto chosen = std::find_if(geometry.modules.begin(), geometry.modules.end(),
                                   [&](const ModuleCall& call) { return call.key == key; });
  if (chosen == geometry.modules.end()) return keys;
  const bool opens = !chosen->expanded;
  for (const ModuleCall& call : geometry.modules) {
    const bool isAlike = call.repeats == 0 && call.structure == chosen->structure;
    if (!isAlike && call.key != key) continue;
    if (opens) {
      keys.insert(call.key);
    } else {
      keys.erase(call.key);
    }
  }
  return keys;
}

std::set<std::string> expandedKeys(const GraphGeometry& geometry) {
  std::set<std::string> keys;
  for (const ModuleCall& call : geometry.modules)
    if (call.expanded) keys.insert(call.key);
  return keys;
}

std::set<std::string> expandedAround(const GraphGeometry& geometry, const std::string& node) {
  std::set<std::string> keys = expandedKeys(geometry);
  const auto found = geometry.callOfNode.find(node);
  if (found == geometry.callOfNode.end()) return keys;
  for (int call = found->second; call >= 0; call = geometry.modules[call].parent)
    keys.insert(geometry.modules[call].key);
  return keys;
}

}  // namespace core::layout
