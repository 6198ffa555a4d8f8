#include <charconv>

#include "core/load/trace_log/trace_log.h"

// What the printed graph does not say of the joint graph is taken from the names and descriptions
// of its inputs and outputs, and from the log's "aot_forward_graph_fw_metadata".

namespace core::load {
namespace {

/// The integers of `name=[0, 1, 2]` in `text`; none if it is not there.
std::vector<int> integersOf(std::string_view text, std::string_view name) {
  std::vector<int> numbers;
  const std::string key = std::string(name) + "=[";
  std::size_t at = text.find(key);
  if (at == std::string_view::npos) return numbers;
  for (at += key.size(); at < text.size() && text[at] != ']';) {
    int number = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (read.ec != std::errc()) break;
    numbers.push_back(number);
    at = text.find_first_not_of(", \n\t", static_cast<std::size_t>(read.ptr - text.data()));
  }
  return numbers;
}

/// "fc1.weight" of "ParamAOTInput(target='fc1.weight')"; empty for other descriptors.
std::string targetOf(const std::string& descriptor, std::string_view kind) {
  const std::string key = std::string(kind) + "(target='";
  if (!descriptor.starts_with(key)) return {};
  return descriptor.substr(key.size(), descriptor.rfind('\'') - key.size());
}

ir::TensorMeta metaOf(const ir::Node& node) {
  return node.tensor() ? *node.tensor() : ir::TensorMeta();
}

void describeInputs(const ir::Graph& graph, ir::JointGraph& joint) {
  ir::JointSignature& signature = joint.signature;
  for (const ir::NodeId id : graph.placeholders()) {
    const ir::Node& node = graph.node(id);
    if (node.name.starts_with("tangents_")) {
      joint.metadata.tracedTangents.push_back(metaOf(node));
      joint.metadata.tracedTangentDescriptors.push_back(node.meta.descriptor);
      continue;
    }
    const std::string& descriptor = node.meta.descriptor;
    if (auto name = targetOf(descriptor, "ParamAOTInput"); !name.empty())
      signature.parameterOrder.push_back(std::move(name));
    else if (auto buffer = targetOf(descriptor, "BufferAOTInput"); !buffer.empty())
      signature.bufferOrder.push_back(std::move(buffer));
    joint.metadata.inputs.emplace_back();
    ++signature.numPrimals;
  }
}

void describeOutputs(const ir::Graph& graph, ir::JointGraph& joint) {
  const int outputs = static_cast<int>(graph.outputs().size());
  const bool train = joint.metadata.isTrain;
  joint.signature.numForwardOutputs = train ? outputs - joint.signature.numPrimals : outputs;
  for (int i = 0; train && i < joint.signature.numPrimals; ++i)
    joint.metadata.inputs[static_cast<std::size_t>(i)].requiresGrad =
        graph.outputs()[static_cast<std::size_t>(joint.signature.numForwardOutputs + i)].isNode();
}

}  // namespace

Result<ir::JointGraph> loggedJointGraph(const LoggedCompile& compile) {
  const LoggedGraph* logged = compile.find("aot_joint_graph");
  if (!logged) logged = compile.find("aot_inference_graph");
  if (!logged)
    return Error{ErrorCode::InvalidArgument,
                 "The compile " + compile.id + " has no joint graph in the log.",
                 {},
                 {}};
  if (!logged->graph)
    return Error{ErrorCode::FormatUnsupported,
                 "The " + logged->kind + " of the compile " + compile.id +
                     " cannot be read: " + logged->problem + ".",
                 {},
                 {}};
  ir::JointGraph joint;
  joint.graph = logged->graph;
  joint.metadata.isTrain = logged->kind == "aot_joint_graph";
  describeInputs(*joint.graph, joint);
  if (joint.metadata.isTrain &&
      static_cast<int>(joint.graph->outputs().size()) < joint.signature.numPrimals)
    return Error{ErrorCode::FormatUnsupported,
                 "The joint graph of the compile " + compile.id +
                     " has fewer results than inputs that need a gradient.",
                 {},
                 {}};
  describeOutputs(*joint.graph, joint);
  if (const LoggedText* metadata = compile.findText("aot_forward_graph_fw_metadata")) {
    for (const int index : integersOf(metadata->text, "static_input_indices"))
      if (index >= 0 && index < joint.signature.numPrimals)
        joint.metadata.staticInputIndices.push_back(index);
    for (const int index : integersOf(metadata->text, "mutated_inp_runtime_indices"))
      if (index >= 0 && index < joint.signature.numPrimals)
        joint.metadata.mutatedRuntimeIndices.push_back(index);
  }
  return joint;
}

}  // namespace core::load
