// Composite operators, decomposed, scheduled and interpreted, against their definition in C++.
// Gradients are compared with the slopes of the definition.

#include <QTest>
#include <cmath>
#include <functional>
#include <numeric>

#include "tests/support/run_schedule.h"

using tests::Decompose;
using tests::Elements;

namespace {

using Function = std::function<double(const Elements&)>;

/// d f / d x by central differences.
Elements slopes(const Function& f, Elements x) {
  Elements result;
  const double h = 1e-5;
  for (double& element : x) {
    const double at = element;
    element = at + h;
    const double up = f(x);
    element = at - h;
    const double down = f(x);
    element = at;
    result.push_back((up - down) / (2 * h));
  }
  return result;
}

double dot(const Elements& a, const Elements& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

struct Moments {
  double mean = 0;
  double rstd = 0;
  double variance = 0;
};

template <typename Pick>
Moments momentsOf(const Elements& x, double eps, Pick&& pick) {
  Moments m;
  double n = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (pick(i)) m.mean += x[i], n += 1;
  m.mean /= n;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (pick(i)) m.variance += (x[i] - m.mean) * (x[i] - m.mean) / n;
  m.rstd = 1 / std::sqrt(m.variance + eps);
  return m;
}

/// (x - mean) * rstd over all elements with the same group, times weight plus bias.
Elements normalized(const Elements& x, double eps,
                    const std::function<std::size_t(std::size_t)>& group,
                    const std::function<std::size_t(std::size_t)>& channel, const Elements& weight,
                    const Elements& bias) {
  Elements y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Moments m = momentsOf(x, eps, [&](std::size_t j) { return group(j) == group(i); });
    y[i] = (x[i] - m.mean) * m.rstd * weight[channel(i)] + bias[channel(i)];
  }
  return y;
}

constexpr double kEps = 1e-3;

// Layer norm: [3, 5] over the last dimension.
Elements layerNorm(const Elements& x, const Elements& w, const Elements& b) {
  return normalized(
      x, kEps, [](std::size_t i) { return i / 5; }, [](std::size_t i) { return i % 5; }, w, b);
}
// Batch norm: [2, 3, 4], channels in dimension 1.
Elements batchNorm(const Elements& x, const Elements& w, const Elements& b) {
  const auto channel = [](std::size_t i) { return i / 4 % 3; };
  return normalized(x, kEps, channel, channel, w, b);
}
// Group norm: [2, 4, 3] in 2 groups.
Elements groupNorm(const Elements& x, const Elements& w, const Elements& b) {
  return normalized(
      x, kEps, [](std::size_t i) { return i / 6; }, [](std::size_t i) { return i / 3 % 4; }, w, b);
}

Elements softmax(const Elements& x, std::size_t row) {
  Elements y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    double sum = 0;
    for (std::size_t j = i / row * row; j < (i / row + 1) * row; ++j) sum += std::exp(x[j]);
    y[i] = std::exp(x[i]) / sum;
  }
  return y;
}

void compare(const Elements& got, const Elements& want, double tolerance) {
  const double difference = tests::largestDifference(got, want);
  QVERIFY2(difference <= tolerance, qPrintable(QString("off by %1").arg(difference)));
}

constexpr double kExact = 1e-12;
constexpr double kSlope = 1e-7;

}  // namespace

