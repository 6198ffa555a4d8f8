#include "tests/bench/layout_quality.h"

#include <cmath>
#include <cstdio>

namespace bench {

using namespace core::layout;

namespace {

struct Piece {
  Point from;
  Point to;
};

long long side(const Piece& line, Point p) {
  return static_cast<long long>(line.to.x - line.from.x) * (p.y - line.from.y) -
         static_cast<long long>(line.to.y - line.from.y) * (p.x - line.from.x);
}

bool cross(const Piece& a, const Piece& b) {
  const auto opposite = [](long long p, long long q) {
    return (p < 0 && q > 0) || (p > 0 && q < 0);
  };
  return opposite(side(a, b.from), side(a, b.to)) && opposite(side(b, a.from), side(b, a.to));
}

Rect boundsOf(const Piece& piece) {
  return {std::min(piece.from.x, piece.to.x), std::min(piece.from.y, piece.to.y),
          std::abs(piece.from.x - piece.to.x), std::abs(piece.from.y - piece.to.y)};
}

}  // namespace

LayoutQuality qualityOf(const GraphGeometry& geometry) {
  LayoutQuality quality;
  std::vector<Piece> pieces;
  std::vector<Rect> bounds;
  for (const Edge& edge : geometry.edges) {
    if (edge.isNet) continue;
    for (const auto& line : edge.lines) {
      for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] == line[i - 1]) continue;
        pieces.push_back({line[i - 1], line[i]});
        bounds.push_back(boundsOf(pieces.back()));
        quality.length += std::hypot(line[i].x - line[i - 1].x, line[i].y - line[i - 1].y);
      }
    }
  }
  const GraphIndex index(geometry.bounds, bounds);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Rect area{bounds[i].x, bounds[i].y, bounds[i].width + 1, bounds[i].height + 1};
    for (const int other : index.query(area))
      quality.crossings += other > static_cast<int>(i) && cross(pieces[i], pieces[other]);
  }
  for (const Box& box : geometry.boxes) {
    if (box.lane != Lane::Backward || box.partner < 0 || box.kind == BoxKind::Frame) continue;
    const Box& forward = geometry.boxes[box.partner];
    ++quality.pairs;
    quality.aligned +=
        box.rect.centerY() >= forward.rowTop && box.rect.centerY() <= forward.rowBottom;
  }
  return quality;
}

std::string qualityText(const GraphGeometry& geometry) {
  // Crossings of very dense pictures take longer to count than to lay out.
  if (geometry.edges.size() > 8000) return std::to_string(geometry.bounds.width) + " wide";
  const LayoutQuality quality = qualityOf(geometry);
  char text[160];
  std::snprintf(text, sizeof text, "%d x %d, %lld crossings, length %.0f, %d of %d pairs on a row",
                geometry.bounds.width, geometry.bounds.height, quality.crossings, quality.length,
                quality.aligned, quality.pairs);
  return text;
}

}  // namespace bench
