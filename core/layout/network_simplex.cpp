// The network simplex method, after Gansner et al., "A technique for drawing directed graphs"
// (1993).
//
// Problem: the cheapest values under lower bounds of differences, a linear program that is the dual
// of a flow of least cost.
//
// Idea: a spanning tree of distances that are tight determines all values but one. Cutting a tree
// edge splits the nodes in two; if more weight points against the edge than along it, moving the
// halves apart is cheaper, until another distance between them gets tight and takes its place.
// Where no tree edge is worth cutting, the values are the best ones. The weight across a cut is the
// sum over one half of what leaves each node minus what reaches it, as edges inside the half cancel
// out; so a pivot changes sums along two tree paths only.
//
// Cost: the first tree takes O(E log E); a pivot looks at all below the cut. Values
// satisfy all distances after every pivot, so that it may stop at any time: when the work is done,
// or when a round over the tree gains next to nothing.

#include "core/layout/network_simplex.h"

#include <array>
#include <functional>
#include <queue>
#include <utility>

namespace core::layout {
namespace {

// Small problems are solved to the end. In others a round that makes the values cheaper by less
// than this part of their cost is the last one.
constexpr long long kSmallWork = 1'000'000;
constexpr long long kLeastGain = 50;

class Simplex {
 public:
  Simplex(const std::vector<Distance>& distances, std::vector<int>& values, long long work);
  void run();

 private:
  using Heap = std::priority_queue<std::pair<long long, int>,
                                   std::vector<std::pair<long long, int>>, std::greater<>>;

  int slack(int edge) const {
    const Distance& it = m_distances[edge];
    return m_values[it.head] - m_values[it.tail] - it.length;
  }
  int other(int edge, int node) const {
    return m_distances[edge].tail == node ? m_distances[edge].head : m_distances[edge].tail;
  }
  bool leaves(int edge, int node) const { return m_distances[edge].tail == node; }

  void growTree();
  void addToTree(int node, int moved, Heap& leaving, Heap& reaching);
  void sumNets();
  bool isWorthCutting(int node) const;
  void collectHalf(int node);
  int findEntering(bool isTailHalf);
  void pivot(int node);
  long long cost() const;
  void hang(int node, int entering);
  void moveNet(int from, int to, long long net);

