// A wrong shape function, of LibTorch or ours, shows here first: the file says what the exporter's
// own trace saw for every value.

#include "core/trace/layout_check_torch.h"

#include <ATen/ATen.h>

#include "core/torch/tensor_meta_torch.h"
#include "core/trace/program_interpreter_torch.h"

namespace core::trace {
namespace {

bool isStatic(const ir::TensorMeta& meta) {
  for (const ir::Size& size : meta.sizes)
    if (size.isSymbolic()) return false;
  return true;
}

bool sameStrides(const ir::TensorMeta& a, const ir::TensorMeta& b) {
  for (std::size_t d = 0; d < a.sizes.size(); ++d)
    if (a.sizes[d].hint() > 1 && a.strides[d].hint() != b.strides[d].hint()) return false;
  return true;
}

}  // namespace

void LayoutCheck::compareOne(const load::ExportNode& node, const std::string& name,
                             const at::Tensor& tensor) {
  const auto recorded = m_graph.tensors.find(name);
  if (recorded == m_graph.tensors.end() || !tensor.defined()) return;
  const ir::TensorMeta& expected = recorded->second.meta;
  if (!isStatic(expected)) return;
  const ir::TensorMeta traced = torch::tensorMeta(tensor, expected.device);
  const bool sizes = traced.sizes == expected.sizes && traced.dtype == expected.dtype;
  if (sizes && (expected.numel() == 0 || sameStrides(traced, expected))) return;
  ++(sizes ? m_strides : m_sizes);
  if (m_first.empty())
    m_first = "'" + name + "'" + nodeLocation(node) + " is " + ir::tensorMetaText(traced) +
              ", exported as " + ir::tensorMetaText(expected);
}

void LayoutCheck::compare(const load::ExportNode& node, const std::vector<c10::IValue>& results) {
  for (std::size_t i = 0; i < node.outputs.size() && i < results.size(); ++i) {
    if (const auto* one = std::get_if<load::TensorName>(&node.outputs[i])) {
      if (results[i].isTensor()) compareOne(node, one->name, results[i].toTensor());
    } else if (const auto* list = std::get_if<std::vector<load::TensorName>>(&node.outputs[i])) {
      if (!results[i].isTensorList()) continue;
      const std::vector<at::Tensor> tensors = results[i].toTensorVector();
      for (std::size_t k = 0; k < list->size() && k < tensors.size(); ++k)
        compareOne(node, (*list)[k].name, tensors[k]);
    }
  }
}

void LayoutCheck::report(const StageContext& context) const {
  if (m_sizes + m_strides == 0) return;
  context.log(m_sizes > 0 ? LogLevel::Warning : LogLevel::Info, "trace",
              std::to_string(m_sizes + m_strides) +
                  " values are laid out otherwise than when the model was exported; the first: " +
                  m_first + ".");
}

}  // namespace core::trace
