#include "tests/support/loop_nests.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

#include "core/codegen/write_cpu_kernel.h"
#include "core/jit/jit_module.h"

namespace tests {
namespace {

using core::ir::DType;
using namespace core::schedule;

/// A value of any dtype: integers exactly, floats in double.
struct Value {
  double real = 0;
  std::int64_t whole = 0;
};

bool isFloat(DType dtype) {
  return core::ir::isFloatingPoint(dtype);
}
double numberOf(Value v, DType dtype) {
  return isFloat(dtype) ? v.real : static_cast<double>(v.whole);
}

std::int64_t wrapped(std::int64_t value, DType dtype) {
  switch (dtype) {
    case DType::I32: return static_cast<std::int32_t>(value);
    case DType::I16: return static_cast<std::int16_t>(value);
    case DType::I8: return static_cast<std::int8_t>(value);
    case DType::U8: return static_cast<std::uint8_t>(value);
    default: return value;
  }
}

double propagating(double a, double b, bool isMax) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  return isMax ? std::max(a, b) : std::min(a, b);
}

double floorDivide(double a, double b) {
  if (b == 0) return a / b;
  const double r = std::fmod(a, b);
  double q = (a - r) / b;
  if (r != 0 && (b < 0) != (r < 0)) q -= 1;
  return q == 0 ? std::copysign(0.0, a / b) : std::floor(q + 0.25);
}

double remainderOf(double a, double b) {
  const double r = std::fmod(a, b);
  return r != 0 && (b < 0) != (r < 0) ? r + b : r;
}

double realFunction(ScalarFn fn, double a, double b, double c) {
  switch (fn) {
    case ScalarFn::Neg: return -a;
    case ScalarFn::Abs: return std::fabs(a);
    case ScalarFn::Exp: return std::exp(a);
    case ScalarFn::Exp2: return std::exp2(a);
    case ScalarFn::Expm1: return std::expm1(a);
    case ScalarFn::Log: return std::log(a);
    case ScalarFn::Log1p: return std::log1p(a);
    case ScalarFn::Log2: return std::log2(a);
    case ScalarFn::Log10: return std::log10(a);
    case ScalarFn::Sqrt: return std::sqrt(a);
    case ScalarFn::Rsqrt: return 1 / std::sqrt(a);
    case ScalarFn::Reciprocal: return 1 / a;
    case ScalarFn::Sin: return std::sin(a);
    case ScalarFn::Cos: return std::cos(a);
    case ScalarFn::Tan: return std::tan(a);
    case ScalarFn::Sinh: return std::sinh(a);
    case ScalarFn::Cosh: return std::cosh(a);
    case ScalarFn::Tanh: return std::tanh(a);
    case ScalarFn::Asin: return std::asin(a);
    case ScalarFn::Acos: return std::acos(a);
    case ScalarFn::Atan: return std::atan(a);
    case ScalarFn::Erf: return std::erf(a);
    case ScalarFn::Erfc: return std::erfc(a);
    case ScalarFn::Sigmoid: return 1 / (1 + std::exp(-a));
    case ScalarFn::NormalCdf: return 0.5 * std::erfc(-a * 0.70710678118654752);
    case ScalarFn::Relu: return a < 0 ? 0 : a;
    case ScalarFn::Floor: return std::floor(a);
    case ScalarFn::Ceil: return std::ceil(a);
    case ScalarFn::Trunc: return std::trunc(a);
    case ScalarFn::Round: return std::nearbyint(a);
    case ScalarFn::Sign: return (a > 0) - (a < 0);
    case ScalarFn::Add: return a + b;
    case ScalarFn::Sub: return a - b;
    case ScalarFn::Mul: return a * b;
    case ScalarFn::Div: return a / b;
    case ScalarFn::Pow: return std::pow(a, b);
    case ScalarFn::Maximum: return propagating(a, b, true);
    case ScalarFn::Minimum: return propagating(a, b, false);
    case ScalarFn::Remainder: return remainderOf(a, b);
    case ScalarFn::Fmod: return std::fmod(a, b);
    case ScalarFn::FloorDiv: return floorDivide(a, b);
    case ScalarFn::Atan2: return std::atan2(a, b);
    case ScalarFn::Fma: return a * b + c;
    default: std::abort();
  }
}

std::int64_t power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  std::int64_t result = 1;
  for (; exponent > 0; --exponent) result *= base;
  return result;
}

