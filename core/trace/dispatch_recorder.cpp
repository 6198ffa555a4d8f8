// How calls reach the recorder: a dispatch mode in thread-local storage sends every operator call
// below autograd, factories included, to our interpreter table, and the table to the recorder of
// this thread. With overrides, a second thread-local switch sends every call there before autograd
// too, where composite operators that PyTorch replaces in Python are replaced by our bodies.
// Kernels run on meta tensors only, so nothing is computed. With a table of decompositions, a call
// in it is not recorded: its body runs with the mode on, so that what the body calls comes here.

#include "core/trace/dispatch_recorder_torch.h"

#include <ATen/ATen.h>
#include <ATen/SequenceNumber.h>
#include <c10/core/SafePyObject.h>
#include <c10/core/impl/PythonDispatcherTLS.h>
#include <c10/core/impl/TorchDispatchModeTLS.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>

#include <unordered_map>
#include <unordered_set>

#include "core/torch/flat_tensors_torch.h"
#include "core/trace/learn_shapes_torch.h"
#include "core/trace/overrides/composite_overrides.h"
#include "core/trace/pointwise_layout.h"
#include "core/trace/refused_ops.h"
#include "core/trace/tracing_interpreter_torch.h"
#include "core/trace/view_layout.h"

namespace core::trace {
namespace {

using ::torch::jit::Stack;

thread_local Recorder* currentRecorder = nullptr;

/// refusedOp() by schema: the table is searched once per operator.
const RefusedOp* refusal(const c10::OperatorHandle& op) {
  thread_local std::unordered_map<const c10::FunctionSchema*, const RefusedOp*> known;
  const auto [place, isNew] = known.try_emplace(&op.schema(), nullptr);
  if (isNew) place->second = refusedOp(opText(op));
  return place->second;
}

std::string firstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

Error dispatchError(const c10::OperatorHandle& op, const std::exception& failure) {
  const auto* torchError = dynamic_cast<const c10::Error*>(&failure);
  const std::string what = torchError ? torchError->what_without_backtrace() : failure.what();
  Error error{ErrorCode::Torch, "Cannot trace `" + opText(op) + "`: " + firstLine(what), what, {}};
  if (dynamic_cast<const c10::NotImplementedError*>(&failure)) {
    error.code = ErrorCode::UnsupportedOp;
    if (!hasShapeKernel(op) && !what.starts_with("it has no shape kernel"))
      error.message = "Cannot trace `" + opText(op) + "`: it has no shape kernel here. " +
                      "Allow it to be run on zeros (--learn-shapes), or replace it in the model by "
                      "operators that have one.";
  }
  return error;
}

/// Makes factories and conversions stay on meta, where nothing is computed.
void moveToMeta(const c10::FunctionSchema& schema, Stack* stack) {
  const auto& arguments = schema.arguments();
  const std::size_t first = stack->size() - arguments.size();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    c10::IValue& value = (*stack)[first + i];
    if (value.isDevice() || (value.isNone() && arguments[i].name() == "device"))
      value = c10::Device(c10::kMeta);
    if (value.isBool() && arguments[i].name() == "pin_memory") value = false;
  }
}

/// An operator may return its very input (a conversion to the same dtype). The record needs two
/// values, so the result becomes an alias.
void separateFromArguments(const RecordedCall& record, std::vector<c10::IValue>& results) {
  for (c10::IValue& result : results) {
    if (!result.isTensor() || !result.toTensor().defined()) continue;
    bool isArgument = false;
    for (const c10::IValue& argument : record.arguments)
      forEachTensor(argument, [&](const at::Tensor& tensor) {
        isArgument = isArgument || tensor.is_same(result.toTensor());
      });
    if (isArgument) result = result.toTensor().alias();
  }
}

/// The strides of dimensions of length 1, which LibTorch computes otherwise than PyTorch's Python.
void fixViewLayout(const c10::OperatorHandle& op, const RecordedCall& record) {
  static const c10::OperatorName view("aten::view", "");
  static const c10::OperatorName unsafeView("aten::_unsafe_view", "");
  if (op.operator_name() != view && op.operator_name() != unsafeView) return;
  const at::Tensor& from = record.arguments.front().toTensor();
  const at::Tensor& to = record.results.front().toTensor();
  const auto strides =
      pythonViewStrides(from.sizes().vec(), from.strides().vec(), to.sizes().vec());
  if (strides && to.strides() != at::IntArrayRef(*strides))
    to.unsafeGetTensorImpl()->set_sizes_and_strides(to.sizes().vec(), *strides);
}

bool isAutogradKey(c10::DispatchKeySet keys) {
  const c10::DispatchKey key =
      keys.remove(c10::DispatchKey::PythonTLSSnapshot).highestPriorityTypeId();
  return key == c10::DispatchKey::AutogradOther ||
         c10::toFunctionalityKey(key) == c10::DispatchKey::AutogradFunctionality;
}

/// Runs the body that replaces `op`, if there is one and it takes this call.
bool callOverride(const c10::OperatorHandle& op, Stack* stack) {
  const auto found = compositeOverrides().find(&op.schema());
  if (found == compositeOverrides().end()) return false;
  try {
    return found->second(stack);
  } catch (const std::exception& failure) {
    if (currentRecorder) currentRecorder->noteFailure(op, dispatchError(op, failure));
    throw;
  }
}

void onDispatch(const c10::OperatorHandle& op, Stack* stack) {
  if (currentRecorder->decompose(op, stack)) return;
  struct ModeOff {
    std::shared_ptr<c10::impl::PyObject_TorchDispatchMode> mode =
        c10::impl::TorchDispatchModeTLS::pop_stack();
    ~ModeOff() { c10::impl::TorchDispatchModeTLS::push_non_infra_mode_onto_stack(mode); }
  } const modeOff;
  const c10::impl::DisablePythonDispatcher noOverrides;
  currentRecorder->dispatch(op, stack);
}

/// The usual way, or the one that our tables know.
void callAtAutograd(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack* stack) {
  if (callOverride(op, stack)) return;
  if (keepWhole().count(&op.schema())) {
    const at::AutoDispatchBelowAutograd below;
    op.callBoxed(stack);
    return;
  }
  op.redispatchBoxed(keys, stack);
}

void onRedispatch(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack* stack) {
  if (!isAutogradKey(keys)) {
    op.redispatchBoxed(keys, stack);
  } else if (currentRecorder && currentRecorder->autocast.castArguments(op, stack)) {
    const c10::impl::ExcludeDispatchKeyGuard noAutocast(c10::DispatchKey::AutocastCPU);
    callAtAutograd(op, keys, stack);
  } else {
    callAtAutograd(op, keys, stack);
  }
}

c10::impl::PyInterpreter* interpreter() {
  return tracingInterpreter({onDispatch, onRedispatch});
}

/// Whether autograd would have taken the operator apart, had it seen it.
bool fallsApart(const c10::OperatorHandle& op) {
  return op.hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd) &&
         !keepWhole().contains(&op.schema());
}

