#include "tests/support/odd_joints.h"

#include "core/ir/graph_builder.h"

namespace support {
namespace {

using namespace core::ir;

NodeMeta metaOf(PartitionerTag tag, int number) {
  NodeMeta meta;
  meta.tag = tag;
  meta.sequenceNumber = number;
  return meta;
}

ValueMeta vector() {
  return contiguousMeta(DType::F32, {256});
}

JointGraph finish(GraphBuilder builder, std::vector<Argument> outputs, int forwardOutputs) {
  JointGraph joint;
  builder.setOutputs(std::move(outputs));
  joint.graph = std::move(builder).freeze();
  joint.signature.numPrimals = 1;
  joint.signature.numForwardOutputs = forwardOutputs;
  return joint;
}

}  // namespace

JointGraph chainJoint(int length, bool hasBackward) {
  GraphBuilder builder;
  const NodeId input = builder.addPlaceholder("primals_1", vector());
  NodeId gradient = input;
  if (hasBackward) gradient = builder.addPlaceholder("tangents_1", vector());
  std::vector<NodeId> values{input};
  for (int i = 0; i < length; ++i)
    values.push_back(builder.addCall("sigmoid_" + std::to_string(i), "aten.sigmoid.default",
                                     {Argument(values.back())}, {}, vector(),
                                     metaOf(PartitionerTag::IsForward, i)));
  if (!hasBackward) return finish(std::move(builder), {Argument(values.back())}, 1);
  for (int i = length - 1; i >= 0; --i)
    gradient = builder.addCall("backward_" + std::to_string(i), "aten.sigmoid_backward.default",
                               {Argument(gradient), Argument(values[i + 1])}, {}, vector(),
                               metaOf(PartitionerTag::IsBackward, i));
  return finish(std::move(builder), {Argument(values.back()), Argument(gradient)}, 1);
}

JointGraph hubJoint(int readers, bool hasBackward) {
  GraphBuilder builder;
  const NodeId input = builder.addPlaceholder("primals_1", vector());
  NodeId tangent = input;
  if (hasBackward) tangent = builder.addPlaceholder("tangents_1", vector());
  const NodeId hub = builder.addCall("hub", "aten.sin.default", {Argument(input)}, {}, vector(),
                                     metaOf(PartitionerTag::IsForward, 0));
  std::vector<NodeId> results;
  for (int i = 0; i < readers; ++i)
    results.push_back(builder.addCall("reader_" + std::to_string(i), "aten.sigmoid.default",
                                      {Argument(hub)}, {}, vector(),
                                      metaOf(PartitionerTag::IsForward, i + 1)));
  std::vector<Argument> outputs{Argument(results.front())};
  if (!hasBackward) return finish(std::move(builder), std::move(outputs), 1);
  for (int i = 0; i < readers; ++i)
    outputs.emplace_back(
        builder.addCall("backward_" + std::to_string(i), "aten.sigmoid_backward.default",
                        {Argument(tangent), Argument(results[static_cast<std::size_t>(i)])}, {},
                        vector(), metaOf(PartitionerTag::IsBackward, i + 1)));
  return finish(std::move(builder), std::move(outputs), 1);
}

JointGraph completeJoint(int nodes) {
  GraphBuilder builder;
  std::vector<Argument> before{Argument(builder.addPlaceholder("primals_1", vector()))};
  for (int i = 0; i < nodes; ++i)
    before.emplace_back(builder.addCall("all_" + std::to_string(i), "demo.all.default", before, {},
                                        vector(), metaOf(PartitionerTag::IsForward, i)));
  return finish(std::move(builder), {before.back()}, 1);
}

JointGraph namedJoint(const std::string& name) {
  GraphBuilder builder;
  NodeId value = builder.addPlaceholder("primals_1", vector());
  JointGraph modules;
  modules.modules.push_back({name, name});
  for (int i = 0; i < 3; ++i) {
    NodeMeta meta = metaOf(PartitionerTag::IsForward, i);
    meta.module = std::make_shared<ModuleScope>(modules.modules.back());
    value = builder.addCall(name + std::to_string(i), "demo." + name, {Argument(value)}, {},
                            vector(), meta);
  }
  JointGraph joint = finish(std::move(builder), {Argument(value)}, 1);
  joint.modules = std::move(modules.modules);
  return joint;
}

}  // namespace support