std::int64_t wholeFunction(ScalarFn fn, std::int64_t a, std::int64_t b, std::int64_t c) {
  switch (fn) {
    case ScalarFn::Neg: return -a;
    case ScalarFn::Abs: return std::abs(a);
    case ScalarFn::Relu: return std::max<std::int64_t>(a, 0);
    case ScalarFn::Sign: return (a > 0) - (a < 0);
    case ScalarFn::BitwiseNot: return ~a;
    case ScalarFn::Add: return a + b;
    case ScalarFn::Sub: return a - b;
    case ScalarFn::Mul: return a * b;
    case ScalarFn::Div: return b == 0 ? 0 : a / b;
    case ScalarFn::Pow: return power(a, b);
    case ScalarFn::Maximum: return std::max(a, b);
    case ScalarFn::Minimum: return std::min(a, b);
    case ScalarFn::Remainder:
      return b == 0 ? 0
                    : a - b * static_cast<std::int64_t>(
                                  std::floor(static_cast<double>(a) / static_cast<double>(b)));
    case ScalarFn::Fmod: return b == 0 ? 0 : a % b;
    case ScalarFn::FloorDiv:
      return b == 0 ? 0
                    : static_cast<std::int64_t>(
                          std::floor(static_cast<double>(a) / static_cast<double>(b)));
    case ScalarFn::LogicalNot: return a == 0;
    case ScalarFn::LogicalAnd: return a && b;
    case ScalarFn::LogicalOr: return a || b;
    case ScalarFn::LogicalXor: return (a != 0) != (b != 0);
    case ScalarFn::BitwiseAnd: return a & b;
    case ScalarFn::BitwiseOr: return a | b;
    case ScalarFn::BitwiseXor: return a ^ b;
    case ScalarFn::Fma: return a * b + c;
    default: std::abort();
  }
}

bool compare(ScalarFn fn, double a, double b) {
  switch (fn) {
    case ScalarFn::Eq: return a == b;
    case ScalarFn::Ne: return a != b;
    case ScalarFn::Lt: return a < b;
    case ScalarFn::Le: return a <= b;
    case ScalarFn::Gt: return a > b;
    case ScalarFn::Ge: return a >= b;
    case ScalarFn::IsNan: return std::isnan(a);
    case ScalarFn::IsInf: return std::isinf(a);
    default: std::abort();
  }
}

bool isComparison(ScalarFn fn) {
  return (fn >= ScalarFn::Eq && fn <= ScalarFn::Ge) || fn == ScalarFn::IsNan ||
         fn == ScalarFn::IsInf;
}

double roundedTo(DType half, double value) {
  Bytes bytes(2);
  setElement(bytes, half, 0, value);
  return elementAt(bytes, half, 0);
}

Value castValue(Value v, DType from, DType to) {
  if (to == DType::BF16 || to == DType::F16) return {roundedTo(to, numberOf(v, from)), 0};
  if (isFloat(to)) return {numberOf(v, from), 0};
  if (to == DType::Bool) return {0, numberOf(v, from) != 0};
  return {0, wrapped(isFloat(from) ? static_cast<std::int64_t>(v.real) : v.whole, to)};
}

Value evaluate(const LoopNest& nest, const LoopOp& op, const std::vector<Value>& in) {
  const DType source = nest.ops[static_cast<std::size_t>(op.operands[0])].dtype;
  const Value a = in[0], b = in.size() > 1 ? in[1] : Value{}, c = in.size() > 2 ? in[2] : Value{};
  if (op.fn == ScalarFn::Cast) return castValue(a, source, op.dtype);
  if (op.fn == ScalarFn::Where) return a.whole ? b : c;
  if (isComparison(op.fn)) return {0, compare(op.fn, numberOf(a, source), numberOf(b, source))};
  if (isFloat(op.dtype)) return {realFunction(op.fn, a.real, b.real, c.real), 0};
  return {0, wrapped(wholeFunction(op.fn, a.whole, b.whole, c.whole), op.dtype)};
}

Value combine(const LoopOp& op, Value a, Value b) {
  switch (op.reduce) {
    case ReduceFn::Sum: return {a.real + b.real, wrapped(a.whole + b.whole, op.dtype)};
    case ReduceFn::Prod: return {a.real * b.real, wrapped(a.whole * b.whole, op.dtype)};
    case ReduceFn::Max: return {propagating(a.real, b.real, true), std::max(a.whole, b.whole)};
    case ReduceFn::Min: return {propagating(a.real, b.real, false), std::min(a.whole, b.whole)};
    case ReduceFn::Any: return {0, a.whole || b.whole};
    case ReduceFn::All: return {0, a.whole && b.whole};
  }
  std::abort();
}

