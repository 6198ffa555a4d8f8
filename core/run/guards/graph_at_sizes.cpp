#include "core/run/guards/graph_at_sizes.h"

#include "core/ir/graph_builder.h"
#include "core/ir/real_scalar.h"
#include "core/load/capture/size_expression.h"

namespace core::run {
namespace {

/// Moves sizes to other values of the symbols; remembers the first that has none.
class Mover {
 public:
  explicit Mover(const SymbolValues& symbols) : m_symbols(symbols) {}

  ir::Size size(const ir::Size& old) {
    if (!old.isSymbolic()) return old;
    const auto value = load::evaluateSize(old.expression(), m_symbols);
    if (!value && m_failed.empty()) m_failed = old.expression();
    return {old.expression(), value.value_or(old.hint())};
  }

  ir::SymMeta scalar(ir::SymMeta meta) {
    if (!meta.isFloat) {
      meta.size = size(meta.size);
      return meta;
    }
    const auto value = load::evaluateReal(meta.size.expression(), m_symbols);
    if (!value && m_failed.empty()) m_failed = meta.size.expression();
    return ir::realScalar(meta.size.expression(), value.value_or(0));
  }

  ir::TensorMeta tensor(ir::TensorMeta meta) {
    for (ir::Size& old : meta.sizes) old = size(old);
    for (ir::Size& old : meta.strides) old = size(old);
    return meta;
  }

  ir::ValueMeta value(ir::ValueMeta meta) {
    if (auto* one = std::get_if<ir::TensorMeta>(&meta)) *one = tensor(std::move(*one));
    if (auto* sym = std::get_if<ir::SymMeta>(&meta)) *sym = scalar(std::move(*sym));
    if (auto* tuple = std::get_if<ir::TupleMeta>(&meta))
      for (auto& element : tuple->elements)
        if (element) element = tensor(*std::move(element));
    return meta;
  }

  std::optional<Error> error() const {
    if (m_failed.empty()) return std::nullopt;
    return Error{
        ErrorCode::Internal, "The size " + m_failed + " has no value for these inputs.", {}, {}};
  }

 private:
  const SymbolValues& m_symbols;
  std::string m_failed;
};

ir::GraphPtr moved(const ir::Graph& graph, Mover& mover) {
  ir::GraphBuilder builder;
  const auto same = [](ir::NodeId id) { return id; };
  for (const ir::Node& node : graph.nodes()) {
    if (node.kind == ir::NodeKind::Output) {
      builder.setOutputs(node.args, graph.outputDescriptors(), node.meta);
      continue;
    }
    ir::Node copy = node;
    copy.value = mover.value(std::move(copy.value));
    builder.addCopy(copy, same);
  }
  return std::move(builder).freeze();
}

}  // namespace

Result<ir::GraphPtr> graphAtSizes(const ir::Graph& graph, const SymbolValues& symbols) {
  Mover mover(symbols);
  ir::GraphPtr result = moved(graph, mover);
  if (auto error = mover.error()) return *std::move(error);
  return result;
}

Result<ir::JointGraph> jointAtSizes(const ir::JointGraph& joint, const SymbolValues& symbols) {
  Mover mover(symbols);
  ir::JointGraph result = joint;
  result.graph = moved(*joint.graph, mover);
  for (ir::OutputInfo& output : result.metadata.outputs)
    if (output.meta) output.meta = mover.tensor(*std::move(output.meta));
  for (ir::InputInfo& input : result.metadata.inputs)
    if (input.metaAfter) input.metaAfter = mover.tensor(*std::move(input.metaAfter));
  for (ir::TensorMeta& tangent : result.metadata.tracedTangents)
    tangent = mover.tensor(std::move(tangent));
  if (auto error = mover.error()) return *std::move(error);
  return result;
}

}  // namespace core::run
