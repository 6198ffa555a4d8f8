#include "core/partition/peak_search.h"

// Problem: the saved bytes say little about the peak. A plan that saves nothing recomputes the
// whole forward at the start of the backward and then holds all of it, as if it had been saved. A
// low peak needs checkpoints: values saved at regular distances, between which all is recomputed,
// piece by piece, just before it is used (orderLikeAutograd places it there).
//
// Idea: the minimum cut does the choosing; what is varied is only which values may be recomputed.
//
//   checkpoints  the forward is divided into k parts that compute about as many bytes, at the
//                places nearby where the fewest bytes cross; what crosses stays banned, all else
//                is released
//   kept values  besides, the values that save the most time per byte stay banned, more and more
//                of them, which leads from "recompute all between checkpoints" to "recompute what
//                is cheap"
//
// Each of these sets gives one cut, whose peak is simulated; the plans that nothing beats in both
// peak and time are the curve, so it is monotone by construction. The budgets' own plans are among
// them. Cost: about a hundred cuts and simulations, each linear in practice. References: T. Chen et
// al., "Training deep nets with sublinear memory cost", 2016; pytorch#197838.

#include <algorithm>

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;

constexpr std::size_t kMostBudgetPlans = 512;
constexpr int kPartCounts[] = {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32, 48};
constexpr int kKeptSteps = 12;

/// The forward as a line of calls, and what crosses each place of it.
class ForwardLine {
 public:
  ForwardLine(const PreparedJoint& prepared)
      : m_problem(prepared.problem), m_lastReader(prepared.problem.graph->size(), -1) {
    for (const Node& node : m_problem.graph->nodes()) {
      if (!node.isCall() || !prepared.classes.requiredForward[node.id.index]) continue;
      const int place = static_cast<int>(m_calls.size());
      ir::forEachInput(node, [&](NodeId id) { m_lastReader[base(id).index] = place; });
      m_calls.push_back(node.id);
    }
    measure();
  }

  int size() const { return static_cast<int>(m_calls.size()); }

  /// Places that divide the line into `parts`: those near equal shares of the bytes computed where
  /// the fewest bytes cross.
  std::vector<int> divide(int parts) const {
    std::vector<int> places;
    const std::int64_t total = m_computed.empty() ? 0 : m_computed.back();
    for (int part = 1; part < parts; ++part) {
      const auto share = [&](double k) {
        const auto bytes = static_cast<std::int64_t>(static_cast<double>(total) * k / parts);
        const auto found = std::lower_bound(m_computed.begin(), m_computed.end(), bytes);
        return static_cast<std::size_t>(found - m_computed.begin());
      };
      const std::size_t first = share(part - 0.5);
      const std::size_t last = std::max(std::min(share(part + 0.5), m_crossing.size()), first + 1);
      if (first >= m_crossing.size()) break;
      const auto best = std::min_element(m_crossing.begin() + static_cast<std::ptrdiff_t>(first),
                                         m_crossing.begin() + static_cast<std::ptrdiff_t>(last));
      places.push_back(static_cast<int>(best - m_crossing.begin()));
    }
    return places;
  }

  /// Marks the values that are computed up to `place` and read after it.
  void markCrossing(int place, NodeSet& crossing) const {
    for (int i = 0; i <= place; ++i) {
      const NodeId id = m_calls[static_cast<std::size_t>(i)];
      if (m_lastReader[id.index] > place) crossing[id.index] = true;
    }
  }

 private:
  /// What a chain of views and getitems looks at: that is what has the bytes.
  NodeId base(NodeId id) const {
    for (;;) {
      const Node& node = m_problem.node(id);
      const bool isView = m_problem.ops[id.index].sharesStorage || m_problem.ops[id.index].view;
      if (!node.isCall() || !isView || node.args.empty() || !node.args[0].isNode()) return id;
      id = node.args[0].node();
    }
  }

  void measure() {
    std::vector<std::int64_t> change(m_calls.size() + 1, 0);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < m_calls.size(); ++i) {
      const NodeId id = m_calls[i];
      const bool isOwn = base(id) == id && m_problem.node(id).tensor();
      if (isOwn) {
        sum += m_problem.bytes[id.index];
        change[i] += m_problem.bytes[id.index];
        change[static_cast<std::size_t>(std::max(m_lastReader[id.index], static_cast<int>(i)))] -=
            m_problem.bytes[id.index];
      }
      m_computed.push_back(sum);
    }
    std::int64_t alive = 0;
    for (std::size_t i = 0; i < m_calls.size(); ++i) m_crossing.push_back(alive += change[i]);
  }

  const JointProblem& m_problem;
  std::vector<NodeId> m_calls;
  std::vector<int> m_lastReader;         ///< by node: the place of the last call that reads it
  std::vector<std::int64_t> m_computed;  ///< by place: bytes computed so far
  std::vector<std::int64_t> m_crossing;  ///< by place: bytes alive after it
};

/// The pool's candidates by time saved per byte, most first.
std::vector<NodeId> byDensity(const PreparedJoint& prepared, const PlanPool& pool) {
  std::vector<NodeId> order = pool.candidates();
  const auto seconds = [&](NodeId id) { return pool.costs().seconds[id.index]; };
  const auto bytes = [&](NodeId id) {
    return static_cast<double>(std::max<std::int64_t>(prepared.problem.bytes[id.index], 1));
  };
  std::stable_sort(order.begin(), order.end(), [&](NodeId a, NodeId b) {
    return seconds(a) * bytes(b) > seconds(b) * bytes(a);
  });
  return order;
}

}  // namespace

Result<void> addPeakPlans(const PreparedJoint& prepared, PlanPool& pool) {
  const ForwardLine line(prepared);
  const std::vector<NodeId> order = byDensity(prepared, pool);
  for (int parts : kPartCounts) {
    if (parts > line.size()) break;
    NodeSet crossing(prepared.problem.graph->size(), false);
    for (int place : line.divide(parts)) line.markCrossing(place, crossing);
    for (int step = 0; step < kKeptSteps; ++step) {
      const std::size_t kept = order.size() * static_cast<std::size_t>(step) / kKeptSteps;
      NodeSet released(prepared.problem.graph->size(), false);
      for (std::size_t i = kept; i < order.size(); ++i)
        released[order[i].index] = !crossing[order[i].index];
      CORE_TRY_VOID(pool.addReleased(released));
    }
  }
  return {};
}

Result<BudgetAnswer> chooseForPeak(const PreparedJoint& prepared, const PartitionOptions& options,
                                   const StageContext& context) {
  PlanPool pool(prepared, options, context);
  CORE_TRY_VOID(pool.addBudgetPlans(kMostBudgetPlans));
  CORE_TRY_VOID(addPeakPlans(prepared, pool));
  std::vector<PlanFigures> figures;
  for (const CandidatePlan& plan : pool.plans()) figures.push_back(plan.figures);
  const std::vector<std::size_t> front = paretoFront(figures, &PlanFigures::peakBytes);
  const CandidatePlan* best = nullptr;
  for (std::size_t i : front)
    if (figures[i].peakBytes <= *options.peakLimit) best = &pool.plans()[i];
  if (!best)
    return Error{ErrorCode::PartitionInfeasible,
                 "No partition keeps the peak under " + std::to_string(*options.peakLimit) +
                     " bytes; the smallest one found needs " +
                     std::to_string(figures[front.front()].peakBytes) + ". Raise the limit.",
                 {},
                 {}};
  BudgetAnswer answer;
  answer.saved = best->saved;
  answer.bans = best->bans;
  answer.released = best->released;
  return answer;
}

}  // namespace core::partition
