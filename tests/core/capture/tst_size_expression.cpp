#include <QTest>

#include "core/load/capture/size_expression.h"

using core::load::evaluateSize;

class TestSizeExpression : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void expressionsHaveThePythonValue_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("value");
    QTest::newRow("symbol") << "s0" << qint64{10};
    QTest::newRow("product") << "64*s0*s10" << qint64{1920};
    QTest::newRow("precedence") << "2 + 3*s10 - 1" << qint64{10};
    QTest::newRow("floor") << "(s0 + 1)//2" << qint64{5};
    QTest::newRow("negative floor") << "(-s0 - 1)//2" << qint64{-6};
    QTest::newRow("power") << "-s10**2" << qint64{-9};
    QTest::newRow("power of power") << "2**s10**1" << qint64{8};
    QTest::newRow("modulo") << "Mod(-1, s10)" << qint64{2};
    QTest::newRow("max") << "Max(1, s0, 4) + Min(s0, s10)" << qint64{13};
    QTest::newRow("functions") << "FloorDiv(s0 + 3, 4)*CleanDiv(s0, 5)" << qint64{6};
    QTest::newRow("exact") << "s0/5" << qint64{2};
  }

  void expressionsHaveThePythonValue() {
    QFETCH(QString, text);
    QFETCH(qint64, value);
    const auto result = evaluateSize(text.toStdString(), {{"s0", 10}, {"s10", 3}});
    QVERIFY(result.has_value());
    QCOMPARE(static_cast<qint64>(*result), value);
  }

  void guardsCompareTwoSizes_data() {
    QTest::addColumn<QString>("guard");
    QTest::addColumn<QString>("holds");
    QTest::newRow("at least") << "s0 >= 10"
                              << "yes";
    QTest::newRow("too small") << "s0 >= 11"
                               << "no";
    QTest::newRow("at most") << "s0 <= 512"
                             << "yes";
    QTest::newRow("more") << "s0 > s10"
                          << "yes";
    QTest::newRow("less") << "s0 < s10"
                          << "no";
    QTest::newRow("remainder") << "Mod(s0, 5) == 0"
                               << "yes";
    QTest::newRow("unequal") << "s0 != 2*s10 + 4"
                             << "no";
    QTest::newRow("equal by name") << "Eq(s0, 10)"
                                   << "yes";
    QTest::newRow("unequal by name") << "Ne(s0, 10)"
                                     << "no";
    QTest::newRow("unknown symbol") << "u0 >= 2"
                                    << "unknown";
    QTest::newRow("no comparison") << "s0 + 2"
                                   << "unknown";
    QTest::newRow("open call") << "Eq(s0, 10"
                               << "unknown";
    QTest::newRow("more after it") << "s0 >= 2 >= 1"
                                   << "unknown";
  }

  void guardsCompareTwoSizes() {
    QFETCH(QString, guard);
    QFETCH(QString, holds);
    const auto result = core::load::evaluateGuard(guard.toStdString(), {{"s0", 10}, {"s10", 3}});
    QCOMPARE(result ? (*result ? "yes" : "no") : "unknown", holds);
  }

  void whatHasNoValueIsEmpty_data() {
    QTest::addColumn<QString>("text");
    for (const char* text : {"", "u0", "s0 +", "(s0", "s0)", "s0//0", "s0/3", "sin(s0)", "1.5",
                             "12x", "1.0*s0", "9223372036854775807*2", "2**99", "Max()", "s0 s0"})
      QTest::newRow(text) << text;
    QTest::newRow("deep") << QString(100000, '(');
    QTest::newRow("many signs") << QString(100000, '-');
    QTest::newRow("many terms") << "s0" + QString("+s0").repeated(100000);
  }

  void whatHasNoValueIsEmpty() {
    QFETCH(QString, text);
    QVERIFY(!evaluateSize(text.toStdString(), {{"s0", 10}}).has_value());
  }

  void fractionsHaveThePythonValue_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("value");
    QTest::newRow("inverse") << "1.0/(256*s0)" << 1.0 / 2560;
    QTest::newRow("as PyTorch prints it")
        << "FloatTrueDiv(1.0, IntTrueDiv(2048*s0, 8))" << 1.0 / 2560;
    QTest::newRow("integer") << "s0//4 + s10" << 5.0;
    QTest::newRow("small number") << "2.5e-05*s0" << 2.5e-05 * 10;
    QTest::newRow("root") << "OpaqueUnaryFn_sqrt(ToFloat(s0 + 6))" << 4.0;
    QTest::newRow("power") << "(s0 + 6)**-0.5" << 0.25;
  }

  void fractionsHaveThePythonValue() {
    QFETCH(QString, text);
    QFETCH(double, value);
    const auto result = core::load::evaluateReal(text.toStdString(), {{"s0", 10}, {"s10", 3}});
    QVERIFY(result.has_value());
    QCOMPARE(*result, value);
  }

  void whatIsNoFiniteNumberHasNoValue() {
    for (const char* text : {"1.0/(s0 - 10)", "u0/2", "1.0/", "sin(1.0)", "sqrt(-s0)"})
      QVERIFY2(!core::load::evaluateReal(text, {{"s0", 10}}).has_value(), text);
  }

  void theTextOfATreeReadsBackToIt() {
    for (const char* text :
         {"s0", "-s0 + 1", "4*((s0 - 1)//4) + 1", "s0 - (s1 + 2)", "2**(s0 + 1)", "(-s0)**2",
          "Max(1, s0//4)*6", "1.0/(256*s0)", "s0//(2*s1)", "s0 - 2*s1 - 0.5", "sqrt(s0 + 1)"}) {
      const auto tree = core::load::parseSize(text);
      QVERIFY(tree.has_value());
      QCOMPARE(core::load::sizeText(*tree), std::string(text));
    }
  }

  void onlyASymbolIsAPlainSymbol() {
    QVERIFY(core::load::isPlainSymbol("s0"));
    QVERIFY(!core::load::isPlainSymbol("2*s0"));
    QVERIFY(!core::load::isPlainSymbol("12"));
    QVERIFY(!core::load::isPlainSymbol(""));
  }
};

QTEST_APPLESS_MAIN(TestSizeExpression)
#include "tst_size_expression.moc"
