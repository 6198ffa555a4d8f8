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

bool isSigned(DType dtype) {
  return isFloat(dtype) || dtype == DType::I64 || dtype == DType::I32 || dtype == DType::I16 ||
         dtype == DType::I8;
}

/// A function and how it is written.
struct Spelling {
  ScalarFn fn;
  const char* text;
};

/// Functions with a prelude piece of their own name.
constexpr Spelling kMath[] = {
    {ScalarFn::Exp, "exp"},         {ScalarFn::Exp2, "exp2"},
    {ScalarFn::Expm1, "expm1"},     {ScalarFn::Log, "log"},
    {ScalarFn::Log1p, "log1p"},     {ScalarFn::Log2, "log2"},
    {ScalarFn::Log10, "log10"},     {ScalarFn::Sin, "sin"},
    {ScalarFn::Cos, "cos"},         {ScalarFn::Tan, "tan"},
    {ScalarFn::Sinh, "sinh"},       {ScalarFn::Cosh, "cosh"},
    {ScalarFn::Tanh, "tanh"},       {ScalarFn::Asin, "asin"},
    {ScalarFn::Acos, "acos"},       {ScalarFn::Atan, "atan"},
    {ScalarFn::Erf, "erf"},         {ScalarFn::Erfc, "erfc"},
    {ScalarFn::Sigmoid, "sigmoid"}, {ScalarFn::Sqrt, "sqrt"},
    {ScalarFn::Rsqrt, "rsqrt"},     {ScalarFn::NormalCdf, "normalCdf"},
    {ScalarFn::Atan2, "atan2"},
};

constexpr Spelling kRounding[] = {{ScalarFn::Floor, "floor"},
                                  {ScalarFn::Ceil, "ceil"},
                                  {ScalarFn::Trunc, "trunc"},
                                  {ScalarFn::Round, "roundeven"}};

constexpr Spelling kComparisons[] = {{ScalarFn::Eq, "=="}, {ScalarFn::Ne, "!="},
                                     {ScalarFn::Lt, "<"},  {ScalarFn::Le, "<="},
                                     {ScalarFn::Gt, ">"},  {ScalarFn::Ge, ">="}};

constexpr Spelling kArithmetic[] = {{ScalarFn::Add, "+"},       {ScalarFn::Sub, "-"},
                                    {ScalarFn::Mul, "*"},       {ScalarFn::BitwiseAnd, "&"},
                                    {ScalarFn::BitwiseOr, "|"}, {ScalarFn::BitwiseXor, "^"}};

/// Arithmetic of truth values.
constexpr Spelling kBoolArithmetic[] = {{ScalarFn::Add, "|"},       {ScalarFn::Sub, "^"},
                                        {ScalarFn::Mul, "&"},       {ScalarFn::Maximum, "|"},
                                        {ScalarFn::Minimum, "&"},   {ScalarFn::BitwiseAnd, "&"},
                                        {ScalarFn::BitwiseOr, "|"}, {ScalarFn::BitwiseXor, "^"}};

constexpr Spelling kLogical[] = {
    {ScalarFn::LogicalAnd, "&"}, {ScalarFn::LogicalOr, "|"}, {ScalarFn::LogicalXor, "^"}};

template <std::size_t n>
const char* spelling(const Spelling (&table)[n], ScalarFn fn) {
  for (const Spelling& row : table)
    if (row.fn == fn) return row.text;
  return nullptr;
}

std::string mathName(ScalarFn fn) {
  const char* name = spelling(kMath, fn);
  CORE_CHECK(name != nullptr, std::string("no code for ") + scalarFnName(fn));
  return name;
}

}  // namespace

