#include "core/ir/readable_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string_view>

#include "core/ir/graph_text_words.h"

namespace core::ir {
namespace {

constexpr const char* kIndent = "        ";

/// The dtypes' names in torch, by our enumerators' positions.
constexpr std::array<std::string_view, 18> kDTypeNames{
    "float64",    "float32", "float16", "bfloat16", "int64",         "int32",
    "int16",      "int8",    "uint8",   "bool",     "complex32",     "complex64",
    "complex128", "uint16",  "uint32",  "uint64",   "float8_e4m3fn", "float8_e5m2"};

/// Operators that Python writes between or before their operands.
const std::map<std::string_view, const char*>& operatorSigns() {
  static const std::map<std::string_view, const char*> signs{
      {"_operator.add", " + "},       {"_operator.sub", " - "},     {"_operator.mul", " * "},
      {"_operator.floordiv", " // "}, {"_operator.truediv", " / "}, {"_operator.mod", " % "},
      {"_operator.pow", " ** "},      {"_operator.eq", " == "},     {"_operator.ne", " != "},
      {"_operator.lt", " < "},        {"_operator.gt", " > "},      {"_operator.le", " <= "},
      {"_operator.ge", " >= "},       {"_operator.and_", " & "},    {"_operator.or_", " | "},
      {"_operator.xor", " ^ "},       {"_operator.lshift", " << "}, {"_operator.rshift", " >> "},
      {"_operator.neg", "-"},         {"_operator.pos", "+"}};
  return signs;
}

template <typename Items, typename Write>
std::string joined(const Items& items, Write&& write) {
  std::string text;
  for (const auto& item : items) {
    if (!text.empty()) text += ", ";
    text += write(item);
  }
  return text;
}

/// A Python string literal.
std::string quoted(const std::string& raw) {
  const bool useDouble = raw.find('\'') != std::string::npos && raw.find('"') == std::string::npos;
  const char mark = useDouble ? '"' : '\'';
  std::string text(1, mark);
  for (const char c : raw) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == mark || c == '\\') text += '\\';
    text += c;
  }
  return text + mark;
}

std::string tensorText(const TensorMeta& meta) {
  const auto sizes = [](const std::vector<Size>& list) {
    return "[" + joined(list, [](const Size& size) { return size.text(); }) + "]";
  };
  return std::string(dtypeName(meta.dtype)) + sizes(meta.sizes) + sizes(meta.strides) +
         deviceName(meta.device);
}

/// `: "f32[2][1]cpu"`; empty for a tuple and for a node without a value.
std::string annotation(const Node& node) {
  if (const TensorMeta* tensor = node.tensor()) return ": \"" + tensorText(*tensor) + "\"";
  if (const SymMeta* sym = node.sym()) return ": \"Sym(" + sym->size.text() + ")\"";
  return {};
}

std::string deviceText(Device device) {
  std::string name = deviceName(device);
  const auto colon = name.find(':');
  if (colon == std::string::npos) return "device(type='" + name + "')";
  return "device(type='" + name.substr(0, colon) + "', index=" + name.substr(colon + 1) + ")";
}

std::string argumentText(const Graph& graph, const Argument& argument) {
  struct Writer {
    const Graph& graph;
    std::string operator()(std::monostate) const { return "None"; }
    std::string operator()(NodeId id) const { return graph.node(id).name; }
    std::string operator()(bool b) const { return b ? "True" : "False"; }
    std::string operator()(std::int64_t i) const { return std::to_string(i); }
    std::string operator()(double d) const { return pythonText(d); }
    std::string operator()(const std::string& s) const { return quoted(s); }
    std::string operator()(DType d) const { return pythonName(d); }
    std::string operator()(Device d) const { return deviceText(d); }
    std::string operator()(Layout l) const {
      return l == Layout::Strided ? "torch.strided" : "torch.sparse_coo";
    }
    std::string operator()(MemoryFormat f) const {
      return std::string("torch.").append(wordOf(kMemoryFormatWords, f));
    }
    std::string operator()(const Argument::List& list) const {
      return "[" + joined(list, [&](const Argument& a) { return argumentText(graph, a); }) + "]";
    }
  };
  return std::visit(Writer{graph}, argument.value);
}

std::string callText(const Graph& graph, const Node& node) {
  const auto text = [&](const Argument& a) { return argumentText(graph, a); };
  const bool isIndex = node.target == "getitem" || node.target == "_operator.getitem";
  if (isIndex && node.args.size() == 2) return text(node.args[0]) + "[" + text(node.args[1]) + "]";
  const auto sign = operatorSigns().find(node.target);
  if (sign != operatorSigns().end() && node.args.size() == 2)
    return text(node.args[0]) + sign->second + text(node.args[1]);
  if (sign != operatorSigns().end() && node.args.size() == 1)
    return sign->second + text(node.args[0]);
  const bool isOperator = node.target.starts_with("_operator.") || node.target == "getitem" ||
                          node.target.starts_with("math.") || node.target.starts_with("builtins.");
  std::string call = (isOperator ? "" : "torch.ops.") + node.target + "(";
  call += joined(node.args, text);
  for (const auto& [name, argument] : node.kwargs) {
    if (call.back() != '(') call += ", ";
    call += name + " = " + text(argument);
  }
  return call + ")";
}

