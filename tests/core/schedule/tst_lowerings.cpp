// Values of every lowered operator, computed through its kernel, against the formula written in
// C++.

#include <QTest>
#include <cmath>
#include <functional>
#include <limits>

#include "tests/support/run_schedule.h"

using tests::Elements;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Formula = std::function<double(double a, double b, double c)>;

/// A pointwise operator of up to three tensors %a, %b, %c.
struct Case {
  const char* name;
  const char* call;
  Formula formula;
  const char* operands = "f64";
  const char* result = "f64";
};

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}
double cdf(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double density(double x) {
  return std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI);
}
double geluTanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}
double clampNan(double x, double low, double high) {
  return std::isnan(x) ? x : std::min(std::max(x, low), high);
}
/// The derivative by a central difference.
double slope(const std::function<double(double)>& f, double x) {
  const double h = 1e-5;
  return (f(x + h) - f(x - h)) / (2 * h);
}
double mish(double x) {
  return x * std::tanh(std::log1p(std::exp(x)));
}

using A = double;

const std::vector<Case> kFloatCases{
    {"add", "aten.add.Tensor(%a, %b, alpha=3)", [](A a, A b, A) { return a + 3 * b; }},
    {"add scalar", "aten.add.Tensor(%a, 2)", [](A a, A, A) { return a + 2; }},
    {"sub", "aten.sub.Tensor(%a, %b)", [](A a, A b, A) { return a - b; }},
    {"rsub", "aten.rsub.Scalar(%a, 1.5)", [](A a, A, A) { return 1.5 - a; }},
    {"mul", "aten.mul.Tensor(%a, %b)", [](A a, A b, A) { return a * b; }},
    {"div", "aten.div.Tensor(%a, %b)", [](A a, A b, A) { return a / b; }},
    {"div trunc", "aten.div.Tensor_mode(%a, %b, rounding_mode=\"trunc\")",
     [](A a, A b, A) { return std::trunc(a / b); }},
    {"remainder", "aten.remainder.Scalar(%a, 0.75)",
     [](A a, A, A) { return a - std::floor(a / 0.75) * 0.75; }},
    {"fmod", "aten.fmod.Scalar(%a, 0.75)", [](A a, A, A) { return std::fmod(a, 0.75); }},
    {"square", "aten.pow.Tensor_Scalar(%a, 2)", [](A a, A, A) { return a * a; }},
    {"inverse square", "aten.pow.Tensor_Scalar(%a, -2)", [](A a, A, A) { return 1 / (a * a); }},
    {"root", "aten.pow.Tensor_Scalar(%a, 0.5)", [](A a, A, A) { return std::sqrt(a); }},
    {"power of two", "aten.pow.Scalar(2, %a)", [](A a, A, A) { return std::exp2(a); }},
    {"clamp", "aten.clamp.default(%a, -0.5, 1.0)",
     [](A a, A, A) { return clampNan(a, -0.5, 1.0); }},
    {"clamp max only", "aten.clamp.default(%a, None, 1.0)",
     [](A a, A, A) { return std::isnan(a) ? a : std::min(a, 1.0); }},
    {"maximum", "aten.maximum.default(%a, %b)",
     [](A a, A b, A) { return std::isnan(a) || std::isnan(b) ? kNaN : std::max(a, b); }},
    {"addcmul", "aten.addcmul.default(%a, %b, %c, value=0.5)",
     [](A a, A b, A c) { return a + 0.5 * b * c; }},
    {"addcdiv", "aten.addcdiv.default(%a, %b, %c)", [](A a, A b, A c) { return a + b / c; }},
    {"lerp near", "aten.lerp.Scalar(%a, %b, 0.3)", [](A a, A b, A) { return a + 0.3 * (b - a); }},
    {"lerp far", "aten.lerp.Scalar(%a, %b, 0.9)", [](A a, A b, A) { return b - 0.1 * (b - a); }},
    {"xlogy", "aten.xlogy.Tensor(%a, %b)",
     [](A a, A b, A) { return std::isnan(b) ? b
                              : a == 0      ? 0
                                            : a * std::log(b); }},
    {"sign", "aten.sgn.default(%a)",
     [](A a, A, A) { return std::isnan(a) ? 0.0 : static_cast<double>((a > 0) - (a < 0)); }},
    {"rsqrt", "aten.rsqrt.default(%a)", [](A a, A, A) { return 1 / std::sqrt(a); }},
    {"atan2", "aten.atan2.default(%a, %b)", [](A a, A b, A) { return std::atan2(a, b); }},
    {"where", "aten.where.self(%m, %a, %b)", [](A a, A b, A) { return a > b ? a : b; }},
    {"masked fill", "aten.masked_fill.Scalar(%a, %m, -7.0)",
     [](A a, A b, A) { return a > b ? -7 : a; }},
    {"relu", "aten.relu.default(%a)",
     [](A a, A, A) { return std::isnan(a) ? a : std::max(a, 0.0); }},
    {"gelu", "aten.gelu.default(%a)", [](A a, A, A) { return a * cdf(a); }},
    {"gelu tanh", "aten.gelu.default(%a, approximate=\"tanh\")",
     [](A a, A, A) { return geluTanh(a); }},
    {"silu", "aten.silu.default(%a)", [](A a, A, A) { return a * sigmoid(a); }},
    {"leaky relu", "aten.leaky_relu.default(%a, 0.1)",
     [](A a, A, A) { return a > 0 ? a : 0.1 * a; }},
    {"hardtanh", "aten.hardtanh.default(%a, -1.0, 0.5)",
     [](A a, A, A) { return clampNan(a, -1.0, 0.5); }},
    {"hardswish", "aten.hardswish.default(%a)",
     [](A a, A, A) { return a * clampNan(a + 3, 0, 6) / 6; }},
    {"hardsigmoid", "aten.hardsigmoid.default(%a)",
     [](A a, A, A) { return clampNan(a + 3, 0, 6) / 6; }},
    {"elu", "aten.elu.default(%a, 1.5)", [](A a, A, A) { return a > 0 ? a : 1.5 * std::expm1(a); }},
    {"softplus", "aten.softplus.default(%a, 2, 1)",
     [](A a, A, A) { return 2 * a > 1 ? a : std::log1p(std::exp(2 * a)) / 2; }},
    {"mish", "aten.mish.default(%a)", [](A a, A, A) { return mish(a); }},
    {"threshold backward", "aten.threshold_backward.default(%a, %b, 0.25)",
     [](A a, A b, A) { return b <= 0.25 ? 0 : a; }},
    {"gelu backward", "aten.gelu_backward.default(%a, %b)",
     [](A a, A b, A) { return a * (cdf(b) + b * density(b)); }},
    {"silu backward", "aten.silu_backward.default(%a, %b)",
     [](A a, A b, A) { return a * sigmoid(b) * (1 + b * (1 - sigmoid(b))); }},
    {"sigmoid backward", "aten.sigmoid_backward.default(%a, %b)",
     [](A a, A b, A) { return a * b * (1 - b); }},
    {"tanh backward", "aten.tanh_backward.default(%a, %b)",
     [](A a, A b, A) { return a * (1 - b * b); }},
    {"leaky relu backward", "aten.leaky_relu_backward.default(%a, %b, 0.1, False)",
     [](A a, A b, A) { return b > 0 ? a : 0.1 * a; }},
    {"hardtanh backward", "aten.hardtanh_backward.default(%a, %b, -1.0, 1.0)",
     [](A a, A b, A) { return b <= -1 || b >= 1 ? 0 : a; }},
    {"hardswish backward", "aten.hardswish_backward.default(%a, %b)",
     [](A a, A b, A) { return b <= -3 ? 0
                              : b < 3 ? a * (b / 3 + 0.5)
                                      : a; }},
    {"hardsigmoid backward", "aten.hardsigmoid_backward.default(%a, %b)",
     [](A a, A b, A) { return b > -3 && b < 3 ? a / 6 : 0; }},
    {"elu backward", "aten.elu_backward.default(%a, 1.5, 1, 1, False, %b)",
     [](A a, A b, A) { return b <= 0 ? a * 1.5 * std::exp(b) : a; }},
    {"elu backward of the result", "aten.elu_backward.default(%a, 1.5, 1, 1, True, %b)",
     [](A a, A b, A) { return b <= 0 ? a * (b + 1.5) : a; }},
    {"softplus backward", "aten.softplus_backward.default(%a, %b, 2, 1)",
     [](A a, A b, A) { return 2 * b > 1 ? a : a * sigmoid(2 * b); }},
    {"log sigmoid backward", "aten.log_sigmoid_backward.default(%a, %b, %c)",
     [](A a, A b, A c) { return a * ((b < 0 ? 1 : 0) - (b < 0 ? 1 : -1) * (c / (1 + c))); }},
    {"not equal", "aten.ne.Tensor(%a, %b)", [](A a, A b, A) { return a != b; }, "f64", "b8"},
    {"at most", "aten.le.Scalar(%a, 0.5)", [](A a, A, A) { return a <= 0.5; }, "f64", "b8"},
    {"is nan", "aten.isnan.default(%a)", [](A a, A, A) { return std::isnan(a); }, "f64", "b8"},
    {"to integer", "aten._to_copy.default(%f)", [](A a, A, A) { return std::trunc(a * 3); }, "f64",
     "i64"},
};

