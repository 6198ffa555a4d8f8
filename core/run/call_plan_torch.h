#pragma once

// A graph node as a boxed call that is prepared once: the operator is looked up, constants are
// converted, defaults are filled in; only tensors are put in place at each run.

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/core/ivalue.h>

#include <optional>
#include <vector>

#include "core/ir/graph.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {

/// Where a run puts tensors into the stack of a call.
struct TensorSlot {
  enum class Kind { Tensor, List, OptionalList };
  std::size_t position = 0;  ///< on the stack
  Kind kind = Kind::Tensor;
  /// The nodes whose tensors go there; an absent one is None.
  std::vector<std::optional<ir::NodeId>> nodes;
};

class CallPlan {
 public:
  /// Prepares `node` of `graph` for `device`. Symbolic scalars count with their hints. Throws
  /// c10::Error for an operator that LibTorch does not have, and for arguments that do not fit its
  /// schema.
  CallPlan(const ir::Graph& graph, const ir::Node& node, c10::Device device);

  /// Calls the operator with `tensorOf(NodeId) -> at::Tensor` for its tensors. The results lie on
  /// `stack` afterwards.
  template <typename TensorOf>
  void call(std::vector<c10::IValue>& stack, TensorOf&& tensorOf) const {
    stack = m_template;
    for (const TensorSlot& slot : m_slots) stack[slot.position] = fill(slot, tensorOf);
    if (m_drawn) stack.front() = torch::emptyLike(*m_drawn, m_device);
    const at::AutoGradMode mode(m_asInTraining || at::GradMode::is_enabled());
    m_op.callBoxed(&stack);
  }

  const c10::OperatorHandle& op() const { return m_op; }

 private:
  template <typename TensorOf>
  static c10::IValue fill(const TensorSlot& slot, TensorOf&& tensorOf) {
    if (slot.kind == TensorSlot::Kind::Tensor) return tensorOf(*slot.nodes.front());
    if (slot.kind == TensorSlot::Kind::List) {
      c10::List<at::Tensor> list;
      for (const auto& node : slot.nodes) list.push_back(tensorOf(*node));
      return list;
    }
    c10::List<std::optional<at::Tensor>> list;
    for (const auto& node : slot.nodes) {
      list.push_back(node ? std::optional<at::Tensor>(tensorOf(*node)) : std::nullopt);
    }
    return list;
  }

  c10::OperatorHandle m_op;
  c10::Device m_device;
  /// oneDNN's layer fills the workspace that its gradient reads only if gradients are on.
  bool m_asInTraining;
  /// Numbers are drawn in the order of memory, and `bernoulli` gives contiguous memory: a draw of
  /// another layout fills a tensor of that layout instead.
  std::optional<ir::TensorMeta> m_drawn;
  std::vector<c10::IValue> m_template;
  std::vector<TensorSlot> m_slots;
};

/// Whether a value is a kernel's private memory, which the graph gives as u8[0]: only the kernel
/// knows its size, and only its gradient reads it.
bool isWorkspace(const ir::TensorMeta& meta);

}  // namespace core::run
