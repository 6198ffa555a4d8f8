#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cstring>
#include <sstream>

#include "core/torch/script_reals_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::torch {
namespace {

using c10::IValue;

at::Tensor viewOf(const at::Tensor& bytes, const at::TensorOptions& options, at::IntArrayRef sizes,
                  at::IntArrayRef strides, std::int64_t offset) {
  at::Tensor view = at::empty({0}, options);
  return view.set_(bytes.storage(), offset, sizes, strides);
}

at::Tensor bytesOf(const void* data, std::size_t count) {
  at::Tensor bytes = at::empty({static_cast<std::int64_t>(count)}, at::kByte);
  if (count > 0) std::memcpy(bytes.data_ptr(), data, count);
  return bytes;
}

std::string valueText(const IValue& value) {
  if (value.isBool()) return value.toBool() ? "True" : "False";
  std::ostringstream text;
  text.precision(17);
  if (value.isDouble()) {
    text << value.toDouble();
  } else {
    text << value;
  }
  return text.str();
}

/// Whether the generator was used while this lives.
class DrawWatch {
 public:
  DrawWatch() : m_before(state()) {}
  bool drew() const { return !at::equal(m_before, state()); }

 private:
  static at::Tensor state() { return at::detail::getDefaultCPUGenerator().get_state(); }
  at::Tensor m_before;
};

}  // namespace

ScriptReals::ScriptReals(const load::InputSet& inputs) : m_inputs(inputs) {}

void ScriptReals::takeInputs(const std::vector<at::Tensor>& twins) {
  std::vector<at::Tensor> storages;
  for (const std::vector<std::byte>& bytes : m_inputs.storages)
    storages.push_back(bytesOf(bytes.data(), bytes.size()));
  for (std::size_t i = 0; i < twins.size(); ++i) {
    const load::InputSet::Input& input = m_inputs.inputs[i];
    pair(twins[i], viewOf(storages.at(static_cast<std::size_t>(input.storage)),
                          at::TensorOptions().dtype(scalarType(input.meta.dtype)),
                          input.meta.sizeHints(), input.meta.strideHints(), input.storageOffset));
  }
}

void ScriptReals::takeState(const at::Tensor& twin, const at::Tensor& real) {
  if (m_realOf.contains(twin.unsafeGetTensorImpl())) return;
  m_alive.push_back(real);
  pair(twin, copyOf(real));
}

/// Tensors of one storage share its copy.
at::Tensor ScriptReals::copyOf(const at::Tensor& real) {
  at::Tensor& bytes = m_storages[real.storage().unsafeGetStorageImpl()];
  if (!bytes.defined()) bytes = bytesOf(real.storage().data(), real.storage().nbytes());
  return viewOf(bytes, real.options().requires_grad(false), real.sizes(), real.strides(),
                real.storage_offset());
}

void ScriptReals::pair(const IValue& twin, const IValue& real) {
  std::vector<at::Tensor> twins, reals;
  forEachTensor(twin, [&](const at::Tensor& tensor) { twins.push_back(tensor); });
  forEachTensor(real, [&](const at::Tensor& tensor) { reals.push_back(tensor); });
  TORCH_CHECK(twins.size() == reals.size(), "a call gives other results for real tensors");
  for (std::size_t i = 0; i < twins.size(); ++i) {
    m_realOf[twins[i].unsafeGetTensorImpl()] = reals[i];
    m_alive.push_back(twins[i]);
  }
}

IValue ScriptReals::real(const IValue& value) const {
  if (value.isDevice()) return c10::Device(at::kCPU);
  if (value.isTensor() && value.toTensor().defined()) {
    const auto found = m_realOf.find(value.toTensor().unsafeGetTensorImpl());
    return found == m_realOf.end() ? value : IValue(found->second);
  }
  if (!isTensorList(value)) return value;
  c10::impl::GenericList made(value.toList().elementType());
  for (const IValue& element : value.toListRef()) made.push_back(real(element));
  return made;
}

void ScriptReals::run(const ScriptCall& call, const std::vector<IValue>& results) {
  const at::NoGradGuard noGrad;
  const bool mayDraw = call.op.hasTag(at::Tag::nondeterministic_seeded);
  const auto watch = mayDraw ? std::optional<DrawWatch>(std::in_place) : std::nullopt;
  ::torch::jit::Stack stack;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const c10::Argument& wanted = call.op.schema().arguments()[i];
    const IValue& given = call.arguments[i];
    const bool isNumber = given.isScalar() && wanted.type()->kind() == c10::TypeKind::TensorType;
    stack.push_back(isNumber ? dispatchedArgument(wanted, given) : real(given));
  }
  call.op.callBoxed(&stack);
  m_drewNumbers = m_drewNumbers || (watch && watch->drew());
  for (std::size_t i = 0; i < results.size(); ++i) pair(results[i], stack[i]);
}

std::vector<IValue> ScriptReals::read(const ::torch::jit::Node& node, std::vector<IValue> stack) {
  TORCH_CHECK_NOT_IMPLEMENTED(!m_drewNumbers, "what is read at ", placeText(node),
                              " may depend on random numbers, which every run draws anew");
  for (IValue& value : stack) value = real(value);
  node.getOperation()(stack);
  for (const IValue& value : stack)
    m_decisions.push_back(placeText(node) + " reads " + valueText(value));
  return stack;
}

}  // namespace core::torch
