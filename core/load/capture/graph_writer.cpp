#include "core/load/capture/graph_writer.h"

#include <algorithm>
#include <cmath>

#include "core/load/capture/capture_words.h"

namespace core::load {
namespace {

using ir::Argument;
using ir::Node;
using ir::NodeId;

void writeSizes(JsonWriter& json, const std::vector<ir::Size>& sizes) {
  json.beginArray();
  for (const ir::Size& size : sizes) {
    if (size.isSymbolic())
      json.value(size.expression());
    else
      json.value(size.hint());
  }
  json.endArray();
}

bool anySymbolic(const std::vector<ir::Size>& sizes) {
  return std::any_of(sizes.begin(), sizes.end(), [](const ir::Size& s) { return s.isSymbolic(); });
}

void writeValue(JsonWriter& json, const ir::ValueMeta& value) {
  if (const auto* tensor = std::get_if<ir::TensorMeta>(&value)) {
    writeTensorMeta(json, *tensor);
  } else if (const auto* tuple = std::get_if<ir::TupleMeta>(&value)) {
    json.beginObject().key("tuple").beginArray();
    for (const auto& element : tuple->elements) {
      if (element)
        writeTensorMeta(json, *element);
      else
        json.null();
    }
    json.endArray().endObject();
  } else if (const auto* sym = std::get_if<ir::SymMeta>(&value)) {
    json.beginObject();
    if (sym->isFloat || !sym->size.isSymbolic())
      json.member("scalar", sym->size.text());
    else
      json.member("sym", sym->size.expression()).member("hint", sym->size.hint());
    json.endObject();
  } else {
    json.null();
  }
}

std::string specialFloat(double number) {
  if (std::isnan(number)) return "float:nan";
  return number > 0 ? "float:inf" : "float:-inf";
}

void writeScope(JsonWriter& json, const char* key, const ir::ModuleScope* scope) {
  if (scope) json.key(key).beginArray().value(scope->path).value(scope->className).endArray();
}

void writeSource(JsonWriter& json, const ir::SourceLocation& source) {
  json.key("source").beginObject();
  json.member("file", source.file).member("line", source.line);
  json.member("function", source.function).member("code", source.code).endObject();
}

const char* kindName(ir::NodeKind kind) {
  switch (kind) {
    case ir::NodeKind::Placeholder: return "placeholder";
    case ir::NodeKind::Call: return "call_function";
    case ir::NodeKind::Attribute: return "get_attr";
    case ir::NodeKind::Output: return "output";
  }
  return "call_function";
}

const char* recomputeName(ir::RecomputeTag tag) {
  switch (tag) {
    case ir::RecomputeTag::None: return "";
    case ir::RecomputeTag::MustSave: return "MUST_SAVE";
    case ir::RecomputeTag::PreferSave: return "PREFER_SAVE";
    case ir::RecomputeTag::MustRecompute: return "MUST_RECOMPUTE";
    case ir::RecomputeTag::PreferRecompute: return "PREFER_RECOMPUTE";
  }
  return "";
}

void writeArguments(JsonWriter& json, const ir::Graph& graph, const Node& node,
                    const Renames& renames) {
  json.key("args").beginArray();
  for (const Argument& argument : node.args) writeArgument(json, graph, argument, renames);
  json.endArray();
  if (node.kwargs.empty()) return;
  json.key("kwargs").beginObject();
  for (const auto& [name, argument] : node.kwargs)
    writeArgument(json.key(name), graph, argument, renames);
  json.endObject();
}

void writeNodeMeta(JsonWriter& json, const Node& node) {
  const ir::NodeMeta& meta = node.meta;
  if (!meta.descriptor.empty()) json.member("desc", meta.descriptor.str());
  if (meta.sequenceNumber) json.member("seq_nr", *meta.sequenceNumber);
  if (meta.tag != ir::PartitionerTag::None) json.member("tag", ir::partitionerTagName(meta.tag));
  if (meta.gradientAccumulation) json.member("is_gradient_acc", true);
  writeScope(json, "module", meta.module.get());
  writeScope(json, "fwd_module", meta.forwardModule.get());
  if (!meta.originalOp.empty())
    json.member("original_aten", meta.originalOp.str());
  else if (node.isCall() && node.target.starts_with("aten."))
    json.member("original_aten", node.target.str());
  if (!meta.exportedOp.empty()) json.member("exported_op", meta.exportedOp.str());
  if (meta.recompute != ir::RecomputeTag::None)
    json.member("recompute", recomputeName(meta.recompute));
  if (meta.source) writeSource(json, *meta.source);
}

}  // namespace

void writeTensorMembers(JsonWriter& json, const ir::TensorMeta& meta) {
  writeSizes(json.key("shape"), meta.sizes);
  json.member("dtype", ir::dtypeName(meta.dtype));
  writeSizes(json.key("stride"), meta.strides);
  if (anySymbolic(meta.sizes)) json.member("shape_hint", meta.sizeHints());
  if (anySymbolic(meta.strides)) json.member("stride_hint", meta.strideHints());
}

void writeTensorMeta(JsonWriter& json, const ir::TensorMeta& meta) {
  writeTensorMembers(json.beginObject(), meta);
  json.endObject();
}

void writeArgument(JsonWriter& json, const ir::Graph& graph, const Argument& argument,
                   const Renames& renames) {
  struct Visitor {
    JsonWriter& json;
    const ir::Graph& graph;
    const Renames& renames;

    void operator()(std::monostate) const { json.null(); }
    void operator()(NodeId id) const {
      const std::string& name = graph.node(id).name;
      const auto renamed = renames.find(name);
      json.value("%" + (renamed == renames.end() ? name : renamed->second));
    }
    void operator()(bool flag) const { json.value(flag); }
    void operator()(std::int64_t number) const { json.value(number); }
    void operator()(double number) const {
      if (std::isfinite(number))
        json.value(number);
      else
        json.value(specialFloat(number));
    }
    void operator()(const std::string& text) const { json.value("str:" + text); }
    void operator()(ir::DType dtype) const {
      json.value("dtype:" + std::string(ir::dtypeName(dtype)));
    }
    void operator()(ir::Device device) const { json.value("device:" + ir::deviceName(device)); }
    void operator()(ir::Layout layout) const {
      json.value("layout:" + std::string(layoutName(layout)));
    }
    void operator()(ir::MemoryFormat format) const {
      json.value("memory_format:" + std::string(memoryFormatName(format)));
    }
    void operator()(const Argument::List& list) const {
      json.beginArray();
      for (const Argument& element : list) writeArgument(json, graph, element, renames);
      json.endArray();
    }
  };
  std::visit(Visitor{json, graph, renames}, argument.value);
}

std::string callText(const ir::Graph& graph, const Node& node, const Renames& renames) {
  JsonWriter json;
  json.beginObject().member("target", node.target.str());
  writeArguments(json, graph, node, renames);
  return json.endObject().take();
}

void writeNode(JsonWriter& json, const ir::Graph& graph, const Node& node) {
  json.beginObject().member("name", node.name).member("op", kindName(node.kind));
  json.member("target", node.target.str());
  if (node.kind != ir::NodeKind::Placeholder) writeArguments(json, graph, node, {});
  if (node.kind == ir::NodeKind::Output) {
    if (!graph.outputDescriptors().empty()) json.member("descs", graph.outputDescriptors());
  } else {
    writeValue(json.key("val"), node.value);
    writeNodeMeta(json, node);
  }
  json.endObject();
}

void writeCounts(JsonWriter& json, const ir::Graph& graph) {
  std::map<std::string, int> counts;
  int calls = 0;
  for (const Node& node : graph.nodes()) {
    if (!node.isCall()) continue;
    ++counts[node.target];
    ++calls;
  }
  const auto getitems = counts.find("getitem");
  json.member("num_nodes", graph.size()).member("num_placeholders", graph.placeholders().size());
  json.member("num_call_function", calls);
  json.member("num_call_function_no_getitem",
              calls - (getitems == counts.end() ? 0 : getitems->second));
  json.key("op_counts").beginObject();
  for (const auto& [target, count] : counts) json.member(target, count);
  json.endObject();
}

void writeGraph(JsonWriter& json, const ir::Graph& graph) {
  writeCounts(json.beginObject(), graph);
  json.key("nodes").beginArray();
  for (const Node& node : graph.nodes()) writeNode(json, graph, node);
  json.endArray().endObject();
}

}  // namespace core::load
