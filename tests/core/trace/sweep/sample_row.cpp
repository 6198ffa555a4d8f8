#include "tests/core/trace/sweep/sample_row.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <cstring>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>

#include "core/torch/tensor_meta_torch.h"

namespace sweep {
namespace {

using namespace core;

const std::map<std::string, at::ScalarType>& dtypeWords() {
  static const std::map<std::string, at::ScalarType> words{
      {"f32", at::kFloat}, {"f64", at::kDouble}, {"bf16", at::kBFloat16}, {"i64", at::kLong}};
  return words;
}

at::Tensor inLayout(const at::Tensor& values, Layout layout) {
  switch (layout) {
    case Layout::Contiguous: return values;
    case Layout::ChannelsLast:
      if (values.dim() == 4) return values.contiguous(at::MemoryFormat::ChannelsLast);
      if (values.dim() == 5) return values.contiguous(at::MemoryFormat::ChannelsLast3d);
      return values;
    case Layout::Permuted: {
      std::vector<std::int64_t> order(static_cast<std::size_t>(values.dim()));
      std::iota(order.rbegin(), order.rend(), 0);
      return values.permute(order).contiguous().permute(order);
    }
    case Layout::Strided: {
      if (values.dim() == 0) return values;
      std::vector<std::int64_t> wide = values.sizes().vec();
      wide.back() = 2 * wide.back() + 1;
      at::Tensor view =
          at::zeros(wide, values.options()).slice(-1, 1, std::max<std::int64_t>(1, wide.back()), 2);
      return view.copy_(values);
    }
  }
  return values;
}

std::vector<std::string> splitList(const std::string& inner) {
  std::vector<std::string> parts;
  std::stringstream stream(inner);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

bool isTensorToken(const std::string& token) {
  return token.size() > 2 && std::string("FPMACQZIDB").find(token[0]) != std::string::npos &&
         token[1] == '[';
}

/// Turns the tokens of a row into the arguments of a call and the inputs of a program.
class Builder {
 public:
  Builder(const Row& row, const Sample& sample) : m_row(row), m_sample(sample) {
    at::manual_seed(1);
    m_model.name = "sample";
    m_isWrite = row.op.substr(0, row.op.rfind('.')).ends_with('_');
  }

  Program build() {
    load::ExportNode node;
    node.target = "torch.ops." + m_row.op;
    const c10::FunctionSchema& schema = findSchema();
    std::size_t position = 0;
    for (m_next = 0; m_next < m_row.tokens.size();) {
      std::string token = m_row.tokens[m_next];
      const auto equals = token.find('=');
      std::string name;
      if (equals != std::string::npos && token[0] != '\'') {
        name = token.substr(0, equals);
        m_current = token.substr(equals + 1);
      } else {
        TORCH_CHECK(position < schema.arguments().size(), "too many arguments");
        name = schema.arguments()[position++].name();
        m_current = token;
      }
      ++m_next;
      node.inputs.push_back({name, argument()});
    }
    m_model.program.graph.nodes.push_back(std::move(node));
    return {std::make_shared<load::LoadedModel>(std::move(m_model)), std::move(m_inputs)};
  }

 private:
  const c10::FunctionSchema& findSchema() const {
    const std::string name = m_row.op.substr(5, m_row.op.rfind('.') - 5);
    const std::string overload = m_row.op.substr(m_row.op.rfind('.') + 1);
    return c10::Dispatcher::singleton()
        .findSchemaOrThrow(("aten::" + name).c_str(), overload == "default" ? "" : overload.c_str())
        .schema();
  }

  load::ExportArgument argument() {
    const std::string token = m_current;
    if (token == "(") return tensorList();
    if (isTensorToken(token)) return load::TensorName{addTensor(token)};
    if (token == "None") return std::monostate();
    if (token == "true" || token == "false") return token == "true";
    if (token[0] == '\'') return token.substr(1, token.size() - 2);
    if (token[0] == '[') return numbers(token);
    if (token == "channels_last") return ir::MemoryFormat::ChannelsLast;
    if (const auto word = dtypeWords().find(token); word != dtypeWords().end())
      return *core::torch::dtypeOf(word->second);
    if (isReal(token)) return std::stod(token);
    return integer(token);
  }

  static bool isReal(const std::string& token) {
    return token.find_first_of(".e") != std::string::npos;
  }

  std::int64_t integer(const std::string& token) const {
    return token == "n" ? m_sample.n : std::stoll(token);
  }

  load::ExportArgument numbers(const std::string& token) const {
    const auto parts = splitList(token.substr(1, token.size() - 2));
    if (!parts.empty() && isReal(parts[0])) {
      std::vector<double> list;
      for (const std::string& part : parts) list.push_back(std::stod(part));
      return list;
    }
    std::vector<std::int64_t> list;
    for (const std::string& part : parts) list.push_back(integer(part));
    return list;
  }

  load::ExportArgument tensorList() {
    std::vector<std::optional<load::TensorName>> list;
    bool hasNone = false;
    for (; m_row.tokens.at(m_next) != ")"; ++m_next) {
      const std::string& token = m_row.tokens[m_next];
      hasNone = hasNone || token == "None";
      list.push_back(token == "None" ? std::nullopt
                                     : std::optional(load::TensorName{addTensor(token)}));
    }
    ++m_next;
    if (hasNone) return list;
    std::vector<load::TensorName> plain;
    for (const auto& tensor : list) plain.push_back(*tensor);
    return plain;
  }

  at::Tensor values(const std::string& token) const {
    const auto close = token.find(']');
    std::vector<std::int64_t> sizes;
    for (const std::string& part : splitList(token.substr(2, close - 2)))
      sizes.push_back(integer(part));
    const std::int64_t end =
        token.size() > close + 1 ? std::stoll(token.substr(close + 2)) : std::int64_t{1};
    const bool isInteger = at::isIntegralType(m_sample.dtype, true);
    switch (token[0]) {
      case 'I': return at::randint(end, sizes, at::kLong);
      case 'D': {
        const std::int64_t count = c10::multiply_integers(sizes);
        return at::randperm(std::max(end, count), at::kLong).slice(0, 0, count).view(sizes);
      }
      case 'B': return at::randint(2, sizes, at::kLong).to(at::kBool);
      case 'Z': return at::randn(sizes, at::kComplexFloat);
      case 'M': {
        const at::Tensor half = at::randn(sizes);
        const at::Tensor product = at::matmul(half, half.transpose(-1, -2));
        return (product + at::eye(sizes.back())).to(m_sample.dtype);
      }
      case 'P':
      case 'Q':
        if (isInteger) return at::randint(1, 4, sizes, at::kLong).to(m_sample.dtype);
        return (at::rand(sizes) * 0.8 + 0.1).to(m_sample.dtype);
      default:
        if (isInteger) return at::randint(0, 4, sizes, at::kLong).to(m_sample.dtype);
        return at::randn(sizes).to(m_sample.dtype);
    }
  }

  std::string addTensor(const std::string& token) {
    const at::Tensor tensor = inLayout(values(token), m_sample.layout);
    const std::string name = "x" + std::to_string(m_inputs.inputs.size());
    load::InputSet::Input input;
    input.storage = static_cast<int>(m_inputs.storages.size());
    input.meta = core::torch::tensorMeta(tensor, {});
    input.storageOffset = tensor.storage_offset();
    const bool isReal = tensor.is_floating_point() || tensor.is_complex();
    input.requiresGrad = isReal && token[0] != 'C' && token[0] != 'Q';
    // A leaf that wants a gradient may not be written.
    input.isLeaf = !m_isWrite;
    std::vector<std::byte>& bytes = m_inputs.storages.emplace_back(tensor.storage().nbytes());
    if (!bytes.empty()) std::memcpy(bytes.data(), tensor.storage().data(), bytes.size());
    m_model.program.graph.inputs.push_back(load::TensorName{name});
    m_model.program.graph.tensors[name] = {input.meta, input.storageOffset, input.requiresGrad};
    m_model.program.inputSpecs.push_back({load::InputKind::UserInput, name, {}, true});
    m_inputs.inputs.push_back(std::move(input));
    return name;
  }

  const Row& m_row;
  const Sample& m_sample;
  load::LoadedModel m_model;
  load::InputSet m_inputs;
  std::size_t m_next = 0;
  std::string m_current;
  bool m_isWrite = false;
};

const char* layoutWord(Layout layout) {
  switch (layout) {
    case Layout::Contiguous: return "contiguous";
    case Layout::ChannelsLast: return "channels_last";
    case Layout::Permuted: return "permuted";
    case Layout::Strided: return "strided";
  }
  return "";
}

}  // namespace

std::string Sample::text() const {
  return "n=" + std::to_string(n) + " " + at::toString(dtype) + " " + layoutWord(layout);
}

bool Row::takesIntegers() const {
  return std::any_of(tokens.begin(), tokens.end(),
                     [](const std::string& token) { return token.starts_with("A["); });
}

std::string Row::text() const {
  std::string text = op;
  for (const std::string& token : tokens) text += " " + token;
  return text;
}

std::vector<Row> readRows(const std::string& path) {
  std::ifstream file(path);
  TORCH_CHECK(file, "cannot read ", path);
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    std::stringstream stream(line);
    Row row;
    if (!(stream >> row.op) || row.op[0] == '#') continue;
    row.isRefused = row.op == "refused";
    if (row.isRefused) stream >> row.op;
    for (std::string token; stream >> token;) row.tokens.push_back(token);
    rows.push_back(std::move(row));
  }
  return rows;
}

Program programOf(const Row& row, const Sample& sample) {
  return Builder(row, sample).build();
}

load::LoadedModelPtr withOutputs(const load::LoadedModel& model,
                                 const std::vector<c10::IValue>& results) {
  auto copy = std::make_shared<load::LoadedModel>(model);
  load::ExportNode& node = copy->program.graph.nodes.front();
  int made = 0;
  const auto output = [&](const at::Tensor& tensor) {
    const load::TensorName name{"r" + std::to_string(made++)};
    if (!tensor.defined()) return name;
    copy->program.graph.outputs.push_back(name);
    copy->program.outputSpecs.push_back({load::OutputKind::UserOutput, name.name, {}});
    return name;
  };
  for (const c10::IValue& result : results) {
    if (result.isTensor()) {
      node.outputs.push_back(output(result.toTensor()));
    } else if (result.isTensorList()) {
      std::vector<load::TensorName> list;
      for (const at::Tensor& tensor : result.toTensorVector()) list.push_back(output(tensor));
      node.outputs.push_back(std::move(list));
    } else {
      node.outputs.push_back(std::monostate());
    }
  }
  return copy;
}

}  // namespace sweep
