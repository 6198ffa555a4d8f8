#include "tests/support/transformer_joint.h"

#include <functional>
#include <map>

#include "core/ir/graph_builder.h"

namespace support {
namespace {

using namespace core::ir;
using Sizes = std::vector<std::int64_t>;

/// Writes the forward and keeps, for each operator, a function that writes its backward.
class TransformerBuilder {
 public:
  explicit TransformerBuilder(const TransformerSizes& sizes) : m_sizes(sizes) {}

  JointGraph make() {
    addPlaceholders();
    Value x = m_input;
    for (int layer = 0; layer < m_sizes.layers; ++layer) x = block(x, layer);
    m_gradients[x.id] = {m_tangent};
    m_tag = PartitionerTag::IsBackward;
    while (!m_backward.empty()) {
      const auto write = std::move(m_backward.back());
      m_backward.pop_back();
      write();
    }
    return finish(x);
  }

 private:
  struct Value {
    NodeId id;
    Sizes sizes;
  };

  // --- inputs
  Value placeholder(const std::string& name, const Sizes& sizes, PartitionerTag tag) {
    NodeMeta meta;
    meta.tag = tag;
    return {m_builder.addPlaceholder(name, contiguousMeta(DType::F32, sizes), meta), sizes};
  }

  Value primal(const Sizes& sizes) {
    m_primals.push_back(placeholder("primals_" + std::to_string(m_primals.size() + 1), sizes,
                                    PartitionerTag::IsForward));
    return m_primals.back();
  }

  Sizes tokens() const { return {m_sizes.batch, m_sizes.sequence, m_sizes.width}; }

  void addPlaceholders() {
    const std::int64_t c = m_sizes.width;
    for (int layer = 0; layer < m_sizes.layers; ++layer)
      for (const Sizes& sizes :
           {Sizes{c}, Sizes{c}, Sizes{3 * c, c}, Sizes{3 * c}, Sizes{c, c}, Sizes{c}, Sizes{c},
            Sizes{c}, Sizes{4 * c, c}, Sizes{4 * c}, Sizes{c, 4 * c}, Sizes{c}})
        primal(sizes);
    m_input = primal(tokens());
    m_tangent = placeholder("tangents_1", tokens(), PartitionerTag::IsBackward);
  }

  // --- calls
  NodeId call(const std::string& op, std::vector<Argument> args, ValueMeta value) {
    const auto dot = op.find('.', 5);
    std::string name = op.substr(5, dot - 5);
    if (const int count = m_count[name]++; count > 0) name += "_" + std::to_string(count);
    NodeMeta meta;
    meta.tag = m_tag;
    meta.module = m_module;
    return m_builder.addCall(name, op, std::move(args), {}, std::move(value), std::move(meta));
  }

  Value tensor(const std::string& op, std::vector<Argument> args, const Sizes& sizes) {
    return {call(op, std::move(args), contiguousMeta(DType::F32, sizes)), sizes};
  }

  Value member(NodeId tuple, std::int64_t index, const Sizes& sizes) {
    std::string name = "getitem";
    if (const int count = m_count[name]++; count > 0) name += "_" + std::to_string(count);
    NodeMeta meta;
    meta.tag = m_tag;
    return {m_builder.addCall(name, "getitem", {tuple, index}, {},
                              contiguousMeta(DType::F32, sizes), meta),
            sizes};
  }

  Value transposed(const Value& x) {
    TensorMeta meta = contiguousMeta(DType::F32, x.sizes);
    std::swap(meta.sizes[0], meta.sizes[1]);
    std::swap(meta.strides[0], meta.strides[1]);
    return {call("aten.t.default", {x.id}, meta), {x.sizes[1], x.sizes[0]}};
  }

  Value reshape(const Value& x, const Sizes& sizes) {
    Argument::List list;
    for (std::int64_t size : sizes) list.emplace_back(size);
    return tensor("aten.view.default", {x.id, std::move(list)}, sizes);
  }

  // --- gradients
  void addGradient(const Value& x, const Value& gradient) { m_gradients[x.id].push_back(gradient); }

  Value gradientOf(const Value& x) {
    std::vector<Value>& parts = m_gradients[x.id];
    Value sum = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i)
      sum = tensor("aten.add.Tensor", {sum.id, parts[i].id}, x.sizes);
    parts = {sum};
    return sum;
  }

