// Functionalization wraps every tensor; a write makes a new value and marks the views of its
// storage as stale, and a stale view is regenerated when it is next synchronised. The nodes
// therefore depend on *when* values are synchronised. PyTorch's Python mode does it for every
// argument of every call, for all inputs at the end of the forward, and for inputs, tangents and
// outputs at the very end; the replay does the same, so order and names of the nodes come out
// equal.

#include "core/trace/functional_replay_torch.h"

#include <ATen/ATen.h>
#include <ATen/FunctionalTensorWrapper.h>
#include <ATen/InferSize.h>
#include <ATen/TensorUtils.h>

#include <unordered_map>

namespace core::trace {
namespace {

namespace functional = at::functionalization::impl;
using c10::IValue;
using c10::TensorImpl;

at::Tensor copyOfGeometry(const at::Tensor& tensor) {
  return at::empty_strided(tensor.sizes(), tensor.strides(), tensor.options().requires_grad(false));
}

/// A reshape became a view of what the first stage saw. Where that value was decomposed and has
/// other strides now, PyTorch's reshape, which sees those, copies.
bool isImpossibleView(const c10::OperatorHandle& op, const ::torch::jit::Stack& stack) {
  static const c10::OperatorName kView{"aten::view", ""};
  if (op.operator_name() != kView) return false;
  const at::Tensor& self = stack[0].toTensor();
  const at::DimVector sizes = at::infer_size_dv(stack[1].toIntVector(), self.numel());
  return !at::detail::computeStride(self.sizes(), self.strides(), sizes);
}

class Replay {
 public:
  Replay(const JointCapture& capture, const ForwardMetadata& metadata, FunctionalCapture& result)
      : m_capture(capture), m_metadata(metadata), m_result(result) {
    result.recorder.limits = capture.recorder.limits;
    for (std::size_t i = 0; i < capture.primals.size(); ++i)
      m_primals.push_back(wrap(capture.primals[i], capture.geometry[i], result.primals));
    for (const at::Tensor& tangent : capture.tangents)
      m_tangents.push_back(wrap(tangent, tangent, result.tangents));
    for (const int i : metadata.meta.mutatedGraphHandledIndices)
      m_written[static_cast<std::size_t>(i)] =
          copyOfGeometry(capture.geometry[static_cast<std::size_t>(i)]);
  }

  void run() {
    const functional::FunctionalizationReapplyViewsGuard keepViews(true);
    const c10::impl::IncludeDispatchKeyGuard functionalize(c10::DispatchKey::Functionalize);
    const at::AutoDispatchBelowADInplaceOrView belowAutograd;
    const RecordingScope scope(m_result.recorder, Overrides::Off);
    const std::vector<RecordedCall>& calls = m_capture.recorder.calls;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      noteProgramResults(i);
      if (i == m_capture.forwardCalls) endForward();
      replay(calls[i]);
    }
    noteProgramResults(calls.size());
    if (m_capture.forwardCalls == calls.size()) endForward();
    finish();
  }

 private:
  at::Tensor wrap(const at::Tensor& stage1, const at::Tensor& geometry,
                  std::vector<at::Tensor>& values) {
    values.push_back(copyOfGeometry(geometry));
    at::Tensor wrapper = functional::to_functional_tensor(values.back());
    m_values[stage1.unsafeGetTensorImpl()] = wrapper;
    return wrapper;
  }

  at::Tensor lookUp(const at::Tensor& stage1) const {
    if (!stage1.defined()) return stage1;
    const auto found = m_values.find(stage1.unsafeGetTensorImpl());
    return found == m_values.end() ? stage1 : found->second;
  }

