// exp(x - m) summed while m is not known yet: a thread keeps the largest x so far and the sum
// relative to it, and scales the sum down whenever the maximum rises (Milakov and Gimelshein,
// 2018). To spare exponentials it does so once per vector, not per element.

#include "core/codegen/cuda_online.h"

namespace core::codegen {
namespace {

using schedule::LoopNest;
using schedule::LoopOp;
using schedule::LoopOpKind;
using schedule::ReduceFn;
using schedule::ScalarFn;

const LoopOp& at(const LoopNest& nest, int op) {
  return nest.ops[static_cast<std::size_t>(op)];
}

bool isCompute(const LoopOp& op, ScalarFn fn) {
  return op.kind == LoopOpKind::Compute && op.fn == fn && op.dtype == ir::DType::F32;
}

bool isReduce(const LoopOp& op, ReduceFn fn) {
  return op.kind == LoopOpKind::Reduce && op.reduce == fn && op.dtype == ir::DType::F32;
}

/// x of a sum of exp(x - max x); -1 if the op is no such sum.
int exponentOf(const LoopNest& nest, const LoopOp& op) {
  if (!isReduce(op, ReduceFn::Sum)) return -1;
  const LoopOp& exponential = at(nest, op.operands[0]);
  if (!isCompute(exponential, ScalarFn::Exp)) return -1;
  const LoopOp& difference = at(nest, exponential.operands[0]);
  if (!isCompute(difference, ScalarFn::Sub)) return -1;
  const LoopOp& top = at(nest, difference.operands[1]);
  return isReduce(top, ReduceFn::Max) && top.operands[0] == difference.operands[0]
             ? difference.operands[0]
             : -1;
}

}  // namespace

std::vector<bool> makeSumsOnline(LoopNest& nest) {
  std::vector<bool> online(nest.ops.size(), false);
  for (std::size_t i = 0; i < nest.ops.size(); ++i) {
    const int x = exponentOf(nest, nest.ops[i]);
    if (x < 0) continue;
    nest.ops[i].operands[0] = x;
    online[i] = true;
  }
  return online;
}

}  // namespace core::codegen
