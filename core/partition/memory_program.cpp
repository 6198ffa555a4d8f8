#include "core/partition/memory_program.h"

// Walks both halves once. A call that makes a new value allocates a piece; a view has the piece of
// what it looks at, a member of a tuple one of the pieces that the tuple's call allocated. Reading
// a value moves the last step of its piece. What the forward returns to the caller, and every
// gradient, stays to the end; a saved value stays at least to the end of the forward.
//
// In-place reuse comes last, when all ends are known: if an operand of an elementwise call lies as
// its result will, and its piece is touched by nobody later, it is taken over, so that it ends one
// step earlier. Cost: linear in the number of arguments.

#include <algorithm>
#include <span>

namespace core::partition {
namespace {

using ir::Graph;
using ir::Node;
using ir::NodeId;

constexpr int kNoPiece = -1;

/// One half as the walk sees it. `pieces` is by node of `graph`, the inputs' filled in. The piece
/// of a tuple is the first of its members'.
struct Walked {
  const Graph& graph;
  const std::vector<ir::OpFacts>& ops;
  std::vector<NodeId> calls;
  std::vector<int> pieces;
};

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

class MemoryWalk {
 public:
  void walk(Walked& half) {
    half.pieces.resize(half.graph.size(), kNoPiece);
    for (NodeId id : half.calls) {
      const Node& node = half.graph.node(id);
      if (node.isCallTo("getitem"))
        takeMember(half, node);
      else if (node.isCall())
        call(half, node);
      ++m_step;
    }
  }

  /// The piece of an output stays to `step`.
  void keep(const Walked& half, const ir::Argument& output, int step) {
    if (output.isNode()) touch(half, output.node(), step);
  }

  /// The backward's `input` is the forward's `value`.
  void handOver(const Walked& forward, NodeId value, Walked& backward, NodeId input) {
    const int piece = forward.pieces[value.index];
    backward.pieces[input.index] = piece;
    if (piece != kNoPiece) m_program.pieces[at(piece)].saved = true;
  }

  /// To be called for each half when all ends are known.
  void reuse(const Walked& half, int firstStep) {
    for (std::size_t i = 0; i < half.calls.size(); ++i) {
      const Node& node = half.graph.node(half.calls[i]);
      if (half.ops[node.id.index].pointwise && node.tensor())
        reuseAt(half, node, firstStep + static_cast<int>(i));
    }
  }

  int step() const { return m_step; }
  MemoryProgram& program() { return m_program; }

 private:
  int newPiece(NodeId value, std::int64_t bytes) {
    m_program.pieces.push_back({value, bytes, m_step, m_step, false});
    return static_cast<int>(m_program.pieces.size()) - 1;
  }

  void touchPiece(int piece, int step) {
    if (piece == kNoPiece) return;
    int& last = m_program.pieces[at(piece)].lastStep;
    last = std::max(last, step);
  }

  void touch(const Walked& half, NodeId id, int step) {
    const int first = half.pieces[id.index];
    const ir::TupleMeta* tuple = half.graph.node(id).tuple();
    const int count =
        tuple && !looksAtArgument(half, id) ? static_cast<int>(tuple->elements.size()) : 1;
    for (int i = 0; first != kNoPiece && i < count; ++i) touchPiece(first + i, step);
  }

  static bool looksAtArgument(const Walked& half, NodeId id) {
    const Node& node = half.graph.node(id);
    return half.ops[id.index].sharesStorage && !node.args.empty() && node.args[0].isNode();
  }

  void call(Walked& half, const Node& node) {
    ir::forEachInput(node, [&](NodeId input) { touch(half, input, m_step); });
    int& piece = half.pieces[node.id.index];
    if (looksAtArgument(half, node.id)) {
      piece = half.pieces[node.args[0].node().index];
    } else if (const ir::TensorMeta* tensor = node.tensor()) {
      piece = newPiece(node.id, tensor->bytes());
    } else if (const ir::TupleMeta* tuple = node.tuple(); tuple && !tuple->elements.empty()) {
      piece = static_cast<int>(m_program.pieces.size());
      for (const auto& element : tuple->elements) newPiece(node.id, element ? element->bytes() : 0);
    }
  }

  void takeMember(Walked& half, const Node& node) {
    const NodeId tuple = node.args[0].node();
    const int first = half.pieces[tuple.index];
    const std::int64_t index = node.args.size() > 1 ? node.args[1].integer().value_or(-1) : -1;
    const bool isSplit = looksAtArgument(half, tuple);
    const ir::TupleMeta* meta = half.graph.node(tuple).tuple();
    const bool isMember =
        meta && index >= 0 && index < static_cast<std::int64_t>(meta->elements.size());
    if (first == kNoPiece || (!isSplit && !isMember)) return;
    const int piece = isSplit ? first : first + static_cast<int>(index);
    half.pieces[node.id.index] = piece;
    MemoryPiece& memory = m_program.pieces[at(piece)];
    if (!isSplit && memory.value == tuple) memory.value = node.id;
    touchPiece(piece, m_step);
  }

  /// The piece of the first operand that ends at this call and lies as the result will.
  void reuseAt(const Walked& half, const Node& node, int step) {
    const int own = half.pieces[node.id.index];
    if (own == kNoPiece || m_program.pieces[at(own)].firstStep != step) return;
    bool done = false;
    ir::forEachInput(node, [&](NodeId input) {
      const int piece = half.pieces[input.index];
      if (done || piece == kNoPiece) return;
      MemoryPiece& memory = m_program.pieces[at(piece)];
      done = memory.lastStep == step && memory.firstStep < step &&
             memory.bytes == m_program.pieces[at(own)].bytes && lieAlike(half, node, piece);
      if (done) memory.lastStep = step - 1;
    });
  }