struct EnterNode final : ::torch::autograd::FunctionPreHook {
  explicit EnterNode(std::int64_t number) : m_number(number) {}
  ::torch::autograd::variable_list operator()(
      const ::torch::autograd::variable_list& gradients) override {
    if (currentRecorder) currentRecorder->runningNodes.push_back(m_number);
    return gradients;
  }

 private:
  std::int64_t m_number;
};

struct LeaveNode final : ::torch::autograd::FunctionPostHook {
  ::torch::autograd::variable_list operator()(const ::torch::autograd::variable_list& outputs,
                                              const ::torch::autograd::variable_list&) override {
    if (currentRecorder && !currentRecorder->runningNodes.empty())
      currentRecorder->runningNodes.pop_back();
    return outputs;
  }
};

}  // namespace

std::string opText(const c10::OperatorHandle& op) {
  const c10::OperatorName& name = op.operator_name();
  std::string text;
  for (const char c : name.name)
    if (c != ':') {
      text += c;
    } else if (text.back() != '.') {
      text += '.';
    }
  text += '.';
  text += name.overload_name.empty() ? "default" : name.overload_name;
  return text;
}

CallTag Recorder::tagNow() const {
  if (fixedTag) return *fixedTag;
  CallTag tag;
  tag.visit = visit;
  tag.backward = inBackward;
  tag.partitioner = inBackward ? ir::PartitionerTag::IsBackward : ir::PartitionerTag::IsForward;
  if (runningNodes.empty()) {
    tag.sequence = static_cast<std::int64_t>(at::sequence_number::peek()) - 1;
    tag.accumulation = inBackward;
  } else {
    tag.sequence = runningNodes.back();
  }
  return tag;
}

void Recorder::noteResults(const std::vector<c10::IValue>& values) {
  int position = 0;
  for (const at::Tensor& tensor : torch::flatTensors(values)) {
    if (tensor.defined()) results.push_back({visit, position, tensor, calls.size()});
    ++position;
  }
}

void Recorder::noteFailure(const c10::OperatorHandle& op, Error error) {
  if (failure) return;
  failure = std::move(error);
  failedOp = opText(op);
}

bool Recorder::decompose(const c10::OperatorHandle& op, Stack* stack) {
  if (!decompositions) return false;
  const auto found = decompositions->find(&op.schema());
  if (found != decompositions->end()) return decomposeOutermost(op, found->second, stack);
  if (m_decomposed.empty() || !fallsApart(op)) return false;
  op.callBoxedForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd, *stack);
  return true;
}