  // --- operators with their backward
  Value view(const Value& x, const Sizes& sizes) {
    const Value y = reshape(x, sizes);
    m_backward.push_back([=, this] { addGradient(x, reshape(gradientOf(y), x.sizes)); });
    return y;
  }

  Value add(const Value& a, const Value& b) {
    const Value y = tensor("aten.add.Tensor", {a.id, b.id}, a.sizes);
    m_backward.push_back([=, this] {
      const Value g = gradientOf(y);
      addGradient(a, g);
      addGradient(b, g);
    });
    return y;
  }

  Value linear(const Value& x, const Value& weight, const Value& bias) {
    const std::int64_t rows = m_sizes.batch * m_sizes.sequence;
    const std::int64_t inner = weight.sizes[1], outer = weight.sizes[0];
    const Value flat = view(x, {rows, inner});
    const Value turned = transposed(weight);
    const Value y = tensor("aten.addmm.default", {bias.id, flat.id, turned.id}, {rows, outer});
    m_backward.push_back([=, this] {
      const Value g = gradientOf(y);
      const Value back = transposed(turned);
      addGradient(flat, tensor("aten.mm.default", {g.id, back.id}, {rows, inner}));
      const Value gt = transposed(g);
      const Value gw = tensor("aten.mm.default", {gt.id, flat.id}, {outer, inner});
      addGradient(weight, gw);
      const Value gb = tensor("aten.sum.dim_IntList", {g.id, Argument::List{0}, true}, {1, outer});
      addGradient(bias, reshape(gb, {outer}));
    });
    return view(y, {m_sizes.batch, m_sizes.sequence, outer});
  }

  Value layerNorm(const Value& x, const Value& weight, const Value& bias) {
    const Sizes statistics{m_sizes.batch, m_sizes.sequence, 1};
    const std::int64_t c = m_sizes.width;
    const NodeId tuple =
        call("aten.native_layer_norm.default", {x.id, Argument::List{c}, weight.id, bias.id, 1e-5},
             TupleMeta{{contiguousMeta(DType::F32, x.sizes), contiguousMeta(DType::F32, statistics),
                        contiguousMeta(DType::F32, statistics)}});
    const Value y = member(tuple, 0, x.sizes);
    const Value mean = member(tuple, 1, statistics), rstd = member(tuple, 2, statistics);
    m_backward.push_back([=, this] {
      const NodeId back =
          call("aten.native_layer_norm_backward.default",
               {gradientOf(y).id, x.id, Argument::List{c}, mean.id, rstd.id, weight.id, bias.id,
                Argument::List{true, true, true}},
               TupleMeta{{contiguousMeta(DType::F32, x.sizes), contiguousMeta(DType::F32, {c}),
                          contiguousMeta(DType::F32, {c})}});
      addGradient(x, member(back, 0, x.sizes));
      addGradient(weight, member(back, 1, {c}));
      addGradient(bias, member(back, 2, {c}));
    });
    return y;
  }

  Value gelu(const Value& x) {
    const Value y = tensor("aten.gelu.default", {x.id}, x.sizes);
    m_backward.push_back([=, this] {
      addGradient(x, tensor("aten.gelu_backward.default", {gradientOf(y).id, x.id}, x.sizes));
    });
    return y;
  }

  Value product(const Value& a, const Value& b) {
    const auto turned = [this](const Value& x) {
      return tensor("aten.transpose.int", {x.id, 1, 2}, {x.sizes[0], x.sizes[2], x.sizes[1]});
    };
    const Value y = tensor("aten.bmm.default", {a.id, b.id}, {a.sizes[0], a.sizes[1], b.sizes[2]});
    m_backward.push_back([=, this] {
      const Value g = gradientOf(y);
      addGradient(b, tensor("aten.bmm.default", {turned(a).id, g.id}, b.sizes));
      addGradient(a, tensor("aten.bmm.default", {g.id, turned(b).id}, a.sizes));
    });
    return y;
  }

  Value softmax(const Value& x) {
    const Value y = tensor("aten._softmax.default", {x.id, -1, false}, x.sizes);
    m_backward.push_back([=, this] {
      addGradient(x, tensor("aten._softmax_backward_data.default",
                            {gradientOf(y).id, y.id, -1, DType::F32}, x.sizes));
    });
    return y;
  }

