// Nets across the gutter.
//
// A net leaves the side of its source, runs through the column of labels, down or up one vertical
// trunk, and taps each of its readers. Trunks are intervals of y: they get tracks by the left-edge
// rule, the shortest nearest the readers, so that short nets do not cross long ones. Ends on one
// side of a box, and labels of different boxes of a row, are kept apart by giving every net the
// free place nearest to where it wants to be. Cost: O(k log k) for k nets, plus the tracks they
// share.

#include "core/layout/gutter.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/layout/box_text.h"

namespace core::layout {
namespace {

constexpr int kLabelColumn = 132;
constexpr int kJog = 14;  // room to get from a box's side to a label's place
constexpr int kTrackPitch = 9;
constexpr int kTightestPitch = 3;
constexpr int kTracksArea = 216;
constexpr std::size_t kMostTracks = 512;
constexpr int kMargin = 18;
constexpr int kPlacePitch = 14;   // between labels, and between ends on one box
constexpr int kLineDistance = 5;  // between lines that run side by side
constexpr int kBeside = 2;        // a line so near to a box seems to touch it
constexpr int kBand = 256;
constexpr int kGapMargin = 9;     // between a row and the first line in the gap below it
constexpr int kCornerInset = 16;  // of an end at the bottom of a box, from its corner

/// Places along one line, `kPlacePitch` apart, each used once. What is taken is kept as the longest
/// stretches without a free place, so that a crowded line costs no search.
class Places {
 public:
  /// The free place nearest to `wanted` in [low, high], or outside if there is none; of two as near
  /// the lower one.
  int take(int wanted, int low, int high) {
    const auto stretch = stretchAround(wanted);
    int below = wanted;
    int above = wanted;
    if (stretch != m_taken.end()) {
      below = stretch->first;
      above = stretch->second;
    }
    const bool isBelowInside = below >= low && below <= high;
    const bool isAboveInside = above >= low && above <= high;
    const bool takesBelow =
        isBelowInside == isAboveInside ? wanted - below <= above - wanted : isBelowInside;
    const int place = takesBelow ? below : above;
    mark(place);
    return place;
  }

 private:
  using Stretches = std::map<int, int>;  ///< the nearest free places below and above it

  Stretches::iterator stretchAround(int place) {
    auto after = m_taken.lower_bound(place);
    if (after == m_taken.begin()) return m_taken.end();
    const auto at = std::prev(after);
    return place < at->second ? at : m_taken.end();
  }
  void mark(int place) {
    int below = place - kPlacePitch;
    int above = place + kPlacePitch;
    auto next = m_taken.lower_bound(below);
    if (next != m_taken.begin() && std::prev(next)->second > below) --next;
    while (next != m_taken.end() && next->first < above) {
      below = std::min(below, next->first);
      above = std::max(above, next->second);
      next = m_taken.erase(next);
    }
    m_taken.emplace(below, above);
  }

  Stretches m_taken;
};

/// Where a net leaves or reaches a box: at its side, or at its bottom through the gap below its
/// row.
struct End {
  int y = 0;
  bool isAround = false;
};

struct Route {
  int net = 0;
  End leave;
  int label = 0;  ///< y in the label column
  std::vector<End> taps;
  int track = -1;  ///< -1: straight, no trunk

  int low() const {
    int y = label;
    for (const End& tap : taps) y = std::min(y, tap.y);
    return y;
  }
  int high() const {
    int y = label;
    for (const End& tap : taps) y = std::max(y, tap.y);
    return y;
  }
  bool isStraight() const { return low() == high(); }
};

int inset(const Rect& rect) {
  return std::min(8, rect.height / 4);
}

}  // namespace

class Gutter::Router {
 public:
  Router(const VisibleGraph& graph, const std::vector<int>& nets) : m_graph(graph) {
    for (const int net : nets) m_routes.push_back({net, {}, 0, {}, -1});
    fillBands();
    placeLabels();
    placeTaps();
    giveTracks();
  }

  int tracks() const { return m_tracks; }
  const std::vector<Route>& routes() const { return m_routes; }

 private:
  void fillBands();
  void placeLabels();
  void placeTaps();
  void giveTracks();
  bool isBlocked(int box, int y, bool isSource) const;
  bool isTaken(int y, int ownLabel) const;
  int gapPlace(int box);

