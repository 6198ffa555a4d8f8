#include "core/run/trace_check_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "core/base/check.h"
#include "core/ir/attribute_inputs.h"
#include "core/run/compare_torch.h"
#include "core/run/eager_shapes_torch.h"
#include "core/run/eager_values_torch.h"
#include "core/run/joint_replay_torch.h"
#include "core/torch/bind_weights_torch.h"
#include "core/torch/guard_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

/// Gradients that are zero in exact arithmetic are judged on the scale of the others: with the
/// tolerance of compareTensors, differences up to 1e-6 of the largest gradient are rounding noise.
constexpr double kNoiseOfLargestGradient = 0.1;

/// Waves of different phase, so that no gradient is the same as another by chance.
std::vector<at::Tensor> madeUpTangents(const ir::ViewAndMutationMeta& metadata) {
  std::vector<at::Tensor> tangents;
  for (const ir::TensorMeta& meta : metadata.tracedTangents) {
    at::Tensor tangent = torch::emptyLike(meta, c10::kCPU);
    const at::Tensor wave = at::arange(tangent.numel(), at::kDouble)
                                .mul(0.37)
                                .add(static_cast<double>(tangents.size() + 1))
                                .sin();
    tangents.push_back(tangent.copy_(wave.view(tangent.sizes())));
  }
  return tangents;
}

/// True for what a call like `add_` became: it makes a new value, which is copied into the strides
/// of the written tensor at the end, so that its own strides say nothing.
bool isOfWrite(const ir::Node& node) {
  const std::string_view call = node.meta.exportedOp;
  return call.substr(0, call.rfind('.')).ends_with('_');
}

using EagerTensors = std::vector<at::Tensor> EagerRun::*;

class TraceChecker {
 public:
  TraceChecker(const load::LoadedModel& model, const load::InputSet& inputs,
               const trace::PreparedProgram& program, const torch::TraceResult& traced,
               const torch::RunOptions& options, const StageContext& context)
      : m_model(model),
        m_inputs(inputs),
        m_program(program),
        m_joint(*traced.joint),
        m_graph(ir::attributesToInputs(traced.joint->graph).graph),
        m_values(traced.values),
        m_options(options),
        m_context(context),
        m_shapes(program, inputs, model, context) {}

  Result<TraceCheck> check() {
    m_tangents = madeUpTangents(m_joint.metadata);
    CORE_TRY(m_eager, eagerRun(torch::Precision::Native));
    CORE_TRY_VOID(replay());
    if (m_numbersDiffer) CORE_TRY_VOID(judgeByFloat64());
    if (!m_check.mismatch) CORE_TRY_VOID(timeCalls());
    return std::move(m_check);
  }

 private:
  // --- eager

  Result<EagerRun> eagerRun(torch::Precision precision) const {
    return torch::guardTorch("The eager step failed", [&]() -> Result<EagerRun> {
      return runEagerValues({m_model, m_inputs, m_program, m_joint, m_tangents}, m_options,
                            precision, m_context);
    });
  }

  /// Whether a difference is a fault or rounding is decided by eager in float64: the replay goes
  /// once more, and what differs from eager must be as near to float64 as eager is.
  Result<void> judgeByFloat64() {
    m_context.progress(0.5, "Check: eager in float64");
    auto reference = eagerRun(torch::Precision::Double);
    if (!reference) {
      m_context.log(LogLevel::Info, "trace",
                    "Differences are not held to float64: " + reference.error().message);
      return {};
    }
    CORE_TRY(m_eager, eagerRun(torch::Precision::Native));
    if (reference->draws != m_eager.draws) {
      m_context.log(LogLevel::Info, "trace",
                    "Differences are not held to float64, which draws other random numbers");
      return {};
    }
    m_reference = std::move(*reference);
    m_check = {};
    return replay();
  }

  // --- replay

  Result<void> replay() {
    const at::NoGradGuard noGrad;
    std::unordered_map<std::string, std::vector<ValueKey>> keysOf;
    for (const torch::ProgramValue& value : m_values)
      keysOf[value.node].push_back({value.visit, value.result});
    torch::BoundTensors bound(m_model, m_inputs, torch::Precision::Native);
    const std::vector<at::Tensor> primals = replayPrimals(bound);
    const std::vector<at::Tensor> inputs = replayInputs(primals, bound);
    at::manual_seed(m_options.seed);
    const OnReplayed onReplayed = [&](const ir::Node& node, const at::Tensor& value) {
      const auto keys = keysOf.find(node.name);
      if (keys != keysOf.end())
        for (const ValueKey& key : keys->second) compareValue(node, key, value);
      return !m_check.mismatch;
    };
    CORE_TRY(std::vector<at::Tensor> outputs,
             replayJoint(*m_graph, inputs, onReplayed, m_check, m_context));
    if (!m_check.mismatch) compareOutputs(std::move(outputs), primals);
    return {};
  }

