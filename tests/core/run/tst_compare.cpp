// When a compiled tensor counts as right: beside eager's, and beside float64.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <QTest>
#include <limits>

#include "core/run/compare_torch.h"

using namespace core;
using at::Tensor;

namespace {

constexpr std::int64_t kSeveralPieces = 2'500'000;  ///< elements are compared a million at a time

Tensor rising(std::int64_t count) {
  return at::arange(count, at::kFloat).div_(count).add_(0.5);
}

run::TensorCheck compared(const Tensor& compiled, const Tensor& eager, const Tensor& reference = {},
                          double noise = 0) {
  return run::compareTensors({"t", compiled, eager, reference, noise});
}

Tensor changedAt(const Tensor& tensor, std::int64_t position, double value) {
  Tensor changed = tensor.clone();
  changed.view({-1})[position] = value;
  return changed;
}

}  // namespace

class TestCompare : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { at::set_num_threads(1); }

  void equalTensorsAgree() {
    const run::TensorCheck check = compared(rising(10), rising(10));
    QVERIFY(check.passed);
    QCOMPARE(check.maxAbs, 0.0);
    QVERIFY(compared(at::empty({0, 3}), at::empty({0, 3})).passed);
    QVERIFY(compared({}, {}).passed);
  }

  void oneWrongElementAnywhereFails_data() {
    QTest::addColumn<std::int64_t>("position");
    for (const std::int64_t position :
         {std::int64_t{0}, std::int64_t{1 << 20}, (std::int64_t{1} << 21) - 1, kSeveralPieces - 1})
      QTest::addRow("%lld", static_cast<long long>(position)) << position;
  }
  void oneWrongElementAnywhereFails() {
    QFETCH(std::int64_t, position);
    const Tensor eager = rising(kSeveralPieces);
    const double wanted = eager[position].item<double>();
    const run::TensorCheck check = compared(changedAt(eager, position, wanted + 0.01), eager);
    QVERIFY(!check.passed);
    QVERIFY(qAbs(check.maxAbs - 0.01) < 1e-6);
    QCOMPARE(check.reason, std::string("values differ beyond the tolerance"));
  }

  void integersMustBeEqual() {
    const Tensor eager = at::arange(kSeveralPieces);
    QVERIFY(compared(eager.clone(), eager).passed);
    const run::TensorCheck check = compared(changedAt(eager, kSeveralPieces - 1, 7), eager);
    QVERIFY(!check.passed);
    QCOMPARE(check.maxAbs, static_cast<double>(kSeveralPieces - 8));
  }

  void nansAndInfinitiesMustStandInTheSamePlaces() {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor plain = rising(kSeveralPieces);
    const std::int64_t last = kSeveralPieces - 1;
    QVERIFY(compared(changedAt(plain, last, nan), changedAt(plain, last, nan)).passed);
    QVERIFY(!compared(changedAt(plain, last, nan), plain).passed);
    QVERIFY(!compared(plain, changedAt(plain, last, nan)).passed);
    QVERIFY(!compared(changedAt(plain, last, infinity), changedAt(plain, last, -infinity)).passed);
    const run::TensorCheck check =
        compared(changedAt(plain, 3, infinity), changedAt(plain, last, infinity));
    QCOMPARE(check.reason, std::string("NaN or infinity stands in other places"));
  }

  void dtypeSizesAndStridesAreCompared() {
    QVERIFY(!compared(rising(6).to(at::kDouble), rising(6)).passed);
    QVERIFY(!compared(rising(6).view({2, 3}), rising(6).view({3, 2})).passed);
    const Tensor wide = rising(6).view({2, 3});
    const run::TensorCheck check = compared(wide, wide.t().contiguous().t());
    QVERIFY(!check.passed);
    QVERIFY(check.reason.find("strides") != std::string::npos);
    QVERIFY(compared(wide.t().contiguous().t(), wide.t().contiguous().t()).passed);
  }

  void anErrorNoLargerThanEagersOwnPasses() {
    const Tensor truth = rising(kSeveralPieces).to(at::kDouble);
    const Tensor eager = (truth + 0.003).to(at::kFloat);
    const Tensor compiled = (truth - 0.003).to(at::kFloat);
    QVERIFY(!compared(compiled, eager).passed);
    const run::TensorCheck check = compared(compiled, eager, truth);
    QVERIFY(check.passed);
    QVERIFY(qAbs(check.rmseCompiled - 0.003) < 1e-6);
    QVERIFY(qAbs(check.rmseEager - 0.003) < 1e-6);
    QVERIFY(!compared((truth - 0.03).to(at::kFloat), eager, truth).passed);
  }

  void halfPrecisionMayDifferByItsRounding() {
    const Tensor eager = rising(1000).to(at::kBFloat16);
    QVERIFY(compared(eager * 1.01, eager).passed);
    QVERIFY(!compared(eager * 1.2, eager).passed);
  }

  void valuesBelowTheNoiseAreNotHeldToEachOther() {
    const Tensor eager = rising(100) * 1e-9, compiled = eager.flip(0);
    QVERIFY(compared(compiled, eager, {}, 1e-3).passed);
    QVERIFY(!compared(compiled * 1e6, eager * 1e6, {}, 1e-9).passed);
  }

  void whatComesFromEightBitsMayDifferByTheirRounding() {
    const Tensor eager = rising(1000);
    const auto passes = [&](double factor, double roundoff) {
      return run::compareTensors({"t", eager * factor, eager, {}, 0, roundoff}).passed;
    };
    QVERIFY(passes(1.1, 1.0 / 8));
    QVERIFY(!passes(1.2, 1.0 / 8));
    QVERIFY(!passes(1.1, 1.0 / 16));
    QVERIFY(!passes(1.01, 0));
    QVERIFY(!run::compareTensors({"t", eager.to(at::kDouble), eager, {}, 0, 1.0 / 8}).passed);
  }

  void complexNumbersAreComparedByBothParts() {
    const Tensor eager = at::complex(rising(10), rising(10));
    QVERIFY(compared(eager.clone(), eager).passed);
    QVERIFY(!compared(eager.conj().resolve_conj(), eager).passed);
  }

  void theLargestMagnitudeIsOfFiniteElements() {
    const Tensor plain = rising(kSeveralPieces);
    QCOMPARE(run::largestMagnitude(changedAt(plain, kSeveralPieces - 1, -7)), 7.0);
    const double infinity = std::numeric_limits<double>::infinity();
    QVERIFY(run::largestMagnitude(changedAt(plain, 5, infinity)) < 2);
    QCOMPARE(run::largestMagnitude({}), 0.0);
  }
};

QTEST_APPLESS_MAIN(TestCompare)
#include "tst_compare.moc"
