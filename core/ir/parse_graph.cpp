// The parser of the text form: a cursor over one line at a time. The first failure sticks, so that
// the reading functions need no error paths of their own; the line loop turns it into an Error.

#include <charconv>
#include <map>

#include "core/ir/graph_builder.h"
#include "core/ir/graph_text.h"
#include "core/ir/graph_text_words.h"
#include "core/ir/real_scalar.h"

namespace core::ir {
namespace {

bool isWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

/// A line, a position in it, and the first thing that went wrong.
class Cursor {
 public:
  explicit Cursor(std::string_view line) : m_rest(line) { skipSpace(); }

  bool atEnd() const { return m_rest.empty(); }
  const std::string& failure() const { return m_failure; }
  void fail(const std::string& what) {
    if (m_failure.empty()) m_failure = what;
    m_rest = {};
  }

  bool accept(std::string_view text) {
    if (!m_rest.starts_with(text)) return false;
    m_rest.remove_prefix(text.size());
    skipSpace();
    return true;
  }
  void expect(std::string_view text) {
    if (accept(text)) return;
    std::string message("expected '");
    message.append(text).append("' before '").append(m_rest.substr(0, 20)).append("'");
    fail(message);
  }
  /// Letters, digits, '_' and '.'; more characters by `extra`.
  std::string_view word(std::string_view extra = {}) {
    std::size_t n = 0;
    while (n < m_rest.size() &&
           (isWordChar(m_rest[n]) || extra.find(m_rest[n]) != std::string_view::npos))
      ++n;
    return take(n);
  }
  /// Up to a ',' or closing bracket that no bracket inside encloses.
  std::string_view balanced() {
    int depth = 0;
    std::size_t n = 0;
    for (; n < m_rest.size(); ++n) {
      const char c = m_rest[n];
      if (depth == 0 && (c == ',' || c == ')' || c == ']' || c == '}')) break;
      if (c == '(' || c == '[') ++depth;
      if (c == ')' || c == ']') --depth;
    }
    return take(n);
  }
  std::string quoted() {
    std::string text;
    if (!m_rest.starts_with('"')) {
      fail("expected a quoted text");
      return text;
    }
    std::size_t i = 1;
    for (; i < m_rest.size() && m_rest[i] != '"'; ++i) {
      if (m_rest[i] == '\\' && i + 1 < m_rest.size()) {
        ++i;
        text += m_rest[i] == 'n' ? '\n' : m_rest[i];
      } else {
        text += m_rest[i];
      }
    }
    if (i >= m_rest.size()) fail("a quoted text does not end");
    take(i + 1);
    return text;
  }
  bool startsWith(char c) const { return m_rest.starts_with(c); }

 private:
  void skipSpace() {
    while (!m_rest.empty() &&
           (m_rest.front() == ' ' || m_rest.front() == '\t' || m_rest.front() == '\r'))
      m_rest.remove_prefix(1);
  }
  std::string_view take(std::size_t n) {
    const std::string_view taken = m_rest.substr(0, n);
    m_rest.remove_prefix(std::min(n, m_rest.size()));
    skipSpace();
    return taken;
  }

