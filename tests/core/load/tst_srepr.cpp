#include <QTest>
#include <string>

#include "core/load/size_expression.h"

using core::load::sizeExpressionFromSrepr;

class TestSrepr : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void isPrintedAsInfixText_data() {
    QTest::addColumn<QString>("srepr");
    QTest::addColumn<QString>("text");
    const QString s = "Symbol('s77', positive=True, integer=True)";
    QTest::newRow("symbol") << s << "s77";
    QTest::newRow("integer") << "Integer(-3)"
                             << "-3";
    QTest::newRow("product") << "Mul(Integer(32), " + s + ")"
                             << "32*s77";
    QTest::newRow("power") << "Mul(Integer(2), Pow(" + s + ", Integer(2)))"
                           << "2*s77**2";
    QTest::newRow("sum in product") << "Mul(Integer(2), Add(" + s + ", Integer(1)))"
                                    << "2*(s77 + 1)";
    QTest::newRow("product in sum") << "Add(Mul(Integer(2), " + s + "), Integer(1))"
                                    << "2*s77 + 1";
    QTest::newRow("division") << "FloorDiv(" + s + ", Integer(2))"
                              << "s77//2";
    QTest::newRow("division of a sum") << "FloorDiv(Add(" + s + ", Integer(-1)), Integer(2))"
                                       << "(s77 + -1)//2";
    QTest::newRow("divisor that is a product")
        << "FloorDiv(" + s + ", Mul(Integer(2), Symbol('s1')))"
        << "s77//(2*s1)";
    QTest::newRow("remainder") << "Mod(" + s + ", Integer(8))"
                               << "s77%8";
    QTest::newRow("function") << "Max(Integer(1), " + s + ")"
                              << "Max(1, s77)";
  }

  void isPrintedAsInfixText() {
    QFETCH(QString, srepr);
    QFETCH(QString, text);
    const auto expression = sizeExpressionFromSrepr(srepr.toStdString());
    QVERIFY(expression.has_value());
    QCOMPARE(QString::fromStdString(*expression), text);
  }

  void whatIsNoSreprIsEmpty() {
    for (const char* text : {"", "Symbol('s77'", "Symbol('s77')x", "Mul(,)", "Add()", "Symbol('s",
                             "FloorDiv(Integer(1))", "(1)"}) {
      QVERIFY2(!sizeExpressionFromSrepr(text), text);
    }
  }

  void endlessNestingIsEmpty() {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "Add(";
    QVERIFY(!sizeExpressionFromSrepr(text));
  }
};

QTEST_GUILESS_MAIN(TestSrepr)
#include "tst_srepr.moc"
