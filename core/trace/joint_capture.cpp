// The program runs on meta tensors with autograd on, and our dispatch mode below autograd records
// what really executes: the forward's operators, then the operators of each backward formula in the
// engine's order. Autograd sees the mutations as they are, so gradients of writes through views
// come out right; functionalization follows in stage 2, with autograd off. (Functionalizing below
// live autograd in one go records wrong strides for such writes.)

#include "core/trace/joint_capture_torch.h"

#include <ATen/ATen.h>
#include <ATen/SequenceNumber.h>
#include <c10/core/AutogradState.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <unordered_map>

namespace core::trace {
namespace {

/// The engine stays on this thread, and a write to a view is recorded as views, not as_strided.
class CaptureAutogradState {
 public:
  CaptureAutogradState() : m_saved(c10::AutogradState::get_tls_state()) {
    c10::AutogradState::get_tls_state().set_multithreading_enabled(false);
    c10::AutogradState::get_tls_state().set_view_replay_enabled(true);
  }
  ~CaptureAutogradState() { c10::AutogradState::set_tls_state(m_saved); }
  CaptureAutogradState(const CaptureAutogradState&) = delete;
  CaptureAutogradState& operator=(const CaptureAutogradState&) = delete;

 private:
  c10::AutogradState m_saved;
};

std::int64_t sequenceNow() {
  return static_cast<std::int64_t>(at::sequence_number::peek()) - 1;
}

class Capture {
 public:
  Capture(const TracedFunction& function, const ForwardMetadata& metadata)
      : m_function(function), m_metadata(metadata) {
    m_result.primals = function.freshPrimals();
    m_result.geometry = function.freshPrimals();
    m_result.arguments = m_result.primals;
    m_result.tangents = metadata.tangents;
    m_result.recorder.limits = function.limits();
  }

  JointCapture run(CapturePhases phases) {
    const CaptureAutogradState state;
    const RecordingScope scope(m_result.recorder, Overrides::On);
    m_result.error = attempt([&] { return forward(phases); });
    m_result.forwardCalls = m_result.recorder.calls.size();
    if (phases == CapturePhases::ForwardAndBackward)
      m_result.gradients.resize(m_result.primals.size());
    if (!m_result.error && phases == CapturePhases::ForwardAndBackward)
      m_result.error = attempt([&]() -> Result<void> {
        backward();
        return {};
      });
    m_result.lastSequence = sequenceNow();
    return std::move(m_result);
  }

 private:
  template <typename Work>
  std::optional<Error> attempt(Work&& work) {
    try {
      if (auto done = work(); !done) return std::move(done).error();
    } catch (const std::exception& failure) {
      return backwardError(failure);
    }
    return std::nullopt;
  }

  Result<void> forward(CapturePhases phases) {
    for (const int i : m_metadata.meta.mutatedRuntimeIndices)
      prepareArgument(static_cast<std::size_t>(i), phases);
    for (const int i : m_metadata.reshapedForAWhile)
      m_result.arguments[static_cast<std::size_t>(i)] =
          viewForReshape(m_result.primals[static_cast<std::size_t>(i)]);
    CORE_TRY(m_outputs, m_function.run(m_result.arguments, m_result.recorder));
    for (const int i : m_metadata.meta.mutatedRuntimeIndices)
      m_result.forwardOutputs.push_back(m_result.arguments[static_cast<std::size_t>(i)]);
    for (const at::Tensor& output : m_outputs) m_result.forwardOutputs.push_back(output);
    for (const int output : m_metadata.baseOutputs) {
      m_bases.emplace_back(m_outputs[static_cast<std::size_t>(output)]._base());
      m_result.forwardOutputs.push_back(m_bases.back());
    }
    return {};
  }

  /// An input that is written outside the graph afterwards must stay as it was: the program gets a
  /// clone, or a view if only its geometry changes. Without a backward it may change, but autograd
  /// lets nobody change a leaf that requires grad.
  void prepareArgument(std::size_t i, CapturePhases phases) {
    const at::Tensor& primal = m_result.primals[i];
    if (phases == CapturePhases::ForwardOnly) {
      primal.requires_grad_(false);
    } else if (hasTangent(m_metadata.meta.inputs[i])) {
      m_result.arguments[i] = primal.clone();
    } else if (m_metadata.meta.inputs[i].mutatesMetadata) {
      m_result.arguments[i] = viewForReshape(primal);
    }
  }