std::int64_t product(const std::vector<std::int64_t>& sizes) {
  std::int64_t total = 1;
  for (const std::int64_t size : sizes) total *= size;
  return total;
}

/// All ops at one outer point, each over all inner points.
class PointInterpreter {
 public:
  PointInterpreter(const LoopNest& nest, std::vector<Bytes>& buffers)
      : m_nest(nest), m_buffers(buffers), m_points(product(nest.inner)) {}

  /// Clears what accumulates at an outer point.
  void clear(std::int64_t outerPoint) {
    m_outerPoint = outerPoint;
    for (const LoopOp& op : m_nest.ops)
      if (op.kind == LoopOpKind::Accumulate)
        for (std::int64_t p = 0; p < m_points; ++p) {
          const auto buffer = static_cast<std::size_t>(op.access.buffer);
          setElement(m_buffers[buffer], m_nest.buffers[buffer].dtype, offset(op.access, p), 0);
        }
  }

  void run(std::int64_t outerPoint) {
    m_outerPoint = outerPoint;
    m_values.assign(m_nest.ops.size(), std::vector<Value>(static_cast<std::size_t>(m_points)));
    for (std::size_t i = 0; i < m_nest.ops.size(); ++i) {
      if (m_nest.ops[i].kind == LoopOpKind::Reduce)
        reduce(i);
      else
        for (std::int64_t p = 0; p < m_points; ++p) step(i, p);
    }
  }

 private:
  std::vector<std::int64_t> position(std::int64_t innerPoint) const {
    std::vector<std::int64_t> at;
    const auto unravel = [&at](std::int64_t point, const std::vector<std::int64_t>& sizes) {
      std::vector<std::int64_t> own(sizes.size());
      for (std::size_t i = sizes.size(); i-- > 0; point /= sizes[i]) own[i] = point % sizes[i];
      at.insert(at.end(), own.begin(), own.end());
    };
    unravel(m_outerPoint, m_nest.outer);
    unravel(innerPoint, m_nest.inner);
    return at;
  }

  std::size_t offset(const Access& access, std::int64_t point) const {
    const std::vector<std::int64_t> at = position(point);
    std::int64_t result = access.offset;
    for (std::size_t i = 0; i < at.size(); ++i) result += at[i] * access.strides[i];
    for (const IndirectTerm& term : access.indirect) {
      const std::int64_t index = value(term.op, point).whole;
      result += (index >= 0 && index < term.bound ? index : 0) * term.stride;
    }
    return static_cast<std::size_t>(result);
  }

  const Value& value(int op, std::int64_t point) const {
    return m_values[static_cast<std::size_t>(op)][static_cast<std::size_t>(point)];
  }

  void step(std::size_t i, std::int64_t point) {
    const LoopOp& op = m_nest.ops[i];
    Value& result = m_values[i][static_cast<std::size_t>(point)];
    const auto buffer = static_cast<std::size_t>(std::max(0, op.access.buffer));
    const DType stored = m_nest.buffers[buffer].dtype;
    if (op.kind == LoopOpKind::Load) {
      const double number = elementAt(m_buffers[buffer], stored, offset(op.access, point));
      result = isFloat(op.dtype) ? Value{number, 0} : Value{0, static_cast<std::int64_t>(number)};
    } else if (op.kind == LoopOpKind::Constant) {
      result = isFloat(op.dtype) ? Value{op.constant, 0}
                                 : Value{0, static_cast<std::int64_t>(op.constant)};
    } else if (op.kind == LoopOpKind::Index) {
      result.whole = position(point)[static_cast<std::size_t>(op.axis)];
    } else if (op.kind == LoopOpKind::Accumulate) {
      const std::size_t at = offset(op.access, point);
      const double sum = elementAt(m_buffers[buffer], stored, at);
      setElement(m_buffers[buffer], stored, at, sum + value(op.operands[0], point).real);
    } else if (op.kind == LoopOpKind::Store) {
      const DType from = m_nest.ops[static_cast<std::size_t>(op.operands[0])].dtype;
      const Value converted = castValue(value(op.operands[0], point), from, stored);
      setElement(m_buffers[buffer], stored, offset(op.access, point), numberOf(converted, stored));
    } else {
      std::vector<Value> operands;
      for (const int operand : op.operands) operands.push_back(value(operand, point));
      result = evaluate(m_nest, op, operands);
    }
  }

