#include "core/codegen/cuda_expressions.h"

#include <array>
#include <cmath>
#include <limits>

#include "core/base/check.h"
#include "core/codegen/cpu_expressions.h"

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
bool isSmall(DType dtype) {
  return dtype == DType::Bool || (ir::isIntegral(dtype) && ir::dtypeBytes(dtype) < 4);
}

/// Infinities and NaN by their bits: there is no header to name them.
std::string cudaLiteral(double value, DType dtype) {
  const DType held = registerDtype(dtype);
  const bool isBeyondFloat =
      std::fabs(value) > std::numeric_limits<float>::max() && std::isinf(static_cast<float>(value));
  const bool isSpecial = !std::isfinite(value) || (held == DType::F32 && isBeyondFloat);
  if (!isFloat(held) || !isSpecial) return literal(value, dtype);
  if (held == DType::F32) {
    if (std::isnan(value)) return "__uint_as_float(0x7fffffffu)";
    return value > 0 ? "__uint_as_float(0x7f800000u)" : "__uint_as_float(0xff800000u)";
  }
  if (std::isnan(value)) return "__longlong_as_double(0x7fffffffffffffffll)";
  const std::string infinity = "__longlong_as_double(0x7ff0000000000000ll)";
  return value > 0 ? infinity : "(-" + infinity + ")";
}

std::string wrapped(DType dtype, const std::string& expression) {
  return isSmall(dtype) ? "(" + scalarType(dtype) + ")(" + expression + ")" : expression;
}

}  // namespace

std::string cudaStorageType(DType dtype) {
  return dtype == DType::F16 ? "u16" : storageType(dtype);
}

DType CudaExpressions::dtypeOf(int op) const {
  return registerDtype(m_plan.kernel.op(op).dtype);
}

std::string CudaExpressions::variable(int index) const {
  const LoopOp& op = m_plan.kernel.op(index);
  const std::string number = std::to_string(index);
  switch (op.kind) {
    case LoopOpKind::Load: return "x_" + number;
    case LoopOpKind::Constant: return "constant_" + number;
    case LoopOpKind::Index: return "position_" + number;
    case LoopOpKind::Compute: return std::string(scalarFnName(op.fn)) + "_" + number;
    case LoopOpKind::Reduce: return std::string(reduceFnName(op.reduce)) + "_" + number;
    case LoopOpKind::Accumulate:
    case LoopOpKind::Store: break;
  }
  return "store_" + number;
}

std::string CudaExpressions::name(int index) const {
  const LoopOp& op = m_plan.kernel.op(index);
  if (op.kind == LoopOpKind::Constant) return cudaLiteral(op.constant, op.dtype);
  return variable(index) + (m_plan.isPerColumn(index) ? "[e]" : "");
}

bool CudaExpressions::hasFloatForm(const LoopOp& op) {
  const DType dtype = registerDtype(op.dtype);
  if (isFloat(dtype) && dtypeOf(op.operands[0]) == dtype) return true;
  if (!m_unsupported)
    m_unsupported = std::string(scalarFnName(op.fn)) + " of " +
                    std::string(ir::dtypeName(m_plan.kernel.op(op.operands[0]).dtype));
  return false;
}

std::string CudaExpressions::call(const LoopOp& op, const std::string& callee) {
  std::string text = callee + "(";
  for (std::size_t i = 0; i < op.operands.size(); ++i)
    text.append(i ? ", " : "").append(name(op.operands[i]));
  return text + ")";
}

/// A function of CUDA's library: the float form has an f at its end.
std::string CudaExpressions::library(const LoopOp& op, const std::string& callee) {
  if (!hasFloatForm(op)) return "0";
  // Qualified, because the prelude has templates of some of these names.
  return call(op, "::" + (registerDtype(op.dtype) == DType::F32 ? callee + "f" : callee));
}

/// A function of the prelude.
std::string CudaExpressions::own(const LoopOp& op, const std::string& callee, const char* piece) {
  if (!hasFloatForm(op)) return "0";
  use(piece);
  return call(op, callee);
}

std::string CudaExpressions::infix(const LoopOp& op, const char* sign) {
  return wrapped(registerDtype(op.dtype),
                 name(op.operands[0]) + " " + sign + " " + name(op.operands[1]));
}

std::string CudaExpressions::asBool(int op) {
  return cast(name(op), dtypeOf(op), DType::Bool);
}

std::string CudaExpressions::logical(const LoopOp& op, const char* sign) {
  return "(bool)(" + asBool(op.operands[0]) + " " + sign + " " + asBool(op.operands[1]) + ")";
}

std::string CudaExpressions::cast(const std::string& value, DType from, DType to) {
  const DType source = registerDtype(from), target = registerDtype(to);
  if (to == DType::BF16 || to == DType::F16) {
    const std::string f32 = cast(value, from, DType::F32);
    return fromStorage(toStorage(f32, DType::F32, to), to, DType::F32);
  }
  if (source == target) return value;
  if (target == DType::Bool) return "(" + value + " != 0)";
  const bool viaInt = isFloat(source) && isSmall(target);
  return "(" + scalarType(target) + ")" + (viaInt ? "(i32)" : "") + value;
}

std::string CudaExpressions::fromStorage(const std::string& value, DType stored, DType to) {
  std::string held = value;
  if (stored == DType::BF16) {
    use("bf16");
    held = "fromBf16(" + value + ")";
  } else if (stored == DType::F16) {
    use("f16");
    held = "fromF16(" + value + ")";
  } else if (stored == DType::Bool) {
    held = "(" + value + " != 0)";
  }
  return cast(held, stored, registerDtype(to));
}

std::string CudaExpressions::toStorage(const std::string& value, DType from, DType stored) {
  const std::string held = cast(value, from, registerDtype(stored));
  if (stored == DType::BF16) {
    use("bf16");
    return "toBf16(" + held + ")";
  }
  if (stored == DType::F16) {
    use("f16");
    return "toF16(" + held + ")";
  }
  return stored == DType::Bool ? "(u8)" + held : held;
}

std::string CudaExpressions::combine(const LoopOp& op, const std::string& a, const std::string& b) {
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
  return wrapped(registerDtype(op.dtype), pick());
}

std::string CudaExpressions::identity(const LoopOp& op) const {
  const DType dtype = registerDtype(op.dtype);
  const bool isMax = op.reduce == ReduceFn::Max, isMin = op.reduce == ReduceFn::Min;
  if (!isMax && !isMin)
    return literal(op.reduce == ReduceFn::Prod || op.reduce == ReduceFn::All ? 1 : 0, dtype);
  const double infinity = std::numeric_limits<double>::infinity();
  if (isFloat(dtype)) return cudaLiteral(isMax ? -infinity : infinity, dtype);
  if (dtype == DType::Bool) return isMax ? "false" : "true";
  const std::string type = scalarType(dtype);
  const int unused = 64 - 8 * static_cast<int>(ir::dtypeBytes(dtype));
  if (isUnsigned(dtype)) return isMax ? "(" + type + ")0" : "(" + type + ")~0ul";
  const std::string top = "(" + type + ")(~0ul >> " + std::to_string(unused + 1) + ")";
  return isMax ? "(" + type + ")(-" + top + " - 1)" : top;
}

}  // namespace core::codegen
