#pragma once

// Maximum flow and the minimum cut nearest the sink.

#include <cstdint>
#include <vector>

namespace core::partition {

/// A directed network with whole capacities. Vertices and edges are added first; then capacities
/// may be changed and the flow solved again, any number of times.
class MaxFlow {
 public:
  using Capacity = std::int64_t;
  /// An edge that no cut may cross. Sums of finite capacities must stay below it.
  static constexpr Capacity kInfinite = INT64_MAX / 4;

  explicit MaxFlow(int vertices) : m_vertices(vertices) {}

  /// Returns the edge's number, for setCapacity().
  int addEdge(int from, int to, Capacity capacity);
  void setCapacity(int edge, Capacity capacity) {
    m_capacity[static_cast<std::size_t>(edge)] = capacity;
  }

  /// Vertices of a path from source to sink over infinite edges only; empty if there is none.
  std::vector<int> infinitePath(int source, int sink);

  /// The value of a maximum flow; there must be no infinite path.
  Capacity solve(int source, int sink);

  /// After solve(): the vertices from which the sink can be reached in the residual network. This
  /// set is the same for every maximum flow; the edges into it are the cut nearest the sink.
  const std::vector<bool>& sinkSide() const { return m_sinkSide; }

 private:
  void link();
  bool label(int source, int sink);
  Capacity blockingFlow(int source, int sink);
  Capacity augment(const std::vector<int>& path);
  int admissibleArc(int vertex);

  int m_vertices = 0;
  std::vector<int> m_from, m_to;
  std::vector<Capacity> m_capacity;

  // Arc 2e is edge e, arc 2e+1 its reverse. m_arcs lists the arcs that leave a vertex, grouped by
  // vertex; m_first[v] .. m_first[v+1] are those of v.
  bool m_linked = false;
  std::vector<int> m_first, m_arcs;
  std::vector<Capacity> m_residual;
  std::vector<int> m_level, m_next, m_queue;
  std::vector<bool> m_sinkSide;
};

}  // namespace core::partition
