#include "core/layout/graph_geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace core::layout {
namespace {

double distanceToSegment(Point p, Point a, Point b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length = dx * dx + dy * dy;
  const double t =
      length > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0) : 0.0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

Rect boundsOf(const Edge& edge) {
  int left = std::numeric_limits<int>::max(), top = left;
  int right = std::numeric_limits<int>::min(), bottom = right;
  for (const auto& line : edge.lines) {
    for (const Point& p : line) {
      left = std::min(left, p.x);
      right = std::max(right, p.x);
      top = std::min(top, p.y);
      bottom = std::max(bottom, p.y);
    }
  }
  return left > right ? Rect{} : Rect{left, top, right - left, bottom - top};
}

/// Frames are hit on their title bar only, so that their empty inside can be dragged.
Rect hitArea(const Box& box) {
  if (box.kind != BoxKind::Frame) return box.rect;
  return {box.rect.x, box.rect.y, box.rect.width, std::min(box.rect.height, kFrameTitle)};
}

bool isInModule(const std::string& path, const std::string& module) {
  return path.compare(0, module.size(), module) == 0 &&
         (path.size() == module.size() || path[module.size()] == '.');
}

}  // namespace

const std::vector<int>& GraphGeometry::boxesOf(const std::string& node) const {
  static const std::vector<int> none;
  const auto found = m_boxesOfNode.find(node);
  return found == m_boxesOfNode.end() ? none : found->second;
}

std::vector<int> GraphGeometry::boxesOfModule(const std::string& key) const {
  std::vector<int> own, inside, around;
  std::size_t innermost = 0;  // longest path of the modules around it
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Box& box = boxes[i];
    const bool isModule = box.kind == BoxKind::Module || box.kind == BoxKind::Frame;
    if (isModule && box.module == key) own.push_back(static_cast<int>(i));
    if (box.kind == BoxKind::Frame || box.path.empty() || key.empty()) continue;
    if (isInModule(box.path, key)) inside.push_back(static_cast<int>(i));
    if (box.kind != BoxKind::Module || !isInModule(key, box.path)) continue;
    // The path of a run of calls is that of their list, which may hold others.
    if (box.path.size() > innermost) around.clear();
    innermost = std::max(innermost, box.path.size());
    if (box.path.size() == innermost) around.push_back(static_cast<int>(i));
  }
  if (!own.empty()) return own;
  return inside.empty() ? around : inside;
}

int GraphGeometry::mirrorOf(int box) const {
  if (boxes[box].lane != Lane::Forward) return boxes[box].partner;
  int copy = -1;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (boxes[i].partner != box || static_cast<int>(i) == box) continue;
    if (boxes[i].lane == Lane::Backward) return static_cast<int>(i);
    if (copy < 0) copy = static_cast<int>(i);
  }
  return copy;
}

int GraphGeometry::boxAt(Point point) const {
  const std::vector<int> near = m_boxIndex.query({point.x, point.y, 1, 1});
  for (auto it = near.rbegin(); it != near.rend(); ++it)
    if (hitArea(boxes[*it]).contains(point)) return *it;
  return -1;
}

int GraphGeometry::edgeAt(Point point, int reach) const {
  int best = -1;
  double bestDistance = reach + 1e-9;
  const Rect area{point.x - reach, point.y - reach, 2 * reach + 1, 2 * reach + 1};
  for (const int i : m_edgeIndex.query(area)) {
    for (const auto& line : edges[i].lines) {
      for (std::size_t k = 1; k < line.size(); ++k) {
        const double distance = distanceToSegment(point, line[k - 1], line[k]);
        if (distance < bestDistance) {
          bestDistance = distance;
          best = i;
        }
      }
    }
  }
  return best;
}

void GraphGeometry::finish() {
  std::vector<Rect> boxRects, edgeRects;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    boxRects.push_back(boxes[i].rect);
    if (boxes[i].kind == BoxKind::Frame) continue;
    for (const std::string& node : boxes[i].nodes)
      m_boxesOfNode[node].push_back(static_cast<int>(i));
    for (const Badge& badge : boxes[i].badges)
      if (badge.kind == BadgeKind::Parameter || badge.kind == BadgeKind::Buffer)
        m_boxesOfNode[badge.node].push_back(static_cast<int>(i));
  }
  for (auto& [node, shown] : m_boxesOfNode)
    shown.erase(std::unique(shown.begin(), shown.end()), shown.end());
  m_edgesOfBox.resize(boxes.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    edgeRects.push_back(boundsOf(edges[i]));
    m_edgesOfBox[edges[i].source].push_back(static_cast<int>(i));
    for (const int target : edges[i].targets) {
      auto& list = m_edgesOfBox[target];
      if (list.empty() || list.back() != static_cast<int>(i)) list.push_back(static_cast<int>(i));
    }
  }
  m_boxIndex = GraphIndex(bounds, boxRects);
  m_edgeIndex = GraphIndex(bounds, edgeRects);
}

}  // namespace core::layout
