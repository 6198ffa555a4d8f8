// Sizes of symbolic dimensions as text, and what a step needs of memory.

#include <QTest>

#include "tests/support/sample_record.h"
#include "views/pages/input_sizes.h"

using namespace views::pages;

class TstInputSizes : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void sizesRoundTrip() {
    const QStringList known{"s0", "s1"};
    const auto sizes = parseSizes(QStringLiteral(" s1=16, s0 = 8 ,"), known);
    QVERIFY(sizes.has_value());
    QCOMPARE(*sizes, (DimensionSizes{{"s0", 8}, {"s1", 16}}));
    QCOMPARE(sizesText(*sizes), QStringLiteral("s0=8, s1=16"));
    QVERIFY(parseSizes({}, {})->empty());
  }

  void whatIsWrongIsNamed_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named");
    QTest::newRow("unknown") << "s9=8"
                             << "it has s0";
    QTest::newRow("no size") << "s0"
                             << "s0=8";
    QTest::newRow("zero") << "s0=0"
                          << "from 1 on";
    QTest::newRow("word") << "s0=many"
                          << "s0=many";
    QTest::newRow("twice") << "s0=1,s0=2"
                           << "twice";
  }

  void whatIsWrongIsNamed() {
    QFETCH(QString, text);
    QFETCH(QString, named);
    const auto sizes = parseSizes(text, {QStringLiteral("s0")});
    QVERIFY(!sizes);
    QVERIFY2(QString::fromStdString(sizes.error().message).contains(named),
             sizes.error().message.c_str());
  }

  void aFixedModelSaysSo() {
    QVERIFY(parseSizes(QStringLiteral("s0=1"), {}).error().message.find("fixed") !=
            std::string::npos);
  }

  void inferenceNeedsNoGradients() {
    const auto record = support::sampleRecord(support::Filled::Partition);
    const QString trained = memoryEstimate(*record, 1024, true);
    const QString inferred = memoryEstimate(*record, 1024, false);
    QVERIFY(trained.contains(QStringLiteral("gradients")));
    QVERIFY(!inferred.contains(QStringLiteral("gradients")));
    QVERIFY(inferred.contains(QStringLiteral("inputs 1 KiB")) ||
            inferred.contains(QStringLiteral("inputs 1.00 KiB")));
  }
};

QTEST_GUILESS_MAIN(TstInputSizes)
#include "tst_input_sizes.moc"
