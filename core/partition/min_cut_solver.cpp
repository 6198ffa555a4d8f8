#include "core/partition/min_cut_solver.h"

// Every node n becomes two vertices with an edge n_in -> n_out whose capacity is the cost of saving
// n. The source stands for "available from the forward", the sink for "needed by the backward":
//
//   source -> n_in   infinite   n must not be recomputed
//   n_in -> sink     infinite   n belongs to the backward (or must be recomputed there)
//   n_out -> sink    infinite   the backward returns n itself
//   n_out -> u_in    infinite   u reads n
//
// A cut severs, on every way from what must not be recomputed to the backward, one n_in -> n_out:
// those n are saved, everything between them and the backward is recomputed. Reference: PyTorch's
// partitioner, and H. He, "Min-cut optimal recomputation", 2022.

#include <algorithm>
#include <array>
#include <cmath>

#include "core/partition/no_cut.h"

namespace core::partition {
namespace {

using ir::Node;
using ir::NodeId;
using Capacity = MaxFlow::Capacity;

int inVertex(NodeId id) {
  return static_cast<int>(2 * id.index);
}
int outVertex(NodeId id) {
  return static_cast<int>(2 * id.index + 1);
}

/// 1.1 to the power of a distance from 0 to 100.
double distanceFactor(int distance) {
  static const auto kPowers = [] {
    std::array<double, 101> powers{};
    for (std::size_t i = 0; i < powers.size(); ++i) powers[i] = std::pow(1.1, i);
    return powers;
  }();
  return kPowers[static_cast<std::size_t>(std::max(std::min(distance, 100), 1))];
}

Error tooLarge() {
  return Error{ErrorCode::InvalidArgument,
               "The tensors of this graph are too large: their costs do not fit 64 bits.",
               {},
               {}};
}

}  // namespace

MinCutSolver::MinCutSolver(const JointProblem& problem, const NodeClasses& classes)
    : m_problem(problem),
      m_classes(classes),
      m_facts(makeBanFacts(problem, classes)),
      m_network(static_cast<int>(2 * problem.graph->size() + 2)),
      m_weights(problem.graph->size(), MaxFlow::kInfinite),
      m_banEdges(problem.graph->size(), -1),
      m_saveEdges(problem.graph->size(), -1),
      m_connected(2 * problem.graph->size() + 2, false) {
  m_source = static_cast<int>(2 * problem.graph->size());
  m_sink = m_source + 1;
  for (const Node& node : problem.graph->nodes())
    if (node.kind != ir::NodeKind::Output) addNode(node);
  m_connectedCount = static_cast<int>(std::count(m_connected.begin(), m_connected.end(), true));
}

void MinCutSolver::count(int from, int to) {
  ++m_edges;
  m_connected[static_cast<std::size_t>(from)] = true;
  m_connected[static_cast<std::size_t>(to)] = true;
}

void MinCutSolver::addNode(const Node& node) {
  const NodeId id = node.id;
  const auto addInfinite = [&](int from, int to) {
    count(from, to);
    return m_network.addEdge(from, to, MaxFlow::kInfinite);
  };
  if (m_classes.tangentClosure[id.index] || m_classes.backwardDraws[id.index] ||
      m_problem.wishes[id.index].mustRecompute()) {
    addInfinite(inVertex(id), m_sink);
    return;
  }
  const Wish& wish = m_problem.wishes[id.index];
  if (m_classes.requiredBackward[id.index] || wish.pinnedSave) addInfinite(outVertex(id), m_sink);
  m_banEdges[id.index] = m_network.addEdge(m_source, inVertex(id), 0);
  m_weights[id.index] = savingCost(node);
  m_saveEdges[id.index] = m_network.addEdge(inVertex(id), outVertex(id), m_weights[id.index]);
  count(inVertex(id), outVertex(id));
  for (NodeId user : m_problem.graph->users(id)) addInfinite(outVertex(id), inVertex(user));
}

Capacity MinCutSolver::savingCost(const Node& node) const {
  if (const ir::SymMeta* sym = node.sym()) return sym->isFloat ? 4 : 1;
  return node.tensor() ? tensorCost(node) : MaxFlow::kInfinite;
}

Capacity MinCutSolver::tensorCost(const Node& node) const {
  if (m_problem.isStatic[node.id.index]) return 0;
  const double scaled = static_cast<double>(m_problem.bytes[node.id.index]) *
                        distanceFactor(m_classes.distance[node.id.index]);
  if (scaled >= static_cast<double>(MaxFlow::kInfinite) / 2) return MaxFlow::kInfinite;
  bool materialized = node.kind == ir::NodeKind::Placeholder;
  for (NodeId user : m_problem.graph->users(node.id))
    materialized = materialized || !m_problem.fusible(node.id, user);
  const auto cost = static_cast<Capacity>(scaled);
  return materialized ? cost : 2 * cost;
}

Bans MinCutSolver::bansUnder(const std::vector<const BanOptions*>& options,
                             const NodeSet& mayRecompute) const {
  return findBans(m_problem, m_classes, m_facts, options, mayRecompute);
}

void MinCutSolver::setBans(CutAnswer& answer) {
  bool anyFromSource = false;
  answer.flowEdges = m_edges;
  answer.flowNodes = m_connectedCount;
  for (std::size_t i = 0; i < m_banEdges.size(); ++i) {
    if (m_banEdges[i] < 0) continue;
    const bool fromSource = answer.bans[i] != BanReason::None || m_problem.wishes[i].pinnedSave;
    m_network.setCapacity(m_banEdges[i], fromSource ? MaxFlow::kInfinite : 0);
    if (!fromSource) continue;
    ++answer.flowEdges;
    anyFromSource = true;
  }
  if (anyFromSource) ++answer.flowNodes;
}

Result<CutAnswer> MinCutSolver::solve(Bans bans) {
  CutAnswer answer;
  answer.bans = std::move(bans);
  setBans(answer);
  CORE_TRY_VOID(checkFeasible(answer.bans));
  answer.cutValue = m_network.solve(m_source, m_sink);
  const std::vector<bool>& sinkSide = m_network.sinkSide();
  for (std::size_t i = 0; i < m_saveEdges.size(); ++i) {
    const NodeId id = m_problem.graph->nodes()[i].id;
    if (m_saveEdges[i] >= 0 && !sinkSide[static_cast<std::size_t>(inVertex(id))] &&
        sinkSide[static_cast<std::size_t>(outVertex(id))])
      answer.saved.push_back(id);
  }
  return answer;
}

Solve MinCutSolver::record(const CutAnswer& answer, const BanOptions& options,
                           const NodeSet& mayRecompute) const {
  Solve record;
  record.options = options;
  record.cutValue = static_cast<double>(answer.cutValue);
  record.flowNodes = answer.flowNodes;
  record.flowEdges = answer.flowEdges;
  for (const Node& node : m_problem.graph->nodes()) {
    if (answer.bans[node.id.index] != BanReason::None) record.banned.push_back(node.name);
    if (mayRecompute[node.id.index]) record.dontBan.push_back(node.name);
  }
  for (NodeId id : answer.saved) record.saved.push_back(m_problem.node(id).name);
  return record;
}

/// Gives every value its cost. Values that the forward overwrites are not saved as long as there is
/// another way: their edges are infinite, and get their cost back only where a path would otherwise
/// have none.
Result<void> MinCutSolver::checkFeasible(const Bans& bans) {
  Capacity sum = 0;
  for (std::size_t i = 0; i < m_saveEdges.size(); ++i) {
    if (m_saveEdges[i] < 0) continue;
    m_network.setCapacity(m_saveEdges[i],
                          m_problem.overwritten[i] ? MaxFlow::kInfinite : m_weights[i]);
    if (m_weights[i] >= MaxFlow::kInfinite) continue;
    if (sum > MaxFlow::kInfinite / 2) return tooLarge();
    sum += m_weights[i];
  }
  for (;;) {
    const std::vector<int> path = m_network.infinitePath(m_source, m_sink);
    if (path.empty()) return {};
    if (!allowOverwritten(path)) return noCut(m_problem, m_classes, bans, path);
  }
}

/// Lets the overwritten values on a path be saved after all: the backward reads them itself, so the
/// model was captured that way. False if there are none, or if a wish to recompute leads there.
bool MinCutSolver::allowOverwritten(const std::vector<int>& path) {
  for (int vertex : path)
    if (vertex < m_source && m_problem.wishes[static_cast<std::size_t>(vertex / 2)].mustRecompute())
      return false;
  bool any = false;
  for (std::size_t k = 0; k + 1 < path.size(); ++k) {
    const auto i = static_cast<std::size_t>(path[k] / 2);
    const bool isSaveEdge = path[k] % 2 == 0 && path[k + 1] == path[k] + 1 && path[k] < m_source;
    if (!isSaveEdge || !m_problem.overwritten[i] || m_weights[i] >= MaxFlow::kInfinite) continue;
    m_network.setCapacity(m_saveEdges[i], m_weights[i]);
    any = true;
  }
  return any;
}

}  // namespace core::partition
