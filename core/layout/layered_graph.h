#pragma once

// A graph in rows: what is ordered (layered_order) and then given x (brandes_koepf).

#include <vector>

namespace core::layout {

struct LayeredGraph {
  struct Vertex {
    int width = 0;
    int row = 0;
    bool isDummy = false;  ///< a point of a long edge in a row it only passes
  };
  /// Joins vertices of neighbouring rows. Offsets are from the vertices' middles.
  struct Segment {
    int upper = 0;
    int lower = 0;
    int upperOffset = 0;
    int lowerOffset = 0;
  };

  std::vector<Vertex> vertices;
  std::vector<Segment> segments;
  std::vector<std::vector<int>> rows;  ///< vertices of each row, from left to right

  int addVertex(int row, int width, bool isDummy) {
    if (row >= static_cast<int>(rows.size())) rows.resize(row + 1);
    vertices.push_back({width, row, isDummy});
    rows[row].push_back(static_cast<int>(vertices.size()) - 1);
    return rows[row].back();
  }
  /// How far the middles of neighbours in a row must be apart; beside dummies half of `gap` will
  /// do.
  int separation(int left, int right, int gap) const {
    const Vertex& a = vertices[left];
    const Vertex& b = vertices[right];
    return (a.width + 1) / 2 + (b.width + 1) / 2 + (a.isDummy || b.isDummy ? gap / 2 : gap);
  }
};

/// Reorders the rows for few crossings: barycenter sweeps, then exchanges of neighbours. The rows'
/// given order is the start and decides ties.
void orderRows(LayeredGraph& graph);
/// Number of pairs of segments that cross.
long long countCrossings(const LayeredGraph& graph);

/// x of every vertex's middle: rows keep their order, neighbours are at least `gap` apart (dummies
/// half of it), long edges are straight. The leftmost edge of all is 0.
std::vector<int> placeVertices(const LayeredGraph& graph, int gap);
/// Moves vertices so that segments get shorter; as placeVertices() but for where the leftmost edge
/// is.
void shortenSegments(const LayeredGraph& graph, int gap, std::vector<int>& x);
/// What shortenSegments() makes small: how far the ends of all segments are from being above each
/// other, and how wide the picture is.
long long placementCost(const LayeredGraph& graph, const std::vector<int>& x);

}  // namespace core::layout
