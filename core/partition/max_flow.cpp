#include "core/partition/max_flow.h"

// Dinic's algorithm (E. A. Dinic, 1970). Repeat: label every vertex with its distance TO the sink
// in the residual network (a breadth-first search that starts at the sink), then send a blocking
// flow along arcs that lead one step nearer. Labels grow with every round, so there are at most V
// rounds; on partitioning networks, which are shallow after the first few cuts, there are a
// handful.
//
// Labelling from the sink gives the answer for free: the vertices that still have a label when the
// source has none are those from which the sink can be reached, which is the sink side of the cut
// nearest the sink. PyTorch takes that cut too, so the names of saved tensors agree.
//
// Everything lives in flat arrays; paths are walked with an explicit stack, because a network is as
// deep as the graph is long.

#include <algorithm>
#include <limits>

namespace core::partition {
namespace {

constexpr int kNoLevel = -1;

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

}  // namespace

int MaxFlow::addEdge(int from, int to, Capacity capacity) {
  m_from.push_back(from);
  m_to.push_back(to);
  m_capacity.push_back(capacity);
  m_linked = false;
  return static_cast<int>(m_from.size()) - 1;
}

void MaxFlow::link() {
  if (m_linked) return;
  m_linked = true;
  m_first.assign(at(m_vertices) + 1, 0);
  for (std::size_t e = 0; e < m_from.size(); ++e) {
    ++m_first[at(m_from[e]) + 1];
    ++m_first[at(m_to[e]) + 1];
  }
  for (std::size_t v = 0; v < at(m_vertices); ++v) m_first[v + 1] += m_first[v];
  m_arcs.resize(2 * m_from.size());
  std::vector<int> place(m_first.begin(), m_first.end() - 1);
  for (std::size_t e = 0; e < m_from.size(); ++e) {
    m_arcs[at(place[at(m_from[e])]++)] = static_cast<int>(2 * e);
    m_arcs[at(place[at(m_to[e])]++)] = static_cast<int>(2 * e + 1);
  }
}

std::vector<int> MaxFlow::infinitePath(int source, int sink) {
  link();
  std::vector<int> cameFrom(at(m_vertices), -1);
  std::vector<int> queue{source};
  cameFrom[at(source)] = source;
  for (std::size_t head = 0; head < queue.size() && cameFrom[at(sink)] < 0; ++head) {
    const int vertex = queue[head];
    for (int i = m_first[at(vertex)]; i < m_first[at(vertex) + 1]; ++i) {
      const int arc = m_arcs[at(i)];
      const bool forward = arc % 2 == 0;
      if (!forward || m_capacity[at(arc / 2)] < kInfinite) continue;
      const int next = m_to[at(arc / 2)];
      if (cameFrom[at(next)] >= 0) continue;
      cameFrom[at(next)] = vertex;
      queue.push_back(next);
    }
  }
  std::vector<int> path;
  if (cameFrom[at(sink)] < 0) return path;
  for (int vertex = sink; vertex != source; vertex = cameFrom[at(vertex)]) path.push_back(vertex);
  path.push_back(source);
  std::reverse(path.begin(), path.end());
  return path;
}

MaxFlow::Capacity MaxFlow::solve(int source, int sink) {
  link();
  m_residual.assign(2 * m_from.size(), 0);
  for (std::size_t e = 0; e < m_from.size(); ++e) m_residual[2 * e] = m_capacity[e];
  Capacity total = 0;
  while (label(source, sink)) total += blockingFlow(source, sink);
  m_sinkSide.assign(at(m_vertices), false);
  for (std::size_t v = 0; v < at(m_vertices); ++v) m_sinkSide[v] = m_level[v] != kNoLevel;
  return total;
}

/// Labels vertices with their distance to the sink; false if the source gets none.
bool MaxFlow::label(int source, int sink) {
  m_level.assign(at(m_vertices), kNoLevel);
  m_queue.assign(1, sink);
  m_level[at(sink)] = 0;
  for (std::size_t head = 0; head < m_queue.size(); ++head) {
    const int vertex = m_queue[head];
    for (int i = m_first[at(vertex)]; i < m_first[at(vertex) + 1]; ++i) {
      const int arc = m_arcs[at(i)];
      const int other = arc % 2 == 0 ? m_to[at(arc / 2)] : m_from[at(arc / 2)];
      // The arc that leads from `other` to `vertex` is the reverse of the one that leaves `vertex`.
      if (m_residual[at(arc ^ 1)] == 0 || m_level[at(other)] != kNoLevel) continue;
      m_level[at(other)] = m_level[at(vertex)] + 1;
      m_queue.push_back(other);
    }
  }
  return m_level[at(source)] != kNoLevel;
}

/// The next arc with room that leads one step nearer to the sink, or -1.
int MaxFlow::admissibleArc(int vertex) {
  for (int& i = m_next[at(vertex)]; i < m_first[at(vertex) + 1]; ++i) {
    const int arc = m_arcs[at(i)];
    const int other = arc % 2 == 0 ? m_to[at(arc / 2)] : m_from[at(arc / 2)];
    if (m_residual[at(arc)] > 0 && m_level[at(other)] == m_level[at(vertex)] - 1 &&
        m_level[at(other)] != kNoLevel)
      return arc;
  }
  return -1;
}

MaxFlow::Capacity MaxFlow::augment(const std::vector<int>& path) {
  Capacity amount = std::numeric_limits<Capacity>::max();
  for (int arc : path) amount = std::min(amount, m_residual[at(arc)]);
  for (int arc : path) {
    m_residual[at(arc)] -= amount;
    m_residual[at(arc ^ 1)] += amount;
  }
  return amount;
}

MaxFlow::Capacity MaxFlow::blockingFlow(int source, int sink) {
  m_next.assign(m_first.begin(), m_first.end() - 1);
  Capacity total = 0;
  std::vector<int> path;  // arcs from the source to `vertex`
  const auto tail = [&](int arc) { return arc % 2 == 0 ? m_from[at(arc / 2)] : m_to[at(arc / 2)]; };
  int vertex = source;
  for (;;) {
    if (vertex == sink) {
      total += augment(path);
      // Go back to the tail of the first arc that is full now.
      const auto full =
          std::find_if(path.begin(), path.end(), [&](int arc) { return m_residual[at(arc)] == 0; });
      vertex = tail(*full);
      path.erase(full, path.end());
    } else if (const int arc = admissibleArc(vertex); arc >= 0) {
      path.push_back(arc);
      vertex = arc % 2 == 0 ? m_to[at(arc / 2)] : m_from[at(arc / 2)];
    } else {
      if (vertex == source) return total;
      vertex = tail(path.back());
      path.pop_back();
      ++m_next[at(vertex)];  // that arc leads nowhere
    }
  }
}

}  // namespace core::partition
