#include "core/run/eager_shapes_torch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

constexpr std::array<std::string_view, 4> kRecurrent = {
    "torch.ops.aten.lstm.", "torch.ops.aten.gru.", "torch.ops.aten.rnn_tanh.",
    "torch.ops.aten.rnn_relu."};

bool isRecurrent(const load::ExportNode* node) {
  return std::any_of(kRecurrent.begin(), kRecurrent.end(),
                     [&](std::string_view prefix) { return node->target.starts_with(prefix); });
}

/// One meta tensor per graph input; undefined where an input is no tensor.
std::vector<at::Tensor> metaInputs(const load::LoadedModel& model, const load::InputSet& inputs) {
  std::vector<at::Tensor> tensors(model.program.inputSpecs.size());
  std::size_t user = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const load::InputSpec& spec = model.program.inputSpecs[i];
    const load::Weight* weight = model.findWeight(spec.target);
    const bool isTensor = std::holds_alternative<load::TensorName>(model.program.graph.inputs[i]);
    if (spec.kind == load::InputKind::UserInput && isTensor) {
      tensors[i] = torch::emptyLike(inputs.inputs.at(user++).meta, c10::kMeta);
    } else if (weight) {
      tensors[i] = torch::emptyLike(weight->meta, c10::kMeta);
    }
  }
  return tensors;
}

}  // namespace

EagerShapes::EagerShapes(const trace::PreparedProgram& program, const load::InputSet& inputs,
                         const load::LoadedModel& model, const StageContext& context)
    : m_isNeeded(std::any_of(program.visits.begin(), program.visits.end(), isRecurrent)) {
  if (!m_isNeeded) return;
  const at::NoGradGuard noGrad;
  trace::InterpretOptions options;
  options.device = c10::kMeta;
  const auto outputs = trace::interpret(program, metaInputs(model, inputs), options, context);
  if (!outputs) {
    context.log(LogLevel::Warning, "run",
                "Outputs of recurrent layers may have one dimension of size 1 too many: " +
                    outputs.error().message);
    return;
  }
  for (const c10::IValue& output : *outputs) {
    m_sizes.push_back(output.isTensor() ? output.toTensor().sizes().vec()
                                        : std::vector<std::int64_t>());
  }
}

void EagerShapes::restore(std::vector<at::Tensor>& outputs) const {
  for (std::size_t i = 0; i < outputs.size() && i < m_sizes.size(); ++i) {
    if (!outputs[i].defined() || outputs[i].sizes() == at::IntArrayRef(m_sizes[i])) continue;
    if (outputs[i].numel() == c10::multiply_integers(m_sizes[i])) {
      outputs[i] = outputs[i].view(m_sizes[i]);
    }
  }
}

}  // namespace core::run
