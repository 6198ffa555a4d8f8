#include "core/load/graph_reader.h"

#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "core/load/argument_reader.h"

namespace core::load {
namespace {

constexpr std::size_t kMaxInputsOfNode = 100'000;

TensorName readTensorName(const JsonValue& value) {
  return {value.at("name").string()};
}

template <typename Element, typename Read>
std::vector<Element> readList(const JsonValue& values, Read&& read) {
  std::vector<Element> elements;
  values.forEachElement(
      [&](std::size_t, const JsonValue& value) { elements.push_back(read(value)); });
  return elements;
}

/// {"as_name": "sym_size_int_1"} or {"as_int": 4}.
SymIntArgument readSymInt(const JsonValue& value) {
  const auto [tag, inner] = value.onlyMember();
  if (tag == "as_name") return {inner.string()};
  if (tag == "as_int") return {inner.integer()};
  value.fail("is neither as_name nor as_int");
}

/// {"as_tensor": {..}} or {"as_none": ..}.
std::optional<TensorName> readOptionalTensor(const JsonValue& value) {
  const auto [tag, inner] = value.onlyMember();
  if (tag == "as_tensor") return readTensorName(inner);
  if (tag == "as_none") return std::nullopt;
  value.fail("is neither as_tensor nor as_none");
}

ir::MemoryFormat readMemoryFormat(const JsonValue& value) {
  switch (value.integer()) {
    case 1: return ir::MemoryFormat::Contiguous;
    case 2: return ir::MemoryFormat::ChannelsLast;
    case 3: return ir::MemoryFormat::ChannelsLast3d;
    case 4: return ir::MemoryFormat::Preserve;
  }
  value.fail("is an unknown memory format");
}

ir::Layout readLayout(const JsonValue& value) {
  return value.integer() == 7 ? ir::Layout::Strided : ir::Layout::Other;
}

/// {"as_name": "truediv"} or {"as_float": 0.5}; a name is read as a symbolic integer's is.
ExportArgument readSymbolicNumber(const JsonValue& value, const std::string& kind) {
  const auto [tag, inner] = value.onlyMember();
  if (tag == "as_bool") return inner.boolean();
  if (tag == "as_float") return inner.real();
  if (tag == "as_name") return SymIntArgument{inner.string()};
  return UnsupportedArgument{kind};
}

using ArgumentReader = ExportArgument (*)(const JsonValue&);

bool readBool(const JsonValue& value) {
  return value.boolean();
}
std::int64_t readInteger(const JsonValue& value) {
  return value.integer();
}
double readReal(const JsonValue& value) {
  return value.real();
}
std::string readString(const JsonValue& value) {
  return value.string();
}

const std::unordered_map<std::string_view, ArgumentReader>& argumentReaders() {
  using V = const JsonValue&;
  static const std::unordered_map<std::string_view, ArgumentReader> readers = {
      {"as_none", [](V) -> ExportArgument { return std::monostate(); }},
      {"as_tensor", [](V v) -> ExportArgument { return readTensorName(v); }},
      {"as_tensors", [](V v) -> ExportArgument { return readList<TensorName>(v, readTensorName); }},
      {"as_optional_tensors",
       [](V v) -> ExportArgument {
         return readList<std::optional<TensorName>>(v, readOptionalTensor);
       }},
      {"as_optional_tensor",
       [](V v) -> ExportArgument {
         const auto tensor = readOptionalTensor(v);
         return tensor ? ExportArgument(*tensor) : ExportArgument();
       }},
      {"as_bool", [](V v) -> ExportArgument { return v.boolean(); }},
      {"as_int", [](V v) -> ExportArgument { return v.integer(); }},
      {"as_float", [](V v) -> ExportArgument { return v.real(); }},
      {"as_string", [](V v) -> ExportArgument { return v.string(); }},
      {"as_bools", [](V v) -> ExportArgument { return readList<bool>(v, readBool); }},
      {"as_ints", [](V v) -> ExportArgument { return readList<std::int64_t>(v, readInteger); }},
      {"as_floats", [](V v) -> ExportArgument { return readList<double>(v, readReal); }},
      {"as_strings", [](V v) -> ExportArgument { return readList<std::string>(v, readString); }},
      {"as_sym_int", [](V v) -> ExportArgument { return readSymInt(v); }},
      {"as_sym_ints",
       [](V v) -> ExportArgument { return readList<SymIntArgument>(v, readSymInt); }},
      {"as_sym_bool", [](V v) -> ExportArgument { return readSymbolicNumber(v, "as_sym_bool"); }},
      {"as_sym_float", [](V v) -> ExportArgument { return readSymbolicNumber(v, "as_sym_float"); }},
      {"as_scalar_type", [](V v) -> ExportArgument { return readDType(v); }},
      {"as_memory_format", [](V v) -> ExportArgument { return readMemoryFormat(v); }},
      {"as_layout", [](V v) -> ExportArgument { return readLayout(v); }},
      {"as_device", [](V v) -> ExportArgument { return readDevice(v); }},
  };
  return readers;
}

/// Calls `visit(name)` for every value that `argument` names.
template <typename Visit>
void forEachName(const ExportArgument& argument, Visit&& visit) {
  if (const auto* tensor = std::get_if<TensorName>(&argument)) {
    visit(tensor->name);
  } else if (const auto* tensors = std::get_if<std::vector<TensorName>>(&argument)) {
    for (const TensorName& element : *tensors) visit(element.name);
  } else if (const auto* some = std::get_if<std::vector<std::optional<TensorName>>>(&argument)) {
    for (const auto& element : *some) {
      if (element) visit(element->name);
    }
  } else if (const auto* size = std::get_if<SymIntArgument>(&argument)) {
    if (const auto* name = std::get_if<std::string>(&size->value)) visit(*name);
  } else if (const auto* sizes = std::get_if<std::vector<SymIntArgument>>(&argument)) {
    for (const SymIntArgument& element : *sizes) {
      if (const auto* name = std::get_if<std::string>(&element.value)) visit(*name);
    }
  }
}

/// The names of one graph: defined once, before their use.
class Names {
 public:
  void define(const ExportArgument& argument, const JsonValue& where) {
    forEachName(argument, [&](const std::string& name) {
      if (!m_names.insert(name).second) where.fail("defines '" + name + "' a second time");
    });
  }
  void use(const ExportArgument& argument, const JsonValue& where) const {
    forEachName(argument, [&](const std::string& name) {
      if (!m_names.contains(name)) where.fail("uses '" + name + "', which is not defined before");
    });
  }

