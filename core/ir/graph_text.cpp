#include "core/ir/graph_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/ir/graph_text_words.h"
#include "core/ir/real_scalar.h"

// The printer. Everything that the parser (parse_graph.cpp) reads back is written here: sizes carry
// their hint, doubles are the shortest text that reads back to the same bits.

namespace core::ir {
namespace {

template <typename Items, typename Write>
std::string joined(const Items& items, Write&& write) {
  std::string text;
  bool isFirst = true;
  for (const auto& item : items) {
    if (!isFirst) text += ", ";
    isFirst = false;
    text += write(item);
  }
  return text;
}

std::string quoted(std::string_view raw) {
  std::string text("\"");
  for (const char c : raw) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  text += '"';
  return text;
}

std::string doubleText(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string sizeText(const Size& size) {
  return size.isSymbolic() ? size.text() + "=" + std::to_string(size.hint()) : size.text();
}

bool hasPlainStrides(const TensorMeta& meta) {
  for (const Size& stride : meta.strides)
    if (stride.isSymbolic()) return false;
  return meta.strideHints() == contiguousStrides(meta.sizeHints());
}

std::string metaText(const TensorMeta& meta) {
  std::string text(dtypeName(meta.dtype));
  text += "[" + joined(meta.sizes, sizeText) + "]";
  if (!hasPlainStrides(meta)) text += "{" + joined(meta.strides, sizeText) + "}";
  if (meta.device != Device{}) text += "@" + deviceName(meta.device);
  return text;
}

std::string valueText(const ValueMeta& value) {
  if (const auto* tensor = std::get_if<TensorMeta>(&value)) return metaText(*tensor);
  if (const auto* sym = std::get_if<SymMeta>(&value))
    return sym->isFloat ? "real[" + sym->size.text() + "=" + doubleText(numberOf(*sym)) + "]"
                        : "sym[" + sizeText(sym->size) + "]";
  if (const auto* tuple = std::get_if<TupleMeta>(&value)) {
    const auto write = [](const auto& element) { return element ? metaText(*element) : "None"; };
    return "(" + joined(tuple->elements, write) + ")";
  }
  return "";
}

std::string scopeText(const ModuleScope& scope) {
  return quoted(scope.path + ":" + scope.className);
}

/// " key=value" for everything that is set.
std::string nodeMetaText(const NodeMeta& meta) {
  std::string text;
  if (meta.tag != PartitionerTag::None) text.append(" ").append(partitionerTagName(meta.tag));
  if (meta.sequenceNumber) text += " seq=" + std::to_string(*meta.sequenceNumber);
  if (meta.gradientAccumulation) text += " grad_acc";
  if (meta.module) text += " module=" + scopeText(*meta.module);
  if (meta.forwardModule) text += " fwd_module=" + scopeText(*meta.forwardModule);
  if (meta.source) {
    text += " file=" + quoted(meta.source->file) + " line=" + std::to_string(meta.source->line);
    text += " function=" + quoted(meta.source->function) + " code=" + quoted(meta.source->code);
  }
  if (!meta.originalOp.empty()) text += " op=" + quoted(meta.originalOp);
  if (!meta.exportedOp.empty()) text += " call=" + quoted(meta.exportedOp);
  if (!meta.descriptor.empty()) text += " desc=" + quoted(meta.descriptor);
  if (meta.recompute != RecomputeTag::None)
    text.append(" recompute=").append(wordOf(kRecomputeWords, meta.recompute));
  return text;
}

std::string callText(const Graph& graph, const Node& node) {
  std::string text = node.target + "(";
  text += joined(node.args, [&](const Argument& a) { return argumentText(graph, a); });
  for (const auto& [name, argument] : node.kwargs) {
    if (text.back() != '(') text += ", ";
    text += name + "=" + argumentText(graph, argument);
  }
  return text + ")";
}

std::string bodyText(const Graph& graph, const Node& node) {
  if (node.kind == NodeKind::Output) {
    const auto write = [&](const Argument& a) { return argumentText(graph, a); };
    return "return (" + joined(node.args, write) + ")";
  }
  std::string text = "%" + node.name;
  const std::string type = valueText(node.value);
  if (!type.empty()) text += " : " + type;
  text += " = ";
  if (node.kind == NodeKind::Placeholder) return text + "placeholder";
  if (node.kind == NodeKind::Attribute) return text + "get_attr " + node.target;
  return text + callText(graph, node);
}

}  // namespace

std::string argumentText(const Graph& graph, const Argument& argument) {
  struct Writer {
    const Graph& graph;
    std::string operator()(std::monostate) const { return "None"; }
    std::string operator()(NodeId id) const { return "%" + graph.node(id).name; }
    std::string operator()(bool b) const { return b ? "True" : "False"; }
    std::string operator()(std::int64_t i) const { return std::to_string(i); }
    std::string operator()(double d) const { return doubleText(d); }
    std::string operator()(const std::string& s) const { return quoted(s); }
    std::string operator()(DType d) const { return std::string("dtype:").append(dtypeName(d)); }
    std::string operator()(Device d) const { return "device:" + deviceName(d); }
    std::string operator()(Layout l) const {
      return std::string("layout:").append(wordOf(kLayoutWords, l));
    }
    std::string operator()(MemoryFormat f) const {
      return std::string("memory_format:").append(wordOf(kMemoryFormatWords, f));
    }
    std::string operator()(const Argument::List& list) const {
      return "[" + joined(list, [&](const Argument& a) { return argumentText(graph, a); }) + "]";
    }
  };
  return std::visit(Writer{graph}, argument.value);
}

std::string nodeText(const Graph& graph, const Node& node) {
  std::string meta = nodeMetaText(node.meta);
  if (node.kind == NodeKind::Output && !graph.outputDescriptors().empty()) {
    meta += " descs=[";
    meta += joined(graph.outputDescriptors(), [](const std::string& d) { return quoted(d); });
    meta += "]";
  }
  return meta.empty() ? bodyText(graph, node) : bodyText(graph, node) + "  #" + meta;
}

std::string graphText(const Graph& graph) {
  std::string text = "graph {\n";
  for (const Node& node : graph.nodes()) text += "  " + nodeText(graph, node) + "\n";
  return text + "}\n";
}

}  // namespace core::ir
