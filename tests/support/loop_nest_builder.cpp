#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <utility>

#include "tests/support/loop_nests.h"

namespace tests {
namespace {

using core::ir::DType;
using namespace core::schedule;

constexpr std::int64_t kGuardElements = 80;

template <typename T>
T read(const Bytes& bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
void write(Bytes& bytes, std::size_t index, T value) {
  std::memcpy(bytes.data() + index * sizeof(T), &value, sizeof(T));
}

}  // namespace

NestBuilder::NestBuilder(std::string name, Sizes outer, Sizes inner) {
  m_nest.name = std::move(name);
  m_nest.outer = std::move(outer);
  m_nest.inner = std::move(inner);
}

int NestBuilder::append(LoopOp op) {
  m_nest.ops.push_back(std::move(op));
  return static_cast<int>(m_nest.ops.size()) - 1;
}

int NestBuilder::bufferIndex(const std::string& name, DType dtype, BufferAccess access) {
  for (std::size_t i = 0; i < m_nest.buffers.size(); ++i) {
    if (m_nest.buffers[i].name != name) continue;
    if (access == BufferAccess::Write) m_nest.buffers[i].access = access;
    return static_cast<int>(i);
  }
  m_nest.buffers.push_back({name, dtype, access, 0});
  return static_cast<int>(m_nest.buffers.size()) - 1;
}

int NestBuilder::load(const std::string& buffer, DType dtype, Sizes strides, std::int64_t offset,
                      std::vector<IndirectTerm> indirect) {
  LoopOp op;
  op.kind = LoopOpKind::Load;
  op.dtype = dtype == DType::F16 || dtype == DType::BF16 ? DType::F32 : dtype;
  const int index = bufferIndex(buffer, dtype, BufferAccess::Read);
  op.access = {index, offset, std::move(strides), std::move(indirect)};
  return append(std::move(op));
}

int NestBuilder::constant(double value, DType dtype) {
  LoopOp op;
  op.kind = LoopOpKind::Constant;
  op.constant = value;
  op.dtype = dtype;
  return append(std::move(op));
}

int NestBuilder::index(int axis) {
  LoopOp op;
  op.kind = LoopOpKind::Index;
  op.axis = axis;
  op.dtype = DType::I64;
  return append(std::move(op));
}

int NestBuilder::compute(ScalarFn fn, std::vector<int> operands) {
  LoopOp op;
  op.fn = fn;
  op.dtype = m_nest.ops[static_cast<std::size_t>(operands[0])].dtype;
  const bool isComparison = fn >= ScalarFn::Eq && fn <= ScalarFn::LogicalXor;
  if (isComparison || fn == ScalarFn::IsNan || fn == ScalarFn::IsInf) op.dtype = DType::Bool;
  op.operands = std::move(operands);
  return append(std::move(op));
}

int NestBuilder::cast(int operand, DType dtype) {
  const int index = compute(ScalarFn::Cast, {operand});
  m_nest.ops.back().dtype = dtype;
  return index;
}

int NestBuilder::where(int condition, int a, int b) {
  const int index = compute(ScalarFn::Where, {condition, a, b});
  m_nest.ops.back().dtype = m_nest.ops[static_cast<std::size_t>(a)].dtype;
  return index;
}

int NestBuilder::reduce(ReduceFn fn, int operand) {
  LoopOp op;
  op.kind = LoopOpKind::Reduce;
  op.reduce = fn;
  op.dtype = m_nest.ops[static_cast<std::size_t>(operand)].dtype;
  op.operands = {operand};
  return append(std::move(op));
}

void NestBuilder::store(const std::string& buffer, DType dtype, Sizes strides, int value,
                        std::int64_t offset, std::vector<IndirectTerm> indirect) {
  LoopOp op;
  op.kind = LoopOpKind::Store;
  op.dtype = dtype;
  op.operands = {value};
  op.access = {bufferIndex(buffer, dtype, BufferAccess::Write), offset, std::move(strides),
               std::move(indirect)};
  append(std::move(op));
}

void NestBuilder::accumulate(const std::string& buffer, DType dtype, Sizes strides, int value) {
  store(buffer, dtype, std::move(strides), value);
  m_nest.ops.back().kind = LoopOpKind::Accumulate;
}

const LoopNest& NestBuilder::nest() {
  Sizes sizes = m_nest.outer;
  sizes.insert(sizes.end(), m_nest.inner.begin(), m_nest.inner.end());
  for (const LoopOp& op : m_nest.ops) {
    if (op.access.buffer < 0) continue;
    std::int64_t largest = op.access.offset;
    for (std::size_t i = 0; i < sizes.size(); ++i)
      largest += std::max<std::int64_t>(0, (sizes[i] - 1) * op.access.strides[i]);
    for (const IndirectTerm& term : op.access.indirect) largest += (term.bound - 1) * term.stride;
    KernelBuffer& buffer = m_nest.buffers[static_cast<std::size_t>(op.access.buffer)];
    buffer.extent = std::max(buffer.extent, largest + 1);
  }
  return m_nest;
}

double elementAt(const Bytes& bytes, DType dtype, std::size_t index) {
  switch (dtype) {
    case DType::F64: return read<double>(bytes, index);
    case DType::F32: return read<float>(bytes, index);
    case DType::F16: return static_cast<double>(read<_Float16>(bytes, index));
    case DType::BF16: {
      const auto bits = static_cast<std::uint32_t>(read<std::uint16_t>(bytes, index)) << 16;
      float value;
      std::memcpy(&value, &bits, sizeof value);
      return value;
    }
    case DType::I64: return static_cast<double>(read<std::int64_t>(bytes, index));
    case DType::I32: return read<std::int32_t>(bytes, index);
    case DType::I16: return read<std::int16_t>(bytes, index);
    case DType::I8: return read<std::int8_t>(bytes, index);
    default: return read<std::uint8_t>(bytes, index);
  }
}

void setElement(Bytes& bytes, DType dtype, std::size_t index, double value) {
  switch (dtype) {
    case DType::F64: return write(bytes, index, value);
    case DType::F32: return write(bytes, index, static_cast<float>(value));
    case DType::F16: return write(bytes, index, static_cast<_Float16>(value));
    case DType::BF16: {
      const float narrow = static_cast<float>(value);
      std::uint32_t bits;
      std::memcpy(&bits, &narrow, sizeof bits);
      bits = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
      return write(bytes, index, static_cast<std::uint16_t>(bits));
    }
    case DType::I64: return write(bytes, index, static_cast<std::int64_t>(value));
    case DType::I32: return write(bytes, index, static_cast<std::int32_t>(value));
    case DType::I16: return write(bytes, index, static_cast<std::int16_t>(value));
    case DType::I8: return write(bytes, index, static_cast<std::int8_t>(value));
    default: return write(bytes, index, static_cast<std::uint8_t>(value));
  }
}

std::vector<Bytes> randomBuffers(const LoopNest& nest, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> real(-2, 2);
  std::uniform_int_distribution<int> whole(-5, 5);
  std::vector<Bytes> buffers;
  for (const KernelBuffer& buffer : nest.buffers) {
    const std::int64_t count = buffer.extent + kGuardElements;
    Bytes bytes(static_cast<std::size_t>(count * core::ir::dtypeBytes(buffer.dtype)));
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      double value = core::ir::isFloatingPoint(buffer.dtype) ? real(random) : whole(random);
      if (buffer.dtype == DType::Bool) value = value > 0;
      if (buffer.dtype == DType::U8) value = value < 0 ? -value : value;
      setElement(bytes, buffer.dtype, i, value);
    }
    buffers.push_back(std::move(bytes));
  }
  return buffers;
}

}  // namespace tests
