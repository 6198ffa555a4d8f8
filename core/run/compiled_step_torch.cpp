// Around the pure forward graph, in this order: the primals are picked out of the user's tensors
// and detached; the schedule runs; outputs that carry a gradient get an autograd node whose apply()
// runs the backward schedule; then the epilogue redoes on the user's tensors what the pure graph
// could not do: write mutated inputs, and make views of inputs and of other outputs again, with
// autograd recording it as in eager. The node's inputs are the traced tangents, in their order:
// mutated inputs, outputs, intermediate bases.

#include "core/run/compiled_step_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>

#include <chrono>
#include <unordered_map>

#include "core/base/check.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Where an input of a half comes from.
struct Source {
  enum class Kind { Primal, Tangent, Saved, Number };
  Kind kind = Kind::Number;
  std::size_t index = 0;
};

bool carriesGradient(const ir::OutputInfo& output) {
  return output.isTensor && output.requiresGrad &&
         (output.type == ir::OutputType::NonAlias ||
          output.type == ir::OutputType::UnsafeViewAlias);
}

bool carriesGradient(const ir::InputInfo& input) {
  return input.mutationType == ir::MutationType::MutatedOutGraph && input.mutatesData &&
         input.requiresGrad;
}

/// Positions of the forward's outputs that have a tangent, in the order of the tangents.
std::vector<std::size_t> tangentOutputs(const ir::ViewAndMutationMeta& metadata) {
  std::vector<std::size_t> positions;
  std::size_t position = 0;
  for (const int primal : metadata.mutatedRuntimeIndices) {
    if (carriesGradient(metadata.inputs[static_cast<std::size_t>(primal)])) {
      positions.push_back(position);
    }
    ++position;
  }
  for (const ir::OutputInfo& output : metadata.outputs) {
    if (carriesGradient(output)) positions.push_back(position);
    ++position;
  }
  for (int i = 0; i < metadata.intermediateBases; ++i) positions.push_back(position++);
  return positions;
}

}  // namespace

struct CompiledStep::Shared {
  std::shared_ptr<const ir::JointGraph> joint;
  std::unique_ptr<ScheduleRunner> forward;
  std::unique_ptr<ScheduleRunner> backward;  ///< null in inference
  std::vector<Source> forwardSources;
  std::vector<Source> backwardSources;
  std::vector<std::size_t> tangents;  ///< forward outputs that have one
  std::int64_t arenaBytes = 0;
  HalfTimes times;

  std::size_t forwardOutputs() const {
    return static_cast<std::size_t>(joint->signature.numForwardOutputs);
  }
  std::vector<Source> sourcesOf(const ScheduleRunner& half) const;
};

/// Placeholders keep their names through partition and decomposition: those of the joint graph are
/// primals or tangents. The backward gets no primals: what it reads of them was saved with the
/// rest, because a primal may be written between the two.
std::vector<Source> CompiledStep::Shared::sourcesOf(const ScheduleRunner& half) const {
  std::unordered_map<std::string, Source> known;
  const ir::Graph& all = *joint->graph;
  const auto primals = static_cast<std::size_t>(joint->signature.numPrimals);
  const bool isForward = &half == forward.get();
  for (std::size_t i = 0; i < all.placeholders().size(); ++i) {
    const bool isPrimal = i < primals;
    if (isPrimal && !isForward) continue;
    known[all.node(all.placeholders()[i]).name] =
        isPrimal ? Source{Source::Kind::Primal, i} : Source{Source::Kind::Tangent, i - primals};
  }
  const ir::Graph& producer = forward->graph();
  for (std::size_t i = forwardOutputs(); !isForward && i < producer.outputs().size(); ++i) {
    const ir::Argument& output = producer.outputs()[i];
    if (output.isNode()) known[producer.node(output.node()).name] = {Source::Kind::Saved, i};
  }
  std::vector<Source> sources;
  for (const ir::NodeId id : half.graph().placeholders()) {
    const ir::Node& node = half.graph().node(id);
    const auto found = known.find(node.name);
    CORE_CHECK(found != known.end() || node.sym(),
               "nothing provides the input '" + node.name + "'");
    sources.push_back(node.sym() ? Source{} : found->second);
  }
  return sources;
}

/// The backward of the whole compiled forward.
class CompiledStep::BackwardNode final : public ::torch::autograd::Node {
 public:
  BackwardNode(std::shared_ptr<Shared> shared, std::vector<at::Tensor> saved)
      : m_shared(std::move(shared)), m_values(std::move(saved)) {}

  std::string name() const override { return "CompiledBackward"; }
  void release_variables() override { m_values.clear(); }

