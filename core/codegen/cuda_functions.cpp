// The table of functions: what each ScalarFn is in CUDA C++.

#include "core/base/check.h"
#include "core/codegen/cpu_expressions.h"
#include "core/codegen/cuda_expressions.h"

namespace core::codegen {
namespace {

using ir::DType;
using schedule::LoopOp;
using schedule::LoopOpKind;
using schedule::ScalarFn;

struct Spelling {
  ScalarFn fn;
  const char* text;
};

/// Functions of CUDA's library, by the name of their double form.
constexpr Spelling kLibrary[] = {
    {ScalarFn::Exp, "exp"},     {ScalarFn::Exp2, "exp2"},   {ScalarFn::Expm1, "expm1"},
    {ScalarFn::Log, "log"},     {ScalarFn::Log1p, "log1p"}, {ScalarFn::Log2, "log2"},
    {ScalarFn::Log10, "log10"}, {ScalarFn::Sin, "sin"},     {ScalarFn::Cos, "cos"},
    {ScalarFn::Tan, "tan"},     {ScalarFn::Sinh, "sinh"},   {ScalarFn::Cosh, "cosh"},
    {ScalarFn::Tanh, "tanh"},   {ScalarFn::Asin, "asin"},   {ScalarFn::Acos, "acos"},
    {ScalarFn::Atan, "atan"},   {ScalarFn::Erf, "erf"},     {ScalarFn::Erfc, "erfc"},
    {ScalarFn::Sqrt, "sqrt"},   {ScalarFn::Rsqrt, "rsqrt"}, {ScalarFn::Atan2, "atan2"},
    {ScalarFn::Fmod, "fmod"},   {ScalarFn::Pow, "pow"}};

constexpr Spelling kRounding[] = {{ScalarFn::Floor, "floor"},
                                  {ScalarFn::Ceil, "ceil"},
                                  {ScalarFn::Trunc, "trunc"},
                                  {ScalarFn::Round, "rint"}};

constexpr Spelling kInfix[] = {
    {ScalarFn::Eq, "=="},        {ScalarFn::Ne, "!="},       {ScalarFn::Lt, "<"},
    {ScalarFn::Le, "<="},        {ScalarFn::Gt, ">"},        {ScalarFn::Ge, ">="},
    {ScalarFn::Add, "+"},        {ScalarFn::Sub, "-"},       {ScalarFn::Mul, "*"},
    {ScalarFn::BitwiseAnd, "&"}, {ScalarFn::BitwiseOr, "|"}, {ScalarFn::BitwiseXor, "^"}};

/// Arithmetic of truth values.
constexpr Spelling kBoolArithmetic[] = {{ScalarFn::Add, "|"},
                                        {ScalarFn::Sub, "^"},
                                        {ScalarFn::Mul, "&"},
                                        {ScalarFn::Maximum, "|"},
                                        {ScalarFn::Minimum, "&"}};

constexpr Spelling kLogical[] = {
    {ScalarFn::LogicalAnd, "&"}, {ScalarFn::LogicalOr, "|"}, {ScalarFn::LogicalXor, "^"}};

template <std::size_t n>
const char* spelling(const Spelling (&table)[n], ScalarFn fn) {
  for (const Spelling& row : table)
    if (row.fn == fn) return row.text;
  return nullptr;
}

bool isFloat(DType dtype) {
  return dtype == DType::F32 || dtype == DType::F64;
}
bool isSigned(DType dtype) {
  return dtype == DType::I64 || dtype == DType::I32 || dtype == DType::I16 || dtype == DType::I8;
}

std::string narrowed(DType dtype, const std::string& expression) {
  const bool isSmall = dtype == DType::Bool || (!isFloat(dtype) && ir::dtypeBytes(dtype) < 4);
  return isSmall ? "(" + scalarType(dtype) + ")(" + expression + ")" : expression;
}

}  // namespace

/// Functions that the prelude has itself; empty for others. Half precision swallows the errors of
/// the coarse forms.
std::string CudaExpressions::special(const LoopOp& op) {
  const bool isSingle = registerDtype(op.dtype) == DType::F32;
  const bool isCoarse = isSingle && m_isCoarse;
  if (op.fn == ScalarFn::Exp && isCoarse) return own(op, "coarseExp", "coarseExp");
  if (op.fn == ScalarFn::Sigmoid)
    return isCoarse ? own(op, "coarseSigmoid", "coarseSigmoid") : own(op, "sigmoidOf", "sigmoid");
  if (op.fn == ScalarFn::NormalCdf)
    return isCoarse ? own(op, "coarseCdf", "coarseCdf") : own(op, "normalCdf", "normalCdf");
  if (op.fn == ScalarFn::Tanh && isSingle)
    return isCoarse ? own(op, "coarseTanh", "coarseTanh") : own(op, "tanhOf", "tanh");
  if (op.fn == ScalarFn::Erf && isSingle) return own(op, "erfOf", "erf");
  return "";
}

std::string CudaExpressions::unary(const LoopOp& op, DType dtype) {
  const int operand = op.operands[0];
  const DType source = dtypeOf(operand);
  const std::string x = name(operand);
  if (const char* rounding = spelling(kRounding, op.fn))
    return isFloat(dtype) ? library(op, rounding) : x;
  if (op.fn == ScalarFn::Cast) return cast(x, source, op.dtype);
  if (op.fn == ScalarFn::IsNan) return isFloat(source) ? x + " != " + x : "false";
  if (op.fn == ScalarFn::IsInf) {
    if (!isFloat(source)) return "false";
    const bool isSingle = source == DType::F32;
    return std::string(isSingle ? "fabsf(" : "fabs(") + x + ") == " +
           (isSingle ? "__uint_as_float(0x7f800000u)"
                     : "__longlong_as_double(0x7ff0000000000000ll)");
  }
  if (op.fn == ScalarFn::LogicalNot || (op.fn == ScalarFn::BitwiseNot && dtype == DType::Bool))
    return "!" + asBool(operand);
  if (op.fn == ScalarFn::BitwiseNot) return narrowed(dtype, "~" + x);
  if (op.fn == ScalarFn::Neg) return narrowed(dtype, "-" + x);
  if (op.fn == ScalarFn::Abs) {
    if (isFloat(dtype)) return library(op, "fabs");
    return isSigned(dtype) ? narrowed(dtype, x + " < 0 ? -" + x + " : " + x) : x;
  }
  if (op.fn == ScalarFn::Reciprocal)
    return hasFloatForm(op) ? (dtype == DType::F32 ? "1.0f / " : "1.0 / ") + x : "0";
  if (op.fn == ScalarFn::Relu || op.fn == ScalarFn::Sign) {
    use(scalarFnName(op.fn));
    return narrowed(dtype, std::string(scalarFnName(op.fn)) + "(" + x + ")");
  }
  if (const std::string own = special(op); !own.empty()) return own;
  const char* callee = spelling(kLibrary, op.fn);
  CORE_CHECK(callee != nullptr, std::string("no code for ") + scalarFnName(op.fn));
  return library(op, callee);
}

/// Div, Remainder, Fmod and FloorDiv.
std::string CudaExpressions::division(const LoopOp& op) {
  const std::string a = name(op.operands[0]), b = name(op.operands[1]);
  const DType dtype = registerDtype(op.dtype);
  if (isFloat(dtype)) {
    if (op.fn == ScalarFn::Div && m_isCoarse && dtype == DType::F32)
      return own(op, "coarseQuotient", "coarseQuotient");
    if (op.fn == ScalarFn::Div) return infix(op, "/");
    if (op.fn == ScalarFn::Fmod) return library(op, "fmod");
    use("floatDivision");
    const std::string callee = op.fn == ScalarFn::Remainder ? "floatRemainder" : "floatFloorDiv";
    LoopOp rest = op;
    rest.fn = ScalarFn::Fmod;
    return callee + "(" + a + ", " + b + ", " + library(rest, "fmod") + ")";
  }
  use("integerDivision");
  const char* callee = op.fn == ScalarFn::Div         ? "quotient"
                       : op.fn == ScalarFn::Fmod      ? "fmod"
                       : op.fn == ScalarFn::Remainder ? "remainder"
                                                      : "floorDiv";
  return std::string(callee) + "<" + scalarType(op.dtype) + ">(" + a + ", " + b + ")";
}

/// ATen's own short forms of small constant exponents, or the general power.
std::string CudaExpressions::power(const LoopOp& op) {
  const DType dtype = registerDtype(op.dtype);
  const LoopOp& exponent = m_plan.kernel.op(op.operands[1]);
  const std::string base = name(op.operands[0]);
  if (!isFloat(dtype)) {
    use("integerPow");
    return "pow<" + scalarType(op.dtype) + ">(" + base + ", " + name(op.operands[1]) + ")";
  }
  if (exponent.kind == LoopOpKind::Constant) {
    const std::string one = dtype == DType::F32 ? "1.0f / " : "1.0 / ";
    const std::string square = base + " * " + base;
    if (exponent.constant == 1) return base;
    if (exponent.constant == 2) return square;
    if (exponent.constant == 3) return square + " * " + base;
    if (exponent.constant == -1) return one + base;
    if (exponent.constant == -2) return one + "(" + square + ")";
    LoopOp root = op;
    root.operands.pop_back();
    if (exponent.constant == 0.5) return library(root, "sqrt");
    if (exponent.constant == -0.5) return library(root, "rsqrt");
  }
  return library(op, "pow");
}

std::string CudaExpressions::binary(const LoopOp& op, DType dtype) {
  if (const char* sign = spelling(kLogical, op.fn)) return logical(op, sign);
  if (dtype == DType::Bool)
    if (const char* sign = spelling(kBoolArithmetic, op.fn)) return infix(op, sign);
  if (const char* sign = spelling(kInfix, op.fn)) return infix(op, sign);
  if (op.fn == ScalarFn::Div || op.fn == ScalarFn::Remainder || op.fn == ScalarFn::Fmod ||
      op.fn == ScalarFn::FloorDiv)
    return division(op);
  if (op.fn == ScalarFn::Pow) return power(op);
  if (op.fn == ScalarFn::Maximum || op.fn == ScalarFn::Minimum) {
    use("minmax");
    return narrowed(dtype, call(op, scalarFnName(op.fn)));
  }
  const char* callee = spelling(kLibrary, op.fn);
  CORE_CHECK(callee != nullptr, std::string("no code for ") + scalarFnName(op.fn));
  return library(op, callee);
}

std::string CudaExpressions::compute(int index) {
  const LoopOp& op = m_plan.kernel.op(index);
  const DType dtype = registerDtype(op.dtype);
  m_isCoarse = m_plan.coarse[static_cast<std::size_t>(index)];
  CORE_CHECK(static_cast<int>(op.operands.size()) == scalarFnArity(op.fn),
             std::string("wrong number of operands of ") + scalarFnName(op.fn));
  if (op.fn == ScalarFn::Where)
    return asBool(op.operands[0]) + " ? " + name(op.operands[1]) + " : " + name(op.operands[2]);
  if (op.fn == ScalarFn::Fma)
    return narrowed(
        dtype, name(op.operands[0]) + " * " + name(op.operands[1]) + " + " + name(op.operands[2]));
  return op.operands.size() == 1 ? unary(op, dtype) : binary(op, dtype);
}

}  // namespace core::codegen
