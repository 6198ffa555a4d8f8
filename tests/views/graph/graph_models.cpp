#include "tests/views/graph/graph_models.h"

#include "core/base/check.h"
#include "core/ir/graph_builder.h"
#include "core/partition/partition_joint.h"

namespace support {

using core::ir::Argument;
using core::ir::NodeId;
using core::ir::NodeMeta;

GraphModel blockChain(int blocks) {
  core::ir::GraphBuilder builder;
  const auto meta = core::ir::contiguousMeta(core::ir::DType::F32, {256});
  const NodeId input = builder.addPlaceholder("primals_1", meta);
  const NodeId tangent = builder.addPlaceholder("tangents_1", meta);
  std::vector<NodeId> values{input};
  std::vector<std::shared_ptr<const core::ir::ModuleScope>> scopes;
  auto joint = std::make_shared<core::ir::JointGraph>();
  for (int i = 0; i < 2 * blocks; ++i) {
    if (i % 2 == 0) {
      joint->modules.push_back({"block" + std::to_string(i / 2), "demo.Block"});
      scopes.push_back(std::make_shared<core::ir::ModuleScope>(joint->modules.back()));
    }
    NodeMeta node;
    node.tag = core::ir::PartitionerTag::IsForward;
    node.sequenceNumber = i;
    node.module = scopes.back();
    values.push_back(builder.addCall("sigmoid_" + std::to_string(i), "aten.sigmoid.default",
                                     {Argument(values.back())}, {}, meta, node));
  }
  NodeId gradient = tangent;
  for (int i = 2 * blocks - 1; i >= 0; --i) {
    NodeMeta node;
    node.tag = core::ir::PartitionerTag::IsBackward;
    node.sequenceNumber = i;
    node.forwardModule = scopes[i / 2];
    gradient = builder.addCall("backward_" + std::to_string(i), "aten.sigmoid_backward.default",
                               {Argument(gradient), Argument(values[i + 1])}, {}, meta, node);
  }
  builder.setOutputs({Argument(values.back()), Argument(gradient)});
  joint->graph = std::move(builder).freeze();
  joint->signature.numPrimals = 1;
  joint->signature.numForwardOutputs = 1;
  core::partition::PartitionOptions options;
  options.partitioner = core::partition::PartitionerKind::Default;
  auto partition = core::partition::partition(*joint, options, {});
  CORE_CHECK(partition.has_value(), "the test's graph cannot be partitioned");
  return {joint, std::make_shared<core::partition::Partition>(std::move(*partition))};
}

core::layout::GraphGeometryPtr geometryOf(const GraphModel& model, bool open) {
  core::layout::LayoutRequest request{model.joint, model.partition, {}};
  request.options.expandAutomatically = false;
  auto closed = core::layout::layoutGraph(request, {});
  CORE_CHECK(closed.has_value(), "the test's graph cannot be laid out");
  for (const core::layout::ModuleCall& call : (*closed)->modules)
    if (open || call.repeats > 0) request.options.expanded.insert(call.key);
  return *core::layout::layoutGraph(request, {});
}

}  // namespace support
