// Breadth first along users or inputs, a ring a step. A path from a to b is what can be reached
// from a and from where b can be reached.

#include "views/shared/filter_reach.h"

#include <algorithm>
#include <limits>

#include "views/shared/filter_term.h"

namespace views::shared {
namespace {

using core::ir::Graph;
using core::ir::NodeId;

constexpr int kAnyDistance = std::numeric_limits<int>::max();

/// Nodes at most `hops` steps from `start`, itself not counted.
std::vector<char> within(const Graph& graph, NodeId start, bool towardsUsers, int hops) {
  std::vector<char> marks(graph.size(), 0);
  std::vector<NodeId> ring = {start};
  for (int step = 0; step < hops && !ring.empty(); ++step) {
    std::vector<NodeId> next;
    const auto reach = [&](NodeId node) {
      if (marks[node.index]) return;
      marks[node.index] = 1;
      next.push_back(node);
    };
    for (const NodeId node : ring) {
      if (towardsUsers) {
        for (const NodeId user : graph.users(node)) reach(user);
      } else {
        core::ir::forEachInput(graph.node(node), reach);
      }
    }
    ring = std::move(next);
  }
  return marks;
}

}  // namespace

std::vector<char> reachedNodes(const Graph& graph, const FilterTerm& term) {
  const std::vector<char> none(graph.size(), 0);
  const auto start = graph.find(term.text);
  if (!start) return none;
  if (term.field != FilterField::Path) {
    return within(graph, *start, term.field == FilterField::UserOf, term.hops);
  }
  const auto end = graph.find(term.end);
  if (!end) return none;
  std::vector<char> marks = within(graph, *start, true, kAnyDistance);
  std::vector<char> before = within(graph, *end, false, kAnyDistance);
  marks[start->index] = 1;
  before[end->index] = 1;
  std::transform(marks.begin(), marks.end(), before.begin(), marks.begin(),
                 [](char a, char b) { return static_cast<char>(a && b); });
  return marks;
}

}  // namespace views::shared
