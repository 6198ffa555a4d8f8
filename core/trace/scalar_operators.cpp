// Python's arithmetic: two ints stay ints but for true division; with a float on either side both
// are floats; floor division and modulo round down.

#include "core/trace/scalar_operators_torch.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace core::trace {
namespace {

using Int = std::int64_t;

void require(bool fits) {
  TORCH_CHECK(fits, "a symbolic integer is too large");
}

Int add(Int a, Int b) {
  Int result = 0;
  require(!__builtin_add_overflow(a, b, &result));
  return result;
}
Int subtract(Int a, Int b) {
  Int result = 0;
  require(!__builtin_sub_overflow(a, b, &result));
  return result;
}
Int multiply(Int a, Int b) {
  Int result = 0;
  require(!__builtin_mul_overflow(a, b, &result));
  return result;
}
Int floorDivide(Int a, Int b) {
  TORCH_CHECK(b != 0, "division by zero");
  require(a != INT64_MIN || b != -1);
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
Int modulo(Int a, Int b) {
  return a - floorDivide(a, b) * b;
}
Int power(Int base, Int exponent) {
  require(exponent <= 64 || (base >= -1 && base <= 1));
  Int result = 1;
  for (Int i = 0; i < std::min<Int>(exponent, 64 + exponent % 2); ++i)
    result = multiply(result, base);
  return result;
}
Int smaller(Int a, Int b) {
  return std::min(a, b);
}
Int larger(Int a, Int b) {
  return std::max(a, b);
}
Int negate(Int a, Int) {
  return subtract(0, a);
}
Int same(Int a, Int) {
  return a;
}

double trueDivide(double a, double b) {
  TORCH_CHECK(b != 0, "division by zero");
  return a / b;
}
double root(double a, double) {
  TORCH_CHECK(a >= 0, "the root of a negative number");
  return std::sqrt(a);
}
double sameReal(double a, double) {
  return a;
}

constexpr std::array kOperators{
    ScalarOperator{"_operator.add", 2, add, [](double a, double b) { return a + b; }},
    ScalarOperator{"_operator.sub", 2, subtract, [](double a, double b) { return a - b; }},
    ScalarOperator{"_operator.mul", 2, multiply, [](double a, double b) { return a * b; }},
    ScalarOperator{"_operator.truediv", 2, nullptr, trueDivide},
    ScalarOperator{"_operator.floordiv", 2, floorDivide,
                   [](double a, double b) { return std::floor(trueDivide(a, b)); }},
    ScalarOperator{"_operator.mod", 2, modulo,
                   [](double a, double b) { return a - std::floor(trueDivide(a, b)) * b; }},
    ScalarOperator{"_operator.pow", 2, power, [](double a, double b) { return std::pow(a, b); }},
    ScalarOperator{"_operator.neg", 1, negate, [](double a, double) { return -a; }},
    ScalarOperator{"_operator.pos", 1, same, sameReal},
    ScalarOperator{"_operator.eq", 2, nullptr, nullptr, [](double a, double b) { return a == b; }},
    ScalarOperator{"_operator.ne", 2, nullptr, nullptr, [](double a, double b) { return a != b; }},
    ScalarOperator{"_operator.lt", 2, nullptr, nullptr, [](double a, double b) { return a < b; }},
    ScalarOperator{"_operator.le", 2, nullptr, nullptr, [](double a, double b) { return a <= b; }},
    ScalarOperator{"_operator.gt", 2, nullptr, nullptr, [](double a, double b) { return a > b; }},
    ScalarOperator{"_operator.ge", 2, nullptr, nullptr, [](double a, double b) { return a >= b; }},
    ScalarOperator{"_operator.and_", 2, nullptr, nullptr,
                   [](double a, double b) { return a != 0 && b != 0; }},
    ScalarOperator{"_operator.or_", 2, nullptr, nullptr,
                   [](double a, double b) { return a != 0 || b != 0; }},
    ScalarOperator{"torch.sym_not", 1, nullptr, nullptr, [](double a, double) { return a == 0; }},
    ScalarOperator{"torch.sym_min", 2, smaller, [](double a, double b) { return std::min(a, b); }},
    ScalarOperator{"torch.sym_max", 2, larger, [](double a, double b) { return std::max(a, b); }},
    ScalarOperator{"torch.sym_float", 1, nullptr, sameReal},
    ScalarOperator{"torch._sym_sqrt", 1, nullptr, root},
    ScalarOperator{"torch.sym_int", 1, same, nullptr},
    ScalarOperator{"math.trunc", 1, same, nullptr},
};

/// What has no form on floats truncates them.
Int truncated(double value) {
  require(std::abs(value) < 9.2e18);
  return static_cast<Int>(value);
}

}  // namespace

const ScalarOperator* findScalarOperator(std::string_view target) {
  const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                  [&](const ScalarOperator& op) { return op.target == target; });
  return found == kOperators.end() ? nullptr : &*found;
}

c10::IValue evaluateScalar(const ScalarOperator& op, const std::vector<at::Scalar>& operands) {
  const at::Scalar& a = operands.front();
  const at::Scalar& b = operands.back();
  if (op.predicate) return op.predicate(a.toDouble(), b.toDouble());
  const bool isInverse = op.onIntegers == power && b.toDouble() < 0;
  const bool isReal = a.isFloatingPoint() || b.isFloatingPoint() || !op.onIntegers || isInverse;
  if (!isReal) return op.onIntegers(a.toLong(), b.toLong());
  return op.onReals ? c10::IValue(op.onReals(a.toDouble(), b.toDouble()))
                    : c10::IValue(truncated(a.toDouble()));
}

}  // namespace core::trace