  std::vector<at::Tensor> replayInputs(std::vector<at::Tensor> primals,
                                       const torch::BoundTensors& bound) const {
    primals.insert(primals.end(), m_tangents.begin(), m_tangents.end());
    primals.resize(m_joint.graph->placeholders().size());
    const auto constants = ir::inputsOfAttributes(m_joint);
    for (std::size_t i = primals.size(); i < m_graph->placeholders().size(); ++i)
      primals.push_back(
          bound.graphInputs()[constants.at(m_graph->node(m_graph->placeholders()[i]).name)]);
    return primals;
  }

  /// Replays from fresh data, so that writes to the inputs do not add up.
  Result<void> timeCalls() {
    const at::NoGradGuard noGrad;
    std::vector<CallSeconds> replays(static_cast<std::size_t>(m_options.timedReplays));
    for (CallSeconds& seconds : replays) {
      torch::BoundTensors bound(m_model, m_inputs, torch::Precision::Native);
      TraceCheck unread;
      CORE_TRY_VOID(replayJoint(
          *m_graph, replayInputs(replayPrimals(bound), bound),
          [](const ir::Node&, const at::Tensor&) { return true; }, unread, m_context, &seconds));
    }
    if (replays.empty()) return {};
    std::vector<double> samples(replays.size());
    for (const ir::Node& node : m_graph->nodes()) {
      if (!node.isCall() || node.sym() || node.target == "getitem") continue;
      for (std::size_t i = 0; i < replays.size(); ++i) samples[i] = replays[i][node.id.index];
      const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
      std::nth_element(samples.begin(), middle, samples.end());
      m_check.callTimes.push_back({node.name, *middle});
    }
    return {};
  }

  /// A synthetic base is the whole storage of its members.
  std::vector<at::Tensor> replayPrimals(const torch::BoundTensors& bound) const {
    const std::vector<at::Tensor> graphInputs = bound.graphInputs();
    std::vector<at::Tensor> primals = perPrimal(m_joint, graphInputs);
    for (at::Tensor& primal : primals)
      if (primal.defined()) primal = primal.detach();
    for (std::size_t i = 0; i < m_joint.signature.inputBindings.size(); ++i) {
      const ir::InputBinding& binding = m_joint.signature.inputBindings[i];
      if (binding.primal < 0 || !binding.isView) continue;
      const auto index = static_cast<std::size_t>(binding.primal);
      if (primals[index].defined()) continue;
      const ir::Graph& graph = *m_joint.graph;
      const ir::TensorMeta& meta = *graph.node(graph.placeholders()[index]).tensor();
      primals[index] = at::empty({0}, graphInputs[i].options().requires_grad(false));
      primals[index].set_(graphInputs[i].storage(), 0, meta.sizeHints(), meta.strideHints());
    }
    return primals;
  }

  /// PyTorch's trace of a recurrent layer keeps a dimension of 1 that eager does not have.
  at::Tensor inEagerSizes(const at::Tensor& value, const at::Tensor& eager) const {
    const bool onlyOnes = value.defined() && eager.defined() && value.sizes() != eager.sizes() &&
                          value.squeeze().sizes() == eager.squeeze().sizes();
    return m_shapes.isNeeded() && onlyOnes ? value.reshape(eager.sizes()) : value;
  }

  /// `reference` is eager's in float64; undefined without one.
  std::string difference(const at::Tensor& value, const at::Tensor& eager,
                         const at::Tensor& reference, double noise) {
    if (!eager.defined()) {
      // No gradient and a gradient of zeros are the same.
      const bool isNothing = !value.defined() || largestMagnitude(value) == 0;
      return isNothing ? "" : "is there, eager has none";
    }
    if (!value.defined()) return "is not there, eager has it";
    const at::Tensor shaped = inEagerSizes(value, eager);
    const TensorCheck compared =
        compareTensors({"", shaped.contiguous(), eager.detach().contiguous(), reference, noise});
    if (compared.passed) return {};
    m_numbersDiffer = true;
    return "differs from eager: " + compared.reason + " (largest difference " +
           std::to_string(compared.maxAbs) + ")";
  }

  void compareValue(const ir::Node& node, const ValueKey& key, const at::Tensor& value) {
    const auto eager = m_eager.values.find(key);
    if (eager == m_eager.values.end() || m_check.mismatch) return;
    const at::Tensor reference = m_reference ? m_reference->value(key) : at::Tensor();
    const std::string what = difference(value, eager->second.copy, reference, 0);
    ++m_check.values;
    if (!what.empty()) m_check.mismatch = mismatchAt(node, what);
    if (what.empty()) compareStrides(node, value, eager->second);
    m_eager.values.erase(eager);
  }

