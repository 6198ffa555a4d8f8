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
constexpr int kMargin = 18;
constexpr int kPlacePitch = 14;  // between labels, and between ends on one box

/// Places along one line, each used once.
class Places {
 public:
  /// The free place nearest to `wanted` in [low, high], or outside if there is none.
  int take(int wanted, int low, int high) {
    for (int distance = 0;; distance += 1) {
      for (const int place : {wanted - distance, wanted + distance}) {
        const bool inside = place >= low && place <= high;
        if ((inside || distance > high - low) && isFree(place)) {
          m_used.insert(place);
          return place;
        }
      }
    }
  }

 private:
  bool isFree(int place) const {
    const auto next = m_used.lower_bound(place - kPlacePitch + 1);
    return next == m_used.end() || *next >= place + kPlacePitch;
  }
  std::set<int> m_used;
};

struct Route {
  int net = 0;
  int leave = 0;          ///< y at the source
  int label = 0;          ///< y in the label column
  std::vector<int> taps;  ///< y at each target
  int track = -1;         ///< -1: straight, no trunk
  int low() const { return std::min(label, *std::min_element(taps.begin(), taps.end())); }
  int high() const { return std::max(label, *std::max_element(taps.begin(), taps.end())); }
  bool isStraight() const { return low() == high(); }
};

int inset(const Rect& rect) {
  return std::min(8, rect.height / 4);
}

class Router {
 public:
  Router(const VisibleGraph& graph, const std::vector<int>& nets) : m_graph(graph) {
    for (const int net : nets) m_routes.push_back({net, 0, 0, {}, -1});
    placeEnds();
    giveTracks();
  }

  int tracks() const { return m_tracks; }
  const std::vector<Route>& routes() const { return m_routes; }

 private:
  void placeEnds();
  void giveTracks();

  const VisibleGraph& m_graph;
  std::vector<Route> m_routes;
  int m_tracks = 0;
};

void Router::placeEnds() {
  std::map<int, int> total, next;
  for (const Route& route : m_routes) ++total[m_graph.nets[route.net].source];
  Places labels;
  std::map<int, Places> tapPlaces;
  for (Route& route : m_routes) {
    const Net& net = m_graph.nets[route.net];
    const Rect& from = m_graph.boxes[net.source].rect;
    const int count = total[net.source];
    const int first = from.centerY() - (count - 1) * kPlacePitch / 2;
    const int wanted = first + kPlacePitch * next[net.source]++;
    const int low = from.y + inset(from);
    const int high = from.bottom() - inset(from);
    route.label = labels.take(wanted, low, high);
    route.leave = std::clamp(route.label, low, high);
    for (const int target : net.targets) {
      const Rect& to = m_graph.boxes[target].rect;
      const int top = to.y + inset(to);
      const int bottom = to.bottom() - inset(to);
      const bool beside = route.label >= top && route.label <= bottom;
      const int place = tapPlaces[target].take(beside ? route.label : to.centerY(), top, bottom);
      route.taps.push_back(std::clamp(place, to.y + 2, to.bottom() - 2));
    }
  }
}

void Router::giveTracks() {
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
    if (track == used.end()) track = used.emplace(used.end());
    track->insert({low, high});
    route.track = static_cast<int>(track - used.begin());
  }
  m_tracks = static_cast<int>(used.size());
}

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

std::vector<Point> tapLine(const Rect& from, const Rect& to, const Route& route, int tap,
                           const Gutter& gutter, int trunk) {
  std::vector<Point> line{{from.right(), route.leave}};
  if (route.leave != route.label) {
    line.push_back({gutter.left + kJog / 2, route.leave});
    line.push_back({gutter.left + kJog / 2, route.label});
  }
  if (tap != route.label) {
    line.push_back({trunk, route.label});
    line.push_back({trunk, tap});
  }
  line.push_back({to.x, tap});
  return line;
}

}  // namespace

int gutterWidth(const VisibleGraph& graph, const std::vector<int>& nets, bool hasLabels) {
  const int tracks = Router(graph, nets).tracks();
  return (hasLabels ? kLabelColumn + kJog : kMargin) + kMargin + tracks * pitchFor(tracks);
}

std::vector<Edge> routeNets(const SceneParts& parts, const VisibleGraph& graph,
                            const std::vector<int>& nets, const Gutter& gutter) {
  const Router router(graph, nets);
  const int pitch = pitchFor(router.tracks());
  std::vector<Edge> edges;
  for (const Route& route : router.routes()) {
    const Net& net = graph.nets[route.net];
    const Rect& from = graph.boxes[net.source].rect;
    const int trunk = gutter.left + gutter.width - kMargin - route.track * pitch;
    Edge edge;
    edge.kind = net.kind;
    edge.source = net.source;
    edge.targets = net.targets;
    edge.isNet = true;
    for (std::size_t i = 0; i < net.targets.size(); ++i)
      edge.lines.push_back(
          tapLine(from, graph.boxes[net.targets[i]].rect, route, route.taps[i], gutter, trunk));
    for (const int value : net.values) edge.values.push_back(parts.flow.nodes[value].node->name);
    edge.bytes = bytesOf(parts, net);
    if (gutter.hasLabels) edge.label = labelOf(parts, net, edge.bytes);
    edge.labelAt = {gutter.left + kJog, route.label};
    edges.push_back(std::move(edge));
  }
  return edges;
}

}  // namespace core::layout
