#include "core/codegen/op_cost.h"

namespace core::codegen {
namespace {

using schedule::LoopOpKind;
using schedule::ScalarFn;

/// By the instructions of the vector code; the functions that go through double cost twice.
int functionCost(ScalarFn fn) {
  switch (fn) {
    case ScalarFn::Neg:
    case ScalarFn::Abs:
    case ScalarFn::Relu:
    case ScalarFn::Floor:
    case ScalarFn::Ceil:
    case ScalarFn::Trunc:
    case ScalarFn::Round:
    case ScalarFn::IsNan:
    case ScalarFn::IsInf:
    case ScalarFn::LogicalNot:
    case ScalarFn::BitwiseNot:
    case ScalarFn::Cast:
    case ScalarFn::Add:
    case ScalarFn::Sub:
    case ScalarFn::Mul:
    case ScalarFn::Eq:
    case ScalarFn::Ne:
    case ScalarFn::Lt:
    case ScalarFn::Le:
    case ScalarFn::Gt:
    case ScalarFn::Ge:
    case ScalarFn::LogicalAnd:
    case ScalarFn::LogicalOr:
    case ScalarFn::LogicalXor:
    case ScalarFn::BitwiseAnd:
    case ScalarFn::BitwiseOr:
    case ScalarFn::BitwiseXor:
    case ScalarFn::Where:
    case ScalarFn::Fma: return 1;
    case ScalarFn::Sign:
    case ScalarFn::Maximum:
    case ScalarFn::Minimum: return 3;
    case ScalarFn::Sqrt:
    case ScalarFn::Reciprocal:
    case ScalarFn::Div: return 6;
    case ScalarFn::Rsqrt: return 12;
    case ScalarFn::Exp:
    case ScalarFn::Exp2:
    case ScalarFn::Expm1: return 20;
    case ScalarFn::Log:
    case ScalarFn::Log2:
    case ScalarFn::Log10:
    case ScalarFn::Tanh:
    case ScalarFn::Sigmoid:
    case ScalarFn::Erf:
    case ScalarFn::NormalCdf: return 25;
    case ScalarFn::Log1p: return 40;
    case ScalarFn::Fmod:
    case ScalarFn::Remainder:
    case ScalarFn::FloorDiv:
    case ScalarFn::Sinh:
    case ScalarFn::Cosh: return 50;
    case ScalarFn::Sin:
    case ScalarFn::Cos:
    case ScalarFn::Erfc:
    case ScalarFn::Asin:
    case ScalarFn::Acos:
    case ScalarFn::Atan:
    case ScalarFn::Atan2: return 60;
    case ScalarFn::Tan:
    case ScalarFn::Pow: return 100;
  }
  return 1;
}

}  // namespace

int opCost(const schedule::LoopOp& op) {
  switch (op.kind) {
    case LoopOpKind::Constant:
    case LoopOpKind::Index: return 0;
    case LoopOpKind::Load: return op.access.indirect.empty() ? 1 : 16;
    case LoopOpKind::Accumulate:
    case LoopOpKind::Reduce:
    case LoopOpKind::Store: return 1;
    case LoopOpKind::Compute: break;
  }
  const int cost = functionCost(op.fn);
  // Double: twice the registers, and functions by scalar calls.
  if (op.dtype == ir::DType::F64) return cost >= 12 ? 10 * cost : 2 * cost;
  return cost;
}

double accessCost(std::int64_t stride, bool isGather) {
  if (isGather) return 16;
  if (stride == 0) return 0.5;
  return stride == 1 ? 1 : 16;
}

}  // namespace core::codegen
