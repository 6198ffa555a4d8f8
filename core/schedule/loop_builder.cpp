#include "core/schedule/loop_builder.h"

#include <bit>
#include <functional>

#include "core/base/check.h"

namespace core::schedule {
namespace {

void mix(std::size_t& seed, std::uint64_t value) {
  seed ^= std::hash<std::uint64_t>{}(value) + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2);
}

std::size_t hashOf(const LoopOp& op) {
  std::size_t seed = static_cast<std::size_t>(op.kind);
  mix(seed, static_cast<std::uint64_t>(op.fn));
  mix(seed, static_cast<std::uint64_t>(op.reduce));
  mix(seed, static_cast<std::uint64_t>(op.dtype));
  for (const int operand : op.operands) mix(seed, static_cast<std::uint64_t>(operand));
  mix(seed, std::bit_cast<std::uint64_t>(op.constant));
  mix(seed, static_cast<std::uint64_t>(op.axis));
  mix(seed, static_cast<std::uint64_t>(op.access.buffer));
  mix(seed, static_cast<std::uint64_t>(op.access.offset));
  for (const std::int64_t stride : op.access.strides) mix(seed, static_cast<std::uint64_t>(stride));
  for (const IndirectTerm& term : op.access.indirect) {
    mix(seed, static_cast<std::uint64_t>(term.op));
    mix(seed, static_cast<std::uint64_t>(term.stride));
  }
  return seed;
}

bool isSameTerm(const IndirectTerm& a, const IndirectTerm& b) {
  return a.op == b.op && a.stride == b.stride && a.bound == b.bound;
}

bool isSame(const LoopOp& a, const LoopOp& b) {
  return a.kind == b.kind && a.fn == b.fn && a.reduce == b.reduce && a.dtype == b.dtype &&
         a.operands == b.operands &&
         std::bit_cast<std::uint64_t>(a.constant) == std::bit_cast<std::uint64_t>(b.constant) &&
         a.axis == b.axis && a.access.buffer == b.access.buffer &&
         a.access.offset == b.access.offset && a.access.strides == b.access.strides &&
         std::equal(a.access.indirect.begin(), a.access.indirect.end(), b.access.indirect.begin(),
                    b.access.indirect.end(), isSameTerm);
}

}  // namespace

ir::DType computeType(ir::DType dtype) {
  return dtype == ir::DType::F16 || dtype == ir::DType::BF16 ? ir::DType::F32 : dtype;
}

bool isLoopType(ir::DType dtype) {
  switch (dtype) {
    case ir::DType::F64:
    case ir::DType::F32:
    case ir::DType::F16:
    case ir::DType::BF16:
    case ir::DType::I64:
    case ir::DType::I32:
    case ir::DType::I16:
    case ir::DType::I8:
    case ir::DType::U8:
    case ir::DType::Bool: return true;
    case ir::DType::C32:
    case ir::DType::C64:
    case ir::DType::C128:
    case ir::DType::U16:
    case ir::DType::U32:
    case ir::DType::U64:
    case ir::DType::F8E4M3:
    case ir::DType::F8E5M2: return false;
  }
  return false;
}

int LoopBuilder::append(LoopOp op) {
  const std::size_t hash = hashOf(op);
  const auto [begin, end] = m_known.equal_range(hash);
  for (auto known = begin; known != end; ++known)
    if (isSame(m_ops[static_cast<std::size_t>(known->second)], op)) return known->second;
  op.node = m_node;
  m_varies.push_back(variesInside(op));
  m_ops.push_back(std::move(op));
  const int position = static_cast<int>(m_ops.size()) - 1;
  m_known.emplace(hash, position);
  return position;
}

void LoopBuilder::setInnerAxes(int first, std::int64_t count) {
  m_firstInner = first;
  m_innerCount = count;
}

bool LoopBuilder::variesInside(const LoopOp& op) const {
  const auto varies = [&](int operand) { return m_varies[static_cast<std::size_t>(operand)]; };
  if (op.kind == LoopOpKind::Reduce) return false;
  if (op.kind == LoopOpKind::Index) return op.axis >= m_firstInner;
  for (const int operand : op.operands)
    if (varies(operand)) return true;
  for (const IndirectTerm& term : op.access.indirect)
    if (varies(term.op)) return true;
  for (std::size_t axis = static_cast<std::size_t>(m_firstInner); axis < op.access.strides.size();
       ++axis)
    if (op.access.strides[axis] != 0) return true;
  return false;
}

