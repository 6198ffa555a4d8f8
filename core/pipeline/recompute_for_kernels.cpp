#include "core/pipeline/recompute_for_kernels.h"

#include <algorithm>
#include <array>

#include "core/ir/op_table.h"
#include "core/partition/partition_joint.h"

namespace core::pipeline {
namespace {

/// What reads few elements of each row or none, or is part of the same kernel.
bool readsForLoss(const ir::Node& node) {
  constexpr std::array kTargets{"aten.nll_loss_forward.default",
                                "aten.nll_loss2d_forward.default",
                                "aten.nll_loss_backward.default",
                                "aten.nll_loss2d_backward.default",
                                "aten.gather.default",
                                "aten._log_softmax_backward_data.default"};
  return std::any_of(kTargets.begin(), kTargets.end(),
                     [&](const char* target) { return node.isCallTo(target); });
}

bool isPointwise(const ir::Node& node) {
  return node.isCall() && ir::opFacts(node.target).pointwise;
}

/// Whether all readers of `value` are of a kind, also those that read it through `detach`.
template <typename Kind>
bool isReadOnlyBy(const ir::Graph& joint, ir::NodeId value, Kind isOfKind) {
  const auto users = joint.users(value);
  return std::all_of(users.begin(), users.end(), [&](ir::NodeId user) {
    const ir::Node& node = joint.node(user);
    return node.isCallTo("aten.detach.default") ? isReadOnlyBy(joint, user, isOfKind)
                                                : isOfKind(node);
  });
}

bool isNormOutput(const ir::Graph& joint, const ir::Node& node) {
  return node.isCallTo("getitem") && node.args[1].integer() == 0 &&
         joint.node(node.args[0].node()).isCallTo("aten.native_layer_norm.default");
}

}  // namespace

std::vector<std::string> valuesToRecompute(const ir::Graph& joint, ir::DeviceType device) {
  std::vector<std::string> names;
  for (const ir::Node& node : joint.nodes()) {
    const bool isLoss = device == ir::DeviceType::Cuda &&
                        node.isCallTo("aten._log_softmax.default") &&
                        isReadOnlyBy(joint, node.id, readsForLoss);
    const bool isNorm = isNormOutput(joint, node) && isReadOnlyBy(joint, node.id, isPointwise);
    if (isLoss || isNorm) names.push_back(node.name);
  }
  return names;
}

Result<partition::Partition> partitionForKernels(const ir::JointGraph& joint,
                                                 const CompileOptions& options, ir::Device device,
                                                 const StageContext& context) {
  partition::PartitionOptions wanted = options.partition;
  if (options.decompositions == Decompositions::Fusion) {
    for (std::string& name : valuesToRecompute(*joint.graph, device.type))
      if (std::count(wanted.save.begin(), wanted.save.end(), name) == 0)
        wanted.recompute.push_back(std::move(name));
    if (wanted.recompute.size() > options.partition.recompute.size())
      if (auto parts = partition::partition(joint, wanted, context)) return parts;
  }
  return partition::partition(joint, options.partition, context);
}

}  // namespace core::pipeline
