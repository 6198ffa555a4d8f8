#include "core/run/step_search_torch.h"

#include <ATen/ATen.h>

#include "core/base/check.h"
#include "core/run/compare_torch.h"
#include "core/run/error_picture_torch.h"
#include "core/run/joint_replay_torch.h"
#include "core/torch/flat_tensors_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

/// Puts the generator back where it was: the compiled step draws the same numbers again.
class KeptGenerator {
 public:
  KeptGenerator()
      : m_generator(at::globalContext().defaultGenerator(c10::kCPU)),
        m_state(m_generator.get_state()) {}
  ~KeptGenerator() { m_generator.set_state(m_state); }
  KeptGenerator(const KeptGenerator&) = delete;
  KeptGenerator& operator=(const KeptGenerator&) = delete;

 private:
  at::Generator m_generator;
  at::Tensor m_state;
};

std::vector<at::Tensor> copiesOf(const std::vector<at::Tensor>& tensors) {
  std::vector<at::Tensor> copies;
  for (const at::Tensor& tensor : tensors)
    copies.push_back(tensor.defined() ? tensor.detach().clone() : tensor);
  return copies;
}

}  // namespace

StepSearcher::StepSearcher(ScheduleRunner& runner, ir::GraphPtr reference, bool isBackward,
                           StepSearch& search, const StageContext& context)
    : m_runner(runner),
      m_reference(std::move(reference)),
      m_isBackward(isBackward),
      m_search(search),
      m_context(context) {
  m_runner.observe(this);
}

StepSearcher::~StepSearcher() {
  m_runner.observe(nullptr);
}

void StepSearcher::began(const std::vector<at::Tensor>& inputs) {
  const KeptGenerator kept;
  m_known.clear();
  const ir::Graph& graph = m_runner.graph();
  m_values.assign(graph.size(), {});
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ir::Node& node = graph.node(graph.placeholders()[i]);
    m_known[node.name] = copiesOf({inputs[i]}).front();
  }
  replayReference();
  computeValues();
}

/// Placeholders keep their names in every form of a half.
void StepSearcher::replayReference() {
  std::vector<at::Tensor> own;
  for (const ir::NodeId id : m_reference->placeholders()) {
    const auto given = m_known.find(m_reference->node(id).name);
    // Copies once more: the reference writes to its inputs.
    own.push_back(given == m_known.end() ? at::Tensor() : copiesOf({given->second}).front());
  }
  TraceCheck check;
  const OnReplayed keep = [&](const ir::Node& node, const at::Tensor& value) {
    m_known[node.name] = value;
    return true;
  };
  const auto outputs = replayJoint(*m_reference, own, keep, check, m_context);
  TORCH_CHECK(outputs, outputs.error().message);
  TORCH_CHECK(!check.mismatch, check.mismatch ? check.mismatch->text() : "");
}

/// Values of nodes that only the scheduled graph has, because an operator was taken apart, come
/// from the values of the others.
void StepSearcher::computeValues() {
  for (const ir::Node& node : m_runner.graph().nodes()) {
    TORCH_CHECK(m_context.checkCancelled("the search"), "cancelled");
    const auto known = m_known.find(node.name);
    const bool fits = known != m_known.end() && known->second.defined() && node.tensor() &&
                      known->second.sizes() == at::IntArrayRef(node.tensor()->sizeHints());
    if (fits)
      m_values[node.id.index] = {known->second};
    else if (node.isCall() && !node.sym())
      computeNode(node);
  }
}

void StepSearcher::computeNode(const ir::Node& node) {
  std::vector<at::Tensor>& results = m_values[node.id.index];
  if (node.target == "getitem") {
    const auto& all = m_values[node.args[0].node().index];
    const auto index = static_cast<std::size_t>(node.args[1].integer().value());
    if (index < all.size()) results = {all[index]};
    return;
  }
  // A write into an input ends the half; nothing reads it.
  if (node.target == "aten.copy_.default") return;
  std::vector<c10::IValue> stack;
  CallPlan(m_runner.graph(), node, c10::kCPU).call(stack, [this](ir::NodeId id) {
    return valueOf(id);
  });
  results = torch::flatTensors(stack);
}

