#include "views/pages/node_facts.h"

#include <charconv>
#include <cmath>
#include <unordered_set>

#include "core/partition/cost_model.h"
#include "views/models/partition_difference.h"

namespace views::pages {

using core::ir::Graph;
using core::ir::Node;
using shared::NodeFacts;
using shared::NodeFactsByName;

namespace {

void addKernels(const models::RecordIndex& index, NodeFactsByName& facts) {
  for (const models::KernelEntry& kernel : index.kernels()) {
    for (const std::string& name : kernel.nodes) {
      NodeFacts& of = facts[name];
      of.groups.push_back(kernel.label().toStdString());
      of.kernels.push_back(kernel.name);
      of.isFused |= kernel.nodes.size() > 1;
    }
  }
}

void addCosts(const Graph& graph, const core::partition::CostModel& cost, NodeFactsByName& facts) {
  core::partition::CostModel operations = cost;
  operations.kind = core::partition::CostModelKind::Flops;
  for (const Node& node : graph.nodes()) {
    if (!node.isCall()) continue;
    NodeFacts& of = facts[node.name];
    of.seconds = core::partition::secondsOf(cost, graph, node);
    of.flops = core::partition::recomputeCost(operations, graph, node);
  }
}

/// The joint output that a checked tensor is, by its place; empty for buffers and inputs.
std::optional<std::size_t> outputOf(const std::string& tensor,
                                    const core::ir::JointSignature& signature) {
  const auto afterPrefix = [&](std::string_view prefix) -> std::optional<std::string> {
    if (tensor.compare(0, prefix.size(), prefix) != 0) return std::nullopt;
    return tensor.substr(prefix.size());
  };
  if (const auto number = afterPrefix("output:")) {
    std::size_t place = 0;
    const char* end = number->data() + number->size();
    const bool isNumber = std::from_chars(number->data(), end, place).ec == std::errc();
    const auto forwards = static_cast<std::size_t>(std::max(0, signature.numForwardOutputs));
    return isNumber && place < forwards ? std::optional(place) : std::nullopt;
  }
  const auto parameter = afterPrefix("gradient:");
  if (!parameter) return std::nullopt;
  const auto& order = signature.parameterOrder;
  const auto found = std::find(order.begin(), order.end(), *parameter);
  if (found == order.end()) return std::nullopt;
  return static_cast<std::size_t>(signature.numForwardOutputs) +
         static_cast<std::size_t>(found - order.begin());
}

void addErrors(const core::pipeline::CompileRecord& record, NodeFactsByName& facts) {
  if (!record.measurement) return;
  const auto& outputs = record.joint->graph->outputs();
  for (const auto& check : record.measurement->check.tensors) {
    const auto place = outputOf(check.tensor, record.joint->signature);
    if (!place || *place >= outputs.size() || !outputs[*place].isNode()) continue;
    NodeFacts& of = facts[record.joint->graph->node(outputs[*place].node()).name];
    // A failed check without numbers is as wrong as can be.
    const double error = std::isnan(check.maxRel) ? INFINITY : check.maxRel;
    of.error = std::max(of.error, error);
  }
}

std::shared_ptr<const NodeFactsByName> makeFacts(const Snapshot& snapshot) {
  auto facts = std::make_shared<NodeFactsByName>();
  const auto* record = snapshot.record();
  if (!record || !record->joint) return facts;
  addKernels(*snapshot.index, *facts);
  addCosts(*record->joint->graph, snapshot.options.partition.cost, *facts);
  addErrors(*record, *facts);
  if (!record->partition) return facts;
  for (const auto& solve : record->partition->solves) {
    for (const std::string& name : solve.banned) (*facts)[name].isBanned = true;
  }
  if (snapshot.study->other) {
    const auto difference = models::partitionDifference(snapshot.study->other, record->partition);
    for (const auto& moved : difference.moved) (*facts)[moved.name].isChanged = true;
  }
  return facts;
}

/// The facts that were made last; all views of a window ask for the same ones.
struct LastFacts {
  std::weak_ptr<const models::RecordIndex> index;
  models::PartitionPtr other;
  std::shared_ptr<const NodeFactsByName> facts;
};

}  // namespace

std::shared_ptr<const NodeFactsByName> nodeFacts(const Snapshot& snapshot) {
  static LastFacts last;
  const bool isSame =
      last.facts && last.index.lock() == snapshot.index && last.other == snapshot.study->other;
  if (!isSame) last = {snapshot.index, snapshot.study->other, makeFacts(snapshot)};
  return last.facts;
}

}  // namespace views::pages
