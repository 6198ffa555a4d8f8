#include "core/load/trace_log/readable_graph_reader.h"

// A printed graph is one class with one function. Its statements are read into raw nodes first,
// because the type of a tuple is known only from the `getitem` statements that follow, and the
// phase of a node only when the first tangent was read; then the nodes go through the builder.

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "core/load/trace_log/node_origin.h"
#include "core/load/trace_log/printed_nodes.h"
#include "core/load/trace_log/python_values.h"
#include "core/load/trace_log/value_annotation.h"

namespace core::load {
namespace {

using ir::Argument;

struct Sign {
  std::string_view sign;
  const char* target;
};

/// Longer signs stand before their beginnings.
constexpr std::array<Sign, 18> kSigns{{{"//", "_operator.floordiv"},
                                       {"**", "_operator.pow"},
                                       {"<<", "_operator.lshift"},
                                       {">>", "_operator.rshift"},
                                       {"==", "_operator.eq"},
                                       {"!=", "_operator.ne"},
                                       {"<=", "_operator.le"},
                                       {">=", "_operator.ge"},
                                       {"<", "_operator.lt"},
                                       {">", "_operator.gt"},
                                       {"+", "_operator.add"},
                                       {"-", "_operator.sub"},
                                       {"*", "_operator.mul"},
                                       {"/", "_operator.truediv"},
                                       {"%", "_operator.mod"},
                                       {"&", "_operator.and_"},
                                       {"|", "_operator.or_"},
                                       {"^", "_operator.xor"}}};

class GraphReader {
 public:
  GraphReader(std::string_view text, const SymbolHints& symbols) : m_in(text), m_symbols(symbols) {}

  ir::GraphPtr read() {
    readHead();
    while (!m_isReturned) readStatement();
    return buildPrinted(std::move(m_printed));
  }

 private:
  Argument value() { return readPythonValue(m_in, m_ids); }

  // --- the head ------------------------------------------------------------------------------

  void readHead() {
    m_in.skipBlankLines();
    m_in.expect("class ");
    m_in.takeLine();
    m_in.skipBlankLines();
    m_in.expect("def forward(");
    while (true) {
      m_in.skipBlankLines();
      if (m_in.accept(")")) break;
      readParameter();
    }
    m_in.takeLine();
    // Parameters without types are containers, which the body takes apart into the placeholders.
    if (m_containers > 0) readTakenApart();
  }

  void readParameter() {
    const std::string name(m_in.takeDotted());
    if (name.empty()) m_in.fail("expected the name of a parameter");
    std::optional<std::string> annotation = tryAnnotation();
    m_in.accept(",");
    const std::string descriptor = tryComment();
    if (name == "self") return;
    if (annotation)
      addPlaceholder(name, *annotation, descriptor);
    else
      ++m_containers;
  }

  std::optional<std::string> tryAnnotation() {
    m_in.skipBlanks();
    if (!m_in.accept(":")) return std::nullopt;
    m_in.skipBlanks();
    if (!m_in.atString()) m_in.fail("expected a type in quotes");
    std::string annotation = m_in.takeString();
    m_in.skipBlanks();
    return annotation;
  }

  /// The text of a comment that ends the line, or nothing.
  std::string tryComment() {
    m_in.skipBlanks();
    if (!m_in.accept("#")) return {};
    m_in.skipBlanks();
    return std::string(m_in.takeLine());
  }

  /// `x: "f32[2]"` lines, then `x, y, = fx_pytree.tree_flatten_spec(...)`.
  void readTakenApart() {
    while (true) {
      m_in.skipBlankLines();
      const std::size_t start = m_in.position();
      const std::string name(m_in.takeDotted());
      const auto annotation = tryAnnotation();
      if (!annotation) {
        m_in.returnTo(start);
        break;
      }
      m_in.accept(";");
      addPlaceholder(name, *annotation, tryComment());
    }
    const std::string_view line = m_in.takeLine();
    if (line.find("tree_flatten_spec(") == std::string_view::npos)
      m_in.fail("expected types, or the parameters taken apart");
  }

  void addPlaceholder(const std::string& name, const std::string& annotation,
                      const std::string& descriptor) {
    ir::Node& node = add(ir::NodeKind::Placeholder, name);
    node.target = name;
    node.value = readAnnotation(annotation, m_symbols, m_in);
    node.meta.descriptor = descriptor;
  }

  ir::Node& add(ir::NodeKind kind, const std::string& name) {
    if (!m_ids.emplace(name, ir::NodeId{static_cast<std::uint32_t>(m_printed.nodes.size())})
             .second ||
        name == "output")
      m_in.fail("'" + name + "' is defined a second time");
    ir::Node& node = m_printed.nodes.emplace_back();
    node.kind = kind;
    node.name = name;
    return node;
  }

  // --- statements ----------------------------------------------------------------------------