/// The gradients whose formula is easy to get wrong, against a numeric derivative.
const std::vector<Case> kSmoothGradients{
    {"gelu tanh backward", "aten.gelu_backward.default(%a, %b, approximate=\"tanh\")",
     [](A a, A b, A) { return a * slope(geluTanh, b); }},
    {"mish backward", "aten.mish_backward.default(%a, %b)",
     [](A a, A b, A) { return a * slope(mish, b); }},
};

QString graphOf(const Case& test, const char* shape) {
  return QStringLiteral(
             "%a : %1%3 = placeholder\n%b : %1%3 = placeholder\n%c : %1%3 = placeholder\n"
             "%m : b8%3 = aten.gt.Tensor(%a, %b)\n%f : %1%3 = aten.mul.Tensor(%a, 3)\n"
             "%r : %2%3 = %4\nreturn (%r)\n")
      .arg(test.operands, test.result, shape, test.call);
}

Elements expected(const Formula& formula, const std::vector<Elements>& inputs) {
  Elements result;
  for (std::size_t i = 0; i < inputs[0].size(); ++i)
    result.push_back(formula(inputs[0][i], inputs[1][i], inputs[2][i]));
  return result;
}

}  // namespace

class TestLowerings : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void pointwiseValues_data() { addRows(kFloatCases); }
  void pointwiseValues() {
    QFETCH(int, row);
    const Case& test = kFloatCases[static_cast<std::size_t>(row)];
    const std::vector<Elements> inputs{tests::randomElements(40, 1, -4, 4),
                                       tests::randomElements(40, 2, -4, 4),
                                       tests::randomElements(40, 3, 0.1, 4)};
    compare(test, inputs, 1e-12);
  }

  void gradientsAreTheSlopesOfTheirFunctions_data() { addRows(kSmoothGradients); }
  void gradientsAreTheSlopesOfTheirFunctions() {
    QFETCH(int, row);
    const Case& test = kSmoothGradients[static_cast<std::size_t>(row)];
    const std::vector<Elements> inputs{tests::randomElements(40, 1), tests::randomElements(40, 2),
                                       tests::randomElements(40, 3)};
    compare(test, inputs, 1e-8);
  }

  void nanGoesThroughClampsAndMaxima() {
    for (const Case& test : kFloatCases) {
      const QString name = test.name;
      if (name != "clamp" && name != "maximum" && name != "relu" && name != "xlogy") continue;
      compare(test, {{kNaN, 0, 1, kInfinity}, {1, kNaN, 0, 2}, {1, 1, 1, 1}}, 1e-12, "[4]");
    }
  }

  void halvesAreComputedInSinglePrecision() {
    const auto schedule = tests::scheduleOf(
        "%a : bf16[8] = placeholder\n%b : bf16[8] = aten.exp.default(%a)\nreturn (%b)\n");
    const auto& ops = schedule.groups[0].nest.ops;
    QVERIFY(ops[1].fn == core::schedule::ScalarFn::Exp);
    QCOMPARE(ops[1].dtype, core::ir::DType::F32);
    QCOMPARE(schedule.groups[0].nest.buffers[1].dtype, core::ir::DType::BF16);
  }

  void everyOperatorOnHalvesRoundsItsResult() {
    const auto schedule = tests::scheduleOf(
        "%a : bf16[1] = placeholder\n%b : bf16[1] = aten.exp.default(%a)\n"
        "%r : bf16[1] = aten.neg.default(%b)\nreturn (%r)\n");
    QCOMPARE(QString::fromStdString(loopNestText(schedule.groups[0].nest)),
             QString("fused_exp_neg outer []\n  read a : bf16[1]\n  write r : bf16[1]\n"
                     "  %0 = load f32 a[()]\n  %1 = exp f32 %0\n  %2 = cast bf16 %1\n"
                     "  %3 = cast f32 %2\n  %4 = neg f32 %3\n  %5 = cast bf16 %4\n"
                     "  %6 = cast f32 %5\n  store r[()] %6\n"));
  }

  void integersAreComparedWithFractionsAsFloats() {
    const auto out = tests::runText(
        "%a : i64[4] = placeholder\n%r : b8[4] = aten.gt.Scalar(%a, 1.5)\nreturn (%r)\n",
        {{0, 1, 2, 3}});
    QCOMPARE(out[0], (Elements{0, 0, 1, 1}));
  }

  void reductions_data() {
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("shape");
    QTest::addColumn<std::vector<double>>("want");
    // x = [[1, 2, 3], [4, 5, 7]]
    const auto row = [](const char* call, const char* shape, Elements want) {
      QTest::newRow(call) << QString(call) << QString(shape) << want;
    };
    row("aten.sum.default(%x)", "f64[]", {22});
    row("aten.sum.dim_IntList(%x, [1])", "f64[2]", {6, 16});
    row("aten.sum.dim_IntList(%x, [-2], True)", "f64[1, 3]", {5, 7, 10});
    row("aten.mean.dim(%x, [0, 1])", "f64[]", {22.0 / 6});
    row("aten.mean.default(%x)", "f64[]", {22.0 / 6});
    row("aten.amax.default(%x, [0])", "f64[3]", {4, 5, 7});
    row("aten.amin.default(%x, [1], True)", "f64[2, 1]", {1, 4});
    row("aten.amax.default(%x)", "f64[]", {7});
    row("aten.prod.dim_int(%x, 1)", "f64[2]", {6, 140});
    row("aten.any.default(%x)", "b8[]", {1});
  }
  void reductions() {
    QFETCH(QString, call);
    QFETCH(QString, shape);
    QFETCH(std::vector<double>, want);
    const QString text =
        "%x : f64[2, 3] = placeholder\n%r : " + shape + " = " + call + "\nreturn (%r)\n";
    const auto out = tests::runText(text.toStdString(), {{1, 2, 3, 4, 5, 7}});
    QVERIFY(tests::largestDifference(out[0], want) < 1e-12);
  }

  void aSumOfTheSameValueIsAProduct() {
    const auto out = tests::runText(
        "%x : f64[2, 1] = placeholder\n%e : f64[2, 5]{1, 0} = aten.expand.default(%x, [2, 5])\n"
        "%r : f64[2] = aten.sum.dim_IntList(%e, [1])\nreturn (%r)\n",
        {{3, 4}});
    QCOMPARE(out[0], (Elements{15, 20}));
  }

  void booleansAreCounted() {
    const auto out = tests::runText(
        "%x : f64[4] = placeholder\n%m : b8[4] = aten.gt.Scalar(%x, 0)\n"
        "%r : i64[] = aten.sum.default(%m)\nreturn (%r)\n",
        {{1, -1, 2, 3}});
    QCOMPARE(out[0], (Elements{3}));
  }

  void gathers_data() {
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("shape");
    QTest::addColumn<std::vector<double>>("want");
    // w = [[0, 1], [10, 11], [20, 21]], i = [2, 0], j = [[1, 0], [0, 0], [1, 1]], n = [-1, 1]
    const auto row = [](const char* call, const char* shape, Elements want) {
      QTest::newRow(call) << QString(call) << QString(shape) << want;
    };
    row("aten.embedding.default(%w, %i)", "f64[2, 2]", {20, 21, 0, 1});
    row("aten.index_select.default(%w, 0, %i)", "f64[2, 2]", {20, 21, 0, 1});
    row("aten.gather.default(%w, 1, %j)", "f64[3, 2]", {1, 0, 10, 10, 21, 21});
    row("aten.index.Tensor(%w, [%n])", "f64[2, 2]", {20, 21, 10, 11});
    row("aten.index.Tensor(%w, [None, %n])", "f64[3, 2]", {1, 1, 11, 11, 21, 21});
    row("aten.index.Tensor(%w, [%i, %n])", "f64[2]", {21, 1});
  }
  void gathers() {
    QFETCH(QString, call);
    QFETCH(QString, shape);
    QFETCH(std::vector<double>, want);
    const QString text =
        "%w : f64[3, 2] = placeholder\n%i : i64[2] = placeholder\n%j : i64[3, 2] = placeholder\n"
        "%n : i64[2] = placeholder\n%r : " +
        shape + " = " + call + "\nreturn (%r)\n";
    const auto out = tests::runText(text.toStdString(),
                                    {{0, 1, 10, 11, 20, 21}, {2, 0}, {1, 0, 0, 0, 1, 1}, {-1, 1}});
    QCOMPARE(out[0], want);
  }

  void placements_data() {
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("shape");
    QTest::addColumn<std::vector<double>>("want");
    // a = [[1, 2, 3], [4, 5, 6]], b = [[7, 8, 9], [10, 11, 12]], r = [-1, -2, -3]
    const auto row = [](const char* call, const char* shape, Elements want) {
      QTest::newRow(call) << QString(call) << QString(shape) << want;
    };
    row("aten.select_backward.default(%r, [2, 3], 0, 1)", "f64[2, 3]", {0, 0, 0, -1, -2, -3});
    row("aten.select_backward.default(%r, [3, 2], 1, -1)", "f64[3, 2]", {0, -1, 0, -2, 0, -3});
    row("aten.select_scatter.default(%a, %r, -2, 0)", "f64[2, 3]", {-1, -2, -3, 4, 5, 6});
    row("aten.stack.default([%a, %b])", "f64[2, 2, 3]", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    row("aten.stack.default([%r, %r, %r], 1)", "f64[3, 3]", {-1, -1, -1, -2, -2, -2, -3, -3, -3});
    row("aten.slice_backward.default(%a, [4, 3], 0, 1, 3, 1)", "f64[4, 3]",
        {0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0});
    row("aten.slice_backward.default(%a, [2, 5], 1, -3, 9223372036854775807, 1)", "f64[2, 5]",
        {0, 0, 1, 2, 3, 0, 0, 4, 5, 6});
    row("aten.slice_scatter.default(%b, %s, 1, 1, 2)", "f64[2, 3]", {7, -8, 9, 10, -9, 12});
    row("aten.slice_scatter.default(%b, %a)", "f64[2, 3]", {1, 2, 3, 4, 5, 6});
    row("aten.constant_pad_nd.default(%a, [1, 0, 0, 1], 0.5)", "f64[3, 4]",
        {0.5, 1, 2, 3, 0.5, 4, 5, 6, 0.5, 0.5, 0.5, 0.5});
    row("aten.constant_pad_nd.default(%a, [-1, 1])", "f64[2, 3]", {2, 3, 0, 5, 6, 0});
    row("aten.cat.default([%a, %b])", "f64[4, 3]", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    row("aten.cat.default([%a, %s, %b], -1)", "f64[2, 7]",
        {1, 2, 3, -8, 7, 8, 9, 4, 5, 6, -9, 10, 11, 12});
    row("aten.cat.default([%e, %r])", "f64[3]", {-1, -2, -3});
  }
  void placements() {
    QFETCH(QString, call);
    QFETCH(QString, shape);
    QFETCH(std::vector<double>, want);
    const QString text =
        "%a : f64[2, 3] = placeholder\n%b : f64[2, 3] = placeholder\n%r : f64[3] = placeholder\n"
        "%s : f64[2, 1] = placeholder\n%e : f64[0] = placeholder\n%o : " +
        shape + " = " + call + "\nreturn (%o)\n";
    const auto out =
        tests::runText(text.toStdString(),
                       {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}, {-1, -2, -3}, {-8, -9}, {}});
    QCOMPARE(out[0], want);
  }

  void joiningFusesWithWhatMakesAndWhatReadsIt() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[2, 3] = placeholder\n%b : f64[2, 3] = placeholder\n"
        "%x : f64[2, 3] = aten.exp.default(%a)\n%c : f64[2, 6] = aten.cat.default([%x, %b], 1)\n"
        "%n : f64[2, 6] = aten.neg.default(%c)\nreturn (%n)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{1});
  }

  void creation_data() {
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("type");
    QTest::addColumn<std::vector<double>>("want");
    const auto row = [](const char* call, const char* type, Elements want) {
      QTest::newRow(call) << QString(call) << QString(type) << want;
    };
    row("aten.full.default([3], 2.5)", "f64[3]", {2.5, 2.5, 2.5});
    row("aten.ones.default([2])", "f32[2]", {1, 1});
    row("aten.zeros_like.default(%x)", "f64[2, 3]", {0, 0, 0, 0, 0, 0});
    row("aten.arange.default(4)", "i64[4]", {0, 1, 2, 3});
    row("aten.arange.start_step(1, 8, 3)", "i64[3]", {1, 4, 7});
    row("aten.arange.start_step(0.5, 2, 0.5)", "f32[3]", {0.5, 1, 1.5});
    row("aten.tril.default(%x)", "f64[2, 3]", {1, 0, 0, 4, 5, 0});
    row("aten.triu.default(%x, 1)", "f64[2, 3]", {0, 2, 3, 0, 0, 6});
    row("aten.flip.default(%x, [1])", "f64[2, 3]", {3, 2, 1, 6, 5, 4});
    row("aten.copy.default(%x, %y)", "f64[2, 3]", {7, 8, 9, 7, 8, 9});
  }
  void creation() {
    QFETCH(QString, call);
    QFETCH(QString, type);
    QFETCH(std::vector<double>, want);
    const QString text = "%x : f64[2, 3] = placeholder\n%y : f64[3] = placeholder\n%r : " + type +
                         " = " + call + "\nreturn (%r)\n";
    const auto out = tests::runText(text.toStdString(), {{1, 2, 3, 4, 5, 6}, {7, 8, 9}});
    QCOMPARE(out[0], want);
  }

  void whatHasNoLoopFormSaysWhy_data() {
    QTest::addColumn<QString>("node");
    QTest::addColumn<QString>("reason");
    QTest::newRow("product") << "f64[3, 3] = aten.mm.default(%x, %x)"
                             << "matrix products";
    QTest::newRow("random") << "f64[3, 3] = aten.rand_like.default(%x)"
                            << "random numbers";
    QTest::newRow("unknown") << "f64[3, 3] = aten.erfinv.default(%x)"
                             << "'aten.erfinv'";
    QTest::newRow("complex") << "c64[3, 3] = aten._to_copy.default(%x)"
                             << "dtype";
    QTest::newRow("zero divisor") << "i64[3, 3] = aten.remainder.Tensor(%i, %i)"
                                  << "may be zero";
    QTest::newRow("stepped slice")
        << "f64[6, 3] = aten.slice_backward.default(%x, [6, 3], 0, 0, 6, 2)"
        << "step";
    QTest::newRow("many joined") << "f64[15, 3] = aten.cat.default([%x, %x, %x, %x, %x])"
                                 << "more than 4";
    QTest::newRow("mask") << "f64[2] = aten.index.Tensor(%x, [%m])"
                          << "mask";
  }
  void whatHasNoLoopFormSaysWhy() {
    QFETCH(QString, node);
    QFETCH(QString, reason);
    const QString text =
        "%x : f64[3, 3] = placeholder\n%i : i64[3, 3] = placeholder\n%m : b8[3, 3] = placeholder\n"
        "%r : " +
        node + "\nreturn (%r)\n";
    const auto schedule = tests::scheduleOf(text.toStdString());
    QCOMPARE(schedule.steps.size(), std::size_t{1});
    const auto* step = std::get_if<core::schedule::ExternStep>(&schedule.steps[0]);
    QVERIFY(step != nullptr);
    QVERIFY2(step->reason.find(reason.toStdString()) != std::string::npos, step->reason.c_str());
  }

 private:
  static void addRows(const std::vector<Case>& cases) {
    QTest::addColumn<int>("row");
    for (std::size_t i = 0; i < cases.size(); ++i)
      QTest::newRow(cases[i].name) << static_cast<int>(i);
  }

  static void compare(const Case& test, const std::vector<Elements>& inputs, double tolerance,
                      const char* shape = "[5, 8]") {
    const auto out = tests::runText(graphOf(test, shape).toStdString(), inputs);
    const Elements want = expected(test.formula, inputs);
    const double difference = tests::largestDifference(out[0], want);
    QVERIFY2(difference <= tolerance,
             qPrintable(QString("%1: off by %2").arg(test.name).arg(difference)));
  }
};

QTEST_APPLESS_MAIN(TestLowerings)
#include "tst_lowerings.moc"
