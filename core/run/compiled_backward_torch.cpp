#include "core/run/compiled_backward_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/graph_task.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <chrono>

#include "core/torch/deferred_half.h"
#include "core/torch/guard_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

using ::torch::autograd::variable_list;
using Clock = std::chrono::steady_clock;

/// The history of gradients that were asked for with create_graph.
class NoDoubleBackward final : public ::torch::autograd::Node {
 public:
  std::string name() const override { return "NoDoubleBackward"; }

 protected:
  variable_list apply(variable_list&&) override {
    TORCH_CHECK(false,
                "the compiled backward cannot be differentiated again (double backward). Take "
                "second derivatives of the eager model.");
  }
};

}  // namespace

ScheduleRunner& BackwardHalf::prepared() {
  if (runner) return *runner;
  if (executable.deferred) {
    auto built = executable.deferred->get(context);
    if (!built) throw torch::ThrownError(built.error());
    // A half that fell back to calls is another schedule of the same graph.
    if (built->schedule->arenaBytes > executable.schedule->arenaBytes)
      place.arena = allocateArena(built->schedule->arenaBytes, place.device);
    executable = *std::move(built);
  }
  runner = std::make_unique<ScheduleRunner>(executable.schedule, executable.kernels, place);
  return *runner;
}

SavedValues::SavedValues(std::vector<at::Tensor> values, const std::vector<at::Tensor>& visible)
    : m_values(std::move(values)) {
  for (const at::Tensor& seen : visible) {
    if (!seen.defined()) continue;
    for (const at::Tensor& value : m_values) {
      if (!value.defined() || !value.is_alias_of(seen)) continue;
      const c10::VariableVersion& version = ::torch::autograd::impl::version_counter(seen);
      m_watches.push_back({version, version.current_version()});
      break;
    }
  }
}

void SavedValues::release() {
  m_values.clear();
  m_watches.clear();
}

void SavedValues::checkVersions() const {
  for (const Watch& watch : m_watches) {
    TORCH_CHECK(watch.version.current_version() == watch.expected,
                "one of the tensors that the compiled backward needs has been modified by an "
                "in-place operation since the forward: it is at version ",
                watch.version.current_version(), ", expected version ", watch.expected);
  }
}

variable_list CompiledBackward::apply(variable_list&& gradients) {
  TORCH_CHECK(!m_saved.areReleased(),
              "the compiled backward was run already, and its saved tensors are gone. Retain the "
              "graph in the first backward (retain_graph) to run it again.");
  m_saved.checkVersions();
  ScheduleRunner& runner = m_half->prepared();
  std::vector<at::Tensor> values = inputs(gradients);
  const variable_list incoming = at::GradMode::is_enabled() ? gradients : variable_list();
  // Without a further backward to come the schedule alone keeps the values, and frees each after
  // its last use.
  if (!::torch::autograd::get_current_graph_task_keep_graph()) m_saved.release();
  const std::vector<bool> reached = reachedGradients(gradients);
  gradients.clear();
  const auto start = Clock::now();
  std::vector<at::Tensor> outputs = runner.run(std::move(values));
  m_half->seconds = std::chrono::duration<double>(Clock::now() - start).count();
  outputs.resize(num_outputs());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!task_should_compute_output(i) || !reached[i]) outputs[i].reset();
  }
  if (at::GradMode::is_enabled()) refuseDoubleBackward(outputs, incoming);
  return outputs;
}

std::vector<bool> CompiledBackward::reachedGradients(const variable_list& gradients) const {
  std::vector<bool> reached(num_outputs(), true);
  for (std::size_t i = 0; i < m_half->tangentsOfGradient.size(); ++i) {
    const std::vector<std::size_t>& tangents = m_half->tangentsOfGradient[i];
    reached[i] = tangents.empty() ||
                 std::any_of(tangents.begin(), tangents.end(),
                             [&](std::size_t tangent) { return gradients[tangent].defined(); });
  }
  return reached;
}

std::vector<at::Tensor> CompiledBackward::inputs(const variable_list& gradients) const {
  std::vector<at::Tensor> inputs;
  for (const BackwardSource& source : m_half->sources) {
    switch (source.kind) {
      case BackwardSource::Kind::Tangent:
        inputs.push_back(tangent(source.index, gradients).detach());
        break;
      case BackwardSource::Kind::Saved: inputs.push_back(m_saved.at(source.index)); break;
      case BackwardSource::Kind::Constant: inputs.push_back(m_constants.at(source.index)); break;
      case BackwardSource::Kind::Number: inputs.emplace_back(); break;
    }
  }
  return inputs;
}

/// The incoming gradient; zeros if nothing came. The schedule changes strides where it must.
at::Tensor CompiledBackward::tangent(std::size_t index, const variable_list& gradients) const {
  const ir::TensorMeta& meta = m_half->tangents[index];
  const at::Tensor& gradient = gradients[index];
  if (gradient.defined() && gradient.scalar_type() == torch::scalarType(meta.dtype))
    return gradient;
  const at::NoGradGuard noGrad;
  at::Tensor coerced = torch::emptyLike(meta, m_half->place.device);
  gradient.defined() ? coerced.copy_(gradient) : coerced.zero_();
  return coerced;
}

/// The gradients depend on the incoming ones and on what the forward was given. Both are behind
/// this node, so a derivative of the gradients ends in the error and never without a word.
void CompiledBackward::refuseDoubleBackward(variable_list& outputs,
                                            const std::vector<at::Tensor>& incoming) const {
  ::torch::autograd::edge_list edges = next_edges();
  for (const at::Tensor& gradient : incoming)
    if (gradient.defined()) edges.push_back(::torch::autograd::impl::gradient_edge(gradient));
  const auto node =
      std::shared_ptr<NoDoubleBackward>(new NoDoubleBackward, ::torch::autograd::deleteNode);
  node->set_next_edges(std::move(edges));
  for (at::Tensor& output : outputs) {
    if (!output.defined() || !::torch::autograd::isDifferentiableType(output.scalar_type()))
      continue;
    output = output.detach();
    ::torch::autograd::set_history(output, node);
  }
}

}  // namespace core::run
