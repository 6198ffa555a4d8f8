// A result's sizes follow from the arguments' sizes for all that a trace can hold, so values do not
// matter and zeros do. What the operator computes is thrown away.

#include "core/trace/learn_shapes_torch.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/LegacyTypeDispatch.h>

#include <algorithm>
#include <unordered_map>

namespace core::trace {
namespace {

using c10::DispatchKey;
using c10::IValue;

at::Tensor zerosFor(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.is_meta()) return tensor;
  return at::empty_strided(tensor.sizes(), tensor.strides(),
                           tensor.options().device(c10::kCPU).requires_grad(false))
      .zero_();
}

/// `value` with `change` applied to its tensors and its device replaced.
template <typename Change>
IValue changed(const IValue& value, c10::DeviceType device, Change&& change) {
  if (value.isTensor()) return change(value.toTensor());
  if (value.isDevice()) return c10::Device(device);
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& tensor : value.toTensorVector()) list.push_back(change(tensor));
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<at::Tensor>> list;
    for (const std::optional<at::Tensor>& tensor : value.toOptionalTensorVector())
      list.push_back(tensor ? std::optional(change(*tensor)) : std::nullopt);
    return list;
  }
  return value;
}

std::int64_t bytesOf(const std::vector<IValue>& arguments) {
  std::int64_t bytes = 0;
  for (const IValue& argument : arguments)
    changed(argument, c10::kMeta, [&](const at::Tensor& tensor) {
      if (tensor.defined()) bytes += static_cast<std::int64_t>(tensor.nbytes());
      return tensor;
    });
  return bytes;
}

bool touchesArguments(const c10::FunctionSchema& schema) {
  const auto aliases = [](const c10::Argument& argument) {
    return argument.alias_info() != nullptr;
  };
  return schema.is_mutable() ||
         std::any_of(schema.returns().begin(), schema.returns().end(), aliases);
}

/// Puts the generator back, whatever was drawn.
class KeepGenerator {
 public:
  KeepGenerator()
      : m_generator(at::detail::getDefaultCPUGenerator()), m_state(m_generator.get_state()) {}
  ~KeepGenerator() { m_generator.set_state(m_state); }
  KeepGenerator(const KeepGenerator&) = delete;
  KeepGenerator& operator=(const KeepGenerator&) = delete;

 private:
  at::Generator m_generator;
  at::Tensor m_state;
};

}  // namespace

bool hasShapeKernel(const c10::OperatorHandle& op) {
  thread_local std::unordered_map<const c10::FunctionSchema*, bool> known;
  const auto [place, isNew] = known.try_emplace(&op.schema(), false);
  if (isNew)
    for (const DispatchKey key : {DispatchKey::Meta, DispatchKey::CompositeImplicitAutograd,
                                  DispatchKey::CompositeExplicitAutograd,
                                  DispatchKey::CompositeExplicitAutogradNonFunctional})
      place->second = place->second || op.hasKernelForDispatchKey(key);
  return place->second;
}

std::vector<IValue> resultsOnZeros(const c10::OperatorHandle& op,
                                   const std::vector<IValue>& arguments, std::int64_t limitBytes) {
  TORCH_CHECK_NOT_IMPLEMENTED(!touchesArguments(op.schema()),
                              "it has no shape kernel here, and cannot be run on zeros because it "
                              "writes to its arguments or returns views of them");
  const std::int64_t bytes = bytesOf(arguments);
  TORCH_CHECK_NOT_IMPLEMENTED(bytes <= limitBytes, "it has no shape kernel here, and to run it on ",
                              "zeros takes ", bytes, " bytes, more than the ", limitBytes,
                              " that are allowed");
  const KeepGenerator keep;
  const at::AutoDispatchBelowAutograd below;
  ::torch::jit::Stack stack;
  for (const IValue& argument : arguments) stack.push_back(changed(argument, c10::kCPU, zerosFor));
  op.callBoxed(&stack);
  for (IValue& result : stack)
    result = changed(result, c10::kMeta, [](const at::Tensor& tensor) {
      if (!tensor.defined()) return tensor;
      return at::empty_strided(tensor.sizes(), tensor.strides(),
                               tensor.options().device(c10::kMeta));
    });
  return stack;
}

}  // namespace core::trace