  IValue substitute(const IValue& value) const {
    if (value.isTensor()) return lookUp(value.toTensor());
    if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& tensor : value.toTensorVector()) list.push_back(lookUp(tensor));
      return list;
    }
    if (value.isList() && value.toList().elementType()->kind() == c10::TypeKind::OptionalType) {
      c10::List<std::optional<at::Tensor>> list;
      for (const IValue& element : value.toListRef())
        list.push_back(element.isNone() ? std::optional<at::Tensor>()
                                        : std::optional<at::Tensor>(lookUp(element.toTensor())));
      return list;
    }
    return value;
  }

  void bindResult(const IValue& stage1, const IValue& value) {
    if (stage1.isTensor()) {
      if (stage1.toTensor().defined())
        m_values[stage1.toTensor().unsafeGetTensorImpl()] = value.toTensor();
    } else if (stage1.isTensorList()) {
      const std::vector<at::Tensor> from = stage1.toTensorVector();
      const std::vector<at::Tensor> to = value.toTensorVector();
      for (std::size_t k = 0; k < from.size(); ++k)
        if (from[k].defined()) m_values[from[k].unsafeGetTensorImpl()] = to[k];
    }
  }

  void replay(const RecordedCall& call) {
    m_result.recorder.fixedTag = call.tag;
    ::torch::jit::Stack stack;
    stack.reserve(call.arguments.size());
    for (const IValue& argument : call.arguments) stack.push_back(substitute(argument));
    for (const IValue& argument : stack)
      forEachTensor(argument, [&](const at::Tensor& tensor) {
        if (functional::isFunctionalTensor(tensor)) synchroniseArgument(tensor);
      });
    const std::size_t before = m_result.recorder.calls.size();
    m_result.recorder.drawsInPlace = call.op.schema().is_mutable();
    if (isImpossibleView(call.op, stack)) {
      stack[0] = stack[0].toTensor().clone(at::MemoryFormat::Contiguous);
      stack = {at::_unsafe_view(stack[0].toTensor(), stack[1].toIntVector())};
    } else {
      call.op.callBoxed(&stack);
    }
    refuseWrites(before);
    for (std::size_t i = 0; i < call.results.size(); ++i) bindResult(call.results[i], stack[i]);
  }

  /// What the results of program nodes are after `done` calls. A later write makes another value of
  /// them; one that waits for its regeneration is left out.
  void noteProgramResults(std::size_t done) {
    const std::vector<ProgramResult>& results = m_capture.recorder.results;
    for (; m_nextResult < results.size() && results[m_nextResult].calls <= done; ++m_nextResult) {
      const at::Tensor wrapper = lookUp(results[m_nextResult].value);
      if (!functional::isFunctionalTensor(wrapper)) continue;
      if (!functional::unsafeGetFunctionalWrapper(wrapper)->is_up_to_date()) continue;
      ProgramResult result = results[m_nextResult];
      result.value = functional::from_functional_tensor(wrapper);
      m_result.programResults.push_back(std::move(result));
    }
  }

  /// An operator that writes and has no functional form comes through as it is; a graph with it
  /// would be wrong.
  void refuseWrites(std::size_t before) {
    Recorder& recorder = m_result.recorder;
    for (std::size_t i = before; i < recorder.calls.size(); ++i) {
      const c10::OperatorHandle& op = recorder.calls[i].op;
      if (!op.schema().is_mutable()) continue;
      const std::string why = "Cannot trace `" + opText(op) +
                              "`: it writes to its arguments and has no functional form.";
      recorder.noteFailure(op, {ErrorCode::UnsupportedOp, why, {}, {}});
      TORCH_CHECK_NOT_IMPLEMENTED(false, why);
    }
  }

  /// A view regenerated here keeps the sequence number of the value it replaces.
  void synchroniseArgument(const at::Tensor& wrapper) {
    noteNewValues();
    std::optional<CallTag>& tag = m_result.recorder.fixedTag;
    const std::optional<CallTag> saved = tag;
    const at::Tensor value = functional::from_functional_tensor(wrapper);
    const auto found = m_sequenceOfValue.find(value.unsafeGetTensorImpl());
    if (found != m_sequenceOfValue.end() && found->second && tag->sequence)
      tag->sequence = found->second;
    functional::sync(wrapper);
    tag = saved;
  }

  void noteNewValues() {
    const std::vector<RecordedCall>& calls = m_result.recorder.calls;
    for (; m_noted < calls.size(); ++m_noted)
      for (const IValue& result : calls[m_noted].results)
        forEachTensor(result, [&](const at::Tensor& tensor) {
          m_sequenceOfValue.emplace(tensor.unsafeGetTensorImpl(), calls[m_noted].tag.sequence);
        });
  }

  /// What the inputs hold now is what the epilogue writes back.
  void endForward() {
    CallTag tag;
    tag.sequence = 0;
    if (m_capture.forwardCalls > 0)
      tag.sequence = m_capture.recorder.calls[m_capture.forwardCalls - 1].tag.sequence;
    tag.partitioner = ir::PartitionerTag::IsForward;
    m_result.recorder.fixedTag = tag;
    for (const at::Tensor& argument : m_capture.arguments) functional::sync(lookUp(argument));
    for (const at::Tensor& primal : m_primals) {
      functional::sync(primal);
      m_afterForward.push_back(functional::from_functional_tensor(primal));
    }
  }

  /// Views regenerated from here on belong to no operator of the program.
  void finish() {
    const CallTag outside;
    m_result.recorder.fixedTag = outside;
    for (const at::Tensor& primal : m_primals) functional::sync(primal);
    for (const at::Tensor& tangent : m_tangents) functional::sync(tangent);
    writeBack();
    m_result.recorder.fixedTag = outside;
    for (const at::Tensor& output : m_capture.forwardOutputs)
      m_result.outputs.push_back(finalValue(output));
    replaceWrittenInputs();
    for (const at::Tensor& gradient : m_capture.gradients)
      m_result.outputs.push_back(finalValue(gradient));
  }

  void writeBack() {
    CallTag tag;
    tag.sequence = m_capture.lastSequence;
    tag.partitioner = ir::PartitionerTag::MustBeInForward;
    m_result.recorder.fixedTag = tag;
    const c10::impl::ExcludeDispatchKeyGuard plain(c10::DispatchKey::Functionalize);
    for (const int i : m_metadata.meta.mutatedGraphHandledIndices) {
      const auto k = static_cast<std::size_t>(i);
      m_result.primals[k].copy_(m_afterForward[k]);
      if (!m_metadata.meta.isTrain) nameResultOfWrite(k);
    }
  }

  /// In an inference graph the written input is returned as the result of the write.
  void nameResultOfWrite(std::size_t primal) {
    const at::Tensor& written = m_written.at(primal);
    m_result.recorder.calls.back().results = {written};
  }

  at::Tensor finalValue(const at::Tensor& stage1) const {
    if (!stage1.defined()) return {};
    const at::Tensor wrapper = lookUp(stage1);
    if (!functional::isFunctionalTensor(wrapper)) return wrapper;
    functional::sync(wrapper);
    return functional::from_functional_tensor(wrapper);
  }

  /// An output that is an input written in the graph is that input itself, or its write.
  void replaceWrittenInputs() {
    const ir::ViewAndMutationMeta& meta = m_metadata.meta;
    for (std::size_t i = 0; i < meta.outputs.size(); ++i) {
      if (meta.outputs[i].type != ir::OutputType::IsInput) continue;
      const auto input = static_cast<std::size_t>(*meta.outputs[i].baseIndex);
      if (meta.inputs[input].mutationType == ir::MutationType::MutatedInGraph)
        m_result.outputs[meta.mutatedRuntimeIndices.size() + i] =
            meta.isTrain ? m_result.primals[input] : m_written.at(input);
    }
  }

  const JointCapture& m_capture;
  const ForwardMetadata& m_metadata;
  FunctionalCapture& m_result;
  std::vector<at::Tensor> m_primals, m_tangents;  ///< wrappers
  std::vector<at::Tensor> m_afterForward;
  std::unordered_map<std::size_t, at::Tensor> m_written;  ///< inference: by primal
  std::unordered_map<TensorImpl*, at::Tensor> m_values;   ///< stage 1 value -> wrapper
  std::unordered_map<TensorImpl*, std::optional<std::int64_t>> m_sequenceOfValue;
  std::size_t m_noted = 0;
  std::size_t m_nextResult = 0;
};

}  // namespace

void replayFunctionally(const JointCapture& capture, const ForwardMetadata& metadata,
                        FunctionalCapture& result) {
  const at::NoGradGuard noGrad;
  Replay(capture, metadata, result).run();
}

}  // namespace core::trace
