// Around the pure forward graph, in this order: the primals are picked out of the user's tensors
// and detached; the schedule runs; outputs that carry a gradient get an autograd node whose apply()
// runs the backward schedule; then the epilogue redoes on the user's tensors what the pure graph
// could not do: write mutated inputs, and make views of inputs and of other outputs again, with
// autograd recording it as in eager. The node's inputs are the traced tangents, in their order:
// mutated inputs, outputs, intermediate bases.

#include "core/run/compiled_step_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>

#include <chrono>
#include <unordered_map>

#include "core/base/check.h"
#include "core/ir/attribute_inputs.h"
#include "core/run/compiled_backward_torch.h"
#include "core/run/step_epilogue_torch.h"

namespace core::run {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

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

std::vector<std::uint32_t> versionsOf(const std::vector<at::Tensor>& tensors) {
  std::vector<std::uint32_t> versions;
  for (const at::Tensor& tensor : tensors) {
    versions.push_back(tensor.defined() ? static_cast<std::uint32_t>(tensor._version()) : 0);
  }
  return versions;
}

/// The tensor that all members are views of, where autograd knows it; else a flat view of their
/// storage, which is enough if none needs a gradient.
at::Tensor syntheticBase(const at::Tensor& member, const ir::TensorMeta& meta) {
  const bool isKnown = member.requires_grad() && member.is_view();
  if (isKnown) {
    at::Tensor base(member._base());
    TORCH_CHECK(base.sizes() == at::IntArrayRef(meta.sizeHints()),
                "inputs that overlap in memory and are written must be views of a tensor of sizes ",
                at::IntArrayRef(meta.sizeHints()), ", as when the step was traced");
    return base;
  }
  TORCH_CHECK(!member.requires_grad(),
              "inputs that overlap in memory, are written and require grad must be views of one "
              "tensor");
  at::Tensor base = at::empty({0}, member.options());
  base.set_(member.storage(), 0, meta.sizeHints(), meta.strideHints());
  return base;
}

/// Per gradient of the joint graph, which tangents it is computed from.
std::vector<std::vector<std::size_t>> tangentsOfGradients(const ir::JointGraph& joint) {
  const ir::Graph& graph = *joint.graph;
  const auto primals = static_cast<std::size_t>(joint.signature.numPrimals);
  const std::size_t count = graph.placeholders().size() - primals;
  std::vector<std::vector<bool>> reaches(graph.size(), std::vector<bool>(count, false));
  for (std::size_t i = 0; i < count; ++i)
    reaches[graph.placeholders()[primals + i].index][i] = true;
  for (const ir::Node& node : graph.nodes())
    forEachInput(node, [&](ir::NodeId input) {
      for (std::size_t i = 0; i < count; ++i)
        if (reaches[input.index][i]) reaches[node.id.index][i] = true;
    });
  std::vector<std::vector<std::size_t>> result;
  for (auto i = static_cast<std::size_t>(joint.signature.numForwardOutputs);
       i < graph.outputs().size(); ++i) {
    result.emplace_back();
    if (!graph.outputs()[i].isNode()) continue;
    for (std::size_t k = 0; k < count; ++k)
      if (reaches[graph.outputs()[i].node().index][k]) result.back().push_back(k);
  }
  return result;
}

/// Kernels run one after the other, so that one workspace is enough for all.
std::int64_t workspaceBytes(const torch::ExecutableStep& step) {
  std::int64_t bytes = 0;
  for (const torch::ExecutableHalf* half : {&step.forward, &step.backward})
    for (const codegen::BuiltKernel& kernel : half->kernels)
      bytes = std::max(bytes, kernel.workspaceBytes);
  return bytes;
}

/// Among the forward's outputs, a user's view that autograd does not follow.
bool isUnfollowed(const ir::ViewAndMutationMeta& metadata, std::size_t position) {
  const std::size_t first = metadata.mutatedRuntimeIndices.size();
  return position >= first && position - first < metadata.outputs.size() &&
         metadata.outputs[position - first].isUnfollowedView;
}

}  // namespace

struct CompiledStep::Shared {
  std::shared_ptr<const ir::JointGraph> joint;
  std::shared_ptr<const partition::Partition> partition;
  std::unique_ptr<ScheduleRunner> forward;
  /// Where an input of the forward schedule comes from.
  struct Source {
    enum class Kind { Primal, Constant, Number };
    Kind kind = Kind::Number;
    std::size_t index = 0;  ///< of the primal, or of the input of the exported graph
  };
  std::vector<Source> sources;
  std::shared_ptr<BackwardHalf> backward;  ///< null in inference
  std::unique_ptr<StepEpilogue> epilogue;
  std::vector<std::size_t> tangents;  ///< forward outputs that have one
  std::int64_t arenaBytes = 0;
  double forwardSeconds = 0;

