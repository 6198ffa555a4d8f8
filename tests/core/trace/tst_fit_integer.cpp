#include <QTest>

#include "core/trace/fit_integer.h"

using core::trace::fitInteger;
using core::trace::FittedInteger;

namespace {

using Values = std::vector<std::int64_t>;

const std::vector<Values> kOneSymbol{{6}, {11}, {13}, {17}};
/// The hints, each symbol moved alone, both moved.
const std::vector<Values> kTwoSymbols{{3, 10}, {11, 10}, {3, 13}, {17, 19}, {23, 29}};

/// The fit of `function` at the assignments, as text; "none" without one.
template <typename Function>
std::string fitted(const std::vector<Values>& assignments, Function&& function) {
  Values observed;
  for (const Values& values : assignments) observed.push_back(function(values));
  const auto fit = fitInteger(observed, assignments);
  if (!fit) return "none";
  const std::vector<std::string> names{"s0", "s1"};
  return fit->text(
      {names.begin(), names.begin() + static_cast<std::ptrdiff_t>(assignments.front().size())});
}

}  // namespace

class TestFitInteger : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void whatNeverMovesIsAConstant() {
    const auto fit = fitInteger({768, 768, 768, 768}, kOneSymbol);
    QVERIFY(fit && fit->isConstant());
    QCOMPARE(fit->text({"s0"}), std::string("768"));
  }

  void theLargestIntegerIsAConstant() {
    const auto fit = fitInteger(Values(4, INT64_MAX), kOneSymbol);
    QVERIFY(fit && fit->isConstant());
    QCOMPARE(fit->constant, INT64_MAX);
  }

  void multiplesOfOneSymbol() {
    QCOMPARE(fitted(kOneSymbol, [](const Values& s) { return s[0]; }), std::string("s0"));
    QCOMPARE(fitted(kOneSymbol, [](const Values& s) { return 64 * s[0]; }), std::string("64*s0"));
    QCOMPARE(fitted(kOneSymbol, [](const Values& s) { return -s[0]; }), std::string("-s0"));
  }

  void sumsWithAConstant() {
    QCOMPARE(fitted(kOneSymbol, [](const Values& s) { return s[0] + 1; }), std::string("s0 + 1"));
    QCOMPARE(fitted(kOneSymbol, [](const Values& s) { return 2 * s[0] - 3; }),
             std::string("2*s0 - 3"));
    QCOMPARE(fitted(kTwoSymbols, [](const Values& s) { return s[0] + 4 * s[1] + 2; }),
             std::string("s0 + 4*s1 + 2"));
  }

  void productsOfSymbols() {
    QCOMPARE(fitted(kTwoSymbols, [](const Values& s) { return s[0] * s[1]; }),
             std::string("s0*s1"));
    QCOMPARE(fitted(kTwoSymbols, [](const Values& s) { return 2 * s[1] * s[1]; }),
             std::string("2*s1**2"));
    QCOMPARE(fitted(kTwoSymbols, [](const Values& s) { return 16 * s[0] * s[1] * s[1]; }),
             std::string("16*s0*s1**2"));
  }

  void aProductWithASum() {
    QCOMPARE(fitted(kTwoSymbols, [](const Values& s) { return s[0] * (s[1] + 2); }),
             std::string("s0*(s1 + 2)"));
  }

  /// 30 is 3 * 10 and 10 * 3 and 6 * 5: only the other traces tell.
  void aNumberThatIsRightAtTheHintsOnlyIsNoFit() {
    QCOMPARE(fitInteger({30, 110, 39, 323, 668}, kTwoSymbols).has_value(), false);
    QVERIFY(fitInteger({30, 110, 39, 323, 667}, kTwoSymbols).has_value());
  }

  void halvesAndRemaindersAreNoFit() {
    QCOMPARE(fitted(kOneSymbol, [](const Values& s) { return s[0] / 2; }), std::string("none"));
    QCOMPARE(fitted(kOneSymbol, [](const Values& s) { return s[0] % 5; }), std::string("none"));
    QCOMPARE(fitted(kOneSymbol, [](const Values& s) { return (s[0] + 2 - 3) / 2 + 1; }),
             std::string("none"));
  }

  void hugeNumbersAreNoFitRatherThanAnOverflow() {
    QVERIFY(!fitInteger({INT64_MAX, INT64_MIN, 1, 2}, kOneSymbol));
  }

  void usesTellsTheSymbols() {
    const auto fit = fitInteger({20, 20, 26, 38, 58}, kTwoSymbols);
    QVERIFY(fit.has_value());
    QVERIFY(!fit->uses(0));
    QVERIFY(fit->uses(1));
    QVERIFY(fit->isMonomial());
  }
};

QTEST_APPLESS_MAIN(TestFitInteger)
#include "tst_fit_integer.moc"