  const std::vector<Distance>& m_distances;
  std::vector<int>& m_values;
  long long m_work;
  std::vector<std::vector<int>> m_edges;  ///< distances of each node
  std::vector<std::vector<int>> m_tree;   ///< tree edges of each node
  std::vector<int> m_up;                  ///< the tree edge to the parent; -1: the root, or outside
  std::vector<int> m_order;               ///< of the tree when it was grown, parents first
  std::vector<long long> m_net;           ///< weight leaving minus reaching all below and itself
  std::vector<char> m_mark;               ///< who is in the tree while it grows, in m_half later
  std::vector<int> m_half;                ///< below the cut that is looked at
  std::array<std::vector<int>, 2> m_paths;
  std::vector<char> m_path;  ///< 1 and 2: on the way up from either end of a move
};

Simplex::Simplex(const std::vector<Distance>& distances, std::vector<int>& values, long long work)
    : m_distances(distances),
      m_values(values),
      m_work(work),
      m_edges(values.size()),
      m_tree(values.size()),
      m_up(values.size(), -1),
      m_net(values.size(), 0),
      m_mark(values.size(), 0),
      m_path(values.size(), 0) {
  for (std::size_t i = 0; i < distances.size(); ++i) {
    m_edges[distances[i].tail].push_back(static_cast<int>(i));
    m_edges[distances[i].head].push_back(static_cast<int>(i));
  }
}

/// `moved` is how far the tree has been moved as a whole; slacks of its edges are kept without it.
void Simplex::addToTree(int node, int moved, Heap& leaving, Heap& reaching) {
  m_order.push_back(node);
  m_mark[node] = 1;
  for (const int edge : m_edges[node]) {
    if (m_mark[other(edge, node)]) continue;
    if (leaves(edge, node)) {
      leaving.emplace(slack(edge) + moved, edge);
    } else {
      reaching.emplace(slack(edge) - moved, edge);
    }
  }
}

/// The tree starts with one node and always takes the nearest one: it moves until the distance is
/// tight.
void Simplex::growTree() {
  Heap leaving, reaching;
  std::vector<int> movedBefore(m_values.size(), 0);
  int moved = 0;
  addToTree(0, 0, leaving, reaching);
  const auto dropInner = [this](Heap& heap) {
    const auto isInner = [this](int edge) {
      return m_mark[m_distances[edge].tail] && m_mark[m_distances[edge].head];
    };
    while (!heap.empty() && isInner(heap.top().second)) heap.pop();
  };
  for (;;) {
    dropInner(leaving);
    dropInner(reaching);
    if (leaving.empty() && reaching.empty()) break;
    const bool takesLeaving =
        reaching.empty() ||
        (!leaving.empty() && leaving.top().first - moved <= reaching.top().first + moved);
    const int edge = takesLeaving ? leaving.top().second : reaching.top().second;
    moved = static_cast<int>(takesLeaving ? leaving.top().first : -reaching.top().first);
    const Distance& it = m_distances[edge];
    const int inside = m_mark[it.tail] ? it.tail : it.head;
    const int outside = other(edge, inside);
    m_tree[inside].push_back(edge);
    m_tree[outside].push_back(edge);
    m_up[outside] = edge;
    movedBefore[outside] = moved;
    addToTree(outside, moved, leaving, reaching);
  }
  for (const int node : m_order) {
    m_values[node] += moved - movedBefore[node];
    m_mark[node] = 0;
  }
}

void Simplex::sumNets() {
  for (const Distance& it : m_distances) {
    m_net[it.tail] += it.weight;
    m_net[it.head] -= it.weight;
  }
  for (auto node = m_order.rbegin(); node != m_order.rend(); ++node)
    if (m_up[*node] >= 0) m_net[other(m_up[*node], *node)] += m_net[*node];
}

/// Whether the weight across the edge to the parent pulls its ends apart.
bool Simplex::isWorthCutting(int node) const {
  if (m_up[node] < 0) return false;
  return leaves(m_up[node], node) ? m_net[node] < 0 : m_net[node] > 0;
}

/// All that hangs on the node, itself included.
void Simplex::collectHalf(int node) {
  m_half.assign(1, node);
  m_mark[node] = 1;
  for (std::size_t i = 0; i < m_half.size(); ++i) {
    for (const int edge : m_tree[m_half[i]]) {
      const int next = other(edge, m_half[i]);
      if (edge == m_up[m_half[i]] || m_mark[next]) continue;
      m_mark[next] = 1;
      m_half.push_back(next);
    }
  }
}

/// Of the distances across the cut that get shorter when the halves part, the one with the least
/// slack; -1 if there is none.
int Simplex::findEntering(bool isTailHalf) {
  int best = -1;
  for (const int inside : m_half) {
    m_work -= static_cast<long long>(m_edges[inside].size());
    for (const int edge : m_edges[inside]) {
      if (m_mark[other(edge, inside)] || leaves(edge, inside) == isTailHalf) continue;
      if (best < 0 || slack(edge) < slack(best)) best = edge;
    }
  }
  return best;
}

/// Takes `net` from `from` and gives it to `to`, and so for all above them up to where they meet:
/// there it changes nothing.
void Simplex::moveNet(int from, int to, long long net) {
  auto& paths = m_paths;
  paths[0].assign(1, from);
  paths[1].assign(1, to);
  m_path[from] = 1;
  int meeting = from == to ? from : -1;
  if (meeting < 0) m_path[to] = 2;
  for (int turn = 0; meeting < 0; turn = 1 - turn) {
    const int last = paths[turn].back();
    if (m_up[last] < 0) continue;
    const int next = other(m_up[last], last);
    if (m_path[next] != 0) {
      meeting = next;
    } else {
      m_path[next] = static_cast<char>(turn + 1);
      paths[turn].push_back(next);
    }
  }
  for (const auto& path : paths)
    for (const int node : path) m_path[node] = 0;
  for (int turn = 0; turn < 2; ++turn) {
    m_work -= static_cast<long long>(paths[turn].size());
    for (std::size_t i = 0; i < paths[turn].size() && paths[turn][i] != meeting; ++i)
      m_net[paths[turn][i]] += turn == 0 ? -net : net;
  }
}

/// Hangs all below the cut under the other end of `entering` instead.
void Simplex::hang(int node, int entering) {
  const Distance& it = m_distances[entering];
  const int inner = m_mark[it.tail] ? it.tail : it.head;
  const int outer = other(entering, inner);
  const int leaving = m_up[node];
  const long long total = m_net[node];
  const int parent = other(leaving, node);
  for (const int end : {node, parent}) std::erase(m_tree[end], leaving);
  int up = entering;
  long long belowIt = 0;
  for (int at = inner;;) {
    const int before = std::exchange(m_up[at], up);
    const long long net = std::exchange(m_net[at], total - belowIt);
    if (at == node) break;
    belowIt = net;
    up = before;
    at = other(before, at);
  }
  m_tree[inner].push_back(entering);
  m_tree[outer].push_back(entering);
  moveNet(parent, outer, total);
}

void Simplex::pivot(int node) {
  collectHalf(node);
  const bool isTailHalf = m_mark[m_distances[m_up[node]].tail] != 0;
  const int entering = findEntering(isTailHalf);
  if (entering >= 0) {
    const int distance = isTailHalf ? -slack(entering) : slack(entering);
    for (const int moved : m_half) m_values[moved] += distance;
    hang(node, entering);
  }
  for (const int moved : m_half) m_mark[moved] = 0;
}

long long Simplex::cost() const {
  long long total = 0;
  for (std::size_t i = 0; i < m_distances.size(); ++i)
    total += static_cast<long long>(slack(static_cast<int>(i))) * m_distances[i].weight;
  return total;
}

void Simplex::run() {
  growTree();
  sumNets();
  const long long fewLeft = m_work - kSmallWork;
  for (long long before = cost(); m_work > 0;) {
    for (const int node : m_order)
      if (m_work > 0 && isWorthCutting(node)) pivot(node);
    const long long after = cost();
    const long long least = m_work > fewLeft ? 0 : before / kLeastGain;
    if (before - after <= least) break;
    before = after;
  }
}

}  // namespace

std::vector<int> shortestValues(const std::vector<Distance>& distances, std::vector<int> values,
                                long long work) {
  if (!values.empty()) Simplex(distances, values, work).run();
  return values;
}

}  // namespace core::layout
