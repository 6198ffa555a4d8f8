#include "views/graph/graph_walk.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <tuple>

namespace views::graph {
namespace {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::GraphGeometry;
using core::layout::Rect;

bool lies(const Rect& from, const Rect& to, Direction direction) {
  switch (direction) {
    case Direction::Up: return to.centerY() < from.centerY();
    case Direction::Down: return to.centerY() > from.centerY();
    case Direction::Left: return to.centerX() < from.centerX();
    case Direction::Right: return to.centerX() > from.centerX();
  }
  return false;
}

/// Boxes joined with `box` by an edge.
std::vector<int> joinedWith(const GraphGeometry& geometry, int box) {
  std::vector<int> joined;
  for (const int i : geometry.edgesOf(box)) {
    const Edge& edge = geometry.edges[i];
    if (edge.source != box) joined.push_back(edge.source);
    for (const int target : edge.targets)
      if (edge.source == box && target != box) joined.push_back(target);
  }
  return joined;
}

long long distance(const Rect& a, const Rect& b, bool isVertical) {
  const long long along =
      isVertical ? std::abs(a.centerY() - b.centerY()) : std::abs(a.centerX() - b.centerX());
  const long long aside =
      isVertical ? std::abs(a.centerX() - b.centerX()) : std::abs(a.centerY() - b.centerY());
  return along + 2 * aside;
}

}  // namespace

int neighbourOf(const GraphGeometry& geometry, int box, Direction direction) {
  const Box& from = geometry.boxes[box];
  const bool isVertical = direction == Direction::Up || direction == Direction::Down;
  const std::vector<int> joined = joinedWith(geometry, box);
  using Key = std::tuple<int, long long, int>;
  Key best{std::numeric_limits<int>::max(), 0, -1};
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const Box& to = geometry.boxes[i];
    const int at = static_cast<int>(i);
    if (at == box || to.kind == BoxKind::Frame || !lies(from.rect, to.rect, direction)) continue;
    const bool isJoined = std::find(joined.begin(), joined.end(), at) != joined.end();
    const bool inLane = to.lane == from.lane;
    const bool onRow = to.rect.y < from.rect.bottom() && from.rect.y < to.rect.bottom();
    int preference = 0;
    if (isVertical) {
      if (!inLane) continue;
      preference = isJoined ? 0 : 1;
    } else {
      if (!onRow && !isJoined) continue;
      preference = inLane && onRow ? 0 : (isJoined ? 1 : 2);
    }
    best = std::min(best, Key{preference, distance(from.rect, to.rect, isVertical), at});
  }
  return std::get<2>(best);
}

int stepFrom(const GraphGeometry& geometry, int box, bool forwards) {
  const auto key = [&geometry](int i) {
    const Box& it = geometry.boxes[i];
    return std::tuple(it.lane, it.rect.y, it.rect.x, i);
  };
  int best = -1;
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const int at = static_cast<int>(i);
    if (at == box || geometry.boxes[i].kind == BoxKind::Frame) continue;
    const bool isAhead = box < 0 || (forwards ? key(at) > key(box) : key(at) < key(box));
    if (!isAhead) continue;
    if (best < 0 || (forwards || box < 0 ? key(at) < key(best) : key(at) > key(best))) best = at;
  }
  return best;
}

}  // namespace views::graph