  std::string_view m_rest;
  std::string m_failure;
};

template <typename Number>
std::optional<Number> numberFrom(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

class GraphParser {
 public:
  Result<GraphPtr> parse(std::string_view text) {
    int lineNumber = 0;
    while (!text.empty()) {
      ++lineNumber;
      const std::size_t end = std::min(text.find('\n'), text.size());
      Cursor cursor(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      readLine(cursor);
      if (!cursor.failure().empty()) return error(lineNumber, cursor.failure());
    }
    if (!m_isReturned) return error(lineNumber, "the graph has no 'return (...)'");
    return std::move(m_builder).freeze();
  }

 private:
  static Error error(int lineNumber, const std::string& what) {
    std::string message("Cannot read the graph text, line ");
    message.append(std::to_string(lineNumber)).append(": ").append(what).append(".");
    return Error{ErrorCode::InvalidArgument, message, {}, {}};
  }

  void readLine(Cursor& in) {
    if (in.atEnd() || in.startsWith('#') || in.accept("graph {") || in.accept("}")) return;
    if (m_isReturned) return in.fail("a node after 'return'");
    if (in.accept("return")) return readReturn(in);
    in.expect("%");
    std::string name(in.word());
    if (name.empty()) return in.fail("a node needs a name");
    if (m_builder.hasName(name)) return in.fail("'" + name + "' is defined twice");
    ValueMeta value;
    if (in.accept(":")) value = readValue(in);
    in.expect("=");
    readNode(in, std::move(name), std::move(value));
  }

  void readNode(Cursor& in, std::string name, ValueMeta value) {
    const std::string target(in.word());
    std::vector<Argument> args;
    std::vector<std::pair<std::string, Argument>> kwargs;
    std::string attribute;
    if (target == "get_attr") attribute = in.word();
    const bool isCall = target != "get_attr" && target != "placeholder";
    if (isCall) readArguments(in, args, kwargs);
    NodeMeta meta = readNodeMeta(in);
    if (!in.failure().empty()) return;
    if (target == "placeholder") {
      if (m_hasCalls) return in.fail("a placeholder after another node");
      m_ids.emplace(name, m_builder.addPlaceholder(name, std::move(value), std::move(meta)));
      return;
    }
    m_hasCalls = true;
    const NodeId id =
        isCall ? m_builder.addCall(name, target, std::move(args), std::move(kwargs),
                                   std::move(value), std::move(meta))
               : m_builder.addAttribute(name, attribute, std::move(value), std::move(meta));
    m_ids.emplace(std::move(name), id);
  }

  void readReturn(Cursor& in) {
    std::vector<Argument> args;
    std::vector<std::pair<std::string, Argument>> kwargs;
    readArguments(in, args, kwargs);
    m_descriptors.clear();
    NodeMeta meta = readNodeMeta(in);
    if (!m_descriptors.empty() && m_descriptors.size() != args.size())
      in.fail("descs= needs one text per output");
    if (!in.failure().empty()) return;
    m_builder.setOutputs(std::move(args), std::move(m_descriptors), std::move(meta));
    m_isReturned = true;
  }

  void readArguments(Cursor& in, std::vector<Argument>& args,
                     std::vector<std::pair<std::string, Argument>>& kwargs) {
    in.expect("(");
    while (in.failure().empty() && !in.accept(")")) {
      std::string keyword;
      Argument argument = readArgument(in, &keyword);
      if (keyword.empty())
        args.push_back(std::move(argument));
      else
        kwargs.emplace_back(std::move(keyword), std::move(argument));
      if (!in.accept(",") && !in.startsWith(')')) in.fail("expected ',' or ')'");
    }
  }

  /// A `keyword=` in front is given back through `keyword`, where one is allowed.
  Argument readArgument(Cursor& in, std::string* keyword) {
    if (in.startsWith('"')) return in.quoted();
    if (in.accept("%")) return readReference(in);
    if (in.accept("[")) return readList(in);
    const std::string_view text = in.word("+-:");
    if (keyword && in.accept("=")) {
      *keyword = text;
      return readArgument(in, nullptr);
    }
    return literal(in, text);
  }

  Argument readReference(Cursor& in) {
    const std::string name(in.word());
    const auto found = m_ids.find(name);
    if (found != m_ids.end()) return found->second;
    in.fail("'%" + name + "' is used before it is defined");
    return {};
  }

  Argument readList(Cursor& in) {
    Argument::List list;
    while (in.failure().empty() && !in.accept("]")) {
      list.push_back(readArgument(in, nullptr));
      if (!in.accept(",") && !in.startsWith(']')) in.fail("expected ',' or ']'");
    }
    return list;
  }

  static Argument literal(Cursor& in, std::string_view text) {
    if (text == "None") return {};
    if (text == "True") return true;
    if (text == "False") return false;
    if (const auto integer = numberFrom<std::int64_t>(text)) return *integer;
    if (const auto number = numberFrom<double>(text)) return *number;
    const auto colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    const std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    if (kind == "dtype")
      if (const auto dtype = dtypeFromName(rest)) return *dtype;
    if (kind == "device")
      if (const auto device = deviceFrom(rest)) return *device;
    if (kind == "layout")
      if (const auto layout = fromWord(kLayoutWords, rest)) return *layout;
    if (kind == "memory_format")
      if (const auto format = fromWord(kMemoryFormatWords, rest)) return *format;
    in.fail(std::string("'").append(text).append("' is no argument"));
    return {};
  }

  static std::optional<Device> deviceFrom(std::string_view text) {
    for (const DeviceType type : {DeviceType::Cpu, DeviceType::Cuda, DeviceType::Meta}) {
      const std::string name = deviceName({type, -1});
      if (text == name) return Device{type, -1};
      if (!text.starts_with(name + ":")) continue;
      if (const auto index = numberFrom<int>(text.substr(name.size() + 1)))
        return Device{type, *index};
    }
    return std::nullopt;
  }

  ValueMeta readValue(Cursor& in) {
    if (in.accept("(")) {
      TupleMeta tuple;
      while (in.failure().empty() && !in.accept(")")) {
        tuple.elements.push_back(in.accept("None") ? std::nullopt : std::optional(readTensor(in)));
        if (!in.accept(",") && !in.startsWith(')')) in.fail("expected ',' or ')'");
      }
      return tuple;
    }
    if (in.accept("real[")) return readReal(in);
    if (!in.accept("sym[")) return readTensor(in);
    SymMeta sym{readSize(in)};
    in.expect("]");
    return sym;
  }

  static SymMeta readReal(Cursor& in) {
    const std::string_view text = trimmed(in.balanced());
    in.expect("]");
    const auto equals = text.rfind('=');
    const auto value = equals == std::string_view::npos
                           ? std::nullopt
                           : numberFrom<double>(text.substr(equals + 1));
    if (!value) in.fail(std::string("'").append(text).append("' is no fraction of sizes"));
    return realScalar(std::string(text.substr(0, equals)), value.value_or(0));
  }

  TensorMeta readTensor(Cursor& in) {
    TensorMeta meta;
    const std::string_view name = in.word();
    const auto dtype = dtypeFromName(name);
    if (!dtype) in.fail(std::string("'").append(name).append("' is no dtype"));
    meta.dtype = dtype.value_or(DType::F32);
    meta.sizes = readSizes(in, "[", "]");
    const auto plain = contiguousStrides(meta.sizeHints());
    meta.strides = {plain.begin(), plain.end()};
    if (in.startsWith('{')) meta.strides = readSizes(in, "{", "}");
    if (meta.strides.size() != meta.sizes.size()) in.fail("as many strides as sizes are needed");
    if (!in.accept("@")) return meta;
    const auto device = deviceFrom(in.word(":"));
    if (!device) in.fail("unknown device");
    meta.device = device.value_or(Device{});
    return meta;
  }

  static std::vector<Size> readSizes(Cursor& in, std::string_view open, std::string_view close) {
    std::vector<Size> sizes;
    in.expect(open);
    while (in.failure().empty() && !in.accept(close)) {
      sizes.push_back(readSize(in));
      if (!in.accept(",") && !in.startsWith(close.front())) in.fail("expected ',' in sizes");
    }
    return sizes;
  }

  static Size readSize(Cursor& in) {
    const std::string_view text = trimmed(in.balanced());
    if (const auto plain = numberFrom<std::int64_t>(text)) return *plain;
    const auto equals = text.rfind('=');
    if (equals != std::string_view::npos)
      if (const auto hint = numberFrom<std::int64_t>(text.substr(equals + 1)))
        return Size(std::string(text.substr(0, equals)), *hint);
    in.fail(std::string("'").append(text).append("' is no size"));
    return {};
  }

  NodeMeta readNodeMeta(Cursor& in) {
    NodeMeta meta;
    if (!in.accept("#")) {
      if (!in.atEnd()) in.fail("text after the node");
      return meta;
    }
    SourceLocation source;
    while (!in.atEnd()) {
      const std::string_view key = in.word();
      if (in.accept("="))
        readField(in, key, meta, source);
      else if (const auto tag = partitionerTagFromName(key); tag && !key.empty())
        meta.tag = *tag;
      else if (key == "grad_acc")
        meta.gradientAccumulation = true;
      else
        break;  // a remark for people ends the known keys
    }
    if (!source.file.empty()) meta.source = std::make_shared<const SourceLocation>(source);
    return meta;
  }

  void readField(Cursor& in, std::string_view key, NodeMeta& meta, SourceLocation& source) {
    if (key == "seq") return void(meta.sequenceNumber = readInteger(in));
    if (key == "line") return void(source.line = static_cast<int>(readInteger(in)));
    if (key == "descs") return readDescriptors(in);
    if (key == "recompute") {
      const auto tag = fromWord(kRecomputeWords, in.word());
      if (!tag) return in.fail("unknown recompute=");
      meta.recompute = *tag;
      return;
    }
    std::string text = in.quoted();
    if (key == "module") meta.module = scope(text);
    if (key == "fwd_module") meta.forwardModule = scope(text);
    if (key == "file") source.file = std::move(text);
    if (key == "function") source.function = std::move(text);
    if (key == "code") source.code = std::move(text);
    if (key == "op") meta.originalOp = std::move(text);
    if (key == "call") meta.exportedOp = std::move(text);
    if (key == "desc") meta.descriptor = std::move(text);
  }

  static std::int64_t readInteger(Cursor& in) {
    const auto value = numberFrom<std::int64_t>(in.word("-"));
    if (!value) in.fail("expected an integer");
    return value.value_or(0);
  }

  void readDescriptors(Cursor& in) {
    in.expect("[");
    while (in.failure().empty() && !in.accept("]")) {
      m_descriptors.push_back(in.quoted());
      if (!in.accept(",") && !in.startsWith(']')) in.fail("expected ',' in descs");
    }
  }

  /// "path:Class"; equal scopes are one object.
  std::shared_ptr<const ModuleScope> scope(const std::string& text) {
    auto& known = m_scopes[text];
    if (!known) {
      const auto colon = text.find(':');
      const bool hasClass = colon != std::string::npos;
      known = std::make_shared<const ModuleScope>(
          ModuleScope{text.substr(0, colon), hasClass ? text.substr(colon + 1) : std::string()});
    }
    return known;
  }

  GraphBuilder m_builder;
  std::map<std::string, NodeId, std::less<>> m_ids;
  std::map<std::string, std::shared_ptr<const ModuleScope>> m_scopes;
  std::vector<std::string> m_descriptors;
  bool m_hasCalls = false;
  bool m_isReturned = false;
};

}  // namespace

Result<GraphPtr> parseGraph(std::string_view text) {
  return GraphParser().parse(text);
}

}  // namespace core::ir