  std::size_t forwardOutputs() const {
    return static_cast<std::size_t>(joint->signature.numForwardOutputs);
  }
  /// Per input of the exported graph: the constant, if the backward reads it.
  std::vector<at::Tensor> constantsOf(const std::vector<at::Tensor>& graphInputs) const;
  void bindForward();
  void bindBackward();
};

std::vector<at::Tensor> CompiledStep::Shared::constantsOf(
    const std::vector<at::Tensor>& graphInputs) const {
  std::vector<at::Tensor> constants(graphInputs.size());
  for (const BackwardSource& source : backward->sources)
    if (source.kind == BackwardSource::Kind::Constant)
      constants[source.index] = graphInputs[source.index];
  return constants;
}

/// Placeholders keep their names through partition and decomposition: those of the joint graph are
/// primals or tangents.
void CompiledStep::Shared::bindForward() {
  std::unordered_map<std::string, Source> known;
  const ir::Graph& all = *joint->graph;
  for (std::size_t i = 0; i < static_cast<std::size_t>(joint->signature.numPrimals); ++i)
    known[all.node(all.placeholders()[i]).name] = {Source::Kind::Primal, i};
  for (const auto& [name, input] : ir::inputsOfAttributes(*joint))
    known[name] = {Source::Kind::Constant, input};
  for (const ir::NodeId id : forward->graph().placeholders()) {
    const ir::Node& node = forward->graph().node(id);
    const auto found = known.find(node.name);
    CORE_CHECK(found != known.end() || node.sym(),
               "nothing provides the input '" + node.name + "'");
    sources.push_back(node.sym() ? Source{} : found->second);
  }
}

/// The backward gets no primals: what it reads of them was saved with the rest, because a primal
/// may be written between the two.
void CompiledStep::Shared::bindBackward() {
  using Kind = BackwardSource::Kind;
  std::unordered_map<std::string, BackwardSource> known;
  const ir::Graph& all = *joint->graph;
  const auto primals = static_cast<std::size_t>(joint->signature.numPrimals);
  for (std::size_t i = primals; i < all.placeholders().size(); ++i)
    known[all.node(all.placeholders()[i]).name] = {Kind::Tangent, i - primals};
  for (const auto& [name, input] : ir::inputsOfAttributes(*joint))
    known[name] = {Kind::Constant, input};
  const ir::Graph& producer = forward->graph();
  for (std::size_t i = forwardOutputs(); i < producer.outputs().size(); ++i) {
    const ir::Argument& output = producer.outputs()[i];
    if (output.isNode()) known[producer.node(output.node()).name] = {Kind::Saved, i};
  }
  for (const ir::NodeId id : backward->graph().placeholders()) {
    const ir::Node& node = backward->graph().node(id);
    const auto found = known.find(node.name);
    CORE_CHECK(found != known.end() || node.sym(),
               "nothing provides the input '" + node.name + "'");
    backward->sources.push_back(node.sym() ? BackwardSource{} : found->second);
  }
}

CompiledStep::CompiledStep(const torch::ExecutableStep& step, c10::Device device,
                           const StageContext& context)
    : m_shared(std::make_shared<Shared>()) {
  Shared& shared = *m_shared;
  TORCH_CHECK(step.joint && step.forward.schedule, "the step was not compiled");
  shared.joint = step.joint;
  shared.partition = step.partition;
  shared.epilogue = std::make_unique<StepEpilogue>(*step.joint);
  // The partition of an inference graph has a backward too, an empty one.
  const bool hasBackward = step.backward.schedule && !step.joint->metadata.tracedTangents.empty();
  shared.arenaBytes = step.forward.schedule->arenaBytes;
  if (hasBackward) {
    shared.arenaBytes = std::max(shared.arenaBytes, step.backward.schedule->arenaBytes);
  }
  const RunPlace place{device, step.gpu, allocateArena(shared.arenaBytes, device),
                       allocateArena(workspaceBytes(step), device), std::make_shared<KeptBlocks>()};
  shared.forward =
      std::make_unique<ScheduleRunner>(step.forward.schedule, step.forward.kernels, place);
  shared.bindForward();
  if (!hasBackward) return;
  shared.backward = std::make_shared<BackwardHalf>();
  shared.backward->executable = step.backward;
  shared.backward->place = place;
  // Progress is the caller's: a build in the middle of its work is no new beginning.
  shared.backward->context = {context.stop, {}, context.onLog};
  shared.backward->tangents = step.joint->metadata.tracedTangents;
  shared.backward->tangentsOfGradient = tangentsOfGradients(*step.joint);
  shared.bindBackward();
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
    const ir::TensorMeta& meta = *graph.node(graph.placeholders()[index]).tensor();
    primals[index] = binding.isView ? syntheticBase(graphInputs[i], meta) : graphInputs[i];
  }
  return primals;
}

