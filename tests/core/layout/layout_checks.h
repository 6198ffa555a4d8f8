#pragma once

// What holds of every layout, whatever the graph. Each check returns the first violation, or "".

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "core/layout/layout.h"

namespace support {

inline bool isFrame(const core::layout::Box& box) {
  return box.kind == core::layout::BoxKind::Frame;
}

inline std::string boxName(const core::layout::Box& box) {
  return box.title + (box.nodes.empty() ? "" : " (" + box.nodes.front() + ")");
}

/// Boxes do not overlap; frames hold their content and do not overlap each other.
inline std::string checkPlaces(const core::layout::GraphGeometry& geometry) {
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const auto& a = geometry.boxes[i];
    if (a.rect.isEmpty()) return boxName(a) + " has no size";
    if (!geometry.bounds.contains(a.rect)) return boxName(a) + " is outside the drawing";
    for (std::size_t k = i + 1; k < geometry.boxes.size(); ++k) {
      const auto& b = geometry.boxes[k];
      const bool nested = (isFrame(a) && a.rect.contains(b.rect) && a.depth < b.depth) ||
                          (isFrame(b) && b.rect.contains(a.rect) && b.depth < a.depth);
      if (a.rect.intersects(b.rect) && !nested) return boxName(a) + " overlaps " + boxName(b);
    }
  }
  return {};
}

/// Every backward or recomputed box is inside the rows of its forward box.
inline std::string checkMirror(const core::layout::GraphGeometry& geometry) {
  for (const auto& box : geometry.boxes) {
    if (box.partner < 0) continue;
    const auto& forward = geometry.boxes[box.partner];
    if (box.rowTop != forward.rowTop || box.rowBottom != forward.rowBottom)
      return boxName(box) + " is not on the rows of " + boxName(forward);
    if (box.rect.y < box.rowTop || box.rect.bottom() > box.rowBottom)
      return boxName(box) + " leaves its rows";
  }
  return {};
}

/// Edges inside the forward lane fall.
inline std::string checkForwardFalls(const core::layout::GraphGeometry& geometry) {
  for (const auto& edge : geometry.edges) {
    const auto& from = geometry.boxes[edge.source];
    if (edge.isNet || from.lane != core::layout::Lane::Forward) continue;
    for (const int target : edge.targets) {
      if (geometry.boxes[target].rect.y < from.rect.bottom())
        return boxName(from) + " -> " + boxName(geometry.boxes[target]) + " does not fall";
    }
  }
  return {};
}

/// Lines begin at their source and end at their target.
inline std::string checkEnds(const core::layout::GraphGeometry& geometry) {
  for (const auto& edge : geometry.edges) {
    if (edge.lines.size() != edge.targets.size()) return "an edge has not one line per target";
    for (std::size_t i = 0; i < edge.lines.size(); ++i) {
      const auto touches = [](core::layout::Rect rect, core::layout::Point point) {
        return core::layout::Rect{rect.x, rect.y, rect.width + 1, rect.height + 1}.contains(point);
      };
      const auto& source = geometry.boxes[edge.source];
      const auto& target = geometry.boxes[edge.targets[i]];
      if (edge.lines[i].size() < 2) return boxName(source) + " has an edge without a line";
      if (!touches(source.rect, edge.lines[i].front()))
        return "an edge does not begin at " + boxName(source);
      if (!touches(target.rect, edge.lines[i].back()))
        return "an edge does not end at " + boxName(target);
    }
  }
  return {};
}

/// Straight parts of edges in a lane pass no foreign box.
inline std::string checkNoEdgeThroughBox(const core::layout::GraphGeometry& geometry) {
  for (const auto& edge : geometry.edges) {
    if (edge.isNet) continue;
    const auto& line = edge.lines.front();
    for (std::size_t i = 1; i < line.size(); ++i) {
      if (line[i].x != line[i - 1].x) continue;
      const int top = std::min(line[i].y, line[i - 1].y);
      const core::layout::Rect part{line[i].x, top, 1, std::abs(line[i].y - line[i - 1].y)};
      for (const int box : geometry.boxIndex().query(part)) {
        const bool isOwn = box == edge.source || box == edge.targets.front();
        const auto& it = geometry.boxes[box];
        if (isFrame(it) || isOwn || !it.rect.intersects(part)) continue;
        return "an edge of " + boxName(geometry.boxes[edge.source]) + " passes " + boxName(it);
      }
    }
  }
  return {};
}

inline std::string checkLayout(const core::layout::GraphGeometry& geometry) {
  for (const auto& check :
       {checkPlaces, checkMirror, checkForwardFalls, checkEnds, checkNoEdgeThroughBox}) {
    const std::string violation = check(geometry);
    if (!violation.empty()) return violation;
  }
  return {};
}

/// Saved tensors that do not cross the gutter exactly once.
inline std::string checkSavedOnce(const core::layout::GraphGeometry& geometry,
                                  const core::partition::Partition& partition) {
  std::map<std::string, int> crossings;
  for (const auto& edge : geometry.edges) {
    if (edge.kind != core::layout::EdgeKind::Saved &&
        edge.kind != core::layout::EdgeKind::SavedStatic)
      continue;
    for (const std::string& value : edge.values) ++crossings[value];
  }
  for (const auto& saved : partition.savedTensors) {
    const int times = crossings[saved.name];
    if (times != 1) return saved.name + " crosses " + std::to_string(times) + " times";
  }
  return {};
}

/// Every place and word of a geometry, for comparing two.
inline std::string geometryText(const core::layout::GraphGeometry& geometry) {
  std::string text;
  const auto number = [&text](int value) { text += std::to_string(value) + ' '; };
  for (const auto& box : geometry.boxes) {
    for (const int value : {box.rect.x, box.rect.y, box.rect.width, box.rect.height}) number(value);
    text += box.title + '|' + box.detail + '\n';
  }
  for (const auto& edge : geometry.edges) {
    number(static_cast<int>(edge.kind));
    for (const auto& line : edge.lines)
      for (const auto& point : line) {
        number(point.x);
        number(point.y);
      }
    text += edge.label + '\n';
  }
  return text;
}

}  // namespace support
