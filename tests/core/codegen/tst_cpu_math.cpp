// The math functions of generated kernels against the C library in double, over the range of
// floats, in units in the last place of float.

#include <QtTest>

#include <bit>
#include <cmath>
#include <limits>

#include "tests/support/loop_nests.h"

using core::ir::DType;
using core::schedule::ScalarFn;
using tests::Bytes;
using tests::NestBuilder;

namespace {

// A prime, so that mantissas of all kinds are met in every binade: about two million floats.
constexpr std::uint64_t kStep = 2003;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double ulpOf(double value) {
  if (value == 0) return std::ldexp(1.0, -149);
  int exponent = 0;
  std::frexp(value, &exponent);
  return std::ldexp(1.0, std::max(exponent - 24, -149));
}

/// Floats of the sample that lie in [low, high], and NaN.
std::vector<float> sample(double low, double high) {
  std::vector<float> values{std::numeric_limits<float>::quiet_NaN(), 0.0f, -0.0f, 1.0f, -1.0f};
  for (std::uint64_t bits = 0; bits < 0x100000000u; bits += kStep)
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  for (const double end : {low, high}) values.push_back(static_cast<float>(end));
  std::erase_if(values, [&](float v) { return !std::isnan(v) && !(v >= low && v <= high); });
  return values;
}

std::vector<float> run(ScalarFn fn, const std::vector<std::vector<float>>& inputs) {
  const auto count = static_cast<std::int64_t>(inputs[0].size());
  NestBuilder b("math", {count});
  std::vector<int> operands;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    operands.push_back(b.load("x" + std::to_string(i), DType::F32, {1}));
  b.store("y", DType::F32, {1}, b.compute(fn, operands));
  std::vector<Bytes> buffers;
  for (const std::vector<float>& input : inputs) {
    buffers.emplace_back(input.size() * sizeof(float));
    std::memcpy(buffers.back().data(), input.data(), buffers.back().size());
  }
  buffers.emplace_back(inputs[0].size() * sizeof(float));
  tests::runKernel(tests::buildKernel(b.nest()), buffers);
  std::vector<float> result(inputs[0].size());
  std::memcpy(result.data(), buffers.back().data(), buffers.back().size());
  return result;
}

/// The largest error in ulp; infinite if a special value is wrong.
double errorInUlp(float got, double exact) {
  const float want = static_cast<float>(exact);
  if (std::isnan(want)) return std::isnan(got) ? 0 : kInfinity;
  if (std::isinf(want) || std::isinf(got)) return want == got ? 0 : kInfinity;
  return std::fabs(static_cast<double>(got) - exact) / ulpOf(exact);
}

template <typename Reference>
QString worstError(ScalarFn fn, Reference reference, double low, double high, double limit) {
  const std::vector<float> x = sample(low, high);
  const std::vector<float> y = run(fn, {x});
  double worst = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = errorInUlp(y[i], reference(static_cast<double>(x[i])));
    if (error > worst) worst = error, at = i;
  }
  if (worst <= limit) return "";
  return QString("%1 ulp at %2: %3").arg(worst).arg(x[at], 0, 'g', 9).arg(y[at], 0, 'g', 9);
}

}  // namespace

#define COMPARE_MATH(fn, reference, low, high, limit)                               \
  QCOMPARE(worstError(                                                              \
               ScalarFn::fn, [](double x) { return reference; }, low, high, limit), \
           QString())