 protected:
  ::torch::autograd::variable_list apply(::torch::autograd::variable_list&& gradients) override {
    TORCH_CHECK(!m_values.empty(), "the compiled backward can run only once for each forward");
    std::vector<at::Tensor> inputs;
    for (const Source& source : m_shared->backwardSources) {
      switch (source.kind) {
        case Source::Kind::Tangent: inputs.push_back(tangent(source.index, gradients)); break;
        case Source::Kind::Saved: inputs.push_back(m_values[source.index]); break;
        case Source::Kind::Primal:
        case Source::Kind::Number: inputs.emplace_back(); break;
      }
    }
    // From here on the schedule alone keeps the saved values, and frees each after its last use.
    m_values.clear();
    gradients.clear();
    const auto start = Clock::now();
    std::vector<at::Tensor> outputs = m_shared->backward->run(std::move(inputs));
    m_shared->times.backward = secondsSince(start);
    outputs.resize(num_outputs());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!task_should_compute_output(i)) outputs[i].reset();
    }
    return outputs;
  }

 private:
  /// The incoming gradient in the traced layout; zeros if nothing came.
  at::Tensor tangent(std::size_t index, const ::torch::autograd::variable_list& gradients) const {
    const ir::TensorMeta& meta = m_shared->joint->metadata.tracedTangents[index];
    const at::Tensor& gradient = gradients[index];
    if (gradient.defined() && gradient.scalar_type() == torch::scalarType(meta.dtype)) {
      return gradient;  // the schedule changes the strides of its inputs where it must
    }
    at::Tensor coerced = torch::emptyLike(meta, c10::kCPU);
    gradient.defined() ? coerced.copy_(gradient) : coerced.zero_();
    return coerced;
  }

  std::shared_ptr<Shared> m_shared;
  std::vector<at::Tensor> m_values;  ///< by forward output; the saved ones are defined
};

/// What is redone on the user's tensors after the forward.
class CompiledStep::Epilogue {
 public:
  Epilogue(const Shared& shared, const std::vector<at::Tensor>& primals,
           const std::vector<at::Tensor>& values)
      : m_metadata(shared.joint->metadata), m_primals(primals), m_values(values) {}

  std::vector<at::Tensor> run() {
    const auto& mutated = m_metadata.mutatedRuntimeIndices;
    for (std::size_t i = 0; i < mutated.size(); ++i) {
      const auto primal = static_cast<std::size_t>(mutated[i]);
      writeBack(m_metadata.inputs[primal], m_primals[primal], m_values[i]);
    }
    std::vector<at::Tensor> outputs;
    for (std::size_t i = 0; i < m_metadata.outputs.size(); ++i) {
      if (!isView(m_metadata.outputs[i])) {
        outputs.push_back(plainOutput(i));
      } else {
        outputs.emplace_back();
      }
    }
    // Views last: their base may be another output.
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const ir::OutputInfo& info = m_metadata.outputs[i];
      if (isView(info)) outputs[i] = viewOutput(info, outputs);
    }
    return outputs;
  }

 private:
  static bool isView(const ir::OutputInfo& info) {
    switch (info.type) {
      case ir::OutputType::NonAlias:
      case ir::OutputType::IsInput:
      case ir::OutputType::UnsafeViewAlias:
      case ir::OutputType::CustomFunctionView: return false;
      case ir::OutputType::AliasOfInput:
      case ir::OutputType::AliasOfIntermediate:
      case ir::OutputType::AliasOfIntermediateSaveAsOutput:
      case ir::OutputType::AliasOfIntermediateBaseIsUserOutput: return info.isTensor;
    }
    return false;
  }

  static void writeBack(const ir::InputInfo& info, at::Tensor input, const at::Tensor& updated) {
    if (info.mutatesStorageMetadata) {
      const at::NoGradGuard noGrad;
      input.set_(updated);
      return;
    }
    if (info.mutatesMetadata) input.as_strided_(updated.sizes(), updated.strides());
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

  std::size_t firstOutput() const { return m_metadata.mutatedRuntimeIndices.size(); }

  at::Tensor plainOutput(std::size_t i) const {
    const ir::OutputInfo& info = m_metadata.outputs[i];
    if (!info.isTensor) return {};
    if (info.type == ir::OutputType::IsInput) {
      return m_primals[static_cast<std::size_t>(info.baseIndex.value())];
    }
    return m_values[firstOutput() + i];
  }

  at::Tensor viewOutput(const ir::OutputInfo& info, const std::vector<at::Tensor>& outputs) const {
    CORE_CHECK(info.baseIndex && info.meta, "an aliased output lacks its base or its geometry");
    const auto index = static_cast<std::size_t>(*info.baseIndex);
    at::Tensor base;
    if (info.type == ir::OutputType::AliasOfInput) {
      base = m_primals[index];
    } else if (info.type == ir::OutputType::AliasOfIntermediateBaseIsUserOutput) {
      base = outputs[index];
    } else {
      base = m_values[firstOutput() + m_metadata.outputs.size() + index];
    }
    at::Tensor view = base.as_strided(info.meta->sizeHints(), info.meta->strideHints(),
                                      base.storage_offset() + info.storageOffset);
    return info.requiresGrad ? view : view.detach();
  }

  const ir::ViewAndMutationMeta& m_metadata;
  const std::vector<at::Tensor>& m_primals;
  const std::vector<at::Tensor>& m_values;
};

