// Each node with a loop form is emitted once, dry, over axes of its own: what it reads is written
// down, the ops are counted and thrown away. The fuser later unites the axes of neighbours; the
// kernel is emitted again over the united axes by the same code (emit_group.cpp).

#include "core/schedule/lowered_graph.h"

#include <algorithm>

#include "core/ir/op_table.h"
#include "core/schedule/extern_reason.h"
#include "core/schedule/lowerings.h"
#include "core/schedule/storage.h"
#include "core/schedule/through_views.h"
#include "core/schedule/view_ops.h"
#include "core/schedule/write_back.h"

namespace core::schedule {
namespace {

constexpr int kFreeCost = 16;

/// Writes down what is read. Free operands are emitted in place.
class DryReader : public OperandReader {
 public:
  DryReader(const LoweredGraph& lowered, NodeAccess& access)
      : m_lowered(lowered), m_access(access) {}

  LoopBuilder& builder() { return m_builder; }

  int read(ir::NodeId operand, const LoopIndex& index) override {
    const ir::Graph& graph = *m_lowered.graph;
    const MappedRead mapped = throughViews(graph, operand, index, m_access.space);
    if (mapped.index && m_lowered.at(mapped.root).isFree) return emitFree(mapped);
    m_access.reads.push_back(
        {operand, mapped.root, mapped.index.value_or(LoopIndex{}), mapped.index.has_value()});
    Access unique;
    unique.buffer = static_cast<int>(m_access.reads.size());
    return m_builder.load(unique, graph.node(operand).tensor()->dtype);
  }

  int position(const DimIndex& index) override {
    if (index.isIndirect()) return index.indirect;
    Expr sum{&m_builder, m_builder.constant(ir::DType::I64, static_cast<double>(index.offset))};
    for (const AxisTerm& term : index.terms)
      sum = sum + Expr{&m_builder, m_builder.index(term.axis)} * static_cast<double>(term.stride);
    return sum.op;
  }

 private:
  int emitFree(const MappedRead& mapped) {
    const ir::Node& node = m_lowered.graph->node(mapped.root);
    OpEmitter emitter(*m_lowered.graph, node, *mapped.index, {}, m_builder, *this);
    return emitter.finished(findLowering(node.target)->emit(emitter)).op;
  }

  const LoweredGraph& m_lowered;
  NodeAccess& m_access;
  LoopBuilder m_builder;
};

bool hasLoopTypes(const ir::Graph& graph, const ir::Node& node) {
  bool ok = node.tensor() && isLoopType(node.tensor()->dtype);
  ir::forEachInput(node, [&](ir::NodeId input) {
    const ir::Node& operand = graph.node(input);
    ok = ok && (operand.sym() || (operand.tensor() && isLoopType(operand.tensor()->dtype)));
  });
  return ok;
}

/// The index of a reduction's argument: reduced dimensions get axes of their own.
LoopIndex argumentIndex(const ir::Graph& graph, const ir::Node& node, NodeAccess& access) {
  const ir::TensorMeta& argument = *graph.node(node.args[0].node()).tensor();
  const std::vector<bool> reduced = reducedDims(graph, node);
  const bool keepsDims = node.tensor()->rank() == argument.rank();
  LoopIndex in;
  std::size_t next = 0;
  for (std::size_t d = 0; d < reduced.size(); ++d) {
    if (!reduced[d]) {
      in.push_back(access.out[next++]);
      continue;
    }
    if (keepsDims) ++next;
    in.push_back(access.space.wholeDim(argument.sizes[d].hint()));
    if (!in.back().terms.empty()) access.isReduction = true;
  }
  return in;
}

/// The loop form of a node, or why it has none.
std::string tryLower(const LoweredGraph& lowered, const ir::Node& node, NodeAccess& access) {
  const Lowering* lowering = findLowering(node.target);
  if (!lowering) return externReason(node);
  const ir::Graph& graph = *lowered.graph;
  if (!hasLoopTypes(graph, node)) return "the kernel language has no such dtype";
  if (node.tensor()->numel() == 0) return "the tensor is empty";
  if (!isNonOverlapping(*node.tensor())) return "elements of the result share memory";
  for (const ir::Size& size : node.tensor()->sizes)
    access.out.push_back(access.space.wholeDim(size.hint()));
  if (lowering->kind == LoweringKind::Reduction) access.in = argumentIndex(graph, node, access);
  DryReader reader(lowered, access);
  OpEmitter emitter(graph, node, access.out, access.in, reader.builder(), reader);
  emitter.finished(lowering->emit(emitter));
  if (!emitter.refusal().empty()) return emitter.refusal();
  access.out = access.space.resolved(access.out);
  access.in = access.space.resolved(access.in);
  for (OperandRead& read : access.reads) read.index = access.space.resolved(read.index);
  access.ops = static_cast<int>(reader.builder().ops().size());
  access.cost = reader.builder().cost();
  return {};
}

bool isComputed(const ir::Graph& graph, const ir::Node& node) {
  if (node.kind == ir::NodeKind::Attribute) return true;
  return node.isCall() && !node.sym() && node.target != "getitem" && !isMultiView(node) &&
         viewKind(graph, node) == ViewKind::None;
}

/// A half as F32: reading the half again is cheaper than reading the result.
bool isWidening(const ir::Graph& graph, const ir::Node& node) {
  if (!node.isCallTo("aten._to_copy.default") || node.tensor()->dtype != ir::DType::F32)
    return false;
  const ir::TensorMeta* source = graph.node(node.args[0].node()).tensor();
  return source && (source->dtype == ir::DType::F16 || source->dtype == ir::DType::BF16);
}

class GraphLowering {
 public:
  explicit GraphLowering(ir::GraphPtr graph) {
    m_lowered.graph = std::move(graph);
    m_lowered.nodes.resize(m_lowered.graph->size());
  }