  const VisibleGraph& m_graph;
  std::vector<Route> m_routes;
  /// Boxes by the kBand units of y that they meet and by lane, from left to right.
  std::vector<std::array<std::vector<int>, kLanes>> m_bands;
  std::set<int> m_labels;
  std::set<int> m_gaps;            ///< y of lines in gaps between rows
  std::map<int, int> m_lastInGap;  ///< per bottom of a row: the last y taken below it
  int m_tracks = 0;
};

void Gutter::Router::fillBands() {
  for (std::size_t i = 0; i < m_graph.boxes.size(); ++i) {
    const Box& box = m_graph.boxes[i];
    if (box.kind == BoxKind::Frame) continue;
    const std::size_t last = (box.rect.bottom() + kBeside) / kBand;
    if (last >= m_bands.size()) m_bands.resize(last + 1);
    for (std::size_t band = std::max(0, box.rect.y - kBeside) / kBand; band <= last; ++band)
      m_bands[band][static_cast<int>(box.lane)].push_back(static_cast<int>(i));
  }
  const auto isLeft = [this](int a, int b) {
    return m_graph.boxes[a].rect.x < m_graph.boxes[b].rect.x;
  };
  for (auto& band : m_bands)
    for (auto& lane : band) std::stable_sort(lane.begin(), lane.end(), isLeft);
}

/// Whether a box stands between this one and the gutter at that y. Lanes may not be side by side
/// yet, so only places inside lanes are compared.
bool Gutter::Router::isBlocked(int box, int y, bool isSource) const {
  const Box& it = m_graph.boxes[box];
  const auto& band = m_bands[std::max(0, y) / kBand];
  const auto& lane = band[static_cast<int>(it.lane)];
  const auto isAt = [&](int index) {
    const Rect& other = m_graph.boxes[index].rect;
    return y >= other.y - kBeside && y <= other.bottom() + kBeside;
  };
  // From the gutter on: in a crowded row the first box is in the way.
  if (isSource) {
    for (auto i = lane.rbegin(); i != lane.rend() && m_graph.boxes[*i].rect.x > it.rect.x; ++i)
      if (isAt(*i)) return true;
    return false;
  }
  for (auto i = lane.begin(); i != lane.end() && m_graph.boxes[*i].rect.x < it.rect.x; ++i)
    if (isAt(*i)) return true;
  const auto& between = band[static_cast<int>(Lane::Recomputed)];
  return it.lane == Lane::Backward && std::any_of(between.begin(), between.end(), isAt);
}

/// Whether a line of another net runs along that y in the gutter.
bool Gutter::Router::isTaken(int y, int ownLabel) const {
  for (auto label = m_labels.lower_bound(y - kLineDistance + 1);
       label != m_labels.end() && *label < y + kLineDistance; ++label)
    if (*label != ownLabel) return true;
  return false;
}

/// A free y below the row of the box.
int Gutter::Router::gapPlace(int box) {
  const int bottom = m_graph.boxes[box].rowBottom;
  int& last = m_lastInGap.emplace(bottom, bottom + kGapMargin).first->second;
  int y = last;
  while (m_gaps.count(y) != 0 || isTaken(y, -1)) ++y;
  last = y;
  for (int used = y - kLineDistance + 1; used < y + kLineDistance; ++used) m_gaps.insert(used);
  return y;
}

void Gutter::Router::placeLabels() {
  std::map<int, int> total, next;
  for (const Route& route : m_routes) ++total[m_graph.nets[route.net].source];
  Places places;
  for (Route& route : m_routes) {
    const int source = m_graph.nets[route.net].source;
    const Rect& from = m_graph.boxes[source].rect;
    const int first = from.centerY() - (total[source] - 1) * kPlacePitch / 2;
    const int wanted = first + kPlacePitch * next[source]++;
    const int low = from.y + inset(from);
    const int high = from.bottom() - inset(from);
    if (isBlocked(source, std::clamp(wanted, low, high), true)) {
      route.leave = {gapPlace(source), true};
      route.label = places.take(route.leave.y, route.leave.y - 4, route.leave.y + 4);
    } else {
      route.label = places.take(wanted, low, high);
      route.leave = {std::clamp(route.label, low, high), false};
    }
    m_labels.insert(route.label);
  }
}

void Gutter::Router::placeTaps() {
  std::map<int, Places> places;
  for (Route& route : m_routes) {
    for (const int target : m_graph.nets[route.net].targets) {
      const Rect& to = m_graph.boxes[target].rect;
      const int top = to.y + inset(to);
      const int bottom = to.bottom() - inset(to);
      const bool isBeside = route.label >= top && route.label <= bottom;
      int y = places[target].take(isBeside ? route.label : to.centerY(), top, bottom);
      while (isTaken(y, route.label) && y < bottom) ++y;
      y = std::clamp(y, to.y + 2, to.bottom() - 2);
      const bool isAround = isBlocked(target, y, false);
      route.taps.push_back({isAround ? gapPlace(target) : y, isAround});
    }
  }
}

void Gutter::Router::giveTracks() {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < m_routes.size(); ++i)
    if (!m_routes[i].isStraight()) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return m_routes[a].high() - m_routes[a].low() < m_routes[b].high() - m_routes[b].low();
  });
  std::vector<std::set<std::pair<int, int>>> used;  // per track: intervals by their low end
  for (const std::size_t i : order) {
    Route& route = m_routes[i];
    const int low = route.low() - kTrackPitch / 2;
    const int high = route.high() + kTrackPitch / 2;
    const auto isFree = [&](const std::set<std::pair<int, int>>& track) {
      const auto after = track.lower_bound({high, 0});
      return after == track.begin() || std::prev(after)->second < low;
    };
    auto track = std::find_if(used.begin(), used.end(), isFree);
    if (track == used.end() && used.size() < kMostTracks) track = used.emplace(used.end());
    // So many lines side by side cannot be told apart: the rest share the last track.
    if (track == used.end()) --track;
    track->insert({low, high});
    route.track = static_cast<int>(track - used.begin());
  }
  m_tracks = static_cast<int>(used.size());
}

