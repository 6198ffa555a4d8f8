#pragma once

// Records every operator call below autograd on this thread: the eyes of the tracer.

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <cstdint>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ir/graph.h"
#include "core/trace/decompositions/core_decompositions.h"
#include "core/trace/traced_autocast_torch.h"

namespace core::trace {

/// What is noted of a call beside its operands.
struct CallTag {
  std::optional<std::int64_t> sequence;  ///< autograd's number, as PyTorch computes it for a node
  bool backward = false;
  bool accumulation = false;  ///< an addition of gradients, made by the engine between two nodes
  int visit = -1;             ///< position among the interpreted program nodes; -1: none of them
  ir::PartitionerTag partitioner = ir::PartitionerTag::None;
};

struct RecordedCall {
  c10::OperatorHandle op;
  std::vector<c10::IValue> arguments;  ///< one per schema argument, as the caller passed them
  std::vector<c10::IValue> results;
  CallTag tag;
  bool gradEnabled = true;
  std::string originalOp;  ///< the operator that was decomposed into this call; empty: none
};

/// A result of a node of the interpreted program.
struct ProgramResult {
  int visit = -1;         ///< position of the node among the interpreted ones
  int result = 0;         ///< position among its results, lists unfolded
  at::Tensor value;       ///< as recorded
  std::size_t calls = 0;  ///< how many calls were recorded when the node was done
};

/// What a recorder may do, and until when.
struct RecorderLimits {
  std::stop_token stop;
  std::int64_t learnShapesBytes = 0;  ///< see TraceOptions
};

/// The list of calls, in order. It keeps every tensor alive, because values are identified by the
/// address of their TensorImpl.
class Recorder {
 public:
  std::vector<RecordedCall> calls;
  std::vector<ProgramResult> results;
  int visit = -1;           ///< copied into the tag of each call
  bool inBackward = false;  ///< the phase, set around the call to the autograd engine
  /// Numbers of the autograd nodes that run now, innermost last; kept by hooks on the nodes.
  std::vector<std::int64_t> runningNodes;
  /// If set, the tag of every call (a replay knows better than the counter).
  std::optional<CallTag> fixedTag;
  /// The first call that could not be made, and why.
  std::optional<Error> failure;
  std::string failedOp;
  TracedAutocast autocast;
  RecorderLimits limits;
  std::set<std::string> learnt;  ///< operators that were run on zeros to learn their shapes
  /// A draw is recorded in the layout of the tensor that it fills: set while a write is made
  /// functional, because numbers are drawn in the order of memory.
  bool drawsInPlace = false;
  const DecompositionTable* decompositions = nullptr;  ///< what is taken apart; null: nothing

  CallTag tagNow() const;
  /// The program's node `visit` is done and gave these.
  void noteResults(const std::vector<c10::IValue>& values);
  /// Calls the operator with the mode off and appends it. Throws what the operator throws, after
  /// noting it in `failure`.
  void dispatch(const c10::OperatorHandle& op, ::torch::jit::Stack* stack);
  /// Makes the calls of the operator's decomposition instead, with the mode on. Within one,
  /// composite operators fall apart too, as autograd is past. False if the call is to be recorded.
  bool decompose(const c10::OperatorHandle& op, ::torch::jit::Stack* stack);
  /// Notes why `op` cannot be traced, unless an earlier failure is noted.
  void noteFailure(const c10::OperatorHandle& op, Error error);

 private:
  bool decomposeOutermost(const c10::OperatorHandle& op, Override body, ::torch::jit::Stack* stack);
  void call(const c10::OperatorHandle& op, ::torch::jit::Stack* stack, RecordedCall& record);
  void callOnMeta(const c10::OperatorHandle& op, ::torch::jit::Stack* stack,
                  const RecordedCall& record);

  std::string m_decomposed;  ///< the operator that is being taken apart; empty: none
};

enum class Overrides { Off, On };

/// While it lives, calls on this thread go to the recorder; with Overrides::On, composite operators
/// pass our table first. Nothing outside this thread, and nothing after it, is changed.
class RecordingScope {
 public:
  RecordingScope(Recorder& recorder, Overrides overrides);
  ~RecordingScope();
  RecordingScope(const RecordingScope&) = delete;
  RecordingScope& operator=(const RecordingScope&) = delete;

 private:
  Recorder* m_previous;
  c10::impl::PyInterpreter* m_previousDispatcher;
  Overrides m_overrides;
};

/// Gives every autograd node reachable from `roots` hooks that keep Recorder::runningNodes.
void watchBackward(const std::vector<at::Tensor>& roots);

/// Calls `visit(const at::Tensor&)` for each defined tensor in `value`, lists included.
template <typename Visit>
void forEachTensor(const c10::IValue& value, Visit&& visit) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) visit(value.toTensor());
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector())
      if (tensor.defined()) visit(tensor);
  } else if (value.isList()) {
    for (const c10::IValue& element : value.toListRef())
      if (element.isTensor() && element.toTensor().defined()) visit(element.toTensor());
  }
}

/// "aten.add.Tensor", PyTorch's spelling of an operator.
std::string opText(const c10::OperatorHandle& op);

}  // namespace core::trace