class TestCpuMath : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void exponentials() {
    COMPARE_MATH(Exp, std::exp(x), -kInfinity, kInfinity, 1.1);
    COMPARE_MATH(Exp2, std::exp2(x), -kInfinity, kInfinity, 1.5);
    COMPARE_MATH(Expm1, std::expm1(x), -kInfinity, kInfinity, 2.5);
  }
  void logarithms() {
    COMPARE_MATH(Log, std::log(x), -kInfinity, kInfinity, 1.0);
    COMPARE_MATH(Log2, std::log2(x), -kInfinity, kInfinity, 2.5);
    COMPARE_MATH(Log10, std::log10(x), -kInfinity, kInfinity, 2.5);
    COMPARE_MATH(Log1p, std::log1p(x), -kInfinity, kInfinity, 2.5);
  }
  void roots() {
    COMPARE_MATH(Sqrt, std::sqrt(x), -kInfinity, kInfinity, 0.51);
    COMPARE_MATH(Rsqrt, 1 / std::sqrt(x), -kInfinity, kInfinity, 1.6);
  }
  void sigmoids() {
    COMPARE_MATH(Tanh, std::tanh(x), -kInfinity, kInfinity, 3.1);
    COMPARE_MATH(Sigmoid, 1 / (1 + std::exp(-x)), -87.0, kInfinity, 2.6);
  }
  void errorFunctions() {
    COMPARE_MATH(Erf, std::erf(x), -kInfinity, kInfinity, 1.2);
    COMPARE_MATH(Erfc, std::erfc(x), -kInfinity, kInfinity, 4.0);
    COMPARE_MATH(NormalCdf, 0.5 * std::erfc(-x * 0.70710678118654752), -1.0, kInfinity, 2.6);
  }
  void circularFunctions() {
    COMPARE_MATH(Sin, std::sin(x), -kInfinity, kInfinity, 1.0);
    COMPARE_MATH(Cos, std::cos(x), -kInfinity, kInfinity, 1.0);
    COMPARE_MATH(Tan, std::tan(x), -kInfinity, kInfinity, 1.0);
  }
  void inverseFunctions() {
    COMPARE_MATH(Asin, std::asin(x), -kInfinity, kInfinity, 1.0);
    COMPARE_MATH(Acos, std::acos(x), -kInfinity, kInfinity, 1.0);
    COMPARE_MATH(Atan, std::atan(x), -kInfinity, kInfinity, 1.0);
  }
  void hyperbolicFunctions() {
    COMPARE_MATH(Sinh, std::sinh(x), -kInfinity, kInfinity, 1.0);
    COMPARE_MATH(Cosh, std::cosh(x), -kInfinity, kInfinity, 1.0);
  }

  void farTailOfTheNormalCdfIsSmall() {
    // Exact to the resolution of 1, as eager's: not in relative terms.
    for (const float y : run(ScalarFn::NormalCdf, {sample(-kInfinity, -1)}))
      QVERIFY(std::isnan(y) || (y >= -1e-7f && y < 0.16f));
  }

  /// Every pair of ordinary and special values.
  void functionsOfTwoArguments_data() {
    QTest::addColumn<int>("fn");
    QTest::newRow("pow") << static_cast<int>(ScalarFn::Pow);
    QTest::newRow("atan2") << static_cast<int>(ScalarFn::Atan2);
    QTest::newRow("fmod") << static_cast<int>(ScalarFn::Fmod);
  }
  void functionsOfTwoArguments() {
    QFETCH(int, fn);
    const float infinity = std::numeric_limits<float>::infinity();
    std::vector<float> values{0.0f,     -0.0f, infinity, -infinity, 1.0f,         -1.0f, 2.0f,
                              -3.0f,    0.5f,  -2.5f,    1e-40f,    1e30f,        3e38f, 0.999999f,
                              1.00001f, 7.0f,  -8.0f,    1e-20f,    std::nanf("")};
    for (int i = 0; i < 150; ++i) values.push_back(std::sin(static_cast<float>(i)) * 20.0f);
    std::vector<float> a, b;
    for (const float x : values)
      for (const float y : values) a.push_back(x), b.push_back(y);
    const std::vector<float> result = run(static_cast<ScalarFn>(fn), {a, b});
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double x = a[i], y = b[i];
      const double exact = fn == static_cast<int>(ScalarFn::Pow)     ? std::pow(x, y)
                           : fn == static_cast<int>(ScalarFn::Atan2) ? std::atan2(x, y)
                                                                     : std::fmod(x, y);
      if (errorInUlp(result[i], exact) > 1)
        QFAIL(qPrintable(QString("(%1, %2): %3").arg(x).arg(y).arg(result[i])));
      if (exact == 0) QCOMPARE(std::signbit(result[i]), std::signbit(exact));
    }
  }
};

QTEST_GUILESS_MAIN(TestCpuMath)
#include "tst_cpu_math.moc"