int LoopBuilder::reduceConstant(ReduceFn fn, int op) {
  const auto count = static_cast<double>(m_innerCount);
  const ir::DType type = dtypeOf(op);
  switch (fn) {
    case ReduceFn::Sum: return compute(ScalarFn::Mul, type, {op, constant(type, count)});
    case ReduceFn::Prod: return compute(ScalarFn::Pow, type, {op, constant(type, count)});
    case ReduceFn::Max:
    case ReduceFn::Min:
    case ReduceFn::Any:
    case ReduceFn::All: break;
  }
  return op;
}

int LoopBuilder::load(const Access& access, ir::DType bufferType) {
  LoopOp op;
  op.kind = LoopOpKind::Load;
  op.dtype = computeType(bufferType);
  op.access = access;
  return append(std::move(op));
}

int LoopBuilder::constant(ir::DType dtype, double value) {
  LoopOp op;
  op.kind = LoopOpKind::Constant;
  op.dtype = dtype;
  op.constant = value;
  return append(std::move(op));
}

int LoopBuilder::index(int axis) {
  LoopOp op;
  op.kind = LoopOpKind::Index;
  op.dtype = ir::DType::I64;
  op.axis = axis;
  return append(std::move(op));
}

int LoopBuilder::compute(ScalarFn fn, ir::DType dtype, std::vector<int> operands) {
  CORE_CHECK(static_cast<int>(operands.size()) == scalarFnArity(fn),
             std::string("wrong number of operands of ") + scalarFnName(fn));
  LoopOp op;
  op.fn = fn;
  op.dtype = givesBool(fn) ? ir::DType::Bool : dtype;
  op.operands = std::move(operands);
  return append(std::move(op));
}

int LoopBuilder::cast(int op, ir::DType dtype) {
  if (dtypeOf(op) == dtype) return op;
  const LoopOp& source = m_ops[static_cast<std::size_t>(op)];
  const bool isExact = source.kind == LoopOpKind::Constant && ir::isFloatingPoint(dtype) &&
                       computeType(dtype) == dtype;
  if (isExact) return constant(dtype, source.constant);
  return compute(ScalarFn::Cast, dtype, {op});
}

int LoopBuilder::reduce(ReduceFn fn, int operand) {
  if (m_innerCount > 0 && !m_varies[static_cast<std::size_t>(operand)])
    return reduceConstant(fn, operand);
  LoopOp op;
  op.kind = LoopOpKind::Reduce;
  op.reduce = fn;
  op.dtype = dtypeOf(operand);
  op.operands = {operand};
  return append(std::move(op));
}

void LoopBuilder::store(const Access& access, int operand) {
  LoopOp op;
  op.kind = LoopOpKind::Store;
  op.dtype = dtypeOf(operand);
  op.operands = {operand};
  op.access = access;
  op.node = m_node;
  m_varies.push_back(false);
  m_ops.push_back(std::move(op));
}

void LoopBuilder::accumulate(const Access& access, int operand) {
  store(access, operand);
  m_ops.back().kind = LoopOpKind::Accumulate;
}

int LoopBuilder::cost() const {
  int sum = 0;
  for (const LoopOp& op : m_ops) {
    if (op.kind == LoopOpKind::Compute) sum += scalarFnCost(op.fn);
    if (op.kind == LoopOpKind::Reduce) ++sum;
  }
  return sum;
}

Expr Expr::apply(ScalarFn fn) const {
  return {builder, builder->compute(fn, dtype(), {op})};
}

Expr Expr::apply(ScalarFn fn, Expr other) const {
  CORE_CHECK(dtype() == other.dtype(), "operands of different dtypes");
  return {builder, builder->compute(fn, dtype(), {op, other.op})};
}

Expr operator+(Expr a, Expr b) {
  return a.apply(ScalarFn::Add, b);
}
Expr operator-(Expr a, Expr b) {
  return a.apply(ScalarFn::Sub, b);
}
Expr operator*(Expr a, Expr b) {
  return a.apply(ScalarFn::Mul, b);
}
Expr operator/(Expr a, Expr b) {
  return a.apply(ScalarFn::Div, b);
}
Expr operator-(Expr a) {
  return a.apply(ScalarFn::Neg);
}

Expr where(Expr condition, Expr a, Expr b) {
  CORE_CHECK(a.dtype() == b.dtype(), "branches of different dtypes");
  return {a.builder, a.builder->compute(ScalarFn::Where, a.dtype(), {condition.op, a.op, b.op})};
}
Expr where(Expr condition, double a, Expr b) {
  return where(condition, b.constant(a), b);
}
Expr where(Expr condition, Expr a, double b) {
  return where(condition, a, a.constant(b));
}

}  // namespace core::schedule
