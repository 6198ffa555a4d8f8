#include <unordered_map>

#include "core/ir/graph_builder.h"
#include "core/protocol/wire_parts.h"

namespace core::protocol {
namespace {

using ir::Argument;

constexpr int kDevices = 3;
constexpr int kLayouts = 2;
constexpr int kMemoryFormats = 4;
constexpr int kTags = 5;
constexpr int kRecomputeTags = 5;

/// Position of the alternative in Argument::value.
enum class ArgumentKind : std::uint8_t {
  None,
  Node,
  Bool,
  Int,
  Double,
  Text,
  DType,
  Device,
  Layout,
  MemoryFormat,
  List,
  Count
};

std::uint8_t small(auto value) {
  return static_cast<std::uint8_t>(value);
}

void writeArgument(const Argument& argument, wire::ArgumentT& onWire) {
  onWire.kind = small(argument.value.index());
  switch (static_cast<ArgumentKind>(onWire.kind)) {
    case ArgumentKind::None:
    case ArgumentKind::Count: break;
    case ArgumentKind::Node: onWire.integer = argument.node().index; break;
    case ArgumentKind::Bool: onWire.integer = std::get<bool>(argument.value); break;
    case ArgumentKind::Int: onWire.integer = std::get<std::int64_t>(argument.value); break;
    case ArgumentKind::Double: onWire.real = std::get<double>(argument.value); break;
    case ArgumentKind::Text: onWire.text = std::get<std::string>(argument.value); break;
    case ArgumentKind::DType: onWire.integer = small(std::get<ir::DType>(argument.value)); break;
    case ArgumentKind::Device: {
      const auto device = std::get<ir::Device>(argument.value);
      onWire.integer = small(device.type);
      onWire.real = device.index;
      break;
    }
    case ArgumentKind::Layout: onWire.integer = small(std::get<ir::Layout>(argument.value)); break;
    case ArgumentKind::MemoryFormat:
      onWire.integer = small(std::get<ir::MemoryFormat>(argument.value));
      break;
    case ArgumentKind::List: list<true>(argument.list(), onWire.list, writeArgument); break;
  }
}

void readArgument(Argument& argument, const wire::ArgumentT& onWire, std::size_t nodeCount) {
  if (onWire.kind >= small(ArgumentKind::Count)) throw WireError("an argument kind is unknown");
  const std::int64_t integer = onWire.integer;
  const auto bounded = [&](int count) { return checkedIndex(integer, count, "an enum"); };
  switch (static_cast<ArgumentKind>(onWire.kind)) {
    case ArgumentKind::None:
    case ArgumentKind::Count: break;
    case ArgumentKind::Node:
      checkedIndex(integer, nodeCount, "a node id");
      argument.value = ir::NodeId{static_cast<std::uint32_t>(integer)};
      break;
    case ArgumentKind::Bool: argument.value = integer != 0; break;
    case ArgumentKind::Int: argument.value = integer; break;
    case ArgumentKind::Double: argument.value = onWire.real; break;
    case ArgumentKind::Text: argument.value = onWire.text; break;
    case ArgumentKind::DType: argument.value = static_cast<ir::DType>(bounded(kDTypes)); break;
    case ArgumentKind::Device:
      argument.value =
          ir::Device{static_cast<ir::DeviceType>(bounded(kDevices)), static_cast<int>(onWire.real)};
      break;
    case ArgumentKind::Layout: argument.value = static_cast<ir::Layout>(bounded(kLayouts)); break;
    case ArgumentKind::MemoryFormat:
      argument.value = static_cast<ir::MemoryFormat>(bounded(kMemoryFormats));
      break;
    case ArgumentKind::List: {
      Argument::List elements;
      list<false>(elements, onWire.list, [&](Argument& element, const wire::ArgumentT& source) {
        readArgument(element, source, nodeCount);
      });
      argument.value = std::move(elements);
      break;
    }
  }
}

void writeValue(const ir::ValueMeta& value, wire::ValueT& onWire) {
  onWire.kind = small(value.index());
  if (const auto* tensor = std::get_if<ir::TensorMeta>(&value)) {
    table<true>(*tensor, onWire.tensor, moveTensor<true>);
  } else if (const auto* tuple = std::get_if<ir::TupleMeta>(&value)) {
    list<true>(tuple->elements, onWire.tuple,
               [](const std::optional<ir::TensorMeta>& element, wire::OptionalTensorT& target) {
                 target.present = element.has_value();
                 if (element) table<true>(*element, target.tensor, moveTensor<true>);
               });
  } else if (const auto* sym = std::get_if<ir::SymMeta>(&value)) {
    table<true>(sym->size, onWire.sym, moveSize<true>);
    onWire.is_float = sym->isFloat;
  }
}

void readValue(ir::ValueMeta& value, const wire::ValueT& onWire) {
  switch (onWire.kind) {
    case 0: value = std::monostate{}; return;
    case 1: {
      ir::TensorMeta tensor;
      table<false>(tensor, onWire.tensor, moveTensor<false>);
      value = std::move(tensor);
      return;
    }
    case 2: {
      ir::TupleMeta tuple;
      list<false>(tuple.elements, onWire.tuple,
                  [](std::optional<ir::TensorMeta>& element, const wire::OptionalTensorT& source) {
                    if (!source.present) return;
                    element.emplace();
                    table<false>(*element, source.tensor, moveTensor<false>);
                  });
      value = std::move(tuple);
      return;
    }
    case 3: {
      ir::SymMeta sym;
      table<false>(sym.size, onWire.sym, moveSize<false>);
      sym.isFloat = onWire.is_float;
      value = std::move(sym);
      return;
    }
    default: throw WireError("a value kind is unknown");
  }
}

/// Numbers shared objects in order of first appearance.
template <typename T>
class Pool {
 public:
  int add(const std::shared_ptr<const T>& object) {
    if (!object) return -1;
    const auto [position, isNew] = m_index.emplace(object.get(), static_cast<int>(m_all.size()));
    if (isNew) m_all.push_back(object.get());
    return position->second;
  }
  const std::vector<const T*>& all() const { return m_all; }