class TestDecomposedValues : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void layerNormAndItsGradient() {
    const Elements x = tests::randomElements(15, 1), w = tests::randomElements(5, 2),
                   b = tests::randomElements(5, 3), g = tests::randomElements(15, 4);
    const auto forward = tests::runText(
        "%x : f64[3, 5] = placeholder\n%w : f64[5] = placeholder\n%b : f64[5] = placeholder\n"
        "%n : (f64[3, 5], f64[3, 1], f64[3, 1]) = aten.native_layer_norm.default(%x, [5], %w, %b, "
        "0.001)\n%y : f64[3, 5] = getitem(%n, 0)\n%m : f64[3, 1] = getitem(%n, 1)\n"
        "%r : f64[3, 1] = getitem(%n, 2)\nreturn (%y, %m, %r)\n",
        {x, w, b}, Decompose::Yes);
    compare(forward[0], layerNorm(x, w, b), kExact);
    const auto backward = tests::runText(
        "%g : f64[3, 5] = placeholder\n%x : f64[3, 5] = placeholder\n%m : f64[3, 1] = placeholder\n"
        "%r : f64[3, 1] = placeholder\n%w : f64[5] = placeholder\n%b : f64[5] = placeholder\n"
        "%n : (f64[3, 5], f64[5], f64[5]) = aten.native_layer_norm_backward.default(%g, %x, [5], "
        "%m, %r, %w, %b, [True, True, True])\n%d : f64[3, 5] = getitem(%n, 0)\n"
        "%e : f64[5] = getitem(%n, 1)\n%f : f64[5] = getitem(%n, 2)\nreturn (%d, %e, %f)\n",
        {g, x, forward[1], forward[2], w, b}, Decompose::Yes);
    compareGradients(backward, layerNorm, x, w, b, g);
  }

  void batchNormAndItsGradient() {
    const Elements x = tests::randomElements(24, 1), w = tests::randomElements(3, 2),
                   b = tests::randomElements(3, 3), g = tests::randomElements(24, 4), rm{1, 2, 3},
                   rv{4, 5, 6};
    const auto forward = tests::runText(
        "%x : f64[2, 3, 4] = placeholder\n%w : f64[3] = placeholder\n%b : f64[3] = placeholder\n"
        "%rm : f64[3] = placeholder\n%rv : f64[3] = placeholder\n"
        "%n : (f64[2, 3, 4], f64[3], f64[3], f64[3], f64[3]) = "
        "aten._native_batch_norm_legit_functional.default(%x, %w, %b, %rm, %rv, True, 0.1, 0.001)\n"
        "%y : f64[2, 3, 4] = getitem(%n, 0)\n%m : f64[3] = getitem(%n, 1)\n"
        "%r : f64[3] = getitem(%n, 2)\n%o : f64[3] = getitem(%n, 3)\n%p : f64[3] = getitem(%n, 4)\n"
        "return (%y, %m, %r, %o, %p)\n",
        {x, w, b, rm, rv}, Decompose::Yes);
    compare(forward[0], batchNorm(x, w, b), kExact);
    for (std::size_t c = 0; c < 3; ++c) {
      const Moments m = momentsOf(x, kEps, [&](std::size_t i) { return i / 4 % 3 == c; });
      compare({forward[3][c]}, {0.9 * rm[c] + 0.1 * m.mean}, kExact);
      compare({forward[4][c]}, {0.9 * rv[c] + 0.1 * m.variance * 8 / 7}, kExact);
    }
    const auto backward = tests::runText(
        "%g : f64[2, 3, 4] = placeholder\n%x : f64[2, 3, 4] = placeholder\n"
        "%w : f64[3] = placeholder\n%m : f64[3] = placeholder\n%r : f64[3] = placeholder\n"
        "%n : (f64[2, 3, 4], f64[3], f64[3]) = aten.native_batch_norm_backward.default(%g, %x, %w, "
        "None, None, %m, %r, True, 0.001, [True, True, True])\n%d : f64[2, 3, 4] = getitem(%n, 0)\n"
        "%e : f64[3] = getitem(%n, 1)\n%f : f64[3] = getitem(%n, 2)\nreturn (%d, %e, %f)\n",
        {g, x, w, forward[1], forward[2]}, Decompose::Yes);
    compareGradients(backward, batchNorm, x, w, b, g);
  }

  void batchNormInEvaluationUsesTheRunningStatistics() {
    const Elements x = tests::randomElements(24, 1), g = tests::randomElements(24, 4),
                   w = tests::randomElements(3, 2), b = tests::randomElements(3, 3), rm{1, 2, 3},
                   rv{4, 5, 6};
    const auto function = [&](const Elements& in, const Elements& weight, const Elements& bias) {
      Elements y(24);
      for (std::size_t i = 0; i < 24; ++i) {
        const std::size_t c = i / 4 % 3;
        y[i] = (in[i] - rm[c]) / std::sqrt(rv[c] + kEps) * weight[c] + bias[c];
      }
      return y;
    };
    const auto forward = tests::runText(
        "%x : f64[2, 3, 4] = placeholder\n%w : f64[3] = placeholder\n%b : f64[3] = placeholder\n"
        "%rm : f64[3] = placeholder\n%rv : f64[3] = placeholder\n"
        "%n : (f64[2, 3, 4], f64[0], f64[0]) = aten._native_batch_norm_legit_no_training.default("
        "%x, %w, %b, %rm, %rv, 0.1, 0.001)\n%y : f64[2, 3, 4] = getitem(%n, 0)\nreturn (%y)\n",
        {x, w, b, rm, rv}, Decompose::Yes);
    compare(forward[0], function(x, w, b), kExact);
    const auto backward = tests::runText(
        "%g : f64[2, 3, 4] = placeholder\n%x : f64[2, 3, 4] = placeholder\n"
        "%w : f64[3] = placeholder\n%rm : f64[3] = placeholder\n%rv : f64[3] = placeholder\n"
        "%s : f64[0] = placeholder\n"
        "%n : (f64[2, 3, 4], f64[3], f64[3]) = aten.native_batch_norm_backward.default(%g, %x, %w, "
        "%rm, %rv, %s, %s, False, 0.001, [True, True, True])\n"
        "%d : f64[2, 3, 4] = getitem(%n, 0)\n%e : f64[3] = getitem(%n, 1)\n"
        "%f : f64[3] = getitem(%n, 2)\nreturn (%d, %e, %f)\n",
        {g, x, w, rm, rv, {}}, Decompose::Yes);
    compareGradients(backward, function, x, w, b, g);
  }

  void groupNormAndItsGradient() {
    const Elements x = tests::randomElements(24, 1), w = tests::randomElements(4, 2),
                   b = tests::randomElements(4, 3), g = tests::randomElements(24, 4);
    const auto forward = tests::runText(
        "%x : f64[2, 4, 3] = placeholder\n%w : f64[4] = placeholder\n%b : f64[4] = placeholder\n"
        "%n : (f64[2, 4, 3], f64[2, 2], f64[2, 2]) = aten.native_group_norm.default(%x, %w, %b, 2, "
        "4, 3, 2, 0.001)\n%y : f64[2, 4, 3] = getitem(%n, 0)\n%m : f64[2, 2] = getitem(%n, 1)\n"
        "%r : f64[2, 2] = getitem(%n, 2)\nreturn (%y, %m, %r)\n",
        {x, w, b}, Decompose::Yes);
    compare(forward[0], groupNorm(x, w, b), kExact);
    const auto backward = tests::runText(
        "%g : f64[2, 4, 3] = placeholder\n%x : f64[2, 4, 3] = placeholder\n"
        "%m : f64[2, 2] = placeholder\n%r : f64[2, 2] = placeholder\n%w : f64[4] = placeholder\n"
        "%n : (f64[2, 4, 3], f64[4], f64[4]) = aten.native_group_norm_backward.default(%g, %x, %m, "
        "%r, %w, 2, 4, 3, 2, [True, True, True])\n%d : f64[2, 4, 3] = getitem(%n, 0)\n"
        "%e : f64[4] = getitem(%n, 1)\n%f : f64[4] = getitem(%n, 2)\nreturn (%d, %e, %f)\n",
        {g, x, forward[1], forward[2], w}, Decompose::Yes);
    compareGradients(backward, groupNorm, x, w, b, g);
  }

  void softmaxAndItsGradient() {
    const Elements x = tests::randomElements(12, 1, -30, 30), g = tests::randomElements(12, 2);
    const auto y = tests::runText(
        "%x : f64[3, 4] = placeholder\n%y : f64[3, 4] = aten._softmax.default(%x, -1, False)\n"
        "%l : f64[3, 4] = aten._log_softmax.default(%x, 1, False)\nreturn (%y, %l)\n",
        {x}, Decompose::Yes);
    const Elements want = softmax(x, 4);
    compare(y[0], want, kExact);
    for (std::size_t i = 0; i < 12; ++i) compare({std::exp(y[1][i])}, {want[i]}, kExact);

    const Elements near = tests::randomElements(12, 3);
    const Elements p = softmax(near, 4);
    Elements logp = p;
    for (double& element : logp) element = std::log(element);
    const auto d = tests::runText(
        "%g : f64[3, 4] = placeholder\n%p : f64[3, 4] = placeholder\n%l : f64[3, 4] = placeholder\n"
        "%a : f64[3, 4] = aten._softmax_backward_data.default(%g, %p, -1, dtype:f64)\n"
        "%b : f64[3, 4] = aten._log_softmax_backward_data.default(%g, %l, 1, dtype:f64)\n"
        "return (%a, %b)\n",
        {g, p, logp}, Decompose::Yes);
    compare(d[0], slopes([&](const Elements& in) { return dot(softmax(in, 4), g); }, near), kSlope);
    const auto logSum = [&](const Elements& in) {
      Elements logs = softmax(in, 4);
      for (double& element : logs) element = std::log(element);
      return dot(logs, g);
    };
    compare(d[1], slopes(logSum, near), kSlope);
  }

  void likelihoodLossAndItsGradient_data() {
    QTest::addColumn<int>("reduction");
    QTest::addColumn<bool>("isWeighted");
    for (const int reduction : {0, 1, 2})
      for (const bool isWeighted : {false, true})
        QTest::addRow("reduction %d%s", reduction, isWeighted ? ", weighted" : "")
            << reduction << isWeighted;
  }
  void likelihoodLossAndItsGradient() {
    QFETCH(int, reduction);
    QFETCH(bool, isWeighted);
    const Elements x = tests::randomElements(12, 1), w{0.5, 1.5, 2.5}, target{2, 1, 0, 1};
    const std::size_t ignored = 1;  // class 1 is ignored
    const auto losses = [&](const Elements& logp) {
      Elements result;
      for (std::size_t n = 0; n < 4; ++n) {
        const auto t = static_cast<std::size_t>(target[n]);
        result.push_back(t == ignored ? 0 : -logp[n * 3 + t] * (isWeighted ? w[t] : 1));
      }
      return result;
    };
    const double total = isWeighted ? 0.5 + 2.5 : 2;
    const auto reduced = [&](const Elements& logp) -> Elements {
      const Elements all = losses(logp);
      const double sum = std::accumulate(all.begin(), all.end(), 0.0);
      return reduction == 0 ? all : Elements{reduction == 1 ? sum / total : sum};
    };
    const QString shape = reduction == 0 ? "f64[4]" : "f64[]";
    const QString weight = isWeighted ? "%w" : "None";
    const QString head =
        "%x : f64[4, 3] = placeholder\n%t : i64[4] = placeholder\n%w : f64[3] = placeholder\n";
    const QString forward =
        head + QString(
                   "%n : (%1, f64[]) = aten.nll_loss_forward.default(%x, %t, %2, %3, 1)\n"
                   "%y : %1 = getitem(%n, 0)\nreturn (%y)\n")
                   .arg(shape, weight)
                   .arg(reduction);
    compare(tests::runText(forward.toStdString(), {x, target, w}, Decompose::Yes)[0], reduced(x),
            kExact);

    const Elements g = reduction == 0 ? tests::randomElements(4, 7) : Elements{1.5};
    const QString backward =
        head + QString(
                   "%g : %1 = placeholder\n%s : f64[] = placeholder\n%d : f64[4, 3] = "
                   "aten.nll_loss_backward.default(%g, %x, %t, %2, %3, 1, %s)\nreturn (%d)\n")
                   .arg(shape, weight)
                   .arg(reduction);
    const auto d =
        tests::runText(backward.toStdString(), {x, target, w, g, {total}}, Decompose::Yes);
    compare(d[0], slopes([&](const Elements& in) { return dot(reduced(in), g); }, x), kSlope);
  }

  void likelihoodLossOfImagesGathersPerPosition() {
    // [1, 2, 2, 2]: two classes, four positions
    const auto out = tests::runText(
        "%x : f64[1, 2, 2, 2] = placeholder\n%t : i64[1, 2, 2] = placeholder\n"
        "%n : (f64[], f64[]) = aten.nll_loss2d_forward.default(%x, %t, None, 2, -100)\n"
        "%y : f64[] = getitem(%n, 0)\nreturn (%y)\n",
        {{1, 2, 3, 4, 5, 6, 7, 8}, {0, 1, -100, 1}}, Decompose::Yes);
    QCOMPARE(out[0], (Elements{-(1.0 + 6 + 8)}));
  }

  void distanceLosses_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("extra");
    QTest::addColumn<int>("kind");
    QTest::newRow("mse") << "mse_loss"
                         << "" << 0;
    QTest::newRow("smooth l1") << "smooth_l1_loss"
                               << ", 0.7" << 1;
    QTest::newRow("huber") << "huber_loss"
                           << ", 0.7" << 2;
  }
  void distanceLosses() {
    QFETCH(QString, name);
    QFETCH(QString, extra);
    QFETCH(int, kind);
    const Elements x = tests::randomElements(9, 1), t = tests::randomElements(9, 2);
    const Function mean = [&](const Elements& in) {
      double sum = 0;
      for (std::size_t i = 0; i < 9; ++i) {
        const double z = std::fabs(in[i] - t[i]);
        const double far = z - 0.35;
        sum += kind == 0 ? z * z
               : z < 0.7 ? 0.5 * z * z / (kind == 1 ? 0.7 : 1)
                         : far * (kind == 1 ? 1 : 0.7);
      }
      return sum / 9;
    };
    const QString head = "%x : f64[9] = placeholder\n%t : f64[9] = placeholder\n";
    const QString forward =
        head + "%y : f64[] = aten." + name + ".default(%x, %t, 1" + extra + ")\nreturn (%y)\n";
    compare(tests::runText(forward.toStdString(), {x, t}, Decompose::Yes)[0], {mean(x)}, kExact);
    const QString backward = head + "%g : f64[] = placeholder\n%d : f64[9] = aten." + name +
                             "_backward.default(%g, %x, %t, 1" + extra + ")\nreturn (%d)\n";
    const Elements want = slopes([&](const Elements& in) { return 2 * mean(in); }, x);
    compare(tests::runText(backward.toStdString(), {x, t, {2}}, Decompose::Yes)[0], want, kSlope);
  }

  void statistics_data() {
    QTest::addColumn<QString>("call");
    QTest::addColumn<std::vector<double>>("want");
    const auto row = [](const char* call, Elements want) {
      QTest::newRow(call) << QString(call) << want;
    };
    // x = [[1, 2, 6], [-2, 0, 2]]
    row("aten.var.correction(%x, [1], correction=1)", {7, 4});
    row("aten.var.correction(%x, [1], correction=0)", {14.0 / 3, 8.0 / 3});
    row("aten.std.correction(%x, [1], correction=1)", {std::sqrt(7.0), 2});
    row("aten.logsumexp.default(%x, [1])", {std::log(std::exp(1) + std::exp(2) + std::exp(6)),
                                            std::log(std::exp(-2) + 1 + std::exp(2))});
    row("aten.linalg_vector_norm.default(%x, 2, [1])", {std::sqrt(41.0), std::sqrt(8.0)});
    row("aten.linalg_vector_norm.default(%x, 1, [1])", {9, 4});
    row("aten.linalg_vector_norm.default(%x, inf, [1])", {6, 2});
    row("aten.linalg_vector_norm.default(%x, 3, [1])", {std::cbrt(225.0), std::cbrt(16.0)});
  }
  void statistics() {
    QFETCH(QString, call);
    QFETCH(std::vector<double>, want);
    const QString text = "%x : f64[2, 3] = placeholder\n%y : f64[2] = " + call + "\nreturn (%y)\n";
    compare(tests::runText(text.toStdString(), {{1, 2, 6, -2, 0, 2}}, Decompose::Yes)[0], want,
            kExact);
  }

  void logSumExpOfMinusInfinityIsMinusInfinity() {
    const double infinity = std::numeric_limits<double>::infinity();
    const auto out = tests::runText(
        "%x : f64[1, 2] = placeholder\n%y : f64[1] = aten.logsumexp.default(%x, [1])\n"
        "return (%y)\n",
        {{-infinity, -infinity}}, Decompose::Yes);
    QCOMPARE(out[0], (Elements{-infinity}));
  }

  void largeSumsAreMadeInTwoStages() {
    const Elements x = tests::randomElements(64 * 1024, 5, 0, 1);
    const char* const text =
        "%x : f64[64, 1024] = placeholder\n%q : f64[64, 1024] = aten.mul.Tensor(%x, %x)\n"
        "%y : f64[] = aten.mean.default(%q)\nreturn (%y)\n";
    const auto schedule = tests::scheduleOf(text, Decompose::Yes);
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QVERIFY(schedule.groups[0].nest.outer.front() >= 8);
    QCOMPARE(schedule.arenaBytes % 64, std::int64_t{0});
    QVERIFY(schedule.arenaBytes < 64 * 1024);  // the squares are not stored
    compare(tests::runText(text, {x}, Decompose::Yes)[0], {dot(x, x) / (64 * 1024)}, 1e-10);
  }

 private:
  using Norm = std::function<Elements(const Elements&, const Elements&, const Elements&)>;

  static void compareGradients(const std::vector<Elements>& got, const Norm& norm,
                               const Elements& x, const Elements& w, const Elements& b,
                               const Elements& g) {
    compare(got[0], slopes([&](const Elements& in) { return dot(norm(in, w, b), g); }, x), kSlope);
    compare(got[1], slopes([&](const Elements& in) { return dot(norm(x, in, b), g); }, w), kSlope);
    compare(got[2], slopes([&](const Elements& in) { return dot(norm(x, w, in), g); }, b), kSlope);
  }
};

QTEST_APPLESS_MAIN(TestDecomposedValues)
#include "tst_decomposed_values.moc"