  Value scale(const Value& x, double factor) {
    const Value y = tensor("aten.mul.Tensor", {x.id, factor}, x.sizes);
    m_backward.push_back([=, this] {
      addGradient(x, tensor("aten.mul.Tensor", {gradientOf(y).id, factor}, x.sizes));
    });
    return y;
  }

  /// A third of the joint projection, as [batch * heads, sequence, width / heads].
  Value head(const Value& qkv, std::int64_t which) {
    const std::int64_t c = m_sizes.width;
    const Value part =
        tensor("aten.slice.Tensor", {qkv.id, 2, which * c, (which + 1) * c}, tokens());
    m_backward.push_back([=, this] {
      addGradient(
          qkv, tensor("aten.slice_backward.default",
                      {gradientOf(part).id, Argument::List{m_sizes.batch, m_sizes.sequence, 3 * c},
                       2, which * c, (which + 1) * c, 1},
                      qkv.sizes));
    });
    const Value copy = tensor("aten.clone.default", {part.id}, tokens());
    m_backward.push_back([=, this] { addGradient(part, gradientOf(copy)); });
    return view(copy, {m_sizes.batch * m_sizes.heads, m_sizes.sequence, c / m_sizes.heads});
  }

  Value attention(const Value& x, const Value* parameters) {
    const Value qkv = linear(x, parameters[0], parameters[1]);
    const Value q = head(qkv, 0), k = head(qkv, 1), v = head(qkv, 2);
    const Value kt =
        tensor("aten.transpose.int", {k.id, 1, 2}, {k.sizes[0], k.sizes[2], k.sizes[1]});
    m_backward.push_back([=, this] {
      addGradient(k, tensor("aten.transpose.int", {gradientOf(kt).id, 1, 2}, k.sizes));
    });
    const Value mixed = product(softmax(scale(product(q, kt), 0.125)), v);
    return linear(view(mixed, tokens()), parameters[2], parameters[3]);
  }

  Value block(const Value& x, int layer) {
    const Value* p = &m_primals[static_cast<std::size_t>(12 * layer)];
    const std::string path = "h." + std::to_string(layer);
    enter(path + ".attn", "Attention");
    const Value middle = add(x, attention(layerNorm(x, p[0], p[1]), p + 2));
    enter(path + ".mlp", "Mlp");
    const Value hidden = gelu(linear(layerNorm(middle, p[6], p[7]), p[8], p[9]));
    return add(middle, linear(hidden, p[10], p[11]));
  }

  void enter(const std::string& path, const std::string& className) {
    m_module = std::make_shared<const ModuleScope>(ModuleScope{path, className});
  }

  JointGraph finish(const Value& output) {
    std::vector<Argument> outputs{output.id};
    JointGraph joint;
    for (std::size_t i = 0; i < m_primals.size(); ++i) {
      outputs.emplace_back(gradientOf(m_primals[i]).id);
      if (i + 1 < m_primals.size())
        joint.metadata.staticInputIndices.push_back(static_cast<int>(i));
    }
    m_builder.setOutputs(std::move(outputs));
    joint.signature.numPrimals = static_cast<int>(m_primals.size());
    joint.signature.numForwardOutputs = 1;
    joint.graph = std::move(m_builder).freeze();
    return joint;
  }

  TransformerSizes m_sizes;
  GraphBuilder m_builder;
  PartitionerTag m_tag = PartitionerTag::IsForward;
  std::shared_ptr<const ModuleScope> m_module;
  std::map<std::string, int> m_count;
  std::vector<Value> m_primals;
  Value m_input, m_tangent;
  std::map<NodeId, std::vector<Value>> m_gradients;
  std::vector<std::function<void()>> m_backward;
};

}  // namespace

JointGraph transformerJoint(const TransformerSizes& sizes) {
  return TransformerBuilder(sizes).make();
}

JointGraph namedTransformerJoint(const TransformerSizes& sizes) {
  JointGraph joint = transformerJoint(sizes);
  for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(joint.signature.numPrimals); ++i)
    joint.signature.parameterOrder.push_back("h." + std::to_string(i / 12) + ".p" +
                                             std::to_string(i % 12));
  joint.modules.push_back({"h", "ModuleList"});
  for (int layer = 0; layer < sizes.layers; ++layer)
    joint.modules.push_back({"h." + std::to_string(layer), "Block"});
  return joint;
}

}  // namespace support