  LoweredGraph run() {
    for (const ir::Node& node : m_lowered.graph->nodes()) classify(node);
    dropDead();
    collectReaders();
    return std::move(m_lowered);
  }

 private:
  void classify(const ir::Node& node) {
    const ir::Graph& graph = *m_lowered.graph;
    LoweredNode& own = m_lowered.nodes[node.id.index];
    own.root = node.id;
    if (viewKind(graph, node) != ViewKind::None)
      own.root = m_lowered.at(viewedNode(graph, node)).root;
    if (!isComputed(graph, node)) return;
    if (isWriteBack(graph, node)) {
      own.role = NodeRole::WriteBack;
      return;
    }
    own.externReason = tryLower(m_lowered, node, own.access);
    own.role = own.externReason.empty() ? NodeRole::Kernel : NodeRole::Extern;
    // A reduction of constants reads nothing either, but it is no element that can be written where
    // it is used: it has axes of its own.
    const bool costsNothing = own.role == NodeRole::Kernel && own.access.reads.empty() &&
                              own.access.cost <= kFreeCost &&
                              findLowering(node.target)->kind != LoweringKind::Reduction;
    own.isFree = costsNothing || (own.role == NodeRole::Kernel && isWidening(graph, node));
  }

  /// Values that `node` needs, once each, in order.
  std::vector<ir::NodeId> needs(const ir::Node& node) const {
    std::vector<ir::NodeId> roots;
    const auto add = [&](ir::NodeId root) {
      if (std::find(roots.begin(), roots.end(), root) == roots.end()) roots.push_back(root);
    };
    if (m_lowered.isKernel(node.id)) {
      for (const OperandRead& read : m_lowered.at(node.id).access.reads) add(read.root);
    } else {
      ir::forEachInput(node, [&](ir::NodeId input) { add(m_lowered.at(input).root); });
    }
    return roots;
  }

  void dropDead() {
    const auto& nodes = m_lowered.graph->nodes();
    std::vector<bool> isNeeded(nodes.size(), false);
    for (std::size_t i = nodes.size(); i-- > 0;) {
      const ir::Node& node = nodes[i];
      LoweredNode& own = m_lowered.nodes[i];
      const bool isKept = node.kind == ir::NodeKind::Output || own.role == NodeRole::WriteBack ||
                          (own.role == NodeRole::Extern && ir::hasSideEffect(node)) || isNeeded[i];
      if (!isKept) {
        own.role = NodeRole::None;
        continue;
      }
      for (const ir::NodeId root : needs(node)) {
        isNeeded[root.index] = true;
        isNeeded[m_lowered.producer(root).index] = true;
      }
    }
  }

  void collectReaders() {
    for (const ir::Node& node : m_lowered.graph->nodes()) {
      const bool reads =
          node.kind == ir::NodeKind::Output || m_lowered.at(node.id).role != NodeRole::None;
      if (!reads) continue;
      for (const ir::NodeId root : needs(node))
        m_lowered.nodes[root.index].readers.push_back(node.id);
    }
  }

  LoweredGraph m_lowered;
};

}  // namespace

ir::NodeId LoweredGraph::producer(ir::NodeId root) const {
  const ir::Node& node = graph->node(root);
  return node.isCallTo("getitem") ? node.args[0].node() : root;
}

LoweredGraph lowerGraph(ir::GraphPtr graph) {
  return GraphLowering(std::move(graph)).run();
}

}  // namespace core::schedule