const char* recomputeName(RecomputeTag tag) {
  switch (tag) {
    case RecomputeTag::None: return "";
    case RecomputeTag::MustSave: return "MUST_SAVE";
    case RecomputeTag::PreferSave: return "PREFER_SAVE";
    case RecomputeTag::MustRecompute: return "MUST_RECOMPUTE";
    case RecomputeTag::PreferRecompute: return "PREFER_RECOMPUTE";
  }
  return "";
}

/// The comment in front of a node.
std::string originText(const NodeMeta& meta) {
  std::string text;
  if (const ModuleScope* scope = meta.anyModule()) {
    text += meta.module ? "# nn_module: " : "# fwd_nn_module: ";
    text += scope->path + (scope->path.empty() ? "(" : " (") + scope->className + ") ";
  }
  text += "#";
  if (meta.recompute != RecomputeTag::None)
    text += std::string(" recompute: ") + recomputeName(meta.recompute);
  if (!meta.source) return text + " No stacktrace found for following nodes";
  return text + " File: " + meta.source->file + ":" + std::to_string(meta.source->line) + " in " +
         meta.source->function + ", code: " + meta.source->code;
}

/// Which values are read for the last time by each node, in the order of its arguments; a value
/// that nobody reads ends at its own node.
std::vector<std::vector<NodeId>> lastUses(const Graph& graph) {
  std::vector<std::vector<NodeId>> uses(graph.size());
  std::vector<bool> seen(graph.size(), false);
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node) {
    forEachInput(*node, [&](NodeId id) {
      if (!seen[id.index]) uses[node->id.index].push_back(id);
      seen[id.index] = true;
    });
    if (graph.users(node->id).empty() && node->kind != NodeKind::Output)
      uses[node->id.index].push_back(node->id);
  }
  return uses;
}

class Writer {
 public:
  explicit Writer(const Graph& graph) : m_graph(graph), m_lastUses(lastUses(graph)) {}

  std::string text(const std::string& className) {
    m_text = "class " + className + "(torch.nn.Module):\n    def forward(\n        self,\n";
    for (const NodeId id : m_graph.placeholders()) parameter(m_graph.node(id));
    m_text += "    ):\n";
    for (const Node& node : m_graph.nodes()) statement(node);
    return std::move(m_text);
  }

 private:
  void parameter(const Node& node) {
    m_text += kIndent + node.name + annotation(node) + ",";
    if (!node.meta.descriptor.empty()) m_text += "  # " + node.meta.descriptor;
    m_text += "\n";
  }

  void statement(const Node& node) {
    if (node.kind == NodeKind::Placeholder) return;
    if (node.kind == NodeKind::Output) return returned(node);
    std::string origin = originText(node.meta);
    if (origin != m_origin) {
      if (!m_origin.empty()) m_text += "\n";
      m_text += kIndent + origin + "\n";
      m_origin = std::move(origin);
    }
    m_text += kIndent + node.name + annotation(node) + " = ";
    m_text += node.kind == NodeKind::Attribute ? "self." + node.target : callText(m_graph, node);
    const std::vector<NodeId>& dead = m_lastUses[node.id.index];
    if (!dead.empty()) m_text += ";  ";
    for (const NodeId id : dead) m_text += m_graph.node(id).name + " = ";
    m_text += dead.empty() ? "\n" : "None\n";
  }

  void returned(const Node& node) {
    const std::vector<std::string>& descriptors = m_graph.outputDescriptors();
    if (descriptors.empty()) {
      m_text += kIndent + std::string("return (");
      m_text += joined(node.args, [&](const Argument& a) { return argumentText(m_graph, a); });
      m_text += node.args.size() == 1 ? ",)\n" : ")\n";
      return;
    }
    m_text += kIndent + std::string("return (\n");
    for (std::size_t i = 0; i < node.args.size(); ++i)
      m_text += std::string(kIndent) + "    " + argumentText(m_graph, node.args[i]) + ",  # " +
                descriptors[i] + "\n";
    m_text += kIndent + std::string(")\n");
  }

  const Graph& m_graph;
  std::vector<std::vector<NodeId>> m_lastUses;
  std::string m_text;
  std::string m_origin;  ///< the comment that is in force
};

}  // namespace

std::string pythonText(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  if (number == 0) return std::signbit(number) ? "-0.0" : "0.0";
  // Python writes an exponent where the decimal point would lie far from the digits.
  const double magnitude = std::fabs(number);
  const bool scientific = magnitude < 1e-4 || magnitude >= 1e16;
  std::array<char, 48> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                    scientific ? std::chars_format::scientific : std::chars_format::fixed)
          .ptr;
  std::string text(buffer.data(), end);
  if (!scientific && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string pythonName(DType dtype) {
  return std::string("torch.").append(kDTypeNames[static_cast<std::size_t>(dtype)]);
}

std::optional<DType> dtypeFromPythonName(std::string_view name) {
  if (!name.starts_with("torch.")) return std::nullopt;
  const auto found = std::find(kDTypeNames.begin(), kDTypeNames.end(), name.substr(6));
  if (found == kDTypeNames.end()) return std::nullopt;
  return static_cast<DType>(found - kDTypeNames.begin());
}

std::string readableText(const Graph& graph, const std::string& className) {
  return Writer(graph).text(className);
}

}  // namespace core::ir