namespace {

int pitchFor(int tracks) {
  return std::clamp(tracks ? kTracksArea / tracks : kTrackPitch, kTightestPitch, kTrackPitch);
}

std::int64_t bytesOf(const SceneParts& parts, const Net& net) {
  std::int64_t bytes = 0;
  for (const int value : net.values) bytes += parts.flow.nodes[value].node->bytes();
  return bytes;
}

std::string labelOf(const SceneParts& parts, const Net& net, std::int64_t bytes) {
  if (net.kind == EdgeKind::SavedStatic || net.kind == EdgeKind::Data) return {};
  if (net.kind == EdgeKind::Recompute)
    return net.values.size() > 1 ? std::to_string(net.values.size()) : std::string();
  // A symbolic size is a number, not a tensor.
  if (net.values.size() == 1 && parts.flow.nodes[net.values.front()].node->sym())
    return shapeText(parts.flow.nodes[net.values.front()].node->value);
  if (net.values.size() == 1) return bytesText(bytes);
  const auto each = parts.flow.nodes[net.values.front()].node->bytes();
  const bool areEqual = std::all_of(net.values.begin(), net.values.end(), [&](int value) {
    return parts.flow.nodes[value].node->bytes() == each;
  });
  std::string text = std::to_string(net.values.size());
  return text += areEqual ? " × " + bytesText(each) : " tensors, " + bytesText(bytes);
}

std::vector<Point> tapLine(const Rect& from, const Rect& to, const Route& route, const End& tap,
                           int left, int trunk) {
  std::vector<Point> line;
  if (route.leave.isAround) {
    line = {{from.right() - kCornerInset, from.bottom()},
            {from.right() - kCornerInset, route.leave.y}};
  } else {
    line = {{from.right(), route.leave.y}};
  }
  if (route.leave.y != route.label) {
    line.push_back({left + kJog / 2, route.leave.y});
    line.push_back({left + kJog / 2, route.label});
  }
  if (tap.y != route.label) {
    line.push_back({trunk, route.label});
    line.push_back({trunk, tap.y});
  }
  if (tap.isAround) {
    line.push_back({to.x + kCornerInset, tap.y});
    line.push_back({to.x + kCornerInset, to.bottom()});
  } else {
    line.push_back({to.x, tap.y});
  }
  return line;
}

}  // namespace

Gutter::Gutter(const VisibleGraph& graph, std::vector<int> nets, bool hasLabels)
    : m_graph(graph),
      m_router(std::make_unique<const Router>(graph, nets)),
      m_hasLabels(hasLabels) {}

Gutter::~Gutter() = default;

int Gutter::width() const {
  const int tracks = m_router->tracks();
  return (m_hasLabels ? kLabelColumn + kJog : kMargin) + kMargin + tracks * pitchFor(tracks);
}

std::vector<Edge> Gutter::route(const SceneParts& parts, int left) const {
  const int pitch = pitchFor(m_router->tracks());
  std::vector<Edge> edges;
  for (const Route& route : m_router->routes()) {
    const Net& net = m_graph.nets[route.net];
    const Rect& from = m_graph.boxes[net.source].rect;
    const int trunk = left + width() - kMargin - route.track * pitch;
    Edge edge;
    edge.kind = net.kind;
    edge.source = net.source;
    edge.targets = net.targets;
    edge.isNet = true;
    for (std::size_t i = 0; i < net.targets.size(); ++i)
      edge.lines.push_back(
          tapLine(from, m_graph.boxes[net.targets[i]].rect, route, route.taps[i], left, trunk));
    for (const int value : net.values) edge.values.push_back(parts.flow.nodes[value].node->name);
    edge.bytes = bytesOf(parts, net);
    if (m_hasLabels) edge.label = labelOf(parts, net, edge.bytes);
    edge.labelAt = {left + kJog, route.label};
    edges.push_back(std::move(edge));
  }
  return edges;
}

}  // namespace core::layout