bool Recorder::decomposeOutermost(const c10::OperatorHandle& op, Override body, Stack* stack) {
  struct Named {
    std::string& decomposed;
    const bool isOutermost;
    ~Named() {
      if (isOutermost) decomposed.clear();
    }
  } const named{m_decomposed, m_decomposed.empty()};
  if (named.isOutermost) m_decomposed = opText(op);
  try {
    return body(stack);
  } catch (const std::exception& error) {
    noteFailure(op, dispatchError(op, error));
    throw;
  }
}

void Recorder::dispatch(const c10::OperatorHandle& op, Stack* stack) {
  if (limits.stop.stop_requested()) {
    noteFailure(op, {ErrorCode::Cancelled, "The trace was cancelled.", {}, {}});
    TORCH_CHECK(false, failure->message);
  }
  if (const RefusedOp* refused = refusal(op)) {
    noteFailure(op, refusalError(opText(op), *refused));
    TORCH_CHECK_NOT_IMPLEMENTED(false, failure->message);
  }
  RecordedCall record{op, {}, {}, tagNow(), at::GradMode::is_enabled(), m_decomposed};
  try {
    call(op, stack, record);
  } catch (const std::exception& error) {
    noteFailure(op, dispatchError(op, error));
    throw;
  }
  calls.push_back(std::move(record));
}

void Recorder::call(const c10::OperatorHandle& op, Stack* stack, RecordedCall& record) {
  const c10::FunctionSchema& schema = op.schema();
  const std::size_t argumentCount = schema.arguments().size();
  record.arguments.assign(stack->end() - static_cast<std::ptrdiff_t>(argumentCount), stack->end());
  callOnMeta(op, stack, record);
  const auto firstResult = stack->end() - static_cast<std::ptrdiff_t>(schema.returns().size());
  record.results.assign(firstResult, stack->end());
  fixPointwiseLayout(op, record.arguments, record.results);
  fixViewLayout(op, record);
  if (drawsInPlace && op.operator_name() == c10::OperatorName("aten::bernoulli", "p"))
    record.results.front() = at::empty_like(record.arguments.front().toTensor());
  if (!schema.is_mutable()) separateFromArguments(record, record.results);
  std::copy(record.results.begin(), record.results.end(), firstResult);
}

void Recorder::callOnMeta(const c10::OperatorHandle& op, Stack* stack, const RecordedCall& record) {
  if (limits.learnShapesBytes > 0 && !hasShapeKernel(op)) {
    const std::vector<c10::IValue> onMeta =
        resultsOnZeros(op, record.arguments, limits.learnShapesBytes);
    ::torch::jit::drop(*stack, record.arguments.size());
    stack->insert(stack->end(), onMeta.begin(), onMeta.end());
    learnt.insert(opText(op));
    return;
  }
  moveToMeta(op.schema(), stack);
  op.callBoxed(stack);
}

RecordingScope::RecordingScope(Recorder& recorder, Overrides overrides)
    : m_previous(currentRecorder),
      m_previousDispatcher(c10::impl::PythonDispatcherTLS::get_state()),
      m_overrides(overrides) {
  currentRecorder = &recorder;
  // The mode is known by its address only; no Python object is behind it.
  c10::impl::TorchDispatchModeTLS::push_non_infra_mode_onto_stack(
      std::make_shared<c10::impl::PyObject_TorchDispatchMode>(reinterpret_cast<PyObject*>(1),
                                                              interpreter()));
  if (m_overrides == Overrides::On) c10::impl::PythonDispatcherTLS::set_state(interpreter());
}

RecordingScope::~RecordingScope() {
  if (m_overrides == Overrides::On) c10::impl::PythonDispatcherTLS::set_state(m_previousDispatcher);
  c10::impl::TorchDispatchModeTLS::pop_stack();
  currentRecorder = m_previous;
}

void watchBackward(const std::vector<at::Tensor>& roots) {
  using ::torch::autograd::Node;
  std::unordered_set<Node*> seen;
  std::vector<Node*> found;
  const auto add = [&](Node* node) {
    if (node && seen.insert(node).second) found.push_back(node);
  };
  for (const at::Tensor& root : roots) add(root.grad_fn().get());
  for (std::size_t i = 0; i < found.size(); ++i) {
    Node* const node = found[i];
    for (const ::torch::autograd::Edge& edge : node->next_edges()) add(edge.function.get());
    node->add_pre_hook(std::make_unique<EnterNode>(static_cast<std::int64_t>(node->sequence_nr())));
    node->add_post_hook(std::make_unique<LeaveNode>());
  }
}

}  // namespace core::trace
