#include "core/run/step_epilogue_torch.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/base/check.h"

namespace core::run {
namespace {

/// An input that did not need a gradient before the program, but whose new value does, gets the
/// new value's autograd node by the copy, as in eager.
void writeBack(const ir::InputInfo& info, at::Tensor input, const at::Tensor& updated) {
  if (info.mutatesMetadata) {
    CORE_CHECK(info.metaAfter, "an input changes its geometry, but the metadata lacks the new one");
    input.as_strided_(info.metaAfter->sizeHints(), info.metaAfter->strideHints(),
                      input.storage_offset());
  }
  if (!info.mutatesData) return;
  const bool unseen = info.mutationsHiddenFromAutograd || info.mutationsUnderNoGrad ||
                      (input.is_leaf() && input.requires_grad());
  if (unseen) {
    const at::NoGradGuard noGrad;
    input.detach().copy_(updated);
  } else {
    input.copy_(updated);
  }
}

}  // namespace

StepEpilogue::StepEpilogue(const ir::JointGraph& joint) : m_metadata(joint.metadata) {
  const std::size_t first = m_metadata.mutatedRuntimeIndices.size();
  const std::vector<ir::Argument>& outputs = joint.graph->outputs();
  for (std::size_t i = 0; i < m_metadata.outputs.size(); ++i) {
    if (!m_metadata.outputs[i].isTensor) continue;
    const auto begin = outputs.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(i);
    const auto earlier = std::find(begin, end, *end);
    const bool isSame =
        earlier != end &&
        m_metadata.outputs[i].requiresGrad ==
            m_metadata.outputs[static_cast<std::size_t>(earlier - begin)].requiresGrad;
    if (isSame) {
      m_sameAsEarlier[i] = static_cast<std::size_t>(earlier - begin);
    } else if (isRebuilt(m_metadata.outputs[i])) {
      m_views.emplace(i, ViewReplay(joint, i));
    }
  }
}

std::vector<at::Tensor> StepEpilogue::run(const std::vector<at::Tensor>& primals,
                                          const std::vector<at::Tensor>& values) const {
  const auto& mutated = m_metadata.mutatedRuntimeIndices;
  for (std::size_t i = 0; i < mutated.size(); ++i) {
    const auto primal = static_cast<std::size_t>(mutated[i]);
    writeBack(m_metadata.inputs[primal], primals[primal], values[i]);
  }
  std::vector<at::Tensor> outputs;
  for (std::size_t i = 0; i < m_metadata.outputs.size(); ++i)
    outputs.push_back(m_views.contains(i) ? at::Tensor() : plainOutput(i, primals, values));
  separateObjects(outputs);
  // Views last: their base may be another output.
  shareObjects(outputs);
  for (const auto& [i, view] : m_views)
    outputs[i] = view.replay(baseOf(m_metadata.outputs[i], primals, values, outputs));
  shareObjects(outputs);
  return outputs;
}

/// Equal views that fusion made one value are several tensors to the user.
void StepEpilogue::separateObjects(std::vector<at::Tensor>& outputs) const {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const ir::OutputInfo& info = m_metadata.outputs[i];
    if (!outputs[i].defined() || info.type == ir::OutputType::IsInput ||
        m_sameAsEarlier.contains(i))
      continue;
    const auto end = outputs.begin() + static_cast<std::ptrdiff_t>(i);
    const bool isShared = std::any_of(outputs.begin(), end, [&](const at::Tensor& earlier) {
      return earlier.is_same(outputs[i]);
    });
    if (isShared && !outputs[i].requires_grad()) outputs[i] = outputs[i].detach();
  }
}

void StepEpilogue::shareObjects(std::vector<at::Tensor>& outputs) const {
  for (const auto& [i, earlier] : m_sameAsEarlier)
    if (outputs[earlier].defined()) outputs[i] = outputs[earlier];
}

at::Tensor StepEpilogue::plainOutput(std::size_t output, const std::vector<at::Tensor>& primals,
                                     const std::vector<at::Tensor>& values) const {
  const ir::OutputInfo& info = m_metadata.outputs[output];
  if (!info.isTensor) return {};
  if (info.type == ir::OutputType::IsInput)
    return primals[static_cast<std::size_t>(info.baseIndex.value())];
  return values[m_metadata.mutatedRuntimeIndices.size() + output];
}

at::Tensor StepEpilogue::baseOf(const ir::OutputInfo& info, const std::vector<at::Tensor>& primals,
                                const std::vector<at::Tensor>& values,
                                const std::vector<at::Tensor>& outputs) const {
  const auto index = static_cast<std::size_t>(info.baseIndex.value());
  if (info.type == ir::OutputType::AliasOfInput) return primals[index];
  if (info.type == ir::OutputType::AliasOfIntermediateBaseIsUserOutput) return outputs[index];
  return values[m_metadata.mutatedRuntimeIndices.size() + m_metadata.outputs.size() + index];
}

}  // namespace core::run
