// Units, and text from files that must not disturb the window.

#include <QTest>

#include "views/models/showable_text.h"

using namespace views::models;

class TstShowableText : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void oneThingIsNotSeveral() {
    QCOMPARE(countedText(1, QStringLiteral("node")), QStringLiteral("1 node"));
    QCOMPARE(countedText(0, QStringLiteral("node")), QStringLiteral("0 nodes"));
    QCOMPARE(countedText(1234, QStringLiteral("node")), QStringLiteral("1,234 nodes"));
  }

  void bytesHaveBinaryUnits_data();
  void bytesHaveBinaryUnits();
  void timesChangeUnitBySize_data();
  void timesChangeUnitBySize();
  void exactBytesHaveSeparators();
  void workHasDecimalUnits();
  void controlAndDirectionCharactersAreReplaced();
  void longTextIsCutAndMarked();
  void tuplesShowTheirElements();
};

void TstShowableText::bytesHaveBinaryUnits_data() {
  QTest::addColumn<qlonglong>("bytes");
  QTest::addColumn<QString>("text");
  QTest::newRow("zero") << qlonglong(0) << "0 B";
  QTest::newRow("small") << qlonglong(1023) << "1023 B";
  QTest::newRow("one KiB") << qlonglong(1024) << "1.00 KiB";
  QTest::newRow("one and a half MiB") << qlonglong(1572864) << "1.50 MiB";
  QTest::newRow("just below a MiB") << qlonglong(1048575) << "1.00 MiB";
  QTest::newRow("GiB") << qlonglong(5) * 1024 * 1024 * 1024 << "5.00 GiB";
}

void TstShowableText::bytesHaveBinaryUnits() {
  QFETCH(qlonglong, bytes);
  QFETCH(QString, text);
  QCOMPARE(bytesText(bytes), text);
}

void TstShowableText::timesChangeUnitBySize_data() {
  QTest::addColumn<double>("ms");
  QTest::addColumn<QString>("text");
  QTest::newRow("zero") << 0.0 << "0.00 ms";
  QTest::newRow("microseconds") << 0.0214 << QString::fromUtf8("21.4 µs");
  QTest::newRow("milliseconds") << 1.9 << "1.90 ms";
  QTest::newRow("hundreds") << 114.21 << "114 ms";
  QTest::newRow("seconds") << 11420.0 << "11.4 s";
  QTest::newRow("not a number") << std::nan("") << "not measured";
}

void TstShowableText::timesChangeUnitBySize() {
  QFETCH(double, ms);
  QFETCH(QString, text);
  QCOMPARE(millisecondsText(ms), text);
}

void TstShowableText::exactBytesHaveSeparators() {
  QCOMPARE(exactBytesText(1572864), QStringLiteral("1,572,864 bytes"));
}

void TstShowableText::workHasDecimalUnits() {
  QCOMPARE(operationsText(0), QStringLiteral("0 FLOP"));
  QCOMPARE(operationsText(1048576), QStringLiteral("1.05 MFLOP"));
  QCOMPARE(operationsText(3.2e9), QStringLiteral("3.20 GFLOP"));
}

void TstShowableText::controlAndDirectionCharactersAreReplaced() {
  const QString shown = showable(
      "a\nb\xE2\x80\xAE"
      "c\x07");
  QCOMPARE(shown.size(), 6);
  for (const QChar c : shown) QVERIFY(c.isLetter() || c == QChar(0xFFFD));
}

void TstShowableText::longTextIsCutAndMarked() {
  const QString shown = showable(std::string(100000, 'x'));
  QCOMPARE(shown.size(), 257);
  QVERIFY(shown.endsWith(QChar(0x2026)));
}

void TstShowableText::tuplesShowTheirElements() {
  core::ir::TupleMeta tuple;
  tuple.elements = {core::ir::contiguousMeta(core::ir::DType::F32, {8}), std::nullopt};
  QCOMPARE(valueText(tuple), QStringLiteral("(f32[8], None)"));
}

QTEST_APPLESS_MAIN(TstShowableText)
#include "tst_showable_text.moc"