 private:
  std::unordered_set<std::string> m_names;
};

void readNodeMetadata(const JsonValue& value, Provenance& provenance, ExportNode& node) {
  const auto metadata = value.find("metadata");
  if (!metadata) return;
  if (const auto stack = metadata->find("nn_module_stack")) {
    node.moduleStack = provenance.moduleStack(stack->string());
  }
  if (const auto trace = metadata->find("stack_trace")) {
    node.source = provenance.innermostFrame(trace->string());
  }
}

ExportNode readNode(const JsonValue& value, Names& names, Provenance& provenance) {
  ExportNode node;
  node.target = value.at("target").string();
  if (const auto name = value.find("name")) node.name = name->string();
  const JsonValue inputs = value.at("inputs");
  if (inputs.arraySize() > kMaxInputsOfNode) inputs.fail("has more than 100,000 elements");
  inputs.forEachElement([&](std::size_t, const JsonValue& input) {
    ExportArgument argument = readArgument(input.at("arg"), provenance);
    names.use(argument, input);
    node.inputs.push_back({input.at("name").string(), std::move(argument)});
  });
  value.at("outputs").forEachElement([&](std::size_t, const JsonValue& output) {
    ExportArgument argument = readArgument(output, provenance);
    names.define(argument, output);
    node.outputs.push_back(std::move(argument));
  });
  readNodeMetadata(value, provenance, node);
  return node;
}

/// Names of the tensors that a graph takes: their sizes must be known.
std::unordered_set<std::string> inputNames(const JsonValue& graph) {
  std::unordered_set<std::string> names;
  graph.at("inputs").forEachElement([&](std::size_t, const JsonValue& input) {
    const auto [tag, inner] = input.onlyMember();
    if (tag == "as_tensor") names.insert(inner.at("name").string());
  });
  return names;
}

void readValues(const JsonValue& value, ExportGraph& graph) {
  const std::unordered_set<std::string> inputs = inputNames(value);
  value.at("tensor_values").forEachMember([&](const std::string& name, const JsonValue& tensor) {
    const SizeValue need = inputs.contains(name) ? SizeValue::Needed : SizeValue::MayDependOnData;
    graph.tensors.emplace(name, readTensorMeta(tensor, need));
  });
  const auto symInts = value.find("sym_int_values");
  if (!symInts) return;
  symInts->forEachMember([&](const std::string& name, const JsonValue& size) {
    graph.symInts.emplace(name, readSize(size, SizeValue::MayDependOnData));
  });
}

}  // namespace

ExportArgument readArgument(const JsonValue& value, Provenance& provenance) {
  const auto [tag, inner] = value.onlyMember();
  if (tag == "as_graph") {
    return SubgraphArgument{
        inner.at("name").string(),
        std::make_shared<const ExportGraph>(readGraph(inner.at("graph"), provenance))};
  }
  const auto reader = argumentReaders().find(tag);
  if (reader == argumentReaders().end()) return UnsupportedArgument{std::string(tag)};
  return reader->second(inner);
}

ExportGraph readGraph(const JsonValue& value, Provenance& provenance) {
  ExportGraph graph;
  Names names;
  readValues(value, graph);
  value.at("inputs").forEachElement([&](std::size_t, const JsonValue& input) {
    graph.inputs.push_back(readArgument(input, provenance));
    names.define(graph.inputs.back(), input);
    const auto* tensor = std::get_if<TensorName>(&graph.inputs.back());
    if (tensor && !graph.tensors.contains(tensor->name)) {
      input.fail("names '" + tensor->name + "', which tensor_values does not describe");
    }
  });
  value.at("nodes").forEachElement([&](std::size_t, const JsonValue& node) {
    graph.nodes.push_back(readNode(node, names, provenance));
  });
  value.at("outputs").forEachElement([&](std::size_t, const JsonValue& output) {
    graph.outputs.push_back(readArgument(output, provenance));
    names.use(graph.outputs.back(), output);
  });
  return graph;
}

}  // namespace core::load
