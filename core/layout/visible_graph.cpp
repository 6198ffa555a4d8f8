#include "core/layout/visible_graph.h"

#include <algorithm>
#include <map>

#include "core/layout/box_text.h"

namespace core::layout {
namespace {

constexpr int kBoxWidth = 208;
constexpr int kOpHeight = 46;
constexpr int kBadgeRow = 18;
constexpr int kPinHeight = 34;
constexpr int kModuleHeight = 52;
// Nets leave a box one below the other, each with room for its label.
constexpr int kNetPitch = 15;
constexpr int kNetMargin = 12;

class VisibleMaker {
 public:
  VisibleMaker(const SceneParts& parts, const VisibleOptions& options)
      : m_parts(parts), m_options(options) {}

  VisibleGraph make();

 private:
  const std::string& pathOf(int call) const;
  bool isExpanded(int call) const;
  void findShownCalls();
  void makeBlocks();
  int elementOfCall(int call);
  int newElement(int block, int order);
  void addUnit(int unit);
  void addToCall(int unit, int call);
  int moduleBox(int call, Lane lane);
  void makeFrames();
  void makeLinks();
  void makeNets();
  void addCopyMarks(
      std::map<std::tuple<EdgeKind, int, std::vector<int>>, std::vector<int>>& merged);
  void sizeBoxes();
  void linkPartners();

