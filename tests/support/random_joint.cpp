#include "tests/support/random_joint.h"

#include <random>
#include <set>

#include "core/ir/graph_builder.h"

namespace support {
namespace {

using namespace core::ir;

class RandomJoint {
 public:
  explicit RandomJoint(unsigned seed) : m_random(seed) {}

  JointGraph make() {
    const int primals = 2 + below(4);
    for (int i = 1; i <= primals; ++i)
      m_forward.push_back(m_builder.addPlaceholder("primals_" + std::to_string(i), meta(),
                                                   tagged(PartitionerTag::IsForward)));
    const std::vector<NodeId> inputs = m_forward;
    for (NodeId input : inputs)
      if (below(4) == 0) m_written.insert(input);
    for (int i = 1; i <= 2; ++i)
      m_backward.push_back(m_builder.addPlaceholder("tangents_" + std::to_string(i), meta(),
                                                    tagged(PartitionerTag::IsBackward)));
    for (int i = 0, n = 3 + below(25); i < n; ++i) addForward(PartitionerTag::IsForward);
    std::vector<Argument> outputs{m_forward.back(), pick(m_forward)};
    for (int i = 0, n = 3 + below(20); i < n; ++i) addBackward();
    for (NodeId input : inputs) {
      if (m_written.contains(input))
        call("aten.copy_.default", {input, outputs[0]}, PartitionerTag::MustBeInForward);
      outputs.emplace_back();
      if (below(5) != 0) outputs.back() = pick(m_backward);
    }
    m_builder.setOutputs(outputs);
    JointGraph joint;
    joint.graph = std::move(m_builder).freeze();
    joint.signature.numPrimals = primals;
    joint.signature.numForwardOutputs = 2;
    joint.metadata.staticInputIndices = {0};
    return joint;
  }

 private:
  static TensorMeta meta() { return contiguousMeta(DType::F32, {16, 16}); }
  static NodeMeta tagged(PartitionerTag tag) {
    NodeMeta meta;
    meta.tag = tag;
    return meta;
  }
  int below(int n) { return static_cast<int>(m_random() % static_cast<unsigned>(n)); }
  NodeId pick(const std::vector<NodeId>& nodes) {
    // Mostly recent values, so that graphs are deep.
    const int size = static_cast<int>(nodes.size());
    const int back = below(3) == 0 ? below(size) : below(std::min(size, 4));
    return nodes[static_cast<std::size_t>(size - 1 - back)];
  }

  /// A forward value that a call of this half may read; a tangent if none is found.
  NodeId operand(PartitionerTag tag) {
    if (tag == PartitionerTag::IsForward) return pick(m_forward);
    for (int attempt = 0; attempt < 50; ++attempt)
      if (const NodeId id = pick(m_forward); !m_written.contains(id)) return id;
    return m_backward.front();
  }

  NodeId call(const std::string& target, std::vector<Argument> args, PartitionerTag tag) {
    const std::string name = "n" + std::to_string(m_builder.size());
    return m_builder.addCall(name, target, std::move(args), {}, meta(), tagged(tag));
  }

  void addBackward() {
    const PartitionerTag tag = PartitionerTag::IsBackward;
    if (below(6) == 0) addForward(tag);
    m_backward.push_back(call("aten.mul.Tensor", {pick(m_backward), operand(tag)}, tag));
  }

  /// A call that needs no tangent; with a backward tag only the backward reads it.
  void addForward(PartitionerTag tag) {
    static const std::vector<std::string> kUnary{"aten.sin.default",    "aten.relu.default",
                                                 "aten.t.default",      "aten.transpose.int",
                                                 "aten.cumsum.default", "aten.clone.default"};
    static const std::vector<std::string> kBinary{"aten.mul.Tensor", "aten.mm.default",
                                                  "aten.add.Tensor", "aten.cat.default"};
    const int kind = below(10);
    const NodeId input = operand(tag);
    if (kind == 0) {
      addDropout(input, tag);
    } else if (kind < 5) {
      const std::string& target = kUnary[static_cast<std::size_t>(below(6))];
      m_forward.push_back(call(target, {input}, tag));
      const bool isView = target == "aten.t.default" || target == "aten.transpose.int";
      if (isView && m_written.contains(input)) m_written.insert(m_forward.back());
    } else {
      const std::string& target = kBinary[static_cast<std::size_t>(below(4))];
      m_forward.push_back(call(target, {input, operand(tag)}, tag));
    }
  }

  void addDropout(NodeId input, PartitionerTag tag) {
    const std::string name = "n" + std::to_string(m_builder.size());
    const NodeId tuple = m_builder.addCall(name, "aten.native_dropout.default", {input, 0.5, true},
                                           {}, TupleMeta{{meta(), meta()}}, tagged(tag));
    for (std::int64_t i = 0; i < 2; ++i) m_forward.push_back(call("getitem", {tuple, i}, tag));
  }

  std::mt19937 m_random;
  GraphBuilder m_builder;
  std::vector<NodeId> m_forward;   ///< values that need no tangent
  std::vector<NodeId> m_backward;  ///< values that do
  std::set<NodeId> m_written;      ///< values in an input that is written to
};

}  // namespace

JointGraph randomJoint(unsigned seed) {
  return RandomJoint(seed).make();
}

}  // namespace support
