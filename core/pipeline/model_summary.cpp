#include "core/pipeline/model_summary.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "core/trace/refused_ops.h"

namespace core::pipeline {
namespace {

using load::ExportArgument;
using load::ExportGraph;
using load::ExportNode;

/// Names of the tensors that an argument mentions.
std::vector<std::string> tensorNames(const ExportArgument& argument) {
  if (const auto* one = std::get_if<load::TensorName>(&argument)) return {one->name};
  std::vector<std::string> names;
  if (const auto* many = std::get_if<std::vector<load::TensorName>>(&argument))
    for (const load::TensorName& tensor : *many) names.push_back(tensor.name);
  return names;
}

ir::TensorMeta metaOf(const ExportGraph& graph, const std::string& name) {
  const auto found = graph.tensors.find(name);
  return found == graph.tensors.end() ? ir::TensorMeta{} : found->second.meta;
}

/// "aten.conv2d.default" of "torch.ops.aten.conv2d.default".
std::string shortTarget(const std::string& target) {
  constexpr std::string_view kPrefix = "torch.ops.";
  return target.starts_with(kPrefix) ? target.substr(kPrefix.size()) : target;
}

std::string whereText(const ExportNode& node) {
  if (!node.source) return {};
  return node.source->file + ":" + std::to_string(node.source->line);
}

constexpr std::array<std::string_view, 2> kInlinedHigherOrder{
    "higher_order.wrap_with_set_grad_enabled", "higher_order.wrap_with_autocast"};

/// Why a trace would stop at this node; empty if nothing is known against it.
std::string refusalReason(const std::string& target) {
  if (std::find(kInlinedHigherOrder.begin(), kInlinedHigherOrder.end(), target) !=
      kInlinedHigherOrder.end())
    return {};
  if (target.starts_with("higher_order."))
    return "It is a higher-order operator: control flow is not traced.";
  if (const trace::RefusedOp* refused = trace::refusedOp(target))
    return trace::refusalError(target, *refused).message;
  return {};
}

/// Visits every node, nested graphs included.
template <typename Visit>
void forEachExportNode(const ExportGraph& graph, Visit&& visit) {
  for (const ExportNode& node : graph.nodes) {
    visit(node);
    for (const ExportNode::Input& input : node.inputs)
      if (const auto* nested = std::get_if<load::SubgraphArgument>(&input.argument))
        if (nested->graph) forEachExportNode(*nested->graph, visit);
  }
}

void summarizeOps(const load::ExportedProgram& program, ModelSummary& summary) {
  std::map<std::string, int> counts;
  forEachExportNode(program.graph, [&](const ExportNode& node) {
    const std::string target = shortTarget(node.target);
    ++counts[target];
    std::string reason = refusalReason(target);
    if (reason.empty()) return;
    const std::string module = node.moduleStack.empty() ? "" : node.moduleStack.back()->path;
    summary.unsupported.push_back({target, module, whereText(node), std::move(reason)});
  });
  summary.opCounts.assign(counts.begin(), counts.end());
  std::stable_sort(summary.opCounts.begin(), summary.opCounts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}

bool learns(const load::InputSet& inputs) {
  return std::any_of(inputs.inputs.begin(), inputs.inputs.end(),
                     [](const load::InputSet::Input& input) { return input.requiresGrad; });
}

/// Of the inputs that the model will be called with. A file that cannot be read is reported where
/// it is used.
bool anInputLearns(const load::LoadedModel& model, const CompileOptions& options) {
  if (options.inputsPath.empty()) return model.sampleInputs && learns(*model.sampleInputs);
  const Result<load::InputSet> inputs = load::readInputSet(options.inputsPath);
  return inputs && learns(*inputs);
}

}  // namespace

ModelSummary summarizeModel(const load::LoadedModel& model) {
  const load::ExportedProgram& program = model.program;
  ModelSummary summary;
  summary.path = model.path;
  summary.name = model.name;
  summary.fileBytes = model.fileBytes;
  summary.torchVersion = program.torchVersion;
  summary.modules = program.modules;
  for (const load::InputSpec& spec : program.inputSpecs)
    if (spec.kind == load::InputKind::UserInput)
      summary.inputs.push_back({spec.name, metaOf(program.graph, spec.name)});
  for (const ExportArgument& output : program.graph.outputs)
    for (const std::string& name : tensorNames(output))
      summary.outputs.push_back({name, metaOf(program.graph, name)});
  for (const load::Weight& weight : model.weights)
    summary.parameters.push_back(
        {weight.name, weight.meta, weight.isParameter, weight.requiresGrad});
  summarizeOps(program, summary);
  return summary;
}

run::Mode chooseMode(const load::LoadedModel& model, const CompileOptions& options) {
  if (options.mode) return *options.mode;
  const bool trains = std::any_of(model.weights.begin(), model.weights.end(),
                                  [](const auto& w) { return w.isParameter && w.requiresGrad; });
  return trains || anInputLearns(model, options) ? run::Mode::Train : run::Mode::Infer;
}

Result<run::LossSpec> chooseLoss(const load::LoadedModel& model, const CompileOptions& options) {
  const ExportGraph& graph = model.program.graph;
  const auto isScalarFloat = [&](int index) {
    if (index < 0 || index >= static_cast<int>(graph.outputs.size())) return false;
    const auto names = tensorNames(graph.outputs[static_cast<std::size_t>(index)]);
    if (names.size() != 1) return false;
    const ir::TensorMeta meta = metaOf(graph, names[0]);
    return meta.sizes.empty() && ir::isFloatingPoint(meta.dtype) &&
           graph.tensors.contains(names[0]);
  };
  if (!options.loss) return isScalarFloat(0) ? run::LossSpec{0} : run::LossSpec{};
  if (options.loss->output && !isScalarFloat(*options.loss->output))
    return Error{ErrorCode::InvalidArgument,
                 "The loss cannot be " + options.loss->text() + ": the model has no such scalar " +
                     "float output. Use mean_square, or the index of a scalar output.",
                 {},
                 {}};
  return *options.loss;
}

}  // namespace core::pipeline