/// IsNan and IsInf.
std::string CpuExpressions::classification(const LoopOp& op, bool isVector) {
  const DType own = dtypeOf(op.operands[0]);
  const std::string x = operand(op.operands[0], isVector);
  if (!isFloat(own)) return isVector ? "i32v{}" : "false";
  const std::string infinity = own == DType::F32 ? "__builtin_inff()" : "__builtin_inf()";
  const std::string test = op.fn == ScalarFn::IsNan
                               ? x + " != " + x
                               : "__builtin_elementwise_abs(" + x + ") == " + infinity;
  if (!isVector || own == DType::F32) return test;
  use("toMask");
  return "toMask(" + test + ")";
}

std::string CpuExpressions::unary(const LoopOp& op, DType dtype, bool isVector) {
  const std::string x = operand(op.operands[0], isVector);
  const std::string one = dtype == DType::F32 ? "1.0f / " : "1.0 / ";
  const bool isScalarFloat = !isVector && dtype == DType::F32;
  if (const char* rounding = spelling(kRounding, op.fn))
    return isFloat(dtype) ? std::string("__builtin_elementwise_") + rounding + "(" + x + ")" : x;
  if (op.fn == ScalarFn::Cast) return cast(x, dtypeOf(op.operands[0]), op.dtype, isVector);
  if (op.fn == ScalarFn::IsNan || op.fn == ScalarFn::IsInf) return classification(op, isVector);
  if (op.fn == ScalarFn::LogicalNot || (op.fn == ScalarFn::BitwiseNot && dtype == DType::Bool))
    return (isVector ? "~" : "!") + asBool(op.operands[0], isVector);
  if (op.fn == ScalarFn::BitwiseNot) return narrowed("~" + x, dtype, isVector);
  if (op.fn == ScalarFn::Neg) return narrowed("-" + x, dtype, isVector);
  if (op.fn == ScalarFn::Abs)
    return isSigned(dtype) ? narrowed("__builtin_elementwise_abs(" + x + ")", dtype, isVector) : x;
  if (op.fn == ScalarFn::Reciprocal) return one + x;
  if (op.fn == ScalarFn::Relu || op.fn == ScalarFn::Sign) {
    use(scalarFnName(op.fn));
    return narrowed(std::string(scalarFnName(op.fn)) + "(" + x + ")", dtype, isVector);
  }
  if (op.fn == ScalarFn::Sqrt && isScalarFloat) return "__builtin_sqrtf(" + x + ")";
  if (op.fn == ScalarFn::Rsqrt && isScalarFloat) return one + "__builtin_sqrtf(" + x + ")";
  return function(op, mathName(op.fn), mathName(op.fn), isVector);
}

std::string CpuExpressions::binary(const LoopOp& op, DType dtype, bool isVector) {
  if (const char* sign = spelling(kComparisons, op.fn)) return comparison(op, sign, isVector);
  if (const char* sign = spelling(kLogical, op.fn)) return logical(op, sign, isVector);
  if (dtype == DType::Bool)
    if (const char* sign = spelling(kBoolArithmetic, op.fn)) return infix(op, sign, isVector);
  if (const char* sign = spelling(kArithmetic, op.fn)) return infix(op, sign, isVector);
  if (op.fn == ScalarFn::Div && isFloat(dtype)) return infix(op, "/", isVector);
  if (op.fn == ScalarFn::Div) return division(op, "quotient", "", isVector);
  if (op.fn == ScalarFn::Remainder) return division(op, "remainder", "floatRemainder", isVector);
  if (op.fn == ScalarFn::Fmod) return division(op, "fmod", "fmod", isVector);
  if (op.fn == ScalarFn::FloorDiv) return division(op, "floorDiv", "floorDiv", isVector);
  if (op.fn == ScalarFn::Pow) return power(op, isVector);
  if (op.fn == ScalarFn::Maximum || op.fn == ScalarFn::Minimum) {
    use("minmax");
    return std::string(scalarFnName(op.fn)) + "(" + operand(op.operands[0], isVector) + ", " +
           operand(op.operands[1], isVector) + ")";
  }
  return function(op, mathName(op.fn), mathName(op.fn), isVector);
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