  /// Whether every operand in that piece has the sizes and strides of the result.
  static bool lieAlike(const Walked& half, const Node& node, int piece) {
    bool alike = true;
    ir::forEachInput(node, [&](NodeId input) {
      if (half.pieces[input.index] != piece) return;
      const ir::TensorMeta* meta = half.graph.node(input).tensor();
      alike = alike && meta && meta->sizes == node.tensor()->sizes &&
              meta->strides == node.tensor()->strides;
    });
    return alike;
  }

  MemoryProgram m_program;
  int m_step = 0;
};

/// Both halves in order. `savedInput(output)` is the input of the backward that a saved output of
/// the forward becomes, if any.
template <typename SavedInput>
MemoryProgram program(Walked& forward, std::span<const ir::Argument> forwardOutputs,
                      std::size_t numSaved, Walked& backward,
                      std::span<const ir::Argument> backwardOutputs, InPlaceReuse reuse,
                      SavedInput&& savedInput) {
  MemoryWalk walk;
  walk.walk(forward);
  const int boundary = walk.step();
  const std::size_t numOutputs = forwardOutputs.size() - numSaved;
  backward.pieces.assign(backward.graph.size(), kNoPiece);
  for (std::size_t i = 0; i < forwardOutputs.size(); ++i) {
    const ir::Argument& output = forwardOutputs[i];
    if (i < numOutputs) {
      walk.keep(forward, output, MemoryPiece::kToTheEnd);
    } else if (output.isNode()) {
      walk.keep(forward, output, boundary - 1);
      if (const auto input = savedInput(output.node()))
        walk.handOver(forward, output.node(), backward, *input);
    }
  }
  walk.walk(backward);
  for (const ir::Argument& output : backwardOutputs)
    walk.keep(backward, output, MemoryPiece::kToTheEnd);
  if (reuse == InPlaceReuse::Yes) {
    walk.reuse(forward, 0);
    walk.reuse(backward, boundary);
  }
  MemoryProgram& program = walk.program();
  program.forwardSteps = boundary;
  program.backwardSteps = walk.step() - boundary;
  return std::move(program);
}

std::vector<ir::OpFacts> factsOf(const Graph& graph) {
  std::vector<ir::OpFacts> facts;
  facts.reserve(graph.size());
  for (const Node& node : graph.nodes())
    facts.push_back(node.isCall() ? ir::opFacts(node.target) : ir::OpFacts());
  return facts;
}

std::vector<NodeId> callsOf(const Graph& graph) {
  std::vector<NodeId> calls;
  for (const Node& node : graph.nodes())
    if (node.isCall() || node.kind == ir::NodeKind::Attribute) calls.push_back(node.id);
  return calls;
}

}  // namespace

std::vector<std::int64_t> MemoryProgram::bytesByStep() const {
  const auto steps = at(forwardSteps + backwardSteps);
  std::vector<std::int64_t> change(steps + 1, 0);
  for (const MemoryPiece& piece : pieces) {
    if (piece.lastStep < piece.firstStep) continue;
    change[at(piece.firstStep)] += piece.bytes;
    if (at(piece.lastStep) < steps) change[at(piece.lastStep) + 1] -= piece.bytes;
  }
  for (std::size_t i = 1; i < steps; ++i) change[i] += change[i - 1];
  change.resize(steps);
  return change;
}

std::int64_t MemoryProgram::peak() const {
  const std::vector<std::int64_t> bytes = bytesByStep();
  return bytes.empty() ? 0 : *std::max_element(bytes.begin(), bytes.end());
}

std::int64_t MemoryProgram::between() const {
  std::int64_t bytes = 0;
  for (const MemoryPiece& piece : pieces)
    if (piece.firstStep < forwardSteps && (piece.saved || piece.lastStep >= forwardSteps))
      bytes += piece.bytes;
  return bytes;
}

MemoryProgram memoryProgram(const JointProblem& problem, const SplitPlan& plan,
                            InPlaceReuse reuse) {
  const std::size_t size = problem.graph->size();
  Walked forward{*problem.graph, problem.ops, plan.forward.calls, std::vector<int>(size, kNoPiece)};
  Walked backward{*problem.graph, problem.ops, plan.backward.calls, {}};
  return program(forward, plan.forward.outputs, plan.savedTensors.size() + plan.savedSyms.size(),
                 backward, plan.backward.outputs, reuse,
                 [](NodeId id) { return std::optional(id); });
}

MemoryProgram memoryProgram(const Graph& forwardGraph, const Graph& backwardGraph,
                            std::size_t numSaved, InPlaceReuse reuse) {
  const std::vector<ir::OpFacts> forwardOps = factsOf(forwardGraph);
  const std::vector<ir::OpFacts> backwardOps = factsOf(backwardGraph);
  Walked forward{forwardGraph, forwardOps, callsOf(forwardGraph), {}};
  Walked backward{backwardGraph, backwardOps, callsOf(backwardGraph), {}};
  return program(forward, forwardGraph.outputs(), numSaved, backward, backwardGraph.outputs(),
                 reuse, [&](NodeId id) { return backwardGraph.find(forwardGraph.node(id).name); });
}

}  // namespace core::partition
