#include "core/trace/traced_function_torch.h"

#include <ATen/ATen.h>

#include "core/torch/tensor_meta_torch.h"

namespace core::trace {

std::vector<at::Tensor> TracedFunction::freshPrimals() const {
  std::vector<at::Tensor> primals;
  primals.reserve(m_inputs.primals.size());
  for (const Primal& primal : m_inputs.primals) {
    primals.push_back(torch::emptyLike(primal.meta, c10::kMeta));
    if (primal.requiresGrad) primals.back().requires_grad_(true);
  }
  return primals;
}

Result<std::vector<at::Tensor>> TracedFunction::run(const std::vector<at::Tensor>& primals,
                                                    Recorder& recorder, LayoutCheck* check) const {
  recorder.visit = -1;
  std::vector<at::Tensor> graphInputs;
  graphInputs.reserve(m_inputs.bindings.size());
  for (const ir::InputBinding& binding : m_inputs.bindings) {
    if (binding.primal < 0) {
      graphInputs.emplace_back();
      continue;
    }
    const at::Tensor& primal = primals[static_cast<std::size_t>(binding.primal)];
    graphInputs.push_back(binding.isView
                              ? at::as_strided(primal, binding.view.sizeHints(),
                                               binding.view.strideHints(), binding.storageOffset)
                              : primal);
  }
  for (std::size_t i = 0; i < m_constants.size(); ++i)
    graphInputs[m_inputs.constants[i].input] = m_constants[i];

  const load::ExportNode* current = nullptr;
  InterpretOptions options;
  options.device = c10::kMeta;
  options.onNode = [&](int visit, const load::ExportNode& node) {
    recorder.visit = visit;
    current = &node;
  };
  options.onResults = [&](const load::ExportNode& node, const std::vector<c10::IValue>& results) {
    recorder.noteResults(results);
    if (check) check->compare(node, results);
  };
  auto values = interpret(m_program, graphInputs, options, m_context);
  if (!values) return traceError(recorder, current, std::move(values).error());
  recorder.visit = -1;

  std::vector<at::Tensor> outputs;
  for (const c10::IValue& value : *values)
    outputs.push_back(value.isTensor() ? value.toTensor() : at::Tensor());
  for (std::size_t i = 0; i < graphInputs.size(); ++i)
    if (m_inputs.bindings[i].isView && m_inputs.bindings[i].isReshaped)
      outputs.push_back(graphInputs[i]);
  return outputs;
}

Error traceError(const Recorder& recorder, const load::ExportNode* node, Error fallback) {
  if (!recorder.failure) return fallback;
  Error error = *recorder.failure;
  if (node && error.code != ErrorCode::Cancelled) {
    const std::string location = nodeLocation(*node);
    const std::string quoted = "`" + recorder.failedOp + "`";
    const std::size_t place = error.message.find(quoted);
    error.message.insert(place == std::string::npos ? error.message.size() : place + quoted.size(),
                         location);
    error.node = node->name;
  }
  return error;
}

}  // namespace core::trace
