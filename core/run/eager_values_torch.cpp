#include "core/run/eager_values_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

#include "core/run/random_draws_torch.h"
#include "core/torch/flat_tensors_torch.h"
#include "core/trace/forward_metadata_torch.h"

namespace core::run {
namespace {

/// Their elements are whatever was in memory.
bool isUninitialized(const load::ExportNode& node) {
  return node.target.starts_with("torch.ops.aten.empty") ||
         node.target.starts_with("torch.ops.aten.new_empty");
}

class EagerStep {
 public:
  EagerStep(const EagerStepOf& step, const torch::RunOptions& options, torch::Precision precision,
            const StageContext& context)
      : m_step(step), m_options(options), m_precision(precision), m_context(context) {}

  Result<EagerRun> run() {
    const at::AutoGradMode gradMode(m_options.mode == Mode::Train);
    DrawRecorder draws;
    torch::BoundTensors bound(m_step.model, m_step.inputs, m_precision);
    const std::vector<at::Tensor> graphInputs = bound.graphInputs();
    const std::vector<at::Tensor> sources = gradientSources(bound, graphInputs);
    CORE_TRY_VOID(forward(graphInputs));
    m_run.primals = perPrimal(m_step.joint, graphInputs);
    if (!m_step.tangents.empty()) differentiate(sources);
    m_run.draws = draws.take();
    return std::move(m_run);
  }

 private:
  Result<void> forward(const std::vector<at::Tensor>& graphInputs) {
    int visit = -1;
    trace::InterpretOptions options;
    options.floatAsDouble = m_precision == torch::Precision::Double;
    options.onNode = [&](int now, const load::ExportNode&) { visit = now; };
    options.onResults = [&](const load::ExportNode& node, const std::vector<c10::IValue>& stack) {
      if (!isUninitialized(node)) keep(visit, stack);
    };
    at::manual_seed(m_options.seed);
    CORE_TRY(const std::vector<c10::IValue> values,
             trace::interpret(m_step.program, graphInputs, options, m_context));
    for (const c10::IValue& value : values)
      m_run.outputs.push_back(value.isTensor() ? value.toTensor() : at::Tensor());
    return {};
  }

  void keep(int visit, const std::vector<c10::IValue>& stack) {
    const std::vector<at::Tensor> results = torch::flatTensors(stack);
    for (std::size_t k = 0; k < results.size(); ++k)
      if (results[k].defined())
        m_run.values[{visit, static_cast<int>(k)}] = {results[k].detach().clone(),
                                                      results[k].strides().vec()};
  }

  /// Per primal the tensor whose gradient is taken: the leaf behind an input that is no leaf.
  std::vector<at::Tensor> gradientSources(const torch::BoundTensors& bound,
                                          const std::vector<at::Tensor>& graphInputs) const {
    std::vector<at::Tensor> leaves = graphInputs;
    for (std::size_t i = 0; i < bound.inputPositions().size(); ++i)
      if (bound.inputLeaves()[i].defined())
        leaves[static_cast<std::size_t>(bound.inputPositions()[i])] = bound.inputLeaves()[i];
    return perPrimal(m_step.joint, leaves);
  }

  /// In the order of the traced tangents: written inputs, outputs, intermediate bases.
  void differentiate(const std::vector<at::Tensor>& sources) {
    const ir::ViewAndMutationMeta& metadata = m_step.joint.metadata;
    std::vector<at::Tensor> roots, seeds, wanted;
    std::size_t next = 0;
    const auto addRoot = [&](const at::Tensor& root) {
      const at::Tensor& tangent = m_step.tangents.at(next++);
      if (!root.defined() || !root.requires_grad()) return;
      roots.push_back(root);
      seeds.push_back(tangent.view_as(root).to(root.scalar_type()));
    };
    for (const int i : metadata.mutatedRuntimeIndices)
      if (trace::hasTangent(metadata.inputs[static_cast<std::size_t>(i)]))
        addRoot(m_run.primals[static_cast<std::size_t>(i)]);
    for (std::size_t i = 0; i < metadata.outputs.size(); ++i)
      if (trace::hasTangent(metadata.outputs[i])) addRoot(m_run.outputs[i]);
    for (int base = 0; base < metadata.intermediateBases; ++base) addRoot(baseOf(base));
    findTied(sources);
    m_run.gradients.resize(sources.size());
    for (const at::Tensor& source : sources)
      if (source.defined() && source.requires_grad()) wanted.push_back(source);
    if (roots.empty() || wanted.empty()) return;
    const auto gradients =
        ::torch::autograd::grad(roots, wanted, seeds, std::nullopt, false, /*allow_unused=*/true);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (sources[i].defined() && sources[i].requires_grad())
        m_run.gradients[i] = gradients[taken++];
  }

  void findTied(const std::vector<at::Tensor>& sources) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const auto same = std::find_if(sources.begin(), sources.end(), [&](const at::Tensor& other) {
        return other.unsafeGetTensorImpl() == sources[i].unsafeGetTensorImpl();
      });
      m_run.firstOf.push_back(
          sources[i].defined() ? static_cast<std::size_t>(same - sources.begin()) : i);
    }
  }

  at::Tensor baseOf(int base) const {
    const auto& outputs = m_step.joint.metadata.outputs;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const bool isOfBase = outputs[i].type == ir::OutputType::AliasOfIntermediate ||
                            outputs[i].type == ir::OutputType::AliasOfIntermediateSaveAsOutput;
      if (isOfBase && outputs[i].baseIndex == base) return at::Tensor(m_run.outputs[i]._base());
    }
    return {};
  }

  const EagerStepOf& m_step;
  const torch::RunOptions& m_options;
  torch::Precision m_precision;
  const StageContext& m_context;
  EagerRun m_run;
};

}  // namespace

at::Tensor EagerRun::value(const ValueKey& key) const {
  const auto found = values.find(key);
  return found == values.end() ? at::Tensor() : found->second.copy;
}

std::vector<at::Tensor> perPrimal(const ir::JointGraph& joint,
                                  const std::vector<at::Tensor>& graphInputs) {
  std::vector<at::Tensor> primals(static_cast<std::size_t>(joint.signature.numPrimals));
  for (std::size_t i = 0; i < joint.signature.inputBindings.size(); ++i) {
    const ir::InputBinding& binding = joint.signature.inputBindings[i];
    if (binding.primal < 0 || binding.isView) continue;
    at::Tensor& primal = primals[static_cast<std::size_t>(binding.primal)];
    if (!primal.defined()) primal = graphInputs[i];
  }
  return primals;
}

Result<EagerRun> runEagerValues(const EagerStepOf& step, const torch::RunOptions& options,
                                torch::Precision precision, const StageContext& context) {
  return EagerStep(step, options, precision, context).run();
}

}  // namespace core::run
