#include "core/passes/decompositions/graph_rewriter.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/ir/graph_builder.h"
#include "core/passes/decompositions/result_meta.h"

namespace core::passes {

using ir::Argument;
using ir::DType;
using ir::Node;
using ir::NodeId;
using ir::TensorMeta;

const TensorMeta& Tensor::meta() const {
  return rewriter->metaOf(id);
}

std::int64_t Tensor::size(int dim) const {
  return meta().sizes[static_cast<std::size_t>(dim)].hint();
}

GraphRewriter::GraphRewriter(const ir::Graph& from) : m_from(from), m_copies(from.size()) {}

NodeId GraphRewriter::append(Node node) {
  node.id = NodeId{static_cast<std::uint32_t>(m_nodes.size())};
  ++m_names[node.name];
  m_nodes.push_back(std::move(node));
  return m_nodes.back().id;
}

void GraphRewriter::copy(const Node& node) {
  const auto map = [&](NodeId id) { return m_copies[id.index]; };
  Node copied = node;
  for (Argument& argument : copied.args) argument = ir::mapNodes(argument, map);
  for (auto& [name, argument] : copied.kwargs) argument = ir::mapNodes(argument, map);
  m_copies[node.id.index] = append(std::move(copied));
  m_origins.push_back({node.id});
}

void GraphRewriter::beginReplacing(const Node& node) {
  m_replaced = &node;
  m_firstNew = m_nodes.size();
}

bool GraphRewriter::isNew(const std::string& name) const {
  return !m_from.find(name) && !m_names.contains(name);
}

std::string GraphRewriter::freshName(const std::string& op) const {
  std::string packet(ir::opPacket(op));
  packet = packet.substr(packet.find('.') + 1);
  const std::string base = m_replaced->name + "_" + packet;
  if (isNew(base)) return base;
  for (int suffix = 1;; ++suffix) {
    std::string name = base + "_" + std::to_string(suffix);
    if (isNew(name)) return name;
  }
}

Tensor GraphRewriter::call(const std::string& target, std::vector<Argument> args, TensorMeta meta,
                           std::vector<std::pair<std::string, Argument>> kwargs) {
  CORE_CHECK(m_replaced, "a call outside of a replacement");
  Node node;
  node.name = freshName(target);
  node.target = target;
  node.args = std::move(args);
  node.kwargs = std::move(kwargs);
  node.value = std::move(meta);
  node.meta = m_replaced->meta;
  if (node.meta.originalOp.empty()) node.meta.originalOp = m_replaced->target;
  m_origins.push_back({m_replaced->id});
  return {this, append(std::move(node))};
}

Tensor GraphRewriter::pointwise(const std::string& target, std::vector<Argument> args,
                                std::optional<DType> dtype) {
  std::vector<const TensorMeta*> operands;
  for (const Argument& argument : args)
    if (argument.isNode()) operands.push_back(&metaOf(argument.node()));
  CORE_CHECK(!operands.empty(), "a pointwise call without tensors");
  TensorMeta meta = broadcastMeta(operands, dtype.value_or(operands.front()->dtype));
  return call(target, std::move(args), std::move(meta));
}

std::optional<Tensor> GraphRewriter::tensorArgument(const Node& node, std::size_t index,
                                                    const char* name) {
  const Argument* argument = nullptr;
  if (index < node.args.size()) argument = &node.args[index];
  for (const auto& [key, value] : node.kwargs)
    if (!argument && key == name) argument = &value;
  if (!argument || !argument->isNode()) return std::nullopt;
  return mapped(argument->node());
}

Tensor GraphRewriter::withMeta(Tensor value, const TensorMeta& meta) {
  if (value.meta().sizeHints() != meta.sizeHints()) value = reshape(value, meta.sizeHints());
  value = toDType(value, meta.dtype);
  if (value.meta().strideHints() == meta.strideHints()) {
    if (value.id.index >= m_firstNew) m_nodes[value.id.index].value = meta;  // symbolic sizes
    return value;
  }
  // A value that was computed for this node can be laid out as recorded; a view, or a value that
  // others know, is copied.
  Node& node = m_nodes[value.id.index];
  const bool isOwn = value.id.index >= m_firstNew && node.target != "aten.view.default" &&
                     node.target != "aten.unsqueeze.default";
  if (!isOwn) return call("aten.clone.default", {value.id}, meta);
  node.value = meta;
  return value;
}

void GraphRewriter::define(NodeId old, Tensor value) {
  const Node& oldNode = m_from.node(old);
  CORE_CHECK(oldNode.tensor(), "'" + oldNode.name + "' is no tensor");
  value = withMeta(value, *oldNode.tensor());
  m_copies[old.index] = value.id;
  auto& origins = m_origins[value.id.index];
  if (std::find(origins.begin(), origins.end(), old) == origins.end()) origins.push_back(old);
  Node& node = m_nodes[value.id.index];
  const bool isNamed = value.id.index < m_firstNew || m_from.find(node.name);
  if (isNamed) return;
  node.name = oldNode.name;
  ++m_names[node.name];
}

ir::PassResult GraphRewriter::finish() {
  ir::GraphBuilder builder;
  const auto same = [](NodeId id) { return id; };
  const Node& output = m_from.outputNode();
  for (const Node& node : m_nodes) builder.addCopy(node, same);
  std::vector<Argument> outputs;
  for (const Argument& value : output.args)
    outputs.push_back(ir::mapNodes(value, [&](NodeId id) { return m_copies[id.index]; }));
  builder.setOutputs(std::move(outputs), m_from.outputDescriptors(), output.meta);
  m_origins.push_back({output.id});
  return {std::move(builder).freeze(), ir::OriginMap{std::move(m_origins)}};
}

// --- formulas

namespace {

Tensor binary(const char* target, Tensor a, Argument b) {
  return a.rewriter->pointwise(target, {a.id, std::move(b)});
}

}  // namespace

Tensor operator+(Tensor a, Tensor b) {
  return binary("aten.add.Tensor", a, b.id);
}
Tensor operator-(Tensor a, Tensor b) {
  return binary("aten.sub.Tensor", a, b.id);
}
Tensor operator*(Tensor a, Tensor b) {
  return binary("aten.mul.Tensor", a, b.id);
}
Tensor operator/(Tensor a, Tensor b) {
  return binary("aten.div.Tensor", a, b.id);
}
Tensor operator+(Tensor a, double b) {
  return binary("aten.add.Tensor", a, b);
}
Tensor operator-(Tensor a, double b) {
  return binary("aten.sub.Tensor", a, b);
}
Tensor operator*(Tensor a, double b) {
  return binary("aten.mul.Tensor", a, b);
}
Tensor operator/(Tensor a, double b) {
  return binary("aten.div.Tensor", a, b);
}

Tensor unary(const std::string& name, Tensor x) {
  return x.rewriter->pointwise("aten." + name + ".default", {x.id});
}

Tensor compare(const std::string& name, Tensor x, Argument number) {
  return x.rewriter->pointwise("aten." + name + ".Scalar", {x.id, std::move(number)}, DType::Bool);
}

Tensor where(Tensor condition, Tensor a, Tensor b) {
  return condition.rewriter->pointwise("aten.where.self", {condition.id, a.id, b.id}, a.dtype());
}

Tensor scalar(Tensor like, double value, DType dtype) {
  Argument number(value);
  if (!ir::isFloatingPoint(dtype)) number = Argument(static_cast<std::int64_t>(value));
  const ir::Device device = like.meta().device;
  return like.rewriter->call("aten.full.default", {Argument::List{}, std::move(number)},
                             ir::contiguousMeta(dtype, {}, device),
                             {{"dtype", dtype}, {"device", device}});
}

Tensor reduce(const std::string& target, Tensor x, const std::vector<int>& dims, bool keepsDims) {
  Argument::List list;
  std::vector<bool> isReduced(static_cast<std::size_t>(x.rank()), false);
  for (const int dim : dims) {
    list.emplace_back(std::int64_t{dim});
    isReduced[static_cast<std::size_t>(dim)] = true;
  }
  return x.rewriter->call(target, {x.id, std::move(list), keepsDims},
                          reducedMeta(x.meta(), isReduced, keepsDims));
}

Tensor sum(Tensor x, const std::vector<int>& dims, bool keepsDims) {
  return reduce("aten.sum.dim_IntList", x, dims, keepsDims);
}
Tensor mean(Tensor x, const std::vector<int>& dims, bool keepsDims) {
  return reduce("aten.mean.dim", x, dims, keepsDims);
}
Tensor amax(Tensor x, const std::vector<int>& dims) {
  return reduce("aten.amax.default", x, dims, true);
}

Tensor reshape(Tensor x, const std::vector<std::int64_t>& sizes) {
  if (x.meta().sizeHints() == sizes) return x;
  auto strides = viewStrides(x.meta(), sizes);
  if (!strides) {
    const TensorMeta copied = ir::contiguousMeta(x.dtype(), x.meta().sizeHints(), x.meta().device);
    x = x.rewriter->call("aten.clone.default", {x.id}, copied,
                         {{"memory_format", ir::MemoryFormat::Contiguous}});
    strides = ir::contiguousStrides(sizes);
  }
  TensorMeta meta = ir::contiguousMeta(x.dtype(), sizes, x.meta().device);
  meta.strides = {strides->begin(), strides->end()};
  Argument::List list;
  for (const std::int64_t size : sizes) list.emplace_back(size);
  return x.rewriter->call("aten.view.default", {x.id, std::move(list)}, std::move(meta));
}

Tensor unsqueeze(Tensor x, int dim) {
  TensorMeta meta = x.meta();
  const bool isLast = dim == meta.rank();
  const auto position = static_cast<std::ptrdiff_t>(dim);
  const std::int64_t stride = isLast ? 1
                                     : meta.sizes[static_cast<std::size_t>(dim)].hint() *
                                           meta.strides[static_cast<std::size_t>(dim)].hint();
  meta.sizes.insert(meta.sizes.begin() + position, ir::Size(1));
  meta.strides.insert(meta.strides.begin() + position, ir::Size(stride));
  return x.rewriter->call("aten.unsqueeze.default", {x.id, std::int64_t{dim}}, std::move(meta));
}

Tensor toDType(Tensor x, DType dtype) {
  if (x.dtype() == dtype) return x;
  TensorMeta meta = broadcastMeta({&x.meta()}, dtype);
  return x.rewriter->call("aten._to_copy.default", {x.id}, std::move(meta), {{"dtype", dtype}});
}

Tensor toComputeType(Tensor x) {
  const bool isHalf = x.dtype() == DType::F16 || x.dtype() == DType::BF16;
  return isHalf ? toDType(x, DType::F32) : x;
}

}  // namespace core::passes