  void reduce(std::size_t i) {
    const LoopOp& op = m_nest.ops[i];
    Value total = value(op.operands[0], 0);
    for (std::int64_t p = 1; p < m_points; ++p)
      total = combine(op, total, value(op.operands[0], p));
    std::fill(m_values[i].begin(), m_values[i].end(), total);
  }

  const LoopNest& m_nest;
  std::vector<Bytes>& m_buffers;
  std::int64_t m_points;
  std::int64_t m_outerPoint = 0;
  std::vector<std::vector<Value>> m_values;
};

}  // namespace

void interpret(const LoopNest& nest, std::vector<Bytes>& buffers) {
  PointInterpreter interpreter(nest, buffers);
  for (std::int64_t p = 0; p < product(nest.outer); ++p) interpreter.clear(p);
  for (std::int64_t p = 0; p < product(nest.outer); ++p) interpreter.run(p);
}

core::codegen::BuiltKernel buildKernel(const LoopNest& nest) {
  const auto source = core::codegen::writeCpuKernel(nest);
  if (!source) {
    std::fprintf(stderr, "%s\n", source.error().message.c_str());
    std::abort();
  }
  const auto compiler = core::jit::openCpuCompiler();
  if (!compiler) {
    std::fprintf(stderr, "%s\n", compiler.error().message.c_str());
    std::abort();
  }
  auto kernels = (*compiler)->build({*source}, {}, {});
  if (!kernels) {
    std::fprintf(stderr, "%s\n%s\n", source->source.c_str(), kernels.error().details.c_str());
    std::abort();
  }
  return kernels->front();
}

int runKernel(const core::codegen::BuiltKernel& kernel, std::vector<Bytes>& buffers) {
  std::vector<void*> pointers;
  for (Bytes& buffer : buffers) pointers.push_back(buffer.data());
  std::int32_t status = 0;
  pointers.push_back(&status);
  const std::int64_t third = kernel.units / 3;
  kernel.function(pointers.data(), 2 * third, kernel.units);
  kernel.function(pointers.data(), 0, third);
  kernel.function(pointers.data(), third, 2 * third);
  return status;
}

std::string compareWithInterpreter(const LoopNest& nest, Tolerance tolerance,
                                   const std::function<void(std::vector<Bytes>&)>& adjust) {
  std::vector<Bytes> expected = randomBuffers(nest, 7);
  if (adjust) adjust(expected);
  std::vector<Bytes> actual = expected;
  interpret(nest, expected);
  const core::codegen::BuiltKernel kernel = buildKernel(nest);
  if (!kernel.log.empty()) return nest.name + " compiles with remarks:\n" + kernel.log;
  runKernel(kernel, actual);
  return firstDifference(nest, expected, actual, tolerance);
}

std::string firstDifference(const LoopNest& nest, const std::vector<Bytes>& expected,
                            const std::vector<Bytes>& actual, Tolerance tolerance) {
  for (std::size_t b = 0; b < nest.buffers.size(); ++b) {
    const DType dtype = nest.buffers[b].dtype;
    for (std::size_t i = 0; i < static_cast<std::size_t>(nest.buffers[b].extent); ++i) {
      const double want = elementAt(expected[b], dtype, i), got = elementAt(actual[b], dtype, i);
      if (std::isnan(want) && std::isnan(got)) continue;
      if (want == got) continue;
      if (std::fabs(want - got) <= tolerance.absolute + tolerance.relative * std::fabs(want))
        continue;
      return nest.name + ": " + nest.buffers[b].name + "[" + std::to_string(i) + "] is " +
             std::to_string(got) + ", not " + std::to_string(want);
    }
    // What no access reaches must be as it was.
    const auto end = static_cast<std::size_t>(nest.buffers[b].extent * core::ir::dtypeBytes(dtype));
    if (!std::equal(expected[b].begin() + static_cast<std::ptrdiff_t>(end), expected[b].end(),
                    actual[b].begin() + static_cast<std::ptrdiff_t>(end)))
      return nest.name + ": wrote behind " + nest.buffers[b].name;
  }
  return "";
}

}  // namespace tests
