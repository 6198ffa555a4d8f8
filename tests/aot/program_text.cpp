#include "tests/aot/program_text.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "core/ir/graph_text.h"

namespace support {
namespace {

using core::load::ExportArgument;
using core::load::TensorName;
using Names = std::vector<std::string>;

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

/// Parts between the commas that lie outside brackets.
Names splitList(std::string_view text) {
  Names parts;
  int depth = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '[') ++depth;
    if (i < text.size() && text[i] == ']') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    const std::string part = trimmed(text.substr(from, i - from));
    if (!part.empty()) parts.push_back(part);
    from = i + 1;
  }
  return parts;
}

std::string insideBrackets(const std::string& text) {
  return text.substr(1, text.size() - 2);
}

bool isNumber(const std::string& word) {
  return !word.empty() &&
         (std::isdigit(static_cast<unsigned char>(word.front())) != 0 || word.front() == '-');
}

ExportArgument number(const std::string& word) {
  if (word.find_first_of(".e") != std::string::npos) return std::stod(word);
  return static_cast<std::int64_t>(std::stoll(word));
}

ExportArgument listLiteral(const std::string& text) {
  const Names words = splitList(insideBrackets(text));
  if (words.empty() || isNumber(words.front())) {
    std::vector<std::int64_t> integers;
    for (const std::string& word : words) integers.push_back(std::stoll(word));
    return integers;
  }
  const bool hasNone = std::find(words.begin(), words.end(), "None") != words.end();
  std::vector<TensorName> tensors;
  std::vector<std::optional<TensorName>> optionals;
  for (const std::string& word : words) {
    if (!hasNone) tensors.push_back({word});
    optionals.push_back(word == "None" ? std::optional<TensorName>() : TensorName{word});
  }
  if (hasNone) return optionals;
  return tensors;
}

ExportArgument literal(const std::string& word) {
  if (word.front() == '[') return listLiteral(word);
  if (isNumber(word)) return number(word);
  if (word == "True" || word == "False") return word == "True";
  if (word == "None") return ExportArgument();
  if (word.front() == '\'') return insideBrackets(word);
  if (word == "channels_last") return core::ir::MemoryFormat::ChannelsLast;
  if (word == "contiguous_format") return core::ir::MemoryFormat::Contiguous;
  if (const auto dtype = core::ir::dtypeFromName(word)) return *dtype;
  return TensorName{word};
}

