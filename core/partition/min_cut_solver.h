#pragma once

// Which values to save, as a minimum cut (aot-behaviour §3.4 of the design).

#include <vector>

#include "core/partition/ban_rules.h"
#include "core/partition/max_flow.h"

namespace core::partition {

/// One answer: the values to save, the bans that held, and the record for people.
struct CutAnswer {
  std::vector<ir::NodeId> saved;  ///< in joint order; symbolic scalars among them
  Bans bans;
  Solve record;
};

/// The flow network of one problem; built once, solved under several sets of bans.
class MinCutSolver {
 public:
  MinCutSolver(const JointProblem& problem, const NodeClasses& classes);

  /// The same options for every node. Error PartitionInfeasible: some value can be neither saved
  /// nor recomputed; the message names the nodes on the way.
  Result<CutAnswer> solve(const BanOptions& options, const NodeSet& mayRecompute);
  /// Options per node; `record` goes into the answer's record.
  Result<CutAnswer> solve(const std::vector<const BanOptions*>& options, const BanOptions& record,
                          const NodeSet& mayRecompute);

  /// Cost of saving a value: what the capacity of its edge is. Bytes, scaled by 1.1 for each step
  /// from the backward and doubled if the value need not be in memory otherwise.
  MaxFlow::Capacity weight(ir::NodeId id) const { return m_weights[id.index]; }

 private:
  void addNode(const ir::Node& node);
  MaxFlow::Capacity savingCost(const ir::Node& node) const;
  MaxFlow::Capacity tensorCost(const ir::Node& node) const;
  Result<void> checkFeasible();
  bool allowOverwritten(const std::vector<int>& path);
  Error noWay(const std::vector<int>& path) const;
  void count(int from, int to);

  const JointProblem& m_problem;
  const NodeClasses& m_classes;
  BanFacts m_facts;
  MaxFlow m_network;
  int m_source = 0, m_sink = 0;
  std::vector<MaxFlow::Capacity> m_weights;
  std::vector<int> m_banEdges;    ///< source -> n_in, by node; -1: none
  std::vector<int> m_saveEdges;   ///< n_in -> n_out, by node; -1: none
  std::vector<bool> m_connected;  ///< vertices that have an edge
  int m_edges = 0;
};

}  // namespace core::partition