std::vector<at::Tensor> CompiledStep::run(const std::vector<at::Tensor>& graphInputs) {
  Shared& shared = *m_shared;
  const std::vector<std::uint32_t> versions = versionsOf(graphInputs);
  const std::vector<at::Tensor> primals = primalsOf(graphInputs);
  std::vector<at::Tensor> inputs;
  for (const Shared::Source& source : shared.sources) {
    switch (source.kind) {
      case Shared::Source::Kind::Primal: inputs.push_back(primals[source.index].detach()); break;
      case Shared::Source::Kind::Constant: inputs.push_back(graphInputs[source.index]); break;
      case Shared::Source::Kind::Number: inputs.emplace_back(); break;
    }
  }
  const auto start = Clock::now();
  std::vector<at::Tensor> values = shared.forward->run(std::move(inputs));
  shared.forwardSeconds = secondsSince(start);

  std::shared_ptr<CompiledBackward> node;
  std::vector<at::Tensor> saved;
  if (shared.backward) {
    keepFromWrites(values, primals);
    saved = savedOf(values);
    node = makeNode(primals, values);
    node->giveConstants(shared.constantsOf(graphInputs));
  }
  std::vector<at::Tensor> outputs = shared.epilogue->run(primals, values);
  reshapeInputs(graphInputs, outputs);
  raiseVersions(graphInputs, versions);
  if (node) {
    std::vector<at::Tensor> visible = graphInputs;
    visible.insert(visible.end(), outputs.begin(), outputs.end());
    node->save(SavedValues(std::move(saved), visible));
  }
  return outputs;
}

/// Puts the node behind the values that have a tangent.
std::shared_ptr<CompiledBackward> CompiledStep::makeNode(const std::vector<at::Tensor>& primals,
                                                         std::vector<at::Tensor>& values) const {
  auto node = std::shared_ptr<CompiledBackward>(new CompiledBackward(m_shared->backward),
                                                ::torch::autograd::deleteNode);
  node->set_next_edges(::torch::autograd::collect_next_edges(primals));
  for (const std::size_t position : m_shared->tangents) {
    // A new TensorImpl: the node keeps the plain one, and a cycle would never be freed.
    values[position] = values[position].detach();
    if (isUnfollowed(m_shared->joint->metadata, position)) {
      values[position].requires_grad_(true);
      node->add_input_metadata(::torch::autograd::Node::undefined_input());
    } else {
      ::torch::autograd::set_history(values[position], node);
    }
  }
  return node;
}

/// Views of a synthetic base that change their geometry: it comes as the last outputs.
void CompiledStep::reshapeInputs(const std::vector<at::Tensor>& graphInputs,
                                 std::vector<at::Tensor>& outputs) const {
  const auto& bindings = m_shared->joint->signature.inputBindings;
  for (std::size_t i = bindings.size(); i-- > 0;) {
    if (!bindings[i].isReshaped) continue;
    const at::Tensor& like = outputs.back();
    graphInputs[i].as_strided_(like.sizes(), like.strides(), like.storage_offset());
    outputs.pop_back();
  }
}

/// Writes inside the graph, and through a base of ours, pass by the version counters of the user's
/// tensors; eager raises them.
void CompiledStep::raiseVersions(const std::vector<at::Tensor>& graphInputs,
                                 const std::vector<std::uint32_t>& before) const {
  const auto& bindings = m_shared->joint->signature.inputBindings;
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    const bool isUnchanged = bindings[i].isWritten && graphInputs[i].defined() &&
                             static_cast<std::uint32_t>(graphInputs[i]._version()) == before[i];
    if (isUnchanged) ::torch::autograd::impl::bump_version(graphInputs[i]);
  }
}

/// A saved value may be a primal itself, or a view of one. Where the epilogue is going to write
/// that primal, the backward gets a copy of what it was.
void CompiledStep::keepFromWrites(std::vector<at::Tensor>& values,
                                  const std::vector<at::Tensor>& primals) const {
  const ir::ViewAndMutationMeta& metadata = m_shared->joint->metadata;
  for (const int index : metadata.mutatedRuntimeIndices) {
    if (!metadata.inputs[static_cast<std::size_t>(index)].mutatesData) continue;
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

void CompiledStep::checkIndices() {
  m_shared->forward->checkIndices();
  if (m_shared->backward && m_shared->backward->runner) m_shared->backward->runner->checkIndices();
}

ScheduleRunner& CompiledStep::forwardRunner() {
  return *m_shared->forward;
}

ScheduleRunner* CompiledStep::backwardRunner() {
  return m_shared->backward ? &m_shared->backward->prepared() : nullptr;
}

bool CompiledStep::isRandom() const {
  return m_shared->forward->isRandom() ||
         (m_shared->backward && drawsRandomNumbers(*m_shared->backward->executable.schedule));
}

const partition::Partition& CompiledStep::partition() const {
  return *m_shared->partition;
}

HalfTimes CompiledStep::times() const {
  return {m_shared->forwardSeconds, m_shared->backward ? m_shared->backward->seconds : 0};
}

std::int64_t CompiledStep::arenaBytes() const {
  return m_shared->arenaBytes;
}

}  // namespace core::run
