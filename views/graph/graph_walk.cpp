#include "views/graph/graph_walk.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
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

/// The box and all boxes that edges lead to from it (`downstream`) or from which they lead to it.
std::set<int> reachable(const GraphGeometry& geometry, int box, bool downstream) {
  std::set<int> reached{box};
  std::vector<int> open{box};
  while (!open.empty()) {
    const int from = open.back();
    open.pop_back();
    const auto visit = [&](int to) {
      if (reached.insert(to).second) open.push_back(to);
    };
    for (const int i : geometry.edgesOf(from)) {
      const Edge& edge = geometry.edges[static_cast<std::size_t>(i)];
      // No data goes from an original to its copy.
      if (edge.kind == core::layout::EdgeKind::Recompute) continue;
      if (downstream && edge.source == from)
        for (const int target : edge.targets) visit(target);
      if (!downstream && edge.source != from) visit(edge.source);
    }
  }
  return reached;
}

/// In reading order.
bool isBefore(const GraphGeometry& geometry, int a, int b) {
  const auto key = [&geometry](int i) {
    const Box& it = geometry.boxes[static_cast<std::size_t>(i)];
    return std::tuple(it.lane, it.rect.y, it.rect.x, i);
  };
  return key(a) < key(b);
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

std::set<int> boxesAround(const GraphGeometry& geometry, int box, int hops) {
  std::set<int> around{box};
  std::vector<int> rim{box};
  for (int hop = 0; hop < hops && !rim.empty(); ++hop) {
    std::vector<int> next;
    for (const int from : rim)
      for (const int to : joinedWith(geometry, from))
        if (around.insert(to).second) next.push_back(to);
    rim = std::move(next);
  }
  return around;
}

std::set<int> boxesBetween(const GraphGeometry& geometry, int a, int b) {
  const std::set<int> below = reachable(geometry, a, true);
  // What is above the end and below the start is on a way.
  const bool isForwards = below.count(b) != 0;
  const std::set<int> start = isForwards ? below : reachable(geometry, b, true);
  if (!isForwards && start.count(a) == 0) return {};
  const std::set<int> end = reachable(geometry, isForwards ? b : a, false);
  std::set<int> between;
  std::set_intersection(start.begin(), start.end(), end.begin(), end.end(),
                        std::inserter(between, between.end()));
  return between;
}

int stepFrom(const GraphGeometry& geometry, int box, bool forwards) {
  int best = -1;
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const int at = static_cast<int>(i);
    if (at == box || geometry.boxes[i].kind == BoxKind::Frame) continue;
    const bool isAhead = box < 0 || isBefore(geometry, forwards ? box : at, forwards ? at : box);
    if (!isAhead) continue;
    const bool isFirst = forwards || box < 0;
    if (best < 0 || isBefore(geometry, isFirst ? at : best, isFirst ? best : at)) best = at;
  }
  return best;
}

int stepAmong(const GraphGeometry& geometry, const std::set<int>& among, int box, bool forwards) {
  int nearest = -1;   // of those ahead
  int farthest = -1;  // of those behind: where the walk begins anew
  const auto better = [&](int a, int b) {
    return b < 0 || isBefore(geometry, forwards ? a : b, forwards ? b : a);
  };
  for (const int at : among) {
    const bool isAhead =
        box < 0 || (at != box && isBefore(geometry, forwards ? box : at, forwards ? at : box));
    int& best = isAhead ? nearest : farthest;
    if (better(at, best)) best = at;
  }
  return nearest >= 0 ? nearest : farthest;
}

}  // namespace views::graph