at::Tensor StepSearcher::valueOf(ir::NodeId id) const {
  const auto& values = m_values[id.index];
  TORCH_CHECK(!values.empty(), "'", m_runner.graph().node(id).name, "' has no value");
  return values.front();
}

/// Nodes whose values the step puts into memory.
std::vector<ir::NodeId> StepSearcher::resultsOf(std::size_t step) const {
  const schedule::Schedule& schedule = m_runner.schedule();
  std::vector<ir::NodeId> nodes;
  const auto addIfMadeHere = [&](ir::NodeId id) {
    const auto& place = schedule.places[id.index];
    if (!place || m_values[id.index].empty()) return;
    const auto& buffer = schedule.buffers[static_cast<std::size_t>(place->buffer)];
    if (buffer.firstStep == static_cast<int>(step)) nodes.push_back(id);
  };
  if (const auto* kernel = std::get_if<schedule::KernelStep>(&schedule.steps[step])) {
    for (const ir::NodeId id : schedule.groups[static_cast<std::size_t>(kernel->group)].nodes)
      addIfMadeHere(id);
  } else if (const auto* call = std::get_if<schedule::ExternStep>(&schedule.steps[step])) {
    const ir::Graph& graph = m_runner.graph();
    if (graph.node(call->node).tensor()) addIfMadeHere(call->node);
    for (const ir::NodeId user : graph.users(call->node))
      if (graph.node(user).isCallTo("getitem")) addIfMadeHere(user);
  }
  return nodes;
}

void StepSearcher::ran(std::size_t step) {
  ++m_search.steps;
  for (const ir::NodeId id : resultsOf(step)) {
    const ir::TensorMeta& meta = *m_runner.graph().node(id).tensor();
    if (isWorkspace(meta)) continue;
    const at::Tensor inMemory = m_runner.tensorOf(id);
    compare(step, id, inMemory);
    inMemory.copy_(valueOf(id));
  }
}

void StepSearcher::compare(std::size_t step, ir::NodeId node, const at::Tensor& compiled) {
  ++m_search.values;
  const at::Tensor own = compiled.contiguous();
  const at::Tensor eager = valueOf(node).contiguous();
  const TensorCheck check = compareTensors({"", own, eager, {}, 0});
  const std::string& name = m_runner.graph().node(node).name;
  m_search.compared.push_back({name, m_isBackward, check.passed, check.maxAbs, check.maxRel});
  if (check.passed || m_search.first) return;
  m_search.first = describe(step, m_runner.graph().node(node));
  m_search.first->maxAbs = check.maxAbs;
  m_search.first->maxRel = check.maxRel;
  if (own.sizes() == eager.sizes()) m_search.first->errors = errorPicture(own, eager);
}

StepDifference StepSearcher::describe(std::size_t step, const ir::Node& node) const {
  const TraceMismatch place = mismatchAt(node, {});
  StepDifference difference;
  difference.inBackward = m_isBackward;
  difference.step = static_cast<int>(step);
  difference.node = place.node;
  difference.target = place.target;
  difference.module = place.module;
  difference.source = place.source;
  const schedule::Schedule& schedule = m_runner.schedule();
  const auto* kernel = std::get_if<schedule::KernelStep>(&schedule.steps[step]);
  if (!kernel) {
    difference.members = {node.name};
    return difference;
  }
  difference.group = kernel->group;
  for (const ir::NodeId id : schedule.groups[static_cast<std::size_t>(kernel->group)].nodes)
    difference.members.push_back(m_runner.graph().node(id).name);
  return difference;
}

}  // namespace core::run