CompiledStep::CompiledStep(const torch::ExecutableStep& step)
    : m_shared(std::make_shared<Shared>()) {
  Shared& shared = *m_shared;
  TORCH_CHECK(step.joint && step.forward.schedule, "the step was not compiled");
  shared.joint = step.joint;
  // The partition of an inference graph has a backward too, an empty one.
  const bool hasBackward = step.backward.schedule && !step.joint->metadata.tracedTangents.empty();
  shared.arenaBytes = step.forward.schedule->arenaBytes;
  if (hasBackward) {
    shared.arenaBytes = std::max(shared.arenaBytes, step.backward.schedule->arenaBytes);
  }
  const ArenaPtr arena = allocateArena(shared.arenaBytes);
  shared.forward =
      std::make_unique<ScheduleRunner>(step.forward.schedule, step.forward.kernels, arena);
  shared.forwardSources = shared.sourcesOf(*shared.forward);
  if (!hasBackward) return;
  shared.backward =
      std::make_unique<ScheduleRunner>(step.backward.schedule, step.backward.kernels, arena);
  shared.backwardSources = shared.sourcesOf(*shared.backward);
  shared.tangents = tangentOutputs(step.joint->metadata);
  CORE_CHECK(shared.tangents.size() == step.joint->metadata.tracedTangents.size(),
             "the metadata counts its tangents in two ways");
}

CompiledStep::~CompiledStep() = default;

std::vector<at::Tensor> CompiledStep::primalsOf(const std::vector<at::Tensor>& graphInputs) const {
  const ir::JointSignature& signature = m_shared->joint->signature;
  const ir::Graph& graph = *m_shared->joint->graph;
  std::vector<at::Tensor> primals(static_cast<std::size_t>(signature.numPrimals));
  for (std::size_t i = 0; i < signature.inputBindings.size(); ++i) {
    const ir::InputBinding& binding = signature.inputBindings[i];
    if (binding.primal < 0) continue;
    const auto index = static_cast<std::size_t>(binding.primal);
    if (primals[index].defined()) continue;
    if (!binding.isView) {
      primals[index] = graphInputs[i];
      continue;
    }
    // A synthetic base: the whole storage of its members.
    const ir::TensorMeta& meta = *graph.node(graph.placeholders()[index]).tensor();
    primals[index] = at::empty({0}, graphInputs[i].options());
    primals[index].set_(graphInputs[i].storage(), 0, meta.sizeHints(), meta.strideHints());
  }
  return primals;
}

std::vector<at::Tensor> CompiledStep::run(const std::vector<at::Tensor>& graphInputs) {
  Shared& shared = *m_shared;
  const std::vector<at::Tensor> primals = primalsOf(graphInputs);
  std::vector<at::Tensor> inputs;
  for (const Source& source : shared.forwardSources) {
    const bool isPrimal = source.kind == Source::Kind::Primal;
    inputs.push_back(isPrimal ? primals[source.index].detach() : at::Tensor());
  }
  const auto start = Clock::now();
  std::vector<at::Tensor> values = shared.forward->run(std::move(inputs));
  shared.times.forward = secondsSince(start);
  if (!shared.backward) return Epilogue(shared, primals, values).run();

  keepFromWrites(values, primals);
  auto node = std::shared_ptr<BackwardNode>(new BackwardNode(m_shared, savedOf(values)),
                                            ::torch::autograd::deleteNode);
  node->set_next_edges(::torch::autograd::collect_next_edges(primals));
  for (const std::size_t position : shared.tangents) {
    // A new TensorImpl: the node keeps the plain one, and a cycle would never be freed.
    values[position] = values[position].detach();
    ::torch::autograd::set_history(values[position], node);
  }
  return Epilogue(shared, primals, values).run();
}

/// A saved value may be a primal itself, or a view of one. Where the epilogue is going to write
/// that primal, the backward gets a copy of what it was.
void CompiledStep::keepFromWrites(std::vector<at::Tensor>& values,
                                  const std::vector<at::Tensor>& primals) const {
  for (const int index : m_shared->joint->metadata.mutatedRuntimeIndices) {
    const at::Tensor& primal = primals[static_cast<std::size_t>(index)];
    for (std::size_t i = m_shared->forwardOutputs(); i < values.size(); ++i) {
      if (values[i].defined() && values[i].is_alias_of(primal)) values[i] = values[i].clone();
    }
  }
}

std::vector<at::Tensor> CompiledStep::savedOf(const std::vector<at::Tensor>& values) const {
  std::vector<at::Tensor> saved = values;
  std::fill_n(saved.begin(), m_shared->forwardOutputs(), at::Tensor());
  return saved;
}

bool CompiledStep::isRandom() const {
  return m_shared->forward->isRandom() || (m_shared->backward && m_shared->backward->isRandom());
}

HalfTimes CompiledStep::times() const {
  return m_shared->times;
}

std::int64_t CompiledStep::arenaBytes() const {
  return m_shared->arenaBytes;
}

}  // namespace core::run