  void readStatement() {
    m_in.skipBlankLines();
    if (m_in.peek() == '#') {
      const std::string_view comment = m_in.takeLine();
      m_origin = readOrigin(comment);
      m_region = readRegion(comment);
      return;
    }
    const std::size_t start = m_in.position();
    const std::string name(m_in.takeDotted());
    if (name == "return") return readReturn();
    if (name.empty()) m_in.fail(m_in.atEnd() ? "the function does not return" : "not a statement");
    const auto annotation = tryAnnotation();
    if (!m_in.accept("=")) {
      m_in.skipBlanks();
      if (!m_in.accept("=")) {
        m_in.returnTo(start);
        m_in.fail("the statement is not understood");
      }
    }
    m_in.skipBlanks();
    ir::Node node;
    const bool isNode = readRight(node);
    m_in.skipBlanks();
    const char next = m_in.peek();
    if (next != ';' && next != '\n' && next != '#' && !m_in.atEnd())
      m_in.fail("the rest of the statement is not understood");
    if (isNode) {
      node.name = name;
      node.meta = m_origin;
      if (annotation) node.value = readAnnotation(*annotation, m_symbols, m_in);
      add(node.kind, name) = std::move(node);
      m_printed.regions.resize(m_printed.nodes.size());
      m_printed.regions.back() = m_region;
    } else {
      m_ids.emplace(name, m_alias);
    }
    m_in.takeLine();  // "; x = None" says which values are dead
  }

  /// The right side of an assignment; false for a second name of a node (`m_alias`).
  bool readRight(ir::Node& node) {
    node.kind = ir::NodeKind::Call;
    const std::size_t start = m_in.position();
    const std::string path(m_in.takeDotted());
    if (m_in.peek() == '(' && path != "device") {
      readCall(node, path);
      return true;
    }
    if (path.starts_with("self.")) {
      node.kind = ir::NodeKind::Attribute;
      node.target = path.substr(5);
      return true;
    }
    m_in.returnTo(start);
    if (path.empty() && m_in.peek() == '-' && !m_in.tryNumber()) {
      m_in.expect("-");
      node.target = "_operator.neg";
      node.args = {value()};
      return true;
    }
    m_in.returnTo(start);
    Argument left = value();
    if (m_in.accept("[")) {
      node.target = indexTarget(left);
      node.args = {std::move(left), value()};
      m_in.expect("]");
      return true;
    }
    m_in.skipBlanks();
    for (const Sign& sign : kSigns) {
      if (!m_in.accept(sign.sign)) continue;
      m_in.skipBlanks();
      node.target = sign.target;
      node.args = {std::move(left), value()};
      return true;
    }
    if (!left.isNode()) m_in.fail("expected a call");
    m_alias = left.node();
    return false;
  }

  /// A value with a type is no tuple: the index reads an element of a tensor.
  const char* indexTarget(const Argument& indexed) const {
    const bool isTuple = indexed.isNode() && std::holds_alternative<std::monostate>(
                                                 *m_printed.nodes[indexed.node().index].value);
    return isTuple ? "getitem" : "_operator.getitem";
  }

  void readCall(ir::Node& node, const std::string& path) {
    constexpr std::string_view kPrefix = "torch.ops.";
    if (path.empty()) m_in.fail("expected a call");
    const std::size_t dot = path.find('.');
    const auto owner = m_ids.find(path.substr(0, dot));
    if (path.starts_with(kPrefix)) {
      node.target = path.substr(kPrefix.size());
    } else if (dot != std::string::npos && owner != m_ids.end()) {
      node.target = "Tensor" + path.substr(dot);
      node.args.emplace_back(owner->second);
    } else {
      node.target = path;
    }
    m_in.expect("(");
    m_in.skipBlanks();
    while (!m_in.accept(")")) {
      readCallArgument(node);
      m_in.skipBlanks();
      if (m_in.accept(",")) m_in.skipBlanks();
    }
  }

  void readCallArgument(ir::Node& node) {
    const std::size_t start = m_in.position();
    const std::string name(m_in.takeDotted());
    m_in.skipBlanks();
    if (!name.empty() && m_in.peek() == '=' && m_in.peek(1) != '=') {
      m_in.expect("=");
      m_in.skipBlanks();
      node.kwargs.emplace_back(name, value());
      return;
    }
    m_in.returnTo(start);
    node.args.push_back(value());
  }

  void readReturn() {
    m_in.skipBlanks();
    m_in.accept("pytree.tree_unflatten(");
    if (!m_in.accept("(") && !m_in.accept("[")) m_in.fail("expected a list of results");
    while (true) {
      m_in.skipBlankLines();
      if (m_in.accept(")") || m_in.accept("]")) break;
      m_printed.outputs.push_back(value());
      m_in.skipBlanks();
      m_in.accept(",");
      if (std::string descriptor = tryComment(); !descriptor.empty())
        m_printed.descriptors.push_back(std::move(descriptor));
    }
    if (m_printed.descriptors.size() != m_printed.outputs.size()) m_printed.descriptors.clear();
    m_isReturned = true;
  }

  PythonScanner m_in;
  const SymbolHints& m_symbols;
  PrintedNodes m_printed;
  NodesByName m_ids;
  ir::NodeMeta m_origin;
  std::optional<std::int64_t> m_region;  ///< of the calls that follow the last comment
  ir::NodeId m_alias;
  int m_containers = 0;
  bool m_isReturned = false;
};

}  // namespace

Result<ir::GraphPtr> readReadableGraph(std::string_view text, const SymbolHints& symbols) {
  try {
    return GraphReader(text, symbols).read();
  } catch (ReadFailure& failure) {
    return std::move(failure.error);
  }
}

}  // namespace core::load
