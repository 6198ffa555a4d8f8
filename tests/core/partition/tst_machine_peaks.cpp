#include <QTest>

#include "core/partition/machine_peaks.h"

class TestMachinePeaks : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void thePeaksAreThoseOfAComputer() {
    // Far outside what any core of any machine does is a fault of the measurement.
    const core::partition::MachinePeaks peaks = core::partition::measureMachinePeaks();
    QVERIFY2(peaks.flopsPerSecond > 1e8 && peaks.flopsPerSecond < 1e13,
             qPrintable(QString::number(peaks.flopsPerSecond)));
    QVERIFY2(peaks.bytesPerSecond > 1e8 && peaks.bytesPerSecond < 1e13,
             qPrintable(QString::number(peaks.bytesPerSecond)));
    QCOMPARE(peaks.secondsPerCall, core::partition::MachinePeaks().secondsPerCall);
  }
};

QTEST_APPLESS_MAIN(TestMachinePeaks)
#include "tst_machine_peaks.moc"
