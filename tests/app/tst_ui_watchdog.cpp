// The watchdog notices an event loop that does not come back.

#include <QSignalSpy>
#include <QTest>
#include <thread>

#include "app/explorer/logging/ui_watchdog.h"

using explorer::UiWatchdog;

class TstUiWatchdog : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void answeringLoopIsCounted();
  void blockedLoopIsRecordedWithItsLength();
};

void TstUiWatchdog::answeringLoopIsCounted() {
  const UiWatchdog watchdog;
  QTRY_VERIFY(watchdog.answers() >= 3);
}

void TstUiWatchdog::blockedLoopIsRecordedWithItsLength() {
  UiWatchdog watchdog;
  QSignalSpy stalled(&watchdog, &UiWatchdog::stalled);
  QTRY_VERIFY(watchdog.answers() >= 1);
  const std::size_t before = watchdog.stalls().size();
  std::this_thread::sleep_for(UiWatchdog::kThreshold * 4);
  QTRY_VERIFY(watchdog.stalls().size() > before);
  QVERIFY(watchdog.stalls().back().length > UiWatchdog::kThreshold);
  QVERIFY(stalled.count() >= 1);
}

QTEST_GUILESS_MAIN(TstUiWatchdog)
#include "tst_ui_watchdog.moc"
