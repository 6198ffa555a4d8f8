#include "core/codegen/cpu_expressions.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace core::codegen {
namespace {

using ir::DType;
using schedule::LoopOp;
using schedule::LoopOpKind;
using schedule::ReduceFn;
using schedule::ScalarFn;

bool isFloat(DType dtype) {
  return dtype == DType::F32 || dtype == DType::F64;
}
bool isUnsigned(DType dtype) {
  return dtype == DType::U8 || dtype == DType::U16 || dtype == DType::U32 || dtype == DType::U64;
}
bool isSmallInteger(DType dtype) {
  return ir::isIntegral(dtype) && ir::dtypeBytes(dtype) < 4;
}

/// Scalars of these types may stand beside a vector as they are.
bool spreadsItself(DType dtype) {
  return isFloat(dtype) || dtype == DType::I32 || dtype == DType::I64;
}

template <typename Number>
std::string shortest(Number value) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

std::string floatLiteral(double value, DType dtype) {
  const std::string suffix = dtype == DType::F32 ? "f" : "";
  if (std::isnan(value)) return "__builtin_nan" + suffix + "(\"\")";
  const double rounded = dtype == DType::F32 ? static_cast<float>(value) : value;
  if (std::isinf(rounded))
    return (rounded < 0 ? "-__builtin_inf" : "__builtin_inf") + suffix + "()";
  std::string text = dtype == DType::F32 ? shortest(static_cast<float>(value)) : shortest(value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  text += suffix;
  return std::signbit(value) ? "(" + text + ")" : text;
}

/// Values beyond the 64-bit integers become the nearest of them.
std::string integerDigits(double value, DType dtype) {
  constexpr double kTop = 9223372036854775808.0;
  if (isUnsigned(dtype))
    return value >= 2 * kTop ? "~0UL" : std::to_string(static_cast<std::uint64_t>(value)) + "UL";
  if (value >= kTop) return "9223372036854775807";
  if (value <= -kTop) return "(-9223372036854775807 - 1)";
  const std::string digits = std::to_string(static_cast<std::int64_t>(value));
  return value < 0 ? "(" + digits + ")" : digits;
}

std::string wrapped(const std::string& type, const std::string& expression) {
  return "(" + type + ")(" + expression + ")";
}

}  // namespace

DType registerDtype(DType dtype) {
  return dtype == DType::F16 || dtype == DType::BF16 ? DType::F32 : dtype;
}

std::string scalarType(DType dtype) {
  switch (dtype) {
    case DType::F64: return "f64";
    case DType::F32:
    case DType::F16:
    case DType::BF16: return "f32";
    case DType::I64: return "i64";
    case DType::I32: return "i32";
    case DType::I16: return "i16";
    case DType::I8: return "i8";
    case DType::U8: return "u8";
    case DType::U16: return "u16";
    case DType::U32: return "u32";
    case DType::U64: return "u64";
    case DType::Bool: return "bool";
    case DType::C32:
    case DType::C64:
    case DType::C128:
    case DType::F8E4M3:
    case DType::F8E5M2: break;
  }
  return "";
}

std::string vectorType(DType dtype) {
  if (dtype == DType::Bool) return "i32v";
  const std::string scalar = scalarType(dtype);
  return spreadsItself(registerDtype(dtype)) ? scalar + "v" : "Vec<" + scalar + ">";
}

std::string storageType(DType dtype) {
  if (dtype == DType::Bool) return "u8";
  if (dtype == DType::BF16) return "u16";
  if (dtype == DType::F16) return "f16";
  return scalarType(dtype);
}

std::string literal(double value, DType dtype) {
  if (dtype == DType::Bool) return value != 0 ? "true" : "false";
  if (isFloat(registerDtype(dtype))) return floatLiteral(value, registerDtype(dtype));
  return "(" + scalarType(dtype) + ")" + integerDigits(value, dtype);
}

std::string CpuExpressions::name(int index) const {
  const LoopOp& op = m_plan.op(index);
  const std::string number = std::to_string(index);
  switch (op.kind) {
    case LoopOpKind::Load: return "x_" + number;
    case LoopOpKind::Constant: return literal(op.constant, op.dtype);
    case LoopOpKind::Index: return "position_" + number;
    case LoopOpKind::Compute: return std::string(scalarFnName(op.fn)) + "_" + number;
    case LoopOpKind::Reduce: return std::string(reduceFnName(op.reduce)) + "_" + number;
    case LoopOpKind::Accumulate: return "column_" + number;
    case LoopOpKind::Store: break;
  }
  return "store_" + number;
}

std::string CpuExpressions::operand(int op, bool asVector) const {
  return asVector && !m_plan.isVector(op) ? "spread(" + name(op) + ")" : name(op);
}

std::string CpuExpressions::narrowed(std::string expression, DType dtype, bool isVector) const {
  // Arithmetic of small integers is done in int.
  if (isVector || !(isSmallInteger(dtype) || dtype == DType::Bool)) return expression;
  return wrapped(scalarType(dtype), expression);
}

std::string CpuExpressions::infix(const LoopOp& op, const char* sign, bool isVector) {
  const int a = op.operands[0], b = op.operands[1];
  const bool spreads =
      isVector && (!spreadsItself(dtypeOf(a)) || (!m_plan.isVector(a) && !m_plan.isVector(b)));
  return narrowed(operand(a, spreads) + " " + sign + " " + operand(b, spreads),
                  registerDtype(op.dtype), isVector);
}

std::string CpuExpressions::comparison(const LoopOp& op, const char* sign, bool isVector) {
  const int a = op.operands[0], b = op.operands[1];
  if (!isVector) return name(a) + " " + sign + " " + name(b);
  const bool spreads = !spreadsItself(dtypeOf(a)) || (!m_plan.isVector(a) && !m_plan.isVector(b));
  std::string left = operand(a, spreads), right = operand(b, spreads);
  if (dtypeOf(a) == DType::Bool) {
    // True is -1 in a mask.
    left = "-" + left;
    right = "-" + right;
  }
  const std::string expression = left + " " + sign + " " + right;
  if (ir::dtypeBytes(dtypeOf(a)) == 4 || dtypeOf(a) == DType::Bool) return expression;
  use("toMask");
  return "toMask(" + expression + ")";
}

std::string CpuExpressions::asBool(int op, bool isVector) {
  return cast(operand(op, isVector), dtypeOf(op), DType::Bool, isVector);
}

std::string CpuExpressions::logical(const LoopOp& op, const char* sign, bool isVector) {
  return narrowed(
      asBool(op.operands[0], isVector) + " " + sign + " " + asBool(op.operands[1], isVector),
      DType::Bool, isVector);
}

/// A function with a vector form for f32, and both forms for f64.
std::string CpuExpressions::function(const LoopOp& op, const std::string& callee,
                                     const std::string& piece, bool isVector) {
  const DType dtype = registerDtype(op.dtype);
  if (!isFloat(dtype) || dtypeOf(op.operands[0]) != dtype) {
    if (!m_unsupported)
      m_unsupported = callee + " of " + std::string(ir::dtypeName(m_plan.op(op.operands[0]).dtype));
    return "0";
  }
  use(dtype == DType::F64 ? piece + "_f64" : piece);
  const bool viaVector = !isVector && dtype == DType::F32;
  std::string text = callee + "(";
  for (std::size_t i = 0; i < op.operands.size(); ++i)
    text.append(i ? ", " : "").append(operand(op.operands[i], isVector || viaVector));
  return text + (viaVector ? ")[0]" : ")");
}

/// A function of floats, or of integers one lane at a time.
std::string CpuExpressions::division(const LoopOp& op, const std::string& callee,
                                     const std::string& piece, bool isVector) {
  if (isFloat(registerDtype(op.dtype))) return function(op, callee, piece, isVector);
  use("integerDivision");
  const std::string specialized = callee + "<" + scalarType(op.dtype) + ">";
  const std::string arguments =
      operand(op.operands[0], isVector) + ", " + operand(op.operands[1], isVector);
  if (!isVector) return specialized + "(" + arguments + ")";
  use("lanes");
  return "lanes(" + arguments + ", " + specialized + ")";
}

/// ATen's own short forms of small constant exponents, or the general power.
std::string CpuExpressions::power(const LoopOp& op, bool isVector) {
  const DType dtype = registerDtype(op.dtype);
  const LoopOp& exponent = m_plan.op(op.operands[1]);
  const std::string base = operand(op.operands[0], isVector);
  if (exponent.kind == LoopOpKind::Constant && isFloat(dtype)) {
    const std::string one = dtype == DType::F32 ? "1.0f / " : "1.0 / ";
    const std::string square = base + " * " + base;
    if (exponent.constant == 1) return base;
    if (exponent.constant == 2) return square;
    if (exponent.constant == 3) return square + " * " + base;
    if (exponent.constant == -1) return one + base;
    if (exponent.constant == -2) return one + "(" + square + ")";
    LoopOp root = op;
    root.operands.pop_back();
    if (exponent.constant == 0.5) return function(root, "sqrt", "sqrt", isVector);
    if (exponent.constant == -0.5) return function(root, "rsqrt", "rsqrt", isVector);
  }
  if (isFloat(dtype)) return function(op, "pow", "pow", isVector);
  use("integerPow");
  const std::string specialized = "pow<" + scalarType(op.dtype) + ">";
  const std::string arguments = base + ", " + operand(op.operands[1], isVector);
  if (!isVector) return specialized + "(" + arguments + ")";
  use("lanes");
  return "lanes(" + arguments + ", " + specialized + ")";
}

std::string CpuExpressions::cast(const std::string& value, DType from, DType to, bool isVector) {
  const DType source = registerDtype(from), target = registerDtype(to);
  if (to == DType::BF16 || to == DType::F16) {
    const std::string f32 = cast(value, from, DType::F32, isVector);
    return fromStorage(toStorage(f32, DType::F32, to, isVector), to, DType::F32, isVector);
  }
  if (source == target) return value;
  const std::string viaInt = isFloat(source) && isSmallInteger(target) ? "i32" : "";
  if (!isVector) {
    if (target == DType::Bool) return "(" + value + " != 0)";
    return "(" + scalarType(target) + ")" + (viaInt.empty() ? "" : "(i32)") + value;
  }
  if (source == DType::Bool) {
    use("fromMask");
    return "fromMask<" + scalarType(target) + ">(" + value + ")";
  }
  if (target == DType::Bool) {
    use("toMask");
    return "toMask(" + value + " != " + vectorType(source) + "{})";
  }
  const std::string inner = viaInt.empty() ? value : "__builtin_convertvector(" + value + ", i32v)";
  return "__builtin_convertvector(" + inner + ", " + vectorType(target) + ")";
}

std::string CpuExpressions::fromStorage(const std::string& value, DType stored, DType to,
                                        bool isVector) {
  std::string held = value;
  if (stored == DType::BF16) {
    use("bf16");
    held = "fromBf16(" + value + ")";
  } else if (stored == DType::F16) {
    held = isVector ? "__builtin_convertvector(" + value + ", f32v)" : "(f32)" + value;
  } else if (stored == DType::Bool) {
    if (isVector) use("toMask");
    held = isVector ? "toMask(" + value + " != Vec<u8>{})" : "(" + value + " != 0)";
  }
  return cast(held, stored, registerDtype(to), isVector);
}

std::string CpuExpressions::toStorage(const std::string& value, DType from, DType stored,
                                      bool isVector) {
  const std::string held = cast(value, from, registerDtype(stored), isVector);
  if (stored == DType::BF16) {
    use("bf16");
    return "toBf16(" + held + ")";
  }
  if (stored == DType::F16)
    return isVector ? "__builtin_convertvector(" + held + ", Vec<f16>)" : "(f16)" + held;
  if (stored == DType::Bool) {
    if (isVector) use("fromMask");
    return isVector ? "fromMask<u8>(" + held + ")" : "(u8)" + held;
  }
  return held;
}

std::string CpuExpressions::combine(const LoopOp& op, const std::string& a, const std::string& b,
                                    bool isVector) {
  const bool isBool = op.dtype == DType::Bool;
  const auto pick = [&]() -> std::string {
    switch (op.reduce) {
      case ReduceFn::Sum: return a + (isBool ? " | " : " + ") + b;
      case ReduceFn::Prod: return a + (isBool ? " & " : " * ") + b;
      case ReduceFn::Any: return a + " | " + b;
      case ReduceFn::All: return a + " & " + b;
      case ReduceFn::Max:
      case ReduceFn::Min: break;
    }
    const bool isMax = op.reduce == ReduceFn::Max;
    if (isBool) return a + (isMax ? " | " : " & ") + b;
    use("minmax");
    return (isMax ? "maximum(" : "minimum(") + a + ", " + b + ")";
  };
  return narrowed(pick(), registerDtype(op.dtype), isVector);
}

std::string CpuExpressions::identity(const LoopOp& op, bool isVector) const {
  const DType dtype = registerDtype(op.dtype);
  const double infinity = std::numeric_limits<double>::infinity();
  double value = 0;
  if (op.reduce == ReduceFn::Prod || op.reduce == ReduceFn::All) value = 1;
  const bool isExtreme = op.reduce == ReduceFn::Max || op.reduce == ReduceFn::Min;
  if (isExtreme) value = op.reduce == ReduceFn::Max ? -infinity : infinity;
  std::string text;
  if (!isExtreme || isFloat(dtype)) {
    text = literal(value, dtype);
  } else if (dtype == DType::Bool) {
    text = op.reduce == ReduceFn::Max ? "false" : "true";
  } else {
    const std::string type = scalarType(dtype);
    const std::string all = "(" + type + ")~(u64)0";
    const std::string top =
        "(" + type + ")(~(u64)0 >> " + std::to_string(65 - 8 * ir::dtypeBytes(dtype)) + ")";
    if (isUnsigned(dtype))
      text = op.reduce == ReduceFn::Max ? "(" + type + ")0" : all;
    else
      text = op.reduce == ReduceFn::Max ? "(" + type + ")(-" + top + " - 1)" : top;
  }
  return isVector ? "spread(" + text + ")" : text;
}

}  // namespace core::codegen