  void compareStrides(const ir::Node& node, const at::Tensor& value, const EagerValue& eager) {
    if (value.sizes() != eager.copy.sizes() || value.numel() == 0 || isOfWrite(node)) return;
    for (std::int64_t d = 0; d < value.dim(); ++d) {
      const std::int64_t stride = eager.strides[static_cast<std::size_t>(d)];
      if (value.size(d) == 1 || value.stride(d) == stride) continue;
      std::ostringstream text;
      text << "'" << node.name << "' (" << node.target << ") has strides " << value.strides()
           << ", in eager " << at::IntArrayRef(eager.strides);
      m_check.relaid.push_back(text.str());
      return;
    }
  }

  /// A whole output, not a node of the forward: named by what it is.
  /// `index` of the list of `eager` and of the reference.
  void compareNamed(const std::string& name, const at::Tensor& value, EagerTensors eager,
                    std::size_t index, double noise, int& counter) {
    if (m_check.mismatch) return;
    const at::Tensor reference = m_reference ? ((*m_reference).*eager)[index] : at::Tensor();
    const std::string what = difference(value, (m_eager.*eager)[index], reference, noise);
    ++counter;
    if (!what.empty()) m_check.mismatch = TraceMismatch{{}, name, {}, {}, what};
  }

  void compareOutputs(std::vector<at::Tensor> outputs, const std::vector<at::Tensor>& primals) {
    const ir::ViewAndMutationMeta& metadata = m_joint.metadata;
    const std::vector<at::Tensor>& written = m_eager.primals;
    std::size_t next = 0;
    for (const int i : metadata.mutatedRuntimeIndices) {
      const auto primal = static_cast<std::size_t>(i);
      if (written[primal].defined())
        compareNamed("the new value of primal " + std::to_string(i + 1), outputs[next],
                     &EagerRun::primals, primal, 0, m_check.outputs);
      ++next;
    }
    for (const int i : metadata.mutatedGraphHandledIndices) {
      const auto primal = static_cast<std::size_t>(i);
      if (written[primal].defined())
        compareNamed("the new value of primal " + std::to_string(i + 1), primals[primal],
                     &EagerRun::primals, primal, 0, m_check.outputs);
    }
    for (std::size_t i = 0; i < m_eager.outputs.size(); ++i)
      compareNamed("output " + std::to_string(i), outputs[next + i], &EagerRun::outputs, i, 0,
                   m_check.outputs);
    compareGradients(outputs);
  }

  void compareGradients(const std::vector<at::Tensor>& outputs) {
    double largest = 0;
    for (const at::Tensor& gradient : m_eager.gradients)
      largest = std::max(largest, largestMagnitude(gradient));
    const auto first = static_cast<std::size_t>(m_joint.signature.numForwardOutputs);
    for (std::size_t i = 0; i < m_eager.gradients.size() && first + i < outputs.size(); ++i)
      if (m_joint.metadata.inputs[i].requiresGrad && m_eager.firstOf[i] == i)
        compareNamed("the gradient of primal " + std::to_string(i + 1),
                     sumOfTied(outputs, first, i), &EagerRun::gradients, i,
                     kNoiseOfLargestGradient * largest, m_check.gradients);
  }

  /// Tied weights are several primals and one tensor: its gradient is the sum of theirs.
  at::Tensor sumOfTied(const std::vector<at::Tensor>& outputs, std::size_t first,
                       std::size_t primal) const {
    at::Tensor sum;
    for (std::size_t i = primal; i < m_eager.firstOf.size(); ++i) {
      const at::Tensor& gradient = outputs[first + i];
      if (m_eager.firstOf[i] != primal || !gradient.defined()) continue;
      sum = sum.defined() ? sum + gradient : gradient;
    }
    return sum;
  }

  const load::LoadedModel& m_model;
  const load::InputSet& m_inputs;
  const trace::PreparedProgram& m_program;
  const ir::JointGraph& m_joint;
  const ir::GraphPtr m_graph;  ///< the joint graph with constants as its last inputs
  const std::vector<torch::ProgramValue>& m_values;
  const torch::RunOptions& m_options;
  const StageContext& m_context;
  const EagerShapes m_shapes;
  std::vector<at::Tensor> m_tangents;
  EagerRun m_eager;
  std::optional<EagerRun> m_reference;  ///< in float64; only once numbers differed
  bool m_numbersDiffer = false;         ///< a value was not eager's; sizes and dtypes were
  TraceCheck m_check;
};

}  // namespace

Result<TraceCheck> checkTrace(const load::LoadedModel& model, const load::InputSet& inputs,
                              const trace::PreparedProgram& program,
                              const torch::TraceResult& traced, const torch::RunOptions& options,
                              const StageContext& context) {
  CORE_CHECK(traced.joint && !traced.error, "an unfinished trace cannot be checked");
  return torch::guardTorch("The replay of the joint graph failed", [&]() -> Result<TraceCheck> {
    if (options.threads > 0) at::set_num_threads(options.threads);
    return TraceChecker(model, inputs, program, traced, options, context).check();
  });
}

}  // namespace core::run
