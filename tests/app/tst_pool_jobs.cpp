// A newer job with the same tag stops the older one, whose result is never delivered.

#include <QTest>
#include <atomic>
#include <thread>

#include "app/explorer/jobs/pool_jobs.h"

using explorer::PoolJobs;

class TstPoolJobs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void resultArrivesOnTheCallersThread();
  void newerJobStopsTheOlderAndItsResultIsDropped();
  void tagsAreIndependent();
  void stoppedJobDeliversNothing();
  void destructionStopsAndWaits();
};

namespace {

const QString kTag = QStringLiteral("tag");

int waitForStop(const std::stop_token& stop) {
  while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return -1;
}

}  // namespace

void TstPoolJobs::resultArrivesOnTheCallersThread() {
  PoolJobs jobs;
  const auto caller = std::this_thread::get_id();
  int result = 0;
  bool sameThread = false;
  std::atomic<bool> otherThread{false};
  jobs.run(
      kTag,
      [&](const std::stop_token&) {
        otherThread = std::this_thread::get_id() != caller;
        return 42;
      },
      [&](int value) {
        result = value;
        sameThread = std::this_thread::get_id() == caller;
      });
  QTRY_COMPARE(result, 42);
  QVERIFY(sameThread);
  QVERIFY(otherThread);
  QVERIFY(!jobs.running(kTag));
}

void TstPoolJobs::newerJobStopsTheOlderAndItsResultIsDropped() {
  PoolJobs jobs;
  std::vector<int> results;
  std::atomic<bool> olderEnded{false};
  const auto deliver = [&](int value) { results.push_back(value); };
  jobs.run(
      kTag,
      [&](const std::stop_token& stop) {
        const int value = waitForStop(stop);
        olderEnded = true;
        return value;
      },
      deliver);
  jobs.run(
      kTag, [](const std::stop_token&) { return 2; }, deliver);
  QTRY_COMPARE(results.size(), std::size_t(1));
  QTest::qWait(50);
  QCOMPARE(results, std::vector<int>{2});
}

void TstPoolJobs::tagsAreIndependent() {
  PoolJobs jobs;
  std::vector<int> results;
  const auto deliver = [&](int value) { results.push_back(value); };
  jobs.run(
      QStringLiteral("a"), [](const std::stop_token&) { return 1; }, deliver);
  jobs.run(
      QStringLiteral("b"), [](const std::stop_token&) { return 2; }, deliver);
  QTRY_COMPARE(results.size(), std::size_t(2));
}

void TstPoolJobs::stoppedJobDeliversNothing() {
  PoolJobs jobs;
  int delivered = 0;
  jobs.run(kTag, waitForStop, [&](int) { ++delivered; });
  QVERIFY(jobs.running(kTag));
  jobs.stop(kTag);
  QVERIFY(!jobs.running(kTag));
  QTest::qWait(100);
  QCOMPARE(delivered, 0);
}

void TstPoolJobs::destructionStopsAndWaits() {
  std::atomic<bool> ended{false};
  std::atomic<bool> started{false};
  {
    PoolJobs jobs;
    jobs.run(
        kTag,
        [&](const std::stop_token& stop) {
          started = true;
          const int value = waitForStop(stop);
          ended = true;
          return value;
        },
        [](int) {});
    QTRY_VERIFY(started.load());
  }
  QVERIFY(ended);
}

QTEST_GUILESS_MAIN(TstPoolJobs)
#include "tst_pool_jobs.moc"
