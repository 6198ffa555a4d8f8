#pragma once

// The loop IR: one LoopNest becomes one generated kernel. A straight-line SSA body over a
// rectangular domain; every index is affine (offset + sum of stride * axis), views are folded, and
// broadcasting is stride 0.
//
// Levels. The domain's axes are `outer` then `inner`. With inner axes, an operation is either at
// row level (once per outer point: results of reductions and what is computed only from them) or
// at element level (once per outer x inner point). A Reduce takes an element-level operand over all
// inner axes and gives a row-level value. Without inner axes there is only the element level, over
// the outer axes. Code generation splits the body into passes over the inner axes: a value that
// depends on k nested reductions is available in pass k.
//
// Folded axes. A kernel that walks rows may also sum its columns: an Accumulate does not vary along
// some of the outer axes, and adds up over them. All Accumulates of a nest fold the same axes. Only
// the positions of the other outer axes, the slots, are independent of each other; a nest has
// enough of them for its threads, and another kernel adds the slots.

#include <cstdint>
#include <string>
#include <vector>

#include "core/ir/graph.h"

namespace core::schedule {

/// Scalar primitives. Unless said otherwise, operands and result have the op's dtype. Half
/// precision exists in buffers only: F16 and BF16 are computed as F32; a Cast to one of them rounds
/// to it, and what it gives is used as F32. Bool comes from comparisons, logical functions, loads
/// of Bool buffers and casts (x != 0).
// clang-format off
enum class ScalarFn {
  // one operand
  Neg, Abs, Exp, Exp2, Expm1, Log, Log1p, Log2, Log10, Sqrt, Rsqrt, Reciprocal, Sin, Cos, Tan,
  Sinh, Cosh, Tanh, Asin, Acos, Atan, Erf, Erfc, Sigmoid, Relu, Floor, Ceil, Trunc, Round, Sign,
  IsNan, IsInf,            ///< result is Bool
  LogicalNot, BitwiseNot,  ///< LogicalNot: of a Bool
  NormalCdf,  ///< 0.5 * (1 + erf(x / sqrt(2)))
  Cast,       ///< from the operand's dtype to the op's; float to integer truncates, to half rounds
  // two operands
  Add, Sub, Mul, Div, Pow, Maximum, Minimum,
  Remainder,  ///< a - floor(a / b) * b: has the sign of b
  Fmod,       ///< has the sign of a
  FloorDiv, Atan2,
  Eq, Ne, Lt, Le, Gt, Ge,  ///< result is Bool, operands of one dtype
  LogicalAnd, LogicalOr, LogicalXor,  ///< of Bools
  BitwiseAnd, BitwiseOr, BitwiseXor,
  // three operands
  Where,  ///< condition (Bool), then, else
  Fma,    ///< a * b + c
};
// clang-format on

/// "exp", "where" ...: the spelling in the loop text.
const char* scalarFnName(ScalarFn fn);
int scalarFnArity(ScalarFn fn);
/// What one evaluation costs, in additions.
int scalarFnCost(ScalarFn fn);
/// Whether the result is Bool whatever the operands are.
bool givesBool(ScalarFn fn);

/// Maximum and Minimum propagate NaN, as ATen does.
enum class ReduceFn { Sum, Prod, Max, Min, Any, All };

const char* reduceFnName(ReduceFn fn);

enum class LoopOpKind {
  Load,      ///< element of a kernel buffer, in its dtype; F16 and BF16 are widened to F32
  Constant,  ///< `constant`
  Index,     ///< current position along `axis`, I64
  Compute,   ///< `fn` of `operands`
  Reduce,    ///< `reduce` of operands[0] over all inner axes
  Store,     ///< operands[0] into a kernel buffer, converted to the buffer's dtype
  /// `reduce` of operands[0] over the folded axes, into a kernel buffer that holds nothing before;
  /// the access varies along every inner axis. No op reads it.
  Accumulate,
};

/// A gather term of an address: the value of an op (I64, at or above the access's level) times a
/// stride in elements. The value must lie in [0, bound); code generation checks it.
struct IndirectTerm {
  int op = -1;
  std::int64_t stride = 0;
  std::int64_t bound = 0;
};

/// Where a Load or Store touches its buffer, in elements.
struct Access {
  int buffer = -1;  ///< index into LoopNest::buffers
  std::int64_t offset = 0;
  std::vector<std::int64_t> strides;  ///< one per axis, outer then inner
  std::vector<IndirectTerm> indirect;
};

struct LoopOp {
  LoopOpKind kind = LoopOpKind::Compute;
  ScalarFn fn = ScalarFn::Add;
  ReduceFn reduce = ReduceFn::Sum;
  ir::DType dtype = ir::DType::F32;  ///< of the result
  std::vector<int> operands;         ///< earlier ops
  double constant = 0;               ///< exact for every integer below 2^53
  int axis = -1;
  Access access;
  /// The graph node whose value this op computes or helps to compute.
  ir::NodeId node;
};

enum class BufferAccess { Read, Write };

/// A pointer parameter of the kernel. A buffer that is read and written in place is listed once,
/// as Write.
struct KernelBuffer {
  std::string name;  ///< the value's name, for readable sources
  ir::DType dtype = ir::DType::F32;
  BufferAccess access = BufferAccess::Read;
  /// Elements in reach of any access: one more than the largest offset.
  std::int64_t extent = 0;
};

struct LoopNest {
  std::string name;  ///< "fused_native_layer_norm_gelu"; unique in its schedule
  std::vector<std::int64_t> outer;
  std::vector<std::int64_t> inner;
  std::vector<KernelBuffer> buffers;
  std::vector<LoopOp> ops;
};

/// By outer axis: whether Accumulates add up over it. All false if there are none.
std::vector<bool> foldedAxes(const LoopNest& nest);

/// The loop IR as text, one op per line: shown to people, and the form of goldens.
std::string loopNestText(const LoopNest& nest);

}  // namespace core::schedule