class Reader {
 public:
  ProgramBuilder read(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
      const std::string statement = trimmed(line.substr(0, line.find('#')));
      if (statement.empty()) continue;
      try {
        add(statement);
      } catch (const std::exception& failure) {
        throw std::runtime_error("cannot read '" + statement + "': " + failure.what());
      }
    }
    return std::move(m_program);
  }

 private:
  void add(const std::string& statement) {
    const std::string word = statement.substr(0, statement.find(' '));
    const std::string rest = trimmed(statement.substr(word.size()));
    if (word == "input") return addInput(rest);
    if (word == "param" || word == "buffer") return addState(word, rest);
    if (word == "no_grad" || word == "enable_grad")
      return static_cast<void>(m_program.openGradRegion(word != "no_grad"));
    if (word == "}") return static_cast<void>(m_program.closeRegion());
    if (word == "update") return addUpdate(rest);
    if (word != "return") return addCall(statement);
    for (const std::string& name : splitList(rest)) m_program.output(name);
  }

  /// Splits "x f32[2, 3] grad" into name, type and flags.
  static Names declaration(const std::string& text) {
    const auto name = text.find(' ');
    const auto type = text.find(']', name) + 1;
    Names parts{text.substr(0, name), trimmed(text.substr(name, type - name))};
    std::string flags = text.substr(type);
    flags.erase(std::remove(flags.begin(), flags.end(), ','), flags.end());
    std::string flag;
    int depth = 0;
    for (const char c : flags + " ") {
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c != ' ' || depth > 0) {
        flag += c;
      } else if (!flag.empty()) {
        parts.push_back(std::exchange(flag, {}));
      }
    }
    return parts;
  }

  static std::vector<std::int64_t> sizesOf(const std::string& type) {
    std::vector<std::int64_t> sizes;
    for (const std::string& size : splitList(insideBrackets(type.substr(type.find('[')))))
      sizes.push_back(std::stoll(size));
    return sizes;
  }

  static core::ir::DType dtypeOf(const std::string& type) {
    const auto dtype = core::ir::dtypeFromName(type.substr(0, type.find('[')));
    if (!dtype) throw std::runtime_error("unknown dtype");
    return *dtype;
  }

  void addState(const std::string& kind, const std::string& text) {
    const Names parts = declaration(text);
    if (kind == "param") {
      m_program.parameter(parts[0], sizesOf(parts[1]), dtypeOf(parts[1]));
    } else {
      m_program.buffer(parts[0], sizesOf(parts[1]), dtypeOf(parts[1]));
    }
  }

  void addInput(const std::string& text) {
    const Names parts = declaration(text);
    m_program.input(parts[0], sizesOf(parts[1]), dtypeOf(parts[1]));
    m_inputs.push_back(parts[0]);
    for (std::size_t i = 2; i < parts.size(); ++i) addInputFlag(parts[i]);
    m_program.sizeStorages();
  }

  void addInputFlag(const std::string& flag) {
    core::load::InputSet::Input& input = m_program.inputs().inputs.back();
    const std::string value = flag.substr(flag.find('=') + 1);
    if (flag == "grad" || flag == "leaf") {
      input.requiresGrad = true;
      input.isLeaf = flag == "leaf";
    } else if (flag.starts_with("strides=")) {
      std::istringstream strides(insideBrackets(value));
      for (core::ir::Size& stride : input.meta.strides) {
        std::int64_t hint = 0;
        strides >> hint;
        stride = core::ir::Size(hint);
      }
    } else if (flag.starts_with("offset=")) {
      input.storageOffset = std::stoll(value);
    } else if (flag.starts_with("same=")) {
      input = m_program.inputs().inputs[inputIndex(value)];
      input.sameObjectAs = static_cast<int>(inputIndex(value));
    } else if (flag.starts_with("in=")) {
      input.storage = m_program.inputs().inputs[inputIndex(value)].storage;
    } else {
      throw std::runtime_error("unknown flag '" + flag + "'");
    }
  }

  std::size_t inputIndex(const std::string& name) const {
    const auto found = std::find(m_inputs.begin(), m_inputs.end(), name);
    if (found == m_inputs.end()) throw std::runtime_error("no input '" + name + "'");
    return static_cast<std::size_t>(found - m_inputs.begin());
  }

  void addUpdate(const std::string& text) {
    const auto equals = text.find('=');
    m_program.bufferUpdate(trimmed(text.substr(equals + 1)), trimmed(text.substr(0, equals)));
  }

  void addCall(const std::string& statement) {
    const auto equals = statement.find(" = ");
    const auto open = statement.find('(', equals);
    if (equals == std::string::npos || open == std::string::npos || statement.back() != ')')
      throw std::runtime_error("it is no statement");
    const std::string target = statement.substr(equals + 3, open - equals - 3);
    ProgramBuilder::Inputs inputs;
    for (const std::string& word :
         splitList(std::string_view(statement).substr(open + 1, statement.size() - open - 2))) {
      const auto name = word.find('=');
      if (name == std::string::npos) {
        inputs.push_back({"self", literal(word)});
      } else {
        inputs.push_back({word.substr(0, name), literal(word.substr(name + 1))});
      }
    }
    m_program.callWithResults(results(statement.substr(0, equals)), target, std::move(inputs));
  }

  static std::vector<ExportArgument> results(const std::string& text) {
    std::vector<ExportArgument> made;
    if (text.front() == '[') {
      made.push_back(listLiteral(text));
    } else {
      for (const std::string& name : splitList(text)) made.emplace_back(TensorName{name});
    }
    return made;
  }

  ProgramBuilder m_program;
  Names m_inputs;
};

/// "mul = aten.mul.Tensor(primals_1, 2)" of "%mul : f32[2] = aten.mul.Tensor(%primals_1, 2)  # ..".
std::string withoutTypes(std::string line) {
  if (const auto comment = line.find("  #"); comment != std::string::npos) line.resize(comment);
  const auto type = line.find(" : ");
  const auto equals = line.find(" = ");
  if (type < equals) line.erase(type, equals - type);
  std::erase(line, '%');
  return line;
}

}  // namespace

ProgramBuilder programFromText(std::string_view text) {
  return Reader().read(text);
}

ProgramFile readProgramFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  ProgramFile result;
  std::string* section = &result.program;
  for (std::string line; std::getline(file, line);) {
    if (line == "--- metadata") {
      section = &result.metadata;
    } else if (line == "--- joint") {
      section = &result.joint;
    } else {
      *section += line + "\n";
    }
  }
  return result;
}

std::string graphLines(const core::ir::Graph& graph) {
  std::string text;
  for (const core::ir::Node& node : graph.nodes())
    if (node.isCall()) text += withoutTypes(core::ir::nodeText(graph, node)) + "\n";
  std::string outputs;
  for (const core::ir::Argument& output : graph.outputs())
    outputs += (outputs.empty() ? "" : ", ") + core::ir::argumentText(graph, output);
  std::erase(outputs, '%');
  return text + "-> " + outputs + "\n";
}

}  // namespace support