  const SceneParts& m_parts;
  const VisibleOptions& m_options;
  VisibleGraph m_graph;
  std::vector<int> m_shownAs;    ///< per call: the outermost collapsed call around it, or itself
  std::vector<char> m_open;      ///< per call: it and all calls around it are expanded
  std::vector<int> m_blockOf;    ///< per call, if open
  std::vector<int> m_elementOf;  ///< per call
};

const std::string& VisibleMaker::pathOf(int call) const {
  static const std::string model;
  return call < 0 ? model : m_parts.modules.calls[call].path;
}

bool VisibleMaker::isExpanded(int call) const {
  return m_options.expanded.count(m_parts.modules.calls[call].key) != 0;
}

void VisibleMaker::findShownCalls() {
  const auto& calls = m_parts.modules.calls;
  m_shownAs.resize(calls.size());
  m_open.resize(calls.size());
  for (std::size_t c = 0; c < calls.size(); ++c) {
    const int parent = calls[c].parent;
    const bool visible = parent < 0 || m_open[parent];
    m_open[c] = visible && isExpanded(static_cast<int>(c));
    m_shownAs[c] = visible ? static_cast<int>(c) : m_shownAs[parent];
  }
}

int VisibleMaker::newElement(int block, int order) {
  Element element;
  element.block = block;
  element.order = order;
  m_graph.elements.push_back(element);
  const int at = static_cast<int>(m_graph.elements.size()) - 1;
  m_graph.blocks[block].elements.push_back(at);
  return at;
}

void VisibleMaker::makeBlocks() {
  const auto& calls = m_parts.modules.calls;
  m_graph.blocks.emplace_back();
  m_blockOf.assign(calls.size(), -1);
  m_elementOf.assign(calls.size(), -1);
  for (std::size_t c = 0; c < calls.size(); ++c) {
    const int parent = calls[c].parent;
    if (parent >= 0 && !m_open[parent]) continue;
    const int element = newElement(parent < 0 ? 0 : m_blockOf[parent], INT32_MAX);
    m_graph.elements[element].call = static_cast<int>(c);
    m_elementOf[c] = element;
    if (!m_open[c]) continue;
    m_blockOf[c] = static_cast<int>(m_graph.blocks.size());
    m_graph.elements[element].inside = m_blockOf[c];
    m_graph.blocks.push_back({element, {}});
  }
}

int VisibleMaker::moduleBox(int call, Lane lane) {
  const int element = m_elementOf[call];
  int& box = m_graph.elements[element].box[static_cast<int>(lane)];
  if (box >= 0) return box;
  box = static_cast<int>(m_graph.boxes.size());
  Box made;
  made.kind = m_open[call] ? BoxKind::Frame : BoxKind::Module;
  made.lane = lane;
  made.depth = m_parts.modules.calls[call].depth - 1;
  made.module = m_parts.modules.calls[call].key;
  m_graph.boxes.push_back(std::move(made));
  m_graph.elementOf.push_back(element);
  return box;
}

void VisibleMaker::addToCall(int unit, int call) {
  const Unit& it = m_parts.units.units[unit];
  const int box = moduleBox(call, it.lane);
  m_graph.boxOf[unit] = box;
  for (const int member : it.members)
    m_graph.boxes[box].nodes.push_back(m_parts.flow.nodes[member].node->name);
}

void VisibleMaker::addUnit(int unit) {
  const Unit& it = m_parts.units.units[unit];
  const int call = it.call;
  if (call >= 0 && !m_open[m_shownAs[call]]) return addToCall(unit, m_shownAs[call]);
  const int block = call < 0 ? 0 : m_blockOf[call];
  const int element = newElement(block, unit);
  Box box;
  describeUnit(m_parts.flow, it, pathOf(call), box);
  if (call >= 0) box.module = m_parts.modules.calls[call].key;
  box.depth = call < 0 ? 0 : m_parts.modules.calls[call].depth;
  m_graph.boxOf[unit] = static_cast<int>(m_graph.boxes.size());
  m_graph.elements[element].box[static_cast<int>(it.lane)] = m_graph.boxOf[unit];
  m_graph.boxes.push_back(std::move(box));
  m_graph.elementOf.push_back(element);
}

/// Frames, op counts and orders of calls: all follow from the units inside.
void VisibleMaker::makeFrames() {
  const auto& calls = m_parts.modules.calls;
  std::vector<std::array<int, kLanes>> ops(calls.size());
  for (std::size_t u = 0; u < m_parts.units.units.size(); ++u) {
    const Unit& unit = m_parts.units.units[u];
    for (int c = unit.call; c >= 0; c = calls[c].parent) {
      ++ops[c][static_cast<int>(unit.lane)];
      if (m_elementOf[c] < 0) continue;
      int& order = m_graph.elements[m_elementOf[c]].order;
      order = std::min(order, static_cast<int>(u));
      if (m_open[c]) moduleBox(c, unit.lane);
    }
  }
  for (Box& box : m_graph.boxes) {
    if (box.kind != BoxKind::Frame && box.kind != BoxKind::Module) continue;
    const int call = m_graph.elements[m_graph.elementOf[&box - m_graph.boxes.data()]].call;
    describeCall(calls[call], pathOf(calls[call].parent), ops[call][static_cast<int>(box.lane)],
                 box);
  }
}

void VisibleMaker::makeLinks() {
  std::map<std::pair<int, int>, std::vector<int>> merged;
  for (const Link& link : m_parts.units.links) {
    const int source = m_graph.boxOf[link.source];
    const int target = m_graph.boxOf[link.target];
    if (source == target || m_graph.boxes[source].lane != m_graph.boxes[target].lane) continue;
    merged[{source, target}].push_back(link.value);
  }
  for (auto& [ends, values] : merged) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    m_graph.links.push_back({ends.first, ends.second, std::move(values)});
  }
}

/// An original and its copy, once per pair of boxes.
void VisibleMaker::addCopyMarks(
    std::map<std::tuple<EdgeKind, int, std::vector<int>>, std::vector<int>>& merged) {
  for (std::size_t u = 0; u < m_parts.units.units.size(); ++u) {
    const Unit& unit = m_parts.units.units[u];
    if (unit.lane != Lane::Recomputed || unit.partner < 0) continue;
    merged[{EdgeKind::Recompute, m_graph.boxOf[unit.partner], {m_graph.boxOf[u]}}].push_back(
        unit.flow);
  }
}

/// One net per crossing value and source; nets with the same ends are merged.
void VisibleMaker::makeNets() {
  const bool partitioned = m_parts.flow.partitioned;
  std::map<std::tuple<EdgeKind, int, int>, std::set<int>> taps;
  for (const Link& link : m_parts.units.links) {
    const int source = m_graph.boxOf[link.source];
    const int target = m_graph.boxOf[link.target];
    if (m_graph.boxes[source].lane == m_graph.boxes[target].lane) continue;
    EdgeKind kind = EdgeKind::Data;
    if (link.crossing >= 0) kind = partitioned ? EdgeKind::Saved : EdgeKind::Crossing;
    if (link.isStatic) kind = EdgeKind::SavedStatic;
    if (link.isStatic && !m_options.showStaticNets) continue;
    const int value = link.crossing >= 0 ? link.crossing : link.value;
    taps[{kind, source, value}].insert(target);
  }
  std::map<std::tuple<EdgeKind, int, std::vector<int>>, std::vector<int>> merged;
  for (const auto& [key, targets] : taps) {
    const auto& [kind, source, value] = key;
    merged[{kind, source, {targets.begin(), targets.end()}}].push_back(value);
    if (kind == EdgeKind::Saved) m_graph.boxes[source].saved = true;
  }
  addCopyMarks(merged);
  for (auto& [key, values] : merged) {
    const auto& [kind, source, targets] = key;
    m_graph.nets.push_back({kind, source, targets, std::move(values)});
  }
}

void VisibleMaker::sizeBoxes() {
  std::vector<int> nets(m_graph.boxes.size(), 0);
  std::vector<int> taps(m_graph.boxes.size(), 0);
  for (const Net& net : m_graph.nets) {
    ++nets[net.source];
    for (const int target : net.targets) ++taps[target];
  }
  for (const int value : m_parts.flow.savedAlone) {
    const int unit = m_parts.units.unitOf[value];
    if (unit >= 0) m_graph.boxes[m_graph.boxOf[unit]].saved = true;
  }
  for (std::size_t b = 0; b < m_graph.boxes.size(); ++b) {
    Box& box = m_graph.boxes[b];
    if (box.kind == BoxKind::Frame) continue;
    const bool isPin = box.kind != BoxKind::Op && box.kind != BoxKind::Module;
    int height = isPin ? kPinHeight : kOpHeight;
    if (box.kind == BoxKind::Module) height = kModuleHeight;
    if (!box.badges.empty()) height += kBadgeRow;
    height = std::max(height, std::max(nets[b], taps[b]) * kNetPitch + kNetMargin);
    box.rect = {0, 0, kBoxWidth, height};
  }
}

void VisibleMaker::linkPartners() {
  for (std::size_t u = 0; u < m_parts.units.units.size(); ++u) {
    const int partner = m_parts.units.units[u].partner;
    if (partner >= 0) m_graph.boxes[m_graph.boxOf[u]].partner = m_graph.boxOf[partner];
  }
  for (const Element& element : m_graph.elements) {
    if (element.call < 0) continue;
    for (const int box : element.box)
      if (box >= 0) m_graph.boxes[box].partner = element.box[static_cast<int>(Lane::Forward)];
  }
}

VisibleGraph VisibleMaker::make() {
  findShownCalls();
  makeBlocks();
  m_graph.boxOf.assign(m_parts.units.units.size(), -1);
  for (std::size_t u = 0; u < m_parts.units.units.size(); ++u) addUnit(static_cast<int>(u));
  makeFrames();
  makeLinks();
  makeNets();
  sizeBoxes();
  linkPartners();
  return std::move(m_graph);
}

}  // namespace

int VisibleGraph::elementIn(int block, int box) const {
  for (int element = elementOf[box]; element >= 0;) {
    const int around = elements[element].block;
    if (around == block) return element;
    element = blocks[around].element;
  }
  return -1;
}

VisibleGraph makeVisible(const SceneParts& parts, const VisibleOptions& options) {
  return VisibleMaker(parts, options).make();
}

int countVisible(const SceneParts& parts, const std::set<std::string>& expanded) {
  const VisibleGraph graph = makeVisible(parts, {expanded, true});
  return static_cast<int>(std::count_if(graph.boxes.begin(), graph.boxes.end(),
                                        [](const Box& box) { return box.kind != BoxKind::Frame; }));
}

}  // namespace core::layout
