#include "core/run/joint_replay_torch.h"

#include <ATen/ATen.h>
#include <ATen/core/LegacyTypeDispatch.h>

#include <chrono>

#include "core/run/call_plan_torch.h"
#include "core/torch/flat_tensors_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

std::string sourceText(const ir::SourceLocation& source) {
  std::string text =
      source.file.substr(source.file.rfind('/') + 1) + ":" + std::to_string(source.line);
  if (!source.code.empty()) text += " `" + source.code + "`";
  return text;
}

bool sameSizes(const ir::TensorMeta& real, const ir::TensorMeta& graph) {
  return real.dtype == graph.dtype && real.sizeHints() == graph.sizeHints();
}

/// Strides of dimensions of length 1, and of empty tensors, mean nothing.
bool sameStrides(const ir::TensorMeta& real, const ir::TensorMeta& graph) {
  if (real.numel() == 0) return true;
  for (std::size_t d = 0; d < real.sizes.size(); ++d)
    if (real.sizes[d].hint() != 1 && real.strides[d].hint() != graph.strides[d].hint())
      return false;
  return true;
}

class Replay {
 public:
  Replay(const ir::Graph& graph, const std::vector<at::Tensor>& inputs,
         const OnReplayed& onReplayed, TraceCheck& check, CallSeconds* seconds)
      : m_graph(graph),
        m_onReplayed(onReplayed),
        m_check(check),
        m_seconds(seconds),
        m_values(graph.size()),
        m_lastUse(graph.size(), 0) {
    if (seconds) seconds->assign(graph.size(), 0);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      m_values[graph.placeholders()[i].index] = {inputs[i]};
    for (const ir::Node& node : graph.nodes())
      ir::forEachInput(node, [&](ir::NodeId input) { m_lastUse[input.index] = node.id.index; });
    for (const ir::Argument& output : graph.outputs())
      if (output.isNode())
        m_lastUse[output.node().index] = static_cast<std::uint32_t>(graph.size());
  }

  /// False if the replay ended early.
  bool step(const ir::Node& node) {
    const bool isRun = node.isCall() && !node.sym();
    if (isRun && node.target == "getitem") {
      m_values[node.id.index] = {element(node)};
    } else if (isRun) {
      if (!call(node)) return false;
    }
    if (isRun && node.tensor() && !m_onReplayed(node, valueOf(node.id))) return false;
    release(node);
    return true;
  }

  std::vector<at::Tensor> outputs() const {
    std::vector<at::Tensor> tensors;
    for (const ir::Argument& output : m_graph.outputs())
      tensors.push_back(output.isNode() && !m_values[output.node().index].empty()
                            ? m_values[output.node().index].front()
                            : at::Tensor());
    return tensors;
  }

 private:
  at::Tensor valueOf(ir::NodeId id) const {
    const auto& values = m_values[id.index];
    TORCH_CHECK(!values.empty(), "'", m_graph.node(id).name, "' has no value");
    return values.front();
  }

  at::Tensor element(const ir::Node& getitem) const {
    const auto& values = m_values[getitem.args[0].node().index];
    const auto index = static_cast<std::size_t>(getitem.args[1].integer().value());
    return index < values.size() ? values[index] : at::Tensor();
  }

  bool call(const ir::Node& node) {
    std::vector<c10::IValue> stack;
    const CallPlan plan(m_graph, node, c10::kCPU);
    const auto start = std::chrono::steady_clock::now();
    plan.call(stack, [this](ir::NodeId id) { return valueOf(id); });
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (m_seconds) (*m_seconds)[node.id.index] = elapsed.count();
    std::vector<at::Tensor>& results = m_values[node.id.index];
    results = torch::flatTensors(stack);
    ++m_check.nodes;
    if (const ir::TensorMeta* meta = node.tensor())
      return !results.empty() && accept(node, results.front(), *meta, 0);
    const ir::TupleMeta* tuple = node.tuple();
    for (std::size_t i = 0; tuple && i < tuple->elements.size() && i < results.size(); ++i)
      if (tuple->elements[i] && !accept(node, results[i], *tuple->elements[i], i)) return false;
    return true;
  }

  /// Holds a result to the graph's description of it.
  bool accept(const ir::Node& node, at::Tensor& result, const ir::TensorMeta& meta,
              std::size_t index) {
    const std::string which = node.tuple() ? "result " + std::to_string(index) + " " : "";
    if (!result.defined()) {
      m_check.mismatch =
          mismatchAt(node, which + "is no tensor, the graph says " + ir::tensorMetaText(meta));
      return false;
    }
    if (isWorkspace(meta)) return true;
    const ir::TensorMeta real = torch::tensorMeta(result, meta.device);
    if (!sameSizes(real, meta)) {
      m_check.mismatch = mismatchAt(node, which + "is " + ir::tensorMetaText(real) +
                                              ", the graph says " + ir::tensorMetaText(meta));
      return false;
    }
    if (sameStrides(real, meta)) return true;
    m_check.relaid.push_back("'" + node.name + "' (" + node.target + ") " + which + "is " +
                             ir::tensorMetaText(real) + ", the graph says " +
                             ir::tensorMetaText(meta));
    at::Tensor copy = torch::emptyLike(meta, c10::kCPU);
    result = copy.copy_(result);
    return true;
  }

  /// Frees what no later node reads; what the graph returns stays.
  void release(const ir::Node& node) {
    ir::forEachInput(node, [&](ir::NodeId input) {
      if (m_lastUse[input.index] == node.id.index) m_values[input.index].clear();
    });
  }

  const ir::Graph& m_graph;
  const OnReplayed& m_onReplayed;
  TraceCheck& m_check;
  CallSeconds* m_seconds;                         ///< may be null
  std::vector<std::vector<at::Tensor>> m_values;  ///< by node; several for a tuple
  std::vector<std::uint32_t> m_lastUse;
};

}  // namespace

TraceMismatch mismatchAt(const ir::Node& node, std::string what) {
  TraceMismatch mismatch{node.name, node.target, {}, {}, std::move(what)};
  const auto& module = node.meta.module ? node.meta.module : node.meta.forwardModule;
  if (module) mismatch.module = module->path;
  if (node.meta.source) mismatch.source = sourceText(*node.meta.source);
  return mismatch;
}

Result<std::vector<at::Tensor>> replayJoint(const ir::Graph& graph,
                                            const std::vector<at::Tensor>& inputs,
                                            const OnReplayed& onReplayed, TraceCheck& check,
                                            const StageContext& context, CallSeconds* seconds) {
  const at::AutoDispatchBelowADInplaceOrView belowAutograd;
  Replay replay(graph, inputs, onReplayed, check, seconds);
  for (const ir::Node& node : graph.nodes()) {
    CORE_TRY_VOID(context.checkCancelled("replay"));
    if (!replay.step(node)) break;
  }
  return replay.outputs();
}

}  // namespace core::run
