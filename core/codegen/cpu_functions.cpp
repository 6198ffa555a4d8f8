// The table of functions: what each ScalarFn is in C++.

#include "core/base/check.h"
#include "core/codegen/cpu_expressions.h"

namespace core::codegen {
namespace {

using ir::DType;
using schedule::LoopOp;
using schedule::ScalarFn;

bool isFloat(DType dtype) {
  return dtype == DType::F32 || dtype == DType::F64;
}

/// Functions with a prelude piece of their own name.
const char* mathName(ScalarFn fn) {
  switch (fn) {
    case ScalarFn::NormalCdf: return "normalCdf";
    case ScalarFn::Exp:
    case ScalarFn::Exp2:
    case ScalarFn::Expm1:
    case ScalarFn::Log:
    case ScalarFn::Log1p:
    case ScalarFn::Log2:
    case ScalarFn::Log10:
    case ScalarFn::Sin:
    case ScalarFn::Cos:
    case ScalarFn::Tan:
    case ScalarFn::Sinh:
    case ScalarFn::Cosh:
    case ScalarFn::Tanh:
    case ScalarFn::Asin:
    case ScalarFn::Acos:
    case ScalarFn::Atan:
    case ScalarFn::Erf:
    case ScalarFn::Erfc:
    case ScalarFn::Sigmoid: return scalarFnName(fn);
    default: return nullptr;
  }
}

const char* roundingName(ScalarFn fn) {
  if (fn == ScalarFn::Floor) return "floor";
  if (fn == ScalarFn::Ceil) return "ceil";
  if (fn == ScalarFn::Trunc) return "trunc";
  return fn == ScalarFn::Round ? "roundeven" : nullptr;
}

const char* comparisonSign(ScalarFn fn) {
  switch (fn) {
    case ScalarFn::Eq: return "==";
    case ScalarFn::Ne: return "!=";
    case ScalarFn::Lt: return "<";
    case ScalarFn::Le: return "<=";
    case ScalarFn::Gt: return ">";
    case ScalarFn::Ge: return ">=";
    default: return nullptr;
  }
}

}  // namespace

std::string CpuExpressions::unary(const LoopOp& op, DType dtype, bool isVector) {
  const std::string x = operand(op.operands[0], isVector);
  const DType own = dtypeOf(op.operands[0]);
  if (const char* rounding = roundingName(op.fn))
    return isFloat(dtype) ? std::string("__builtin_elementwise_") + rounding + "(" + x + ")" : x;
  switch (op.fn) {
    case ScalarFn::Neg: return narrowed("-" + x, dtype, isVector);
    case ScalarFn::Abs:
      if (dtype == DType::Bool || std::string(ir::dtypeName(dtype)).front() == 'u') return x;
      return narrowed("__builtin_elementwise_abs(" + x + ")", dtype, isVector);
    case ScalarFn::Reciprocal: return (dtype == DType::F32 ? "1.0f / " : "1.0 / ") + x;
    case ScalarFn::Relu: use("relu"); return "relu(" + x + ")";
    case ScalarFn::Sign: use("sign"); return narrowed("sign(" + x + ")", dtype, isVector);
    case ScalarFn::Sqrt:
      if (!isVector && dtype == DType::F32) return "__builtin_sqrtf(" + x + ")";
      return function(op, "sqrt", "sqrt", isVector);
    case ScalarFn::Rsqrt:
      if (!isVector && dtype == DType::F32) return "1.0f / __builtin_sqrtf(" + x + ")";
      return function(op, "rsqrt", "rsqrt", isVector);
    case ScalarFn::IsNan:
    case ScalarFn::IsInf: {
      if (!isFloat(own)) return isVector ? "i32v{}" : "false";
      const std::string infinity = own == DType::F32 ? "__builtin_inff()" : "__builtin_inf()";
      const std::string test = op.fn == ScalarFn::IsNan
                                   ? x + " != " + x
                                   : "__builtin_elementwise_abs(" + x + ") == " + infinity;
      if (!isVector || own == DType::F32) return test;
      use("toMask");
      return "toMask(" + test + ")";
    }
    case ScalarFn::LogicalNot: return (isVector ? "~" : "!") + asBool(op.operands[0], isVector);
    case ScalarFn::BitwiseNot:
      if (dtype == DType::Bool && !isVector) return "!" + x;
      return narrowed("~" + x, dtype, isVector);
    case ScalarFn::Cast: return cast(x, own, op.dtype, isVector);
    default: break;
  }
  const char* callee = mathName(op.fn);
  CORE_CHECK(callee != nullptr, std::string("no code for ") + scalarFnName(op.fn));
  return function(op, callee, callee, isVector);
}

std::string CpuExpressions::binary(const LoopOp& op, DType dtype, bool isVector) {
  const bool isBool = dtype == DType::Bool;
  if (const char* sign = comparisonSign(op.fn)) return comparison(op, sign, isVector);
  switch (op.fn) {
    case ScalarFn::Add: return infix(op, isBool ? "|" : "+", isVector);
    case ScalarFn::Sub: return infix(op, isBool ? "^" : "-", isVector);
    case ScalarFn::Mul: return infix(op, isBool ? "&" : "*", isVector);
    case ScalarFn::Div:
      if (isFloat(dtype)) return infix(op, "/", isVector);
      return division(op, "quotient", "", isVector);
    case ScalarFn::Pow: return power(op, isVector);
    case ScalarFn::Maximum:
    case ScalarFn::Minimum: {
      const bool isMax = op.fn == ScalarFn::Maximum;
      if (isBool) return infix(op, isMax ? "|" : "&", isVector);
      use("minmax");
      return std::string(isMax ? "maximum(" : "minimum(") + operand(op.operands[0], isVector) +
             ", " + operand(op.operands[1], isVector) + ")";
    }
    case ScalarFn::Remainder: return division(op, "remainder", "floatRemainder", isVector);
    case ScalarFn::Fmod: return division(op, "fmod", "fmod", isVector);
    case ScalarFn::FloorDiv: return division(op, "floorDiv", "floorDiv", isVector);
    case ScalarFn::Atan2: return function(op, "atan2", "atan2", isVector);
    case ScalarFn::LogicalAnd: return logical(op, "&", isVector);
    case ScalarFn::LogicalOr: return logical(op, "|", isVector);
    case ScalarFn::LogicalXor: return logical(op, "^", isVector);
    case ScalarFn::BitwiseAnd: return infix(op, "&", isVector);
    case ScalarFn::BitwiseOr: return infix(op, "|", isVector);
    case ScalarFn::BitwiseXor: return infix(op, "^", isVector);
    default: break;
  }
  CORE_CHECK(false, std::string("no code for ") + scalarFnName(op.fn));
  return "";
}

std::string CpuExpressions::compute(int index) {
  const LoopOp& op = m_plan.op(index);
  const DType dtype = registerDtype(op.dtype);
  const bool isVector = m_plan.isVector(index);
  CORE_CHECK(static_cast<int>(op.operands.size()) == scalarFnArity(op.fn),
             std::string("wrong number of operands of ") + scalarFnName(op.fn));
  if (op.fn == ScalarFn::Where) {
    const std::string condition = asBool(op.operands[0], isVector);
    const std::string a = operand(op.operands[1], isVector), b = operand(op.operands[2], isVector);
    if (!isVector) return condition + " ? " + a + " : " + b;
    use("where");
    return "where(" + condition + ", " + a + ", " + b + ")";
  }
  if (op.fn == ScalarFn::Fma)
    return narrowed(operand(op.operands[0], isVector) + " * " + operand(op.operands[1], isVector) +
                        " + " + operand(op.operands[2], isVector),
                    dtype, isVector);
  return op.operands.size() == 1 ? unary(op, dtype, isVector) : binary(op, dtype, isVector);
}

}  // namespace core::codegen
