#include "core/schedule/op_emitter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "core/base/check.h"
#include "core/ir/real_scalar.h"
#include "core/schedule/view_index.h"
#include "core/schedule/view_ops.h"

namespace core::schedule {
namespace {

using ir::DType;

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

enum class Category { Bool, Integer, Float };

Category categoryOf(DType dtype) {
  if (dtype == DType::Bool) return Category::Bool;
  return ir::isFloatingPoint(dtype) ? Category::Float : Category::Integer;
}

DType promoted(DType a, DType b) {
  if (a == b) return a;
  const Category categoryA = categoryOf(a);
  const Category categoryB = categoryOf(b);
  if (categoryA != categoryB) return categoryA > categoryB ? a : b;
  const std::int64_t bytesA = ir::dtypeBytes(a);
  const std::int64_t bytesB = ir::dtypeBytes(b);
  if (bytesA != bytesB) {
    const DType wide = bytesA > bytesB ? a : b;
    return wide;
  }
  return categoryA == Category::Float ? DType::F32 : DType::I16;  // f16 + bf16, i8 + u8
}

/// The dtypes of one rank of PyTorch's promotion: tensors, scalars as tensors, numbers.
void add(std::optional<DType>& state, DType dtype) {
  state = state ? promoted(*state, dtype) : dtype;
}

/// A lower rank decides only by a higher category.
std::optional<DType> combined(std::optional<DType> high, std::optional<DType> low) {
  if (!high) return low;
  if (!low || categoryOf(*high) >= categoryOf(*low)) return high;
  return low;
}

}  // namespace

const ir::TensorMeta* OpEmitter::meta(std::size_t index, const char* name) const {
  const ir::Argument* argument = argumentOf(m_node, index, name);
  return argument && argument->isNode() ? m_graph.node(argument->node()).tensor() : nullptr;
}

bool OpEmitter::has(std::size_t index, const char* name) const {
  const ir::Argument* argument = argumentOf(m_node, index, name);
  return argument && !argument->isNone();
}

bool OpEmitter::isNumber(std::size_t index, const char* name) const {
  return has(index, name) && !meta(index, name);
}

double OpEmitter::number(std::size_t index, const char* name, double fallback) const {
  const ir::Argument* argument = argumentOf(m_node, index, name);
  if (!argument || argument->isNone()) return fallback;
  if (argument->isNode()) {
    const ir::SymMeta* sym = m_graph.node(argument->node()).sym();
    CORE_CHECK(sym, "a number argument of '" + m_node.name + "' is a tensor");
    return ir::numberOf(*sym);
  }
  const auto value = argument->number();
  CORE_CHECK(value.has_value(), "an argument of '" + m_node.name + "' is not a number");
  return *value;
}

std::string OpEmitter::text(std::size_t index, const char* name) const {
  const ir::Argument* argument = argumentOf(m_node, index, name);
  const auto* value = argument ? std::get_if<std::string>(&argument->value) : nullptr;
  return value ? *value : std::string();
}

Expr OpEmitter::operand(std::size_t index, DType type, const char* name) {
  const ir::Argument* argument = argumentOf(m_node, index, name);
  CORE_CHECK(argument, "'" + m_node.name + "' lacks an argument");
  const ir::TensorMeta* tensor = meta(index, name);
  if (tensor) {
    const LoopIndex at = broadcastIndex(tensor->sizeHints(), m_node.tensor()->sizeHints(), m_out);
    return readAt(argument->node(), at).cast(type);
  }
  const double value = number(index, name, 0);
  const ir::SymMeta* sym = argument->isNode() ? m_graph.node(argument->node()).sym() : nullptr;
  const bool isInteger =
      std::holds_alternative<std::int64_t>(argument->value) || (sym && !sym->isFloat);
  const bool isLarge = isInteger && std::abs(value) >= kExactIntegers;
  if (isLarge) return refuse("an integer constant is too large");
  return constant(type, value);
}

DType OpEmitter::promotedType() const {
  std::optional<DType> tensors;
  std::optional<DType> zeroDim;
  std::optional<DType> numbers;
  for (std::size_t i = 0; i < 2; ++i) {
    if (const ir::TensorMeta* tensor = meta(i)) {
      add(tensor->rank() > 0 ? tensors : zeroDim, tensor->dtype);
    } else if (i < m_node.args.size()) {
      const ir::Argument& argument = m_node.args[i];
      const bool isBool = std::holds_alternative<bool>(argument.value);
      const ir::SymMeta* sym = argument.isNode() ? m_graph.node(argument.node()).sym() : nullptr;
      const bool isDouble = std::holds_alternative<double>(argument.value) || (sym && sym->isFloat);
      add(numbers, isBool ? DType::Bool : isDouble ? DType::F32 : DType::I64);
    }
  }
  const auto type = combined(combined(tensors, zeroDim), numbers);
  return computeType(type.value_or(DType::F32));
}

Expr OpEmitter::finished(Expr value) const {
  const DType result = m_node.tensor()->dtype;
  value = value.cast(type());
  const bool isLoaded =
      m_builder.ops()[static_cast<std::size_t>(value.op)].kind == LoopOpKind::Load;
  return result == type() || isLoaded ? value : value.cast(result).cast(type());
}

Expr OpEmitter::refuse(const std::string& why) {
  if (m_refusal.empty()) m_refusal = why;
  return constant(type(), 0);
}

}  // namespace core::schedule
