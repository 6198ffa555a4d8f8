#pragma once

// Which values to save, as a minimum cut (aot-behaviour §3.4 of the design).

#include <vector>

#include "core/partition/ban_rules.h"
#include "core/partition/max_flow.h"

namespace core::partition {

/// One answer: the values to save, the bans that held, and the size of the network.
struct CutAnswer {
  std::vector<ir::NodeId> saved;  ///< in joint order; symbolic scalars among them
  Bans bans;
  MaxFlow::Capacity cutValue = 0;
  int flowNodes = 0;
  int flowEdges = 0;
};

/// The flow network of one problem; built once, solved under several sets of bans.
class MinCutSolver {
 public:
  MinCutSolver(const JointProblem& problem, const NodeClasses& classes);

  /// The cheapest values to save under these bans. Error PartitionInfeasible: some value can be
  /// neither saved nor recomputed; the message names the nodes on the way and the rule of each.
  Result<CutAnswer> solve(Bans bans);

  /// The bans under options per node; `mayRecompute` are exempt.
  Bans bansUnder(const std::vector<const BanOptions*>& options, const NodeSet& mayRecompute) const;
  /// The answer with names, for people.
  Solve record(const CutAnswer& answer, const BanOptions& options,
               const NodeSet& mayRecompute) const;

  /// Cost of saving a value: what the capacity of its edge is. Bytes, scaled by 1.1 for each step
  /// from the backward and doubled if the value need not be in memory otherwise.
  MaxFlow::Capacity weight(ir::NodeId id) const { return m_weights[id.index]; }

 private:
  void addNode(const ir::Node& node);
  MaxFlow::Capacity savingCost(const ir::Node& node) const;
  MaxFlow::Capacity tensorCost(const ir::Node& node) const;
  void setBans(CutAnswer& answer);
  Result<void> checkFeasible(const Bans& bans);
  bool allowOverwritten(const std::vector<int>& path);
  void count(int from, int to);

  const JointProblem& m_problem;
  const NodeClasses& m_classes;
  BanFacts m_facts;
  MaxFlow m_network;
  int m_source = 0, m_sink = 0;
  std::vector<MaxFlow::Capacity> m_weights;
  std::vector<int> m_banEdges;    ///< source -> n_in, by node; -1: none
  std::vector<int> m_saveEdges;   ///< n_in -> n_out, by node; -1: none
  std::vector<bool> m_connected;  ///< vertices that have an edge that no ban changes
  int m_connectedCount = 0;
  int m_edges = 0;
};

}  // namespace core::partition
