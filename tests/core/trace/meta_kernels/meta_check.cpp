#include "tests/core/trace/meta_kernels/meta_check.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/record_function.h>

#include <sstream>

namespace metatest {
namespace {

using Stack = std::vector<c10::IValue>;

struct State {
  std::set<std::string> operators;
  std::set<std::string> covered;
  std::vector<std::string> differences;
  at::CallbackHandle handle = 0;
};

State& state() {
  static State instance;
  return instance;
}

// The result of the meta kernel, kept between the start and the end of the CPU's call.
struct MetaCall : at::ObserverContext {
  std::string op;
  Stack results;
  std::string failure;
};

at::Tensor onMeta(const at::Tensor& tensor) {
  const bool isNumber = tensor.defined() && tensor.unsafeGetTensorImpl()->is_wrapped_number();
  if (!tensor.defined() || isNumber) return tensor;
  return at::empty_strided(tensor.sizes(), tensor.strides(),
                           tensor.options().device(at::kMeta).requires_grad(false));
}

c10::IValue onMeta(const c10::IValue& value) {
  if (value.isTensor()) return onMeta(value.toTensor());
  if (value.isDevice()) return c10::Device(at::kMeta);
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& tensor : value.toTensorVector()) list.push_back(onMeta(tensor));
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<at::Tensor>> list;
    for (const std::optional<at::Tensor>& tensor : value.toOptionalTensorVector()) {
      list.push_back(tensor ? std::optional(onMeta(*tensor)) : std::nullopt);
    }
    return list;
  }
  return value;
}

std::string operatorName(const at::RecordFunction& call) {
  const auto name = call.operator_name();
  if (!name || name->name.rfind("aten::", 0) != 0) return {};
  const std::string base = name->name.substr(6);
  return name->overload_name.empty() ? base : base + "." + name->overload_name;
}

std::string describe(const at::Tensor& tensor) {
  std::ostringstream text;
  if (!tensor.defined()) return "none";
  text << tensor.scalar_type() << tensor.sizes() << " strides " << tensor.strides();
  return text.str();
}

// oneDNN alone knows the size of its workspace.
bool isOpaque(const std::string& op, std::size_t result) {
  return op == "mkldnn_rnn_layer" && result == 3;
}

// PyTorch traces batch norm with a decomposition, whose result follows its input's order of
// dimensions; the kernel's is contiguous or channels_last. Their strides have a test of their own.
bool isLaidOutAsTraced(const std::string& op) {
  return op.find("native_batch_norm") != std::string::npos;
}

bool isSameSize(const at::Tensor& a, const at::Tensor& b) {
  if (a.defined() != b.defined()) return false;
  return !a.defined() || (a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type());
}

// Strides of dimensions of length 1, and of empty tensors, mean nothing.
bool isSameLayout(const at::Tensor& a, const at::Tensor& b) {
  if (!isSameSize(a, b)) return false;
  if (!a.defined()) return true;
  for (int64_t dim = 0; dim < a.dim() && a.numel() > 0; ++dim) {
    if (a.size(dim) != 1 && a.stride(dim) != b.stride(dim)) return false;
  }
  return true;
}

std::vector<at::Tensor> tensorsOf(const Stack& values) {
  std::vector<at::Tensor> tensors;
  for (const c10::IValue& value : values) {
    if (value.isTensor()) tensors.push_back(value.toTensor());
    if (!value.isTensorList()) continue;
    for (const at::Tensor& tensor : value.toTensorVector()) tensors.push_back(tensor);
  }
  return tensors;
}

void callOnMeta(const c10::OperatorHandle& op, MetaCall& call) {
  const at::NoGradGuard noGrad;
  try {
    op.callBoxed(&call.results);
  } catch (const c10::Error& error) {
    call.failure = error.what_without_backtrace();
  }
}

std::unique_ptr<at::ObserverContext> onStart(const at::RecordFunction& function) {
  auto call = std::make_unique<MetaCall>();
  call->op = operatorName(function);
  if (!state().operators.count(call->op)) return nullptr;
  const at::DisableRecordFunctionGuard doNotObserve;
  const auto op = c10::Dispatcher::singleton().findSchemaOrThrow(
      function.operator_name()->name.c_str(), function.operator_name()->overload_name.c_str());
  const auto& arguments = op.schema().arguments();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const c10::IValue& value = function.inputs()[i];
    const bool isDevice = value.isNone() && arguments[i].name() == "device";
    call->results.push_back(isDevice ? c10::IValue(c10::Device(at::kMeta)) : onMeta(value));
  }
  callOnMeta(op, *call);
  return call;
}

void onEnd(const at::RecordFunction& function, at::ObserverContext* context) {
  auto* call = static_cast<MetaCall*>(context);
  // A CPU kernel that threw has no outputs.
  if (!call || const_cast<at::RecordFunction&>(function).outputs().empty()) {
    if (call && call->failure.empty() && call->results.empty()) state().covered.insert(call->op);
    return;
  }
  state().covered.insert(call->op);
  if (!call->failure.empty()) {
    state().differences.push_back(call->op + " throws on meta: " + call->failure);
    return;
  }
  const auto expected = tensorsOf(const_cast<at::RecordFunction&>(function).outputs());
  const auto actual = tensorsOf(call->results);
  if (expected.size() != actual.size()) {
    state().differences.push_back(call->op + " gives another number of results");
    return;
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (isOpaque(call->op, i) || isSameLayout(expected[i], actual[i])) continue;
    if (isLaidOutAsTraced(call->op) && isSameSize(expected[i], actual[i])) continue;
    state().differences.push_back(call->op + " result " + std::to_string(i) + ": CPU " +
                                  describe(expected[i]) + ", meta " + describe(actual[i]));
  }
}

}  // namespace

MetaCheck::MetaCheck(std::vector<std::string> operators) {
  state() = State{};
  state().operators.insert(operators.begin(), operators.end());
  state().handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback(onStart, onEnd).needsInputs(true).needsOutputs(true));
}

MetaCheck::~MetaCheck() {
  at::removeCallback(state().handle);
}

const std::set<std::string>& MetaCheck::covered() const {
  return state().covered;
}

std::vector<std::string> MetaCheck::takeDifferences() {
  return std::exchange(state().differences, {});
}

}  // namespace metatest
