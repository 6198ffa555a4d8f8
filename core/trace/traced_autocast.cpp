// Autocast has few rules: an operator runs in the lower precision, in float32, or in the
// widest type among its tensors. For the CPU, which operators have a rule is asked of the
// dispatcher (they have an AutocastCPU kernel); the first and the third kind are listed here, all
// others are of the second. For CUDA LibTorch's header has the lists, and a fourth rule: a sum is
// told to give float32 instead of having its operand cast. float64 is never cast. A weight is cast
// once per region, so its gradients are added in the lower precision, as in eager. Arguments are
// cast from the last to the first, a bias before its weight, as LibTorch's own wrappers are
// compiled.

#include "core/trace/traced_autocast_torch.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/trace/dispatch_recorder_torch.h"
#include "core/trace/trace_target.h"

namespace core::trace {
namespace {

using c10::IValue;

enum class Rule { None, LowerPrecision, Float32, Float32Result, Widest };

constexpr auto kLowerPrecision = std::to_array<std::string_view>({
    "_addmm_activation",
    "_convolution",
    "_native_multi_head_attention",
    "addbmm",
    "addmm",
    "baddbmm",
    "bmm",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_tbc",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "linalg_vecdot",
    "linear",
    "matmul",
    "mkldnn_rnn_layer",
    "mm",
    "prelu",
    "scaled_dot_product_attention",
});
constexpr auto kWidest = std::to_array<std::string_view>({"cat", "index_copy", "stack"});

#define AOT_NAME(op, ...) #op,
constexpr auto kCudaLowerPrecision =
    std::to_array<std::string_view>({AT_FORALL_LOWER_PRECISION_FP(AOT_NAME)});
constexpr auto kCudaFloat32 = std::to_array<std::string_view>({AT_FORALL_FP32(AOT_NAME) "norm"});
constexpr auto kCudaFloat32Result =
    std::to_array<std::string_view>({AT_FORALL_FP32_SET_OPT_DTYPE(AOT_NAME)});
constexpr auto kCudaWidest =
    std::to_array<std::string_view>({AT_FORALL_PROMOTE(AOT_NAME) "cat", "stack"});
#undef AOT_NAME

template <typename Table>
bool contains(const Table& table, std::string_view name) {
  return std::find(table.begin(), table.end(), name) != table.end();
}

Rule cudaRuleOf(const c10::OperatorHandle& op) {
  if (!op.hasKernelForDispatchKey(c10::DispatchKey::AutocastCUDA)) return Rule::None;
  const std::string_view name = std::string_view(op.operator_name().name).substr(6);
  if (contains(kCudaLowerPrecision, name)) return Rule::LowerPrecision;
  if (contains(kCudaFloat32, name)) return Rule::Float32;
  if (contains(kCudaFloat32Result, name)) return Rule::Float32Result;
  return contains(kCudaWidest, name) ? Rule::Widest : Rule::None;
}

Rule ruleOf(const c10::OperatorHandle& op) {
  if (traceTarget().isCuda) return cudaRuleOf(op);
  if (!op.hasKernelForDispatchKey(c10::DispatchKey::AutocastCPU)) return Rule::None;
  const std::string_view name = std::string_view(op.operator_name().name).substr(6);
  if (contains(kLowerPrecision, name)) return Rule::LowerPrecision;
  return contains(kWidest, name) ? Rule::Widest : Rule::Float32;
}

bool isEligible(const at::Tensor& tensor) {
  return tensor.defined() && tensor.is_meta() && tensor.is_floating_point() &&
         tensor.scalar_type() != at::kDouble;
}

at::ScalarType widestType(const std::vector<IValue>& arguments, at::ScalarType lower) {
  at::ScalarType widest = lower;
  for (const IValue& argument : arguments)
    forEachTensor(argument, [&](const at::Tensor& tensor) {
      if (isEligible(tensor)) widest = at::promote_types(widest, tensor.scalar_type());
    });
  return widest;
}

/// Asks for a float32 result where the first operand may be cast and no dtype was asked for.
void askForFloat32(const c10::FunctionSchema& schema, std::vector<IValue>& arguments) {
  if (!arguments.front().isTensor() || !isEligible(arguments.front().toTensor())) return;
  const auto position = schema.argumentIndexWithName("dtype");
  if (!position) return;
  IValue& dtype = arguments[static_cast<std::size_t>(*position)];
  if (dtype.isNone()) dtype = static_cast<std::int64_t>(at::kFloat);
}

}  // namespace

at::Tensor TracedAutocast::cast(const at::Tensor& tensor, at::ScalarType type) {
  if (!isEligible(tensor) || tensor.scalar_type() == type) return tensor;
  const bool isWeight = at::autocast::is_autocast_cache_enabled() &&
                        tensor.scalar_type() == at::kFloat && tensor.requires_grad() &&
                        tensor.is_leaf() && !tensor.is_view() &&
                        type == at::autocast::get_autocast_dtype(c10::kCPU);
  if (!isWeight) return tensor.to(type);
  auto& known = m_weightCasts[tensor.unsafeGetTensorImpl()];
  if (!known.second.defined()) known = {tensor, tensor.to(type)};
  return known.second;
}

bool TracedAutocast::castArguments(const c10::OperatorHandle& op, ::torch::jit::Stack* stack) {
  if (!at::autocast::is_autocast_enabled(c10::kCPU)) {
    m_weightCasts.clear();
    return false;
  }
  const Rule rule = ruleOf(op);
  if (rule == Rule::None) return false;
  const at::ScalarType lower = at::autocast::get_autocast_dtype(c10::kCPU);
  std::vector<IValue> arguments = ::torch::jit::pop(*stack, op.schema().arguments().size());
  if (rule == Rule::Float32Result) {
    askForFloat32(op.schema(), arguments);
    stack->insert(stack->end(), arguments.begin(), arguments.end());
    return true;
  }
  const at::ScalarType type = rule == Rule::LowerPrecision ? lower
                              : rule == Rule::Float32      ? at::kFloat
                                                           : widestType(arguments, lower);
  for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) {
    if (argument->isTensor()) {
      *argument = cast(argument->toTensor(), type);
    } else if (argument->isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& tensor : argument->toTensorVector())
        list.push_back(cast(tensor, type));
      *argument = list;
    }
  }
  stack->insert(stack->end(), arguments.begin(), arguments.end());
  return true;
}

}  // namespace core::trace
