#include "views/pages/measured_figures.h"

#include "core/partition/cost_model.h"
#include "views/models/slice_nodes.h"
#include "views/pages/node_facts.h"

namespace views::pages {
namespace {

using core::ir::Graph;
using core::ir::NodeId;
using graph::Measured;
using graph::NodeFigures;

core::partition::CostModel roofline() {
  core::partition::CostModel cost;
  cost.kind = core::partition::CostModelKind::Roofline;
  return cost;
}

/// Nodes whose estimates are all zero share alike.
void shareOut(double seconds, const std::vector<NodeId>& nodes, const Graph& graph,
              std::unordered_map<std::string, double>& figures) {
  const core::partition::CostModel cost = roofline();
  std::vector<double> weights;
  double total = 0;
  for (const NodeId id : nodes) {
    weights.push_back(core::partition::secondsOf(cost, graph, graph.node(id)));
    total += weights.back();
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const double share = total > 0 ? weights[i] / total : 1 / static_cast<double>(nodes.size());
    figures[graph.node(nodes[i]).name] += seconds * share;
  }
}

NodeFigures secondsOf(const core::run::StepProfile& step, const Graph& graph) {
  const models::SliceNodes nodes(graph);
  NodeFigures figures;
  for (const core::run::ProfileSlice& slice : step.slices) {
    shareOut(slice.durationUs / 1e6, nodes.of(slice), graph,
             slice.inBackward ? figures.backward : figures.forward);
  }
  return figures;
}

/// Of the step's own check the outputs and gradients; of a search through the step every value.
NodeFigures errorsOf(const Snapshot& snapshot) {
  NodeFigures figures;
  for (const auto& [name, facts] : *nodeFacts(snapshot)) {
    if (facts.error < 0) continue;
    figures.forward.emplace(name, facts.error);
    figures.backward.emplace(name, facts.error);
  }
  if (!snapshot.search) return figures;
  for (const core::run::ComparedValue& value : snapshot.search->compared) {
    auto& half = value.inBackward ? figures.backward : figures.forward;
    double& error = half[value.node];
    error = std::max(error, value.maxRel);
  }
  return figures;
}

std::shared_ptr<const Measured> makeFigures(const Snapshot& snapshot) {
  const Graph* joint = snapshot.index->joint();
  if (!joint) return nullptr;
  auto measured = std::make_shared<Measured>();
  if (snapshot.profile) {
    measured->eagerSeconds = secondsOf(snapshot.profile->eager, *joint);
    measured->compiledSeconds = secondsOf(snapshot.profile->compiled, *joint);
  }
  measured->errors = errorsOf(snapshot);
  measured->isTimeStale = snapshot.profileStale;
  measured->isErrorStale = snapshot.search ? snapshot.searchStale : snapshot.measurementStale;
  return measured;
}

/// The figures that were made last; all graphs of a window ask for the same ones.
struct LastFigures {
  std::weak_ptr<const models::RecordIndex> index;
  std::shared_ptr<const core::run::Profile> profile;
  std::shared_ptr<const core::run::StepSearch> search;
  std::shared_ptr<const Measured> figures;
};

bool isStillTrue(const LastFigures& last, const Snapshot& snapshot) {
  return last.figures && last.index.lock() == snapshot.index && last.profile == snapshot.profile &&
         last.search == snapshot.search && last.figures->isTimeStale == snapshot.profileStale &&
         last.figures->isErrorStale ==
             (snapshot.search ? snapshot.searchStale : snapshot.measurementStale);
}

}  // namespace

std::shared_ptr<const Measured> measuredFigures(const Snapshot& snapshot) {
  static LastFigures last;
  if (!isStillTrue(last, snapshot))
    last = {snapshot.index, snapshot.profile, snapshot.search, makeFigures(snapshot)};
  return last.figures;
}

}  // namespace views::pages