 private:
  std::unordered_map<const T*, int> m_index;
  std::vector<const T*> m_all;
};

template <bool kWrite>
void moveSource(Ours<kWrite, ir::SourceLocation> ours, Wire<kWrite, wire::SourceT> onWire) {
  plain<kWrite>(ours.file, onWire.file);
  plain<kWrite>(ours.line, onWire.line);
  plain<kWrite>(ours.function, onWire.function);
  plain<kWrite>(ours.code, onWire.code);
}

void writeNode(const ir::Node& node, wire::NodeT& onWire, Pool<ir::ModuleScope>& scopes,
               Pool<ir::SourceLocation>& sources) {
  onWire.kind = small(node.kind);
  onWire.name = node.name;
  onWire.target = node.target;
  list<true>(node.args, onWire.args, writeArgument);
  list<true>(node.kwargs, onWire.kwargs,
             [](const std::pair<std::string, Argument>& keyword, wire::KeywordT& target) {
               target.name = keyword.first;
               table<true>(keyword.second, target.value, writeArgument);
             });
  table<true>(node.value, onWire.value, writeValue);
  onWire.tag = small(node.meta.tag);
  onWire.has_sequence = node.meta.sequenceNumber.has_value();
  onWire.sequence = node.meta.sequenceNumber.value_or(0);
  onWire.accumulation = node.meta.gradientAccumulation;
  onWire.module_ = scopes.add(node.meta.module);
  onWire.forward_module = scopes.add(node.meta.forwardModule);
  onWire.source = sources.add(node.meta.source);
  onWire.original_op = node.meta.originalOp;
  onWire.exported_op = node.meta.exportedOp;
  onWire.descriptor = node.meta.descriptor;
  onWire.recompute = small(node.meta.recompute);
}

template <typename T>
std::shared_ptr<const T> fromPool(const std::vector<std::shared_ptr<const T>>& pool, int index) {
  if (index == -1) return nullptr;
  return pool[checkedIndex(index, pool.size(), "a pool index")];
}

template <typename T, typename B, typename Move>
std::vector<std::shared_ptr<const T>> readPool(const B& onWire, Move&& move) {
  std::vector<T> objects;
  list<false>(objects, onWire, move);
  std::vector<std::shared_ptr<const T>> pool;
  pool.reserve(objects.size());
  for (T& object : objects) pool.push_back(std::make_shared<const T>(std::move(object)));
  return pool;
}

struct NodePools {
  std::vector<std::shared_ptr<const ir::ModuleScope>> scopes;
  std::vector<std::shared_ptr<const ir::SourceLocation>> sources;
};

ir::NodeMeta readNodeMeta(const wire::NodeT& onWire, const NodePools& pools) {
  ir::NodeMeta meta;
  enumeration<false>(meta.tag, onWire.tag, kTags);
  if (onWire.has_sequence) meta.sequenceNumber = onWire.sequence;
  meta.gradientAccumulation = onWire.accumulation;
  meta.module = fromPool(pools.scopes, onWire.module_);
  meta.forwardModule = fromPool(pools.scopes, onWire.forward_module);
  meta.source = fromPool(pools.sources, onWire.source);
  meta.originalOp = onWire.original_op;
  meta.exportedOp = onWire.exported_op;
  meta.descriptor = onWire.descriptor;
  enumeration<false>(meta.recompute, onWire.recompute, kRecomputeTags);
  return meta;
}

/// Appends one node; inputs must lie before it, placeholders in front, the output last.
void readNode(ir::GraphBuilder& builder, const wire::NodeT& onWire, const NodePools& pools,
              std::vector<std::string> descriptors, bool isLast) {
  const std::size_t before = builder.size();
  const auto read = [&](Argument& argument, const wire::ArgumentT& source) {
    readArgument(argument, source, before);
  };
  std::vector<Argument> args;
  list<false>(args, onWire.args, read);
  std::vector<std::pair<std::string, Argument>> kwargs;
  list<false>(kwargs, onWire.kwargs,
              [&](std::pair<std::string, Argument>& keyword, const wire::KeywordT& source) {
                keyword.first = source.name;
                table<false>(keyword.second, source.value, read);
              });
  ir::ValueMeta value;
  table<false>(value, onWire.value, readValue);
  ir::NodeMeta meta = readNodeMeta(onWire, pools);
  ir::NodeKind kind{};
  enumeration<false>(kind, onWire.kind, 4);
  if (builder.hasName(onWire.name)) throw WireError("two nodes have one name");
  if (isLast != (kind == ir::NodeKind::Output)) throw WireError("the output node is misplaced");
  switch (kind) {
    case ir::NodeKind::Placeholder:
      builder.addPlaceholder(onWire.name, std::move(value), std::move(meta));
      break;
    case ir::NodeKind::Call:
      builder.addCall(onWire.name, onWire.target, std::move(args), std::move(kwargs),
                      std::move(value), std::move(meta));
      break;
    case ir::NodeKind::Attribute:
      builder.addAttribute(onWire.name, onWire.target, std::move(value), std::move(meta));
      break;
    case ir::NodeKind::Output:
      builder.setOutputs(std::move(args), std::move(descriptors), std::move(meta));
      break;
  }
}

template <bool kWrite>
void moveInputInfo(Ours<kWrite, ir::InputInfo> ours, Wire<kWrite, wire::InputInfoT> onWire) {
  plain<kWrite>(ours.isLeaf, onWire.is_leaf);
  plain<kWrite>(ours.mutatesData, onWire.mutates_data);
  plain<kWrite>(ours.mutatesMetadata, onWire.mutates_metadata);
  plain<kWrite>(ours.mutationsHiddenFromAutograd, onWire.hidden);
  plain<kWrite>(ours.mutationsUnderNoGrad, onWire.under_no_grad);
  plain<kWrite>(ours.mutatesStorageMetadata, onWire.mutates_storage);
  plain<kWrite>(ours.requiresGrad, onWire.requires_grad);
  plain<kWrite>(ours.keepInputMutations, onWire.keep);
  enumeration<kWrite>(ours.mutationType, onWire.mutation, 3);
  optionalTable<kWrite>(ours.metaAfter, onWire.meta_after, moveTensor<kWrite>);
}

template <bool kWrite>
void moveOutputInfo(Ours<kWrite, ir::OutputInfo> ours, Wire<kWrite, wire::OutputInfoT> onWire) {
  enumeration<kWrite>(ours.type, onWire.type, 8);
  if constexpr (kWrite) {
    onWire.base_index = ours.baseIndex.value_or(-1);
  } else if (onWire.base_index >= 0) {
    ours.baseIndex = onWire.base_index;
  }
  plain<kWrite>(ours.requiresGrad, onWire.requires_grad);
  plain<kWrite>(ours.isUnfollowedView, onWire.unfollowed);
  plain<kWrite>(ours.isTensor, onWire.is_tensor);
  optionalTable<kWrite>(ours.meta, onWire.meta, moveTensor<kWrite>);
  plain<kWrite>(ours.storageOffset, onWire.storage_offset);
  plain<kWrite>(ours.dynamicDims, onWire.dynamic_dims);
}

template <bool kWrite>
void moveMetadata(Ours<kWrite, ir::ViewAndMutationMeta> ours,
                  Wire<kWrite, wire::ViewAndMutationT> onWire) {
  list<kWrite>(ours.inputs, onWire.inputs, moveInputInfo<kWrite>);
  list<kWrite>(ours.outputs, onWire.outputs, moveOutputInfo<kWrite>);
  plain<kWrite>(ours.intermediateBases, onWire.intermediate_bases);
  plain<kWrite>(ours.isTrain, onWire.is_train);
  plain<kWrite>(ours.mutatedRuntimeIndices, onWire.mutated_runtime);
  plain<kWrite>(ours.mutatedGraphHandledIndices, onWire.mutated_in_graph);
  list<kWrite>(ours.tracedTangents, onWire.tangents, moveTensor<kWrite>);
  plain<kWrite>(ours.tracedTangentDescriptors, onWire.tangent_descriptors);
  plain<kWrite>(ours.staticInputIndices, onWire.static_inputs);
  if constexpr (kWrite) {
    onWire.grad_mode_after = ours.gradEnabledMutation ? *ours.gradEnabledMutation : -1;
  } else if (onWire.grad_mode_after >= 0) {
    ours.gradEnabledMutation = onWire.grad_mode_after != 0;
  }
}

template <bool kWrite>
void moveBinding(Ours<kWrite, ir::InputBinding> ours, Wire<kWrite, wire::InputBindingT> onWire) {
  plain<kWrite>(ours.primal, onWire.primal);
  plain<kWrite>(ours.isView, onWire.is_view);
  table<kWrite>(ours.view, onWire.view, moveTensor<kWrite>);
  plain<kWrite>(ours.storageOffset, onWire.storage_offset);
  plain<kWrite>(ours.isWritten, onWire.is_written);
  plain<kWrite>(ours.isReshaped, onWire.is_reshaped);
}

template <bool kWrite>
void moveSignature(Ours<kWrite, ir::JointSignature> ours, Wire<kWrite, wire::SignatureT> onWire) {
  plain<kWrite>(ours.parameterOrder, onWire.parameters);
  plain<kWrite>(ours.bufferOrder, onWire.buffers);
  plain<kWrite>(ours.numPrimals, onWire.primals);
  plain<kWrite>(ours.numForwardOutputs, onWire.forward_outputs);
  plain<kWrite>(ours.primalStorage, onWire.primal_storage);
  list<kWrite>(ours.inputBindings, onWire.bindings, moveBinding<kWrite>);
}

}  // namespace

template <bool kWrite>
void moveSize(Ours<kWrite, ir::Size> ours, Wire<kWrite, wire::SizeT> onWire) {
  if constexpr (kWrite) {
    onWire.hint = ours.hint();
    onWire.expression = ours.expression();
  } else {
    ours = onWire.expression.empty() ? ir::Size(onWire.hint)
                                     : ir::Size(onWire.expression, onWire.hint);
  }
}

template <bool kWrite>
void moveTensor(Ours<kWrite, ir::TensorMeta> ours, Wire<kWrite, wire::TensorT> onWire) {
  enumeration<kWrite>(ours.dtype, onWire.dtype, kDTypes);
  list<kWrite>(ours.sizes, onWire.sizes, moveSize<kWrite>);
  list<kWrite>(ours.strides, onWire.strides, moveSize<kWrite>);
  enumeration<kWrite>(ours.device.type, onWire.device, kDevices);
  plain<kWrite>(ours.device.index, onWire.device_index);
  if constexpr (!kWrite) {
    if (ours.sizes.size() != ours.strides.size()) throw WireError("a tensor lacks strides");
  }
}

template <bool kWrite>
void moveScope(Ours<kWrite, ir::ModuleScope> ours, Wire<kWrite, wire::ScopeT> onWire) {
  plain<kWrite>(ours.path, onWire.path);
  plain<kWrite>(ours.className, onWire.class_name);
}

template void moveSize<true>(const ir::Size&, wire::SizeT&);
template void moveSize<false>(ir::Size&, const wire::SizeT&);
template void moveTensor<true>(const ir::TensorMeta&, wire::TensorT&);
template void moveTensor<false>(ir::TensorMeta&, const wire::TensorT&);
template void moveScope<true>(const ir::ModuleScope&, wire::ScopeT&);
template void moveScope<false>(ir::ModuleScope&, const wire::ScopeT&);

void writeGraph(const ir::Graph& graph, wire::GraphT& onWire) {
  Pool<ir::ModuleScope> scopes;
  Pool<ir::SourceLocation> sources;
  list<true>(graph.nodes(), onWire.nodes, [&](const ir::Node& node, wire::NodeT& target) {
    writeNode(node, target, scopes, sources);
  });
  onWire.output_descriptors = graph.outputDescriptors();
  const auto writeScope = [](const ir::ModuleScope* scope, wire::ScopeT& target) {
    moveScope<true>(*scope, target);
  };
  list<true>(scopes.all(), onWire.scopes, writeScope);
  const auto writeSource = [](const ir::SourceLocation* source, wire::SourceT& target) {
    moveSource<true>(*source, target);
  };
  list<true>(sources.all(), onWire.sources, writeSource);
}

ir::GraphPtr readGraph(const wire::GraphT& onWire) {
  const NodePools pools{readPool<ir::ModuleScope>(onWire.scopes, moveScope<false>),
                        readPool<ir::SourceLocation>(onWire.sources, moveSource<false>)};
  if (onWire.nodes.empty()) throw WireError("a graph has no nodes");
  ir::GraphBuilder builder;
  for (std::size_t i = 0; i < onWire.nodes.size(); ++i) {
    if (!onWire.nodes[i]) throw WireError("a node is missing");
    readNode(builder, *onWire.nodes[i], pools, onWire.output_descriptors,
             i + 1 == onWire.nodes.size());
  }
  return std::move(builder).freeze();
}

template <bool kWrite>
void moveSizeGuard(Ours<kWrite, ir::SizeGuard> ours, Wire<kWrite, wire::SizeGuardT> onWire) {
  plain<kWrite>(ours.expression, onWire.expression);
  plain<kWrite>(ours.reason, onWire.reason);
  plain<kWrite>(ours.source, onWire.source);
}

void writeJoint(const ir::JointGraph& joint, wire::JointT& onWire) {
  table<true>(*joint.graph, onWire.graph, writeGraph);
  table<true>(joint.signature, onWire.signature, moveSignature<true>);
  table<true>(joint.metadata, onWire.metadata, moveMetadata<true>);
  list<true>(joint.modules, onWire.modules, moveScope<true>);
  list<true>(joint.guards, onWire.guards, moveSizeGuard<true>);
}

ir::JointGraph readJoint(const wire::JointT& onWire) {
  if (!onWire.graph) throw WireError("a joint graph is missing");
  ir::JointGraph joint;
  joint.graph = readGraph(*onWire.graph);
  table<false>(joint.signature, onWire.signature, moveSignature<false>);
  table<false>(joint.metadata, onWire.metadata, moveMetadata<false>);
  list<false>(joint.modules, onWire.modules, moveScope<false>);
  list<false>(joint.guards, onWire.guards, moveSizeGuard<false>);
  return joint;
}

}  // namespace core::protocol