  /// Autograd lets nobody reshape a view of a leaf in place. `_unsafe_view` is no view to it; in
  /// the record it is one.
  at::Tensor viewForReshape(const at::Tensor& primal) {
    static const auto view = c10::Dispatcher::singleton().findSchemaOrThrow("aten::view", "");
    at::Tensor result = at::_unsafe_view(primal, primal.sizes());
    m_result.recorder.calls.back().op = view;
    return result;
  }

  void backward() {
    std::vector<at::Tensor> roots, seeds;
    std::size_t next = 0;
    const auto addRoot = [&](const at::Tensor& value) {
      const at::Tensor& tangent = m_metadata.tangents[next++];
      // A view made under no_grad says that it requires grad, but has no history.
      if (!value.requires_grad() || (value.is_view() && !value.grad_fn())) return;
      roots.push_back(value);
      seeds.push_back(tangent);
    };
    for (const int i : m_metadata.meta.mutatedRuntimeIndices)
      if (hasTangent(m_metadata.meta.inputs[static_cast<std::size_t>(i)]))
        addRoot(m_result.arguments[static_cast<std::size_t>(i)]);
    for (std::size_t i = 0; i < m_outputs.size(); ++i)
      if (hasTangent(m_metadata.meta.outputs[i])) addRoot(m_outputs[i]);
    for (const at::Tensor& base : m_bases) addRoot(base);

    std::vector<at::Tensor> wanted;
    // `grad` would number a node of its own for each leaf without an accumulator.
    std::vector<std::shared_ptr<::torch::autograd::Node>> accumulators;
    for (const at::Tensor& primal : m_result.primals) {
      if (!primal.requires_grad()) continue;
      wanted.push_back(primal);
      accumulators.push_back(::torch::autograd::impl::grad_accumulator(primal));
    }
    if (roots.empty() || wanted.empty()) return;
    m_result.recorder.inBackward = true;
    watchBackward(roots);
    const std::vector<at::Tensor> gradients =
        ::torch::autograd::grad(roots, wanted, seeds, /*retain_graph=*/std::nullopt,
                                /*create_graph=*/false, /*allow_unused=*/true);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < m_result.primals.size(); ++i)
      if (m_result.primals[i].requires_grad()) m_result.gradients[i] = gradients[taken++];
  }

  Error backwardError(const std::exception& failure) const {
    const auto* torchError = dynamic_cast<const c10::Error*>(&failure);
    const std::string what = torchError ? torchError->what_without_backtrace() : failure.what();
    const load::ExportNode* node = failingNode();
    // Autograd says this of operators without a derivative.
    const bool hasNone = what.find("is not implemented") != std::string::npos;
    Error fallback{hasNone ? ErrorCode::UnsupportedOp : ErrorCode::Torch,
                   "Cannot trace the backward" + (node ? nodeLocation(*node) : std::string()) +
                       ": " + what.substr(0, what.find('\n')),
                   failure.what(), node ? node->name : std::string()};
    return traceError(m_result.recorder, node, std::move(fallback));
  }

  /// The program node whose backward runs: the first forward call with the running number.
  const load::ExportNode* failingNode() const {
    const Recorder& recorder = m_result.recorder;
    if (recorder.runningNodes.empty()) return nullptr;
    for (const RecordedCall& call : recorder.calls)
      if (!call.tag.backward && call.tag.visit >= 0 &&
          call.tag.sequence == recorder.runningNodes.back())
        return m_function.program().visits[static_cast<std::size_t>(call.tag.visit)];
    return nullptr;
  }

  const TracedFunction& m_function;
  const ForwardMetadata& m_metadata;
  JointCapture m_result;
  std::vector<at::Tensor> m_outputs, m_bases;
};

}  // namespace

JointCapture captureJoint(const TracedFunction& function, const ForwardMetadata& metadata,
                          CapturePhases phases) {
  return Capture(function, metadata).run(phases);
}

}  // namespace core::trace
