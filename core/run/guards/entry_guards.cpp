// The order of the checks is PyTorch's: per tensor dtype, device, requires_grad, rank, sizes,
// strides; then what holds between tensors. A guard that no part of the graph needs is not made:
// identity and overlap matter only to an entry that writes its inputs, as two tensors that are only
// read may well be one.

#include "core/run/guards/entry_guards.h"

#include <algorithm>
#include <array>

#include "core/load/capture/size_expression.h"

namespace core::run {
namespace {

std::string quoted(const TensorFacts& tensor) {
  return "tensor '" + tensor.name + "' ";
}

std::string mismatch(const std::string& what, std::size_t index, const std::string& expected,
                     std::int64_t actual) {
  return what + " mismatch at index " + std::to_string(index) + ". expected " + expected +
         ", actual " + std::to_string(actual);
}

std::string boolText(bool value) {
  return value ? "1" : "0";
}

std::string listText(const std::vector<ir::Size>& sizes) {
  std::string text;
  for (const ir::Size& size : sizes) text.append(text.empty() ? "" : ", ").append(size.text());
  return "[" + text + "]";
}

}  // namespace

std::string guardName(ir::DType dtype) {
  switch (dtype) {
    case ir::DType::F64: return "Double";
    case ir::DType::F32: return "Float";
    case ir::DType::F16: return "Half";
    case ir::DType::BF16: return "BFloat16";
    case ir::DType::I64: return "Long";
    case ir::DType::I32: return "Int";
    case ir::DType::I16: return "Short";
    case ir::DType::I8: return "Char";
    case ir::DType::U8: return "Byte";
    case ir::DType::Bool: return "Bool";
    case ir::DType::C32: return "ComplexHalf";
    case ir::DType::C64: return "ComplexFloat";
    case ir::DType::C128: return "ComplexDouble";
    case ir::DType::U16: return "UInt16";
    case ir::DType::U32: return "UInt32";
    case ir::DType::U64: return "UInt64";
    case ir::DType::F8E4M3: return "Float8_e4m3fn";
    case ir::DType::F8E5M2: return "Float8_e5m2";
  }
  return {};
}

EntryGuards::EntryGuards(CallFacts facts, const ir::JointGraph& joint)
    : m_facts(std::move(facts)),
      m_sizeGuards(joint.guards),
      m_offsetMatters(m_facts.tensors.size(), false),
      m_overlap(storageOverlap(m_facts)),
      m_writes(mayWrite(joint)) {
  expectGraphSizes(joint);
  readExpressions();
}

std::vector<EntryGuards::Expected> EntryGuards::expectedOf(const std::vector<ir::Size>& sizes) {
  std::vector<Expected> all;
  for (const ir::Size& size : sizes)
    all.push_back(
        {size.hint(), size.isSymbolic() ? load::parseSize(size.expression()) : std::nullopt});
  return all;
}

void EntryGuards::readExpressions() {
  for (const TensorFacts& tensor : m_facts.tensors)
    m_expected.push_back({expectedOf(tensor.meta.sizes), expectedOf(tensor.meta.strides)});
  for (const ir::SizeGuard& guard : m_sizeGuards)
    m_comparisons.push_back(load::parseSizeComparison(guard.expression));
}

bool EntryGuards::isAs(const Expected& expected, std::int64_t actual, const SymbolValues& symbols) {
  return expected.expression ? load::evaluateSize(*expected.expression, symbols) == actual
                             : expected.number == actual;
}

bool EntryGuards::mayWrite(const ir::JointGraph& joint) const {
  return std::any_of(m_facts.tensors.begin(), m_facts.tensors.end(), [&](const TensorFacts& t) {
    const ir::InputBinding& binding =
        joint.signature.inputBindings[static_cast<std::size_t>(t.graphInput)];
    return joint.metadata.inputs[static_cast<std::size_t>(binding.primal)].mutatesData;
  });
}

/// Takes over the symbols of the graph's placeholders, and what the outputs are views of.
void EntryGuards::expectGraphSizes(const ir::JointGraph& joint) {
  for (std::size_t i = 0; i < m_facts.tensors.size(); ++i) {
    TensorFacts& tensor = m_facts.tensors[i];
    const ir::InputBinding& binding =
        joint.signature.inputBindings[static_cast<std::size_t>(tensor.graphInput)];
    m_offsetMatters[i] = binding.isView;
    for (const ir::OutputInfo& output : joint.metadata.outputs)
      if (output.type == ir::OutputType::AliasOfInput && output.baseIndex == binding.primal)
        m_offsetMatters[i] = true;
    if (binding.isView) continue;
    const ir::NodeId placeholder =
        joint.graph->placeholders()[static_cast<std::size_t>(binding.primal)];
    const ir::TensorMeta* traced = joint.graph->node(placeholder).tensor();
    if (!traced) continue;
    tensor.meta = *traced;
    for (std::size_t d = 0; d < traced->sizes.size(); ++d)
      if (load::isPlainSymbol(traced->sizes[d].expression()))
        m_symbols.push_back({traced->sizes[d].expression(), i, d});
  }
}

SymbolValues EntryGuards::symbolsOf(const CallFacts& call) const {
  SymbolValues values;
  for (const Symbol& symbol : m_symbols) {
    const std::vector<ir::Size>& sizes = call.tensors[symbol.tensor].meta.sizes;
    if (symbol.dimension < sizes.size())
      values.emplace(symbol.name, sizes[symbol.dimension].hint());
  }
  return values;
}

std::string EntryGuards::tensorMiss(std::size_t index, const TensorFacts& actual,
                                    const SymbolValues& symbols) const {
  const TensorFacts& mine = m_facts.tensors[index];
  const ir::TensorMeta& wanted = mine.meta;
  if (actual.meta.dtype != wanted.dtype)
    return "dtype mismatch. expected " + guardName(wanted.dtype) + ", actual " +
           guardName(actual.meta.dtype);
  if (actual.meta.device != wanted.device)
    return "device mismatch. expected " + ir::deviceName(wanted.device) + ", actual " +
           ir::deviceName(actual.meta.device);
  if (actual.requiresGrad != mine.requiresGrad)
    return "requires_grad mismatch. expected requires_grad=" + boolText(mine.requiresGrad);
  if (actual.meta.rank() != wanted.rank())
    return "rank mismatch. expected " + std::to_string(wanted.rank()) + ", actual " +
           std::to_string(actual.meta.rank());
  for (std::size_t d = 0; d < wanted.sizes.size(); ++d)
    if (!isAs(m_expected[index].sizes[d], actual.meta.sizes[d].hint(), symbols))
      return mismatch("size", d, wanted.sizes[d].text(), actual.meta.sizes[d].hint());
  for (std::size_t d = 0; d < wanted.strides.size(); ++d)
    if (!isAs(m_expected[index].strides[d], actual.meta.strides[d].hint(), symbols))
      return mismatch("stride", d, wanted.strides[d].text(), actual.meta.strides[d].hint());
  return {};
}

/// The first pair that was one tensor and is not, or the other way round.
std::string EntryGuards::identityMiss(const CallFacts& call) const {
  for (std::size_t i = 0; i < m_facts.tensors.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const bool wasSame = m_facts.tensors[i].object == m_facts.tensors[j].object;
      const bool isSame = call.tensors[i].object == call.tensors[j].object;
      if (wasSame == isSame) continue;
      const std::string pair = m_facts.tensors[j].name + " is " + m_facts.tensors[i].name;
      if (wasSame) return pair;
      return "Duplicate tensor found where not expected! " + pair +
             ", and the entry was compiled for two tensors";
    }
  return {};
}

std::string EntryGuards::overlapMiss(const CallFacts& call) const {
  return storageOverlap(call) == m_overlap ? std::string() : overlapText(m_overlap, m_facts);
}

std::string EntryGuards::offsetMiss(const CallFacts& call) const {
  for (std::size_t i = 0; i < m_facts.tensors.size(); ++i)
    if (m_offsetMatters[i] && call.tensors[i].storageOffset != m_facts.tensors[i].storageOffset)
      return quoted(m_facts.tensors[i]) + "storage offset mismatch. expected " +
             std::to_string(m_facts.tensors[i].storageOffset) + ", actual " +
             std::to_string(call.tensors[i].storageOffset);
  return {};
}

/// The first thing that the program reads differently.
std::string EntryGuards::wayMiss(const CallFacts& call) const {
  const auto [mine, theirs] = std::mismatch(m_facts.decisions.begin(), m_facts.decisions.end(),
                                            call.decisions.begin(), call.decisions.end());
  const auto text = [](auto at, const std::vector<std::string>& all) {
    return at == all.end() ? std::string("nothing more") : *at;
  };
  if (mine == m_facts.decisions.end() && theirs == call.decisions.end()) return {};
  return "the program takes another way. expected " + text(mine, m_facts.decisions) + ", actual " +
         text(theirs, call.decisions);
}

GuardCheck EntryGuards::check(const CallFacts& call) const {
  if (call.gradEnabled != m_facts.gradEnabled) return {"GLOBAL_STATE changed: grad_mode ", {}};
  if (std::string miss = wayMiss(call); !miss.empty()) return {std::move(miss), {}};
  if (call.tensors.size() != m_facts.tensors.size()) return {"len(args) changed", {}};
  SymbolValues symbols = symbolsOf(call);
  for (std::size_t i = 0; i < call.tensors.size(); ++i)
    if (const std::string miss = tensorMiss(i, call.tensors[i], symbols); !miss.empty())
      return {quoted(m_facts.tensors[i]) + miss, {}};
  for (std::size_t i = 0; i < m_comparisons.size(); ++i)
    if (m_comparisons[i] && !load::evaluateGuard(*m_comparisons[i], symbols).value_or(true))
      return {m_sizeGuards[i].expression, {}};
  if (m_writes) {
    if (std::string miss = identityMiss(call); !miss.empty()) return {std::move(miss), {}};
    if (std::string miss = overlapMiss(call); !miss.empty()) return {std::move(miss), {}};
  }
  if (std::string miss = offsetMiss(call); !miss.empty()) return {std::move(miss), {}};
  return {{}, std::move(symbols)};
}

void EntryGuards::listIdentity(std::vector<Guard>& guards) const {
  for (std::size_t i = 0; i < m_facts.tensors.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (m_facts.tensors[i].object == m_facts.tensors[j].object)
        guards.push_back({m_facts.tensors[j].name + " is " + m_facts.tensors[i].name,
                          "The graph writes its inputs, and these two were one tensor."});
  if (m_overlap != StorageOverlap())
    guards.push_back({overlapText(m_overlap, m_facts),
                      "The graph writes its inputs, and these share their memory."});
}

std::vector<Guard> EntryGuards::list() const {
  std::vector<Guard> guards{
      {std::string("grad_enabled == ") + (m_facts.gradEnabled ? "True" : "False"),
       "The graph was traced in this mode."}};
  for (std::size_t i = 0; i < m_facts.tensors.size(); ++i) {
    const TensorFacts& tensor = m_facts.tensors[i];
    guards.push_back({"check_tensor(" + tensor.name + ", " + guardName(tensor.meta.dtype) + ", " +
                          ir::deviceName(tensor.meta.device) +
                          ", requires_grad=" + (tensor.requiresGrad ? "True" : "False") +
                          ", size=" + listText(tensor.meta.sizes) +
                          ", stride=" + listText(tensor.meta.strides) + ")",
                      "The graph was traced for tensors like this one."});
    if (m_offsetMatters[i])
      guards.push_back(
          {tensor.name + ".storage_offset() == " + std::to_string(tensor.storageOffset),
           "The graph takes views of this tensor's memory."});
  }
  for (const std::string& constant : m_facts.constants)
    guards.push_back({constant, "The file was exported for this value."});
  for (const std::string& decision : m_facts.decisions)
    guards.push_back({decision, "The entry holds the calls of this way of the program only."});
  for (const ir::SizeGuard& guard : m_sizeGuards)
    guards.push_back({guard.expression, guard.reason});
  if (m_writes) listIdentity(guards);
  return guards;
}

}  // namespace core::run
