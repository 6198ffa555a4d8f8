#include "core/schedule/loop_nest.h"

#include <array>
#include <charconv>

namespace core::schedule {
namespace {

struct FnRow {
  ScalarFn fn;
  const char* name;
  int arity;
  int cost;
  bool givesBool = false;
};

// In the order of the enum. Costs by the measured tables for 512-bit vectors: a polynomial is about
// 20 additions, a division or a root about 8.
constexpr std::array kFns{
    FnRow{ScalarFn::Neg, "neg", 1, 1},
    FnRow{ScalarFn::Abs, "abs", 1, 1},
    FnRow{ScalarFn::Exp, "exp", 1, 20},
    FnRow{ScalarFn::Exp2, "exp2", 1, 20},
    FnRow{ScalarFn::Expm1, "expm1", 1, 20},
    FnRow{ScalarFn::Log, "log", 1, 20},
    FnRow{ScalarFn::Log1p, "log1p", 1, 20},
    FnRow{ScalarFn::Log2, "log2", 1, 20},
    FnRow{ScalarFn::Log10, "log10", 1, 20},
    FnRow{ScalarFn::Sqrt, "sqrt", 1, 8},
    FnRow{ScalarFn::Rsqrt, "rsqrt", 1, 8},
    FnRow{ScalarFn::Reciprocal, "reciprocal", 1, 8},
    FnRow{ScalarFn::Sin, "sin", 1, 20},
    FnRow{ScalarFn::Cos, "cos", 1, 20},
    FnRow{ScalarFn::Tan, "tan", 1, 20},
    FnRow{ScalarFn::Sinh, "sinh", 1, 20},
    FnRow{ScalarFn::Cosh, "cosh", 1, 20},
    FnRow{ScalarFn::Tanh, "tanh", 1, 20},
    FnRow{ScalarFn::Asin, "asin", 1, 20},
    FnRow{ScalarFn::Acos, "acos", 1, 20},
    FnRow{ScalarFn::Atan, "atan", 1, 20},
    FnRow{ScalarFn::Erf, "erf", 1, 20},
    FnRow{ScalarFn::Erfc, "erfc", 1, 20},
    FnRow{ScalarFn::Sigmoid, "sigmoid", 1, 20},
    FnRow{ScalarFn::Relu, "relu", 1, 1},
    FnRow{ScalarFn::Floor, "floor", 1, 1},
    FnRow{ScalarFn::Ceil, "ceil", 1, 1},
    FnRow{ScalarFn::Trunc, "trunc", 1, 1},
    FnRow{ScalarFn::Round, "round", 1, 1},
    FnRow{ScalarFn::Sign, "sign", 1, 1},
    FnRow{ScalarFn::IsNan, "isnan", 1, 1, true},
    FnRow{ScalarFn::IsInf, "isinf", 1, 1, true},
    FnRow{ScalarFn::LogicalNot, "logical_not", 1, 1, true},
    FnRow{ScalarFn::BitwiseNot, "bitwise_not", 1, 1},
    FnRow{ScalarFn::NormalCdf, "normal_cdf", 1, 20},
    FnRow{ScalarFn::Cast, "cast", 1, 1},
    FnRow{ScalarFn::Add, "add", 2, 1},
    FnRow{ScalarFn::Sub, "sub", 2, 1},
    FnRow{ScalarFn::Mul, "mul", 2, 1},
    FnRow{ScalarFn::Div, "div", 2, 8},
    FnRow{ScalarFn::Pow, "pow", 2, 50},
    FnRow{ScalarFn::Maximum, "maximum", 2, 1},
    FnRow{ScalarFn::Minimum, "minimum", 2, 1},
    FnRow{ScalarFn::Remainder, "remainder", 2, 8},
    FnRow{ScalarFn::Fmod, "fmod", 2, 8},
    FnRow{ScalarFn::FloorDiv, "floor_div", 2, 8},
    FnRow{ScalarFn::Atan2, "atan2", 2, 20},
    FnRow{ScalarFn::Eq, "eq", 2, 1, true},
    FnRow{ScalarFn::Ne, "ne", 2, 1, true},
    FnRow{ScalarFn::Lt, "lt", 2, 1, true},
    FnRow{ScalarFn::Le, "le", 2, 1, true},
    FnRow{ScalarFn::Gt, "gt", 2, 1, true},
    FnRow{ScalarFn::Ge, "ge", 2, 1, true},
    FnRow{ScalarFn::LogicalAnd, "logical_and", 2, 1, true},
    FnRow{ScalarFn::LogicalOr, "logical_or", 2, 1, true},
    FnRow{ScalarFn::LogicalXor, "logical_xor", 2, 1, true},
    FnRow{ScalarFn::BitwiseAnd, "bitwise_and", 2, 1},
    FnRow{ScalarFn::BitwiseOr, "bitwise_or", 2, 1},
    FnRow{ScalarFn::BitwiseXor, "bitwise_xor", 2, 1},
    FnRow{ScalarFn::Where, "where", 3, 1},
    FnRow{ScalarFn::Fma, "fma", 3, 1},
};

constexpr bool isInEnumOrder() {
  for (std::size_t i = 0; i < kFns.size(); ++i)
    if (static_cast<std::size_t>(kFns[i].fn) != i) return false;
  return true;
}
static_assert(isInEnumOrder());

std::string numbers(const std::vector<std::int64_t>& values) {
  std::string text;
  for (const std::int64_t value : values) {
    if (!text.empty()) text += ", ";
    text += std::to_string(value);
  }
  return text;
}

std::string shortest(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

std::string reference(int op) {
  return "%" + std::to_string(op);
}

/// "x[8 + (1024, 1) + %3 * 64 < 512]": offset, strides, gather terms with their bounds.
std::string accessText(const LoopNest& nest, const Access& access) {
  std::string text = nest.buffers[static_cast<std::size_t>(access.buffer)].name + "[";
  if (access.offset != 0) text += std::to_string(access.offset) + " + ";
  text += "(" + numbers(access.strides) + ")";
  for (const IndirectTerm& term : access.indirect) {
    text += " + " + reference(term.op) + " * " + std::to_string(term.stride);
    text += " < " + std::to_string(term.bound);
  }
  return text + "]";
}

std::string opText(const LoopNest& nest, const LoopOp& op) {
  const std::string type = " " + std::string(ir::dtypeName(op.dtype));
  switch (op.kind) {
    case LoopOpKind::Load: return "load" + type + " " + accessText(nest, op.access);
    case LoopOpKind::Constant: return "constant" + type + " " + shortest(op.constant);
    case LoopOpKind::Index: return "index" + type + " axis " + std::to_string(op.axis);
    case LoopOpKind::Reduce:
      return std::string("reduce ") + reduceFnName(op.reduce) + type + " " +
             reference(op.operands[0]);
    case LoopOpKind::Accumulate:
      return std::string("accumulate ") + reduceFnName(op.reduce) + " " +
             accessText(nest, op.access) + " " + reference(op.operands[0]);
    case LoopOpKind::Store:
      return "store " + accessText(nest, op.access) + " " + reference(op.operands[0]);
    case LoopOpKind::Compute: break;
  }
  std::string text = scalarFnName(op.fn) + type;
  for (const int operand : op.operands) text += " " + reference(operand);
  return text;
}

}  // namespace

const char* scalarFnName(ScalarFn fn) {
  return kFns[static_cast<std::size_t>(fn)].name;
}

int scalarFnArity(ScalarFn fn) {
  return kFns[static_cast<std::size_t>(fn)].arity;
}

int scalarFnCost(ScalarFn fn) {
  return kFns[static_cast<std::size_t>(fn)].cost;
}

bool givesBool(ScalarFn fn) {
  return kFns[static_cast<std::size_t>(fn)].givesBool;
}

const char* reduceFnName(ReduceFn fn) {
  switch (fn) {
    case ReduceFn::Sum: return "sum";
    case ReduceFn::Prod: return "prod";
    case ReduceFn::Max: return "max";
    case ReduceFn::Min: return "min";
    case ReduceFn::Any: return "any";
    case ReduceFn::All: return "all";
  }
  return "";
}

std::vector<bool> foldedAxes(const LoopNest& nest) {
  std::vector<bool> folded(nest.outer.size(), false);
  for (const LoopOp& op : nest.ops) {
    if (op.kind != LoopOpKind::Accumulate) continue;
    for (std::size_t axis = 0; axis < folded.size(); ++axis)
      folded[axis] = op.access.strides[axis] == 0;
  }
  return folded;
}

std::string loopNestText(const LoopNest& nest) {
  std::string text = nest.name + " outer [" + numbers(nest.outer) + "]";
  if (!nest.inner.empty()) text += " inner [" + numbers(nest.inner) + "]";
  text += "\n";
  for (const KernelBuffer& buffer : nest.buffers) {
    text += buffer.access == BufferAccess::Read ? "  read " : "  write ";
    text.append(buffer.name).append(" : ").append(ir::dtypeName(buffer.dtype));
    text += "[" + std::to_string(buffer.extent) + "]\n";
  }
  for (std::size_t i = 0; i < nest.ops.size(); ++i) {
    text += "  ";
    const LoopOpKind kind = nest.ops[i].kind;
    if (kind != LoopOpKind::Store && kind != LoopOpKind::Accumulate)
      text += reference(static_cast<int>(i)) + " = ";
    text += opText(nest, nest.ops[i]) + "\n";
  }
  return text;
}

}  // namespace core::schedule
