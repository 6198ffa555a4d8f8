// The window's sweep with the real engine: it is paused, cancelled, killed at random moments, and
// goes on; nothing that was measured is lost. AOT_SWEEP_POINTS=60 makes it as long as that.

#include <signal.h>

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <map>
#include <random>

#include "app/explorer/history/sweep_job.h"
#include "tests/engine/run_engine.h"

using core::history::PointState;
using explorer::SweepJob;
using views::models::SweepPtr;

namespace {

constexpr int kPatience = 120'000;

/// Processes of the group that a sweep leads.
int processesOf(pid_t group) {
  int count = 0;
  const QStringList entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs);
  for (const QString& name : entries) {
    bool isNumber = false;
    const pid_t process = name.toInt(&isNumber);
    if (isNumber && getpgid(process) == group) ++count;
  }
  return count;
}

}  // namespace

class TstSweepJob : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void pausesAfterThePointAndGoesOn();
  void cancelEndsThePointToo();
  void survivesDeathAtRandomMoments();
  void whatCannotBeVariedIsTold();

 private:
  void start(int points);
  int done() const { return m_results ? m_results->count(PointState::Done) : 0; }
  /// What every done point measured: it must never change.
  std::map<int, double> measured() const;
  void waitUntilStopped() const {
    QVERIFY(QTest::qWaitFor([&] { return !m_job->isRunning(); }, kPatience));
  }
  void look() {
    QSignalSpy changed(m_job.get(), &SweepJob::changed);
    m_job->show(1);
    QVERIFY(changed.wait(kPatience));
  }

  std::unique_ptr<QTemporaryDir> m_folder;
  std::unique_ptr<SweepJob> m_job;
  SweepPtr m_results;
};

void TstSweepJob::init() {
  m_folder = std::make_unique<QTemporaryDir>();
  m_results.reset();
  m_job = std::make_unique<SweepJob>(
      QStringList{QStringLiteral(AOT_BIN_DIR "/aot-engine"), QStringLiteral("serve")},
      m_folder->filePath(QStringLiteral("runs.sqlite")));
  connect(m_job.get(), &SweepJob::changed, this,
          [this](const SweepPtr& results) { m_results = results; });
}

void TstSweepJob::start(int points) {
  QStringList seeds;
  for (int i = 0; i < points; ++i) seeds << QString::number(i);
  QSignalSpy running(m_job.get(), &SweepJob::runningChanged);
  m_job->start(oracleFile("mlp.pt2"), {QStringLiteral("seed=") + seeds.join(QChar(','))},
               QStringLiteral("--threads 1"));
  QVERIFY(running.wait(kPatience));
}

std::map<int, double> TstSweepJob::measured() const {
  std::map<int, double> times;
  for (const auto& point : m_results->sweep.points)
    if (const auto* run = m_results->runOf(point))
      times[point.index] = run->measurement.compiled.medianMs;
  return times;
}

void TstSweepJob::pausesAfterThePointAndGoesOn() {
  // More points than a busy machine can measure between a look at the results and the pause.
  const int points = 8;
  start(points);
  QTRY_VERIFY_WITH_TIMEOUT(m_results && m_results->count(PointState::Running) == 1, kPatience);
  m_job->pause();
  waitUntilStopped();
  look();
  QCOMPARE(m_results->count(PointState::Running), 0);
  QVERIFY(done() >= 1 && done() < points);
  m_job->resume(1);
  waitUntilStopped();
  look();
  QCOMPARE(done(), points);
  QCOMPARE(m_results->sweep.points[points - 1].settings, std::string("--seed 7"));
}

void TstSweepJob::cancelEndsThePointToo() {
  start(2);
  const pid_t group = m_job->processId();
  QTRY_VERIFY_WITH_TIMEOUT(processesOf(group) == 2, kPatience);
  m_job->cancel();
  waitUntilStopped();
  QTRY_COMPARE_WITH_TIMEOUT(processesOf(group), 0, kPatience);
}

void TstSweepJob::survivesDeathAtRandomMoments() {
  const int points = qEnvironmentVariableIntValue("AOT_SWEEP_POINTS");
  start(points > 0 ? points : 4);
  std::mt19937 random(11);
  std::map<int, double> before;
  int deaths = 0;
  while (true) {
    const int all = points > 0 ? points : 4;
    QTest::qWait(static_cast<int>(300 + random() % 3000));
    if (m_job->isRunning()) {
      // The process of the point alone, or the sweep's as well.
      const pid_t group = m_job->processId();
      ::kill(-group, SIGKILL);
      ++deaths;
    }
    waitUntilStopped();
    look();
    for (const auto& [point, time] : before) QCOMPARE(measured().at(point), time);
    before = measured();
    if (done() == all) break;
    m_job->resume(1);
    // One point at least: else a slow machine would never end.
    const int target = done() + 1;
    QTRY_VERIFY_WITH_TIMEOUT(done() >= target || !m_job->isRunning(), kPatience);
  }
  QVERIFY(deaths > 0);
}

void TstSweepJob::whatCannotBeVariedIsTold() {
  QSignalSpy failed(m_job.get(), &SweepJob::failed);
  m_job->start(oracleFile("mlp.pt2"), {QStringLiteral("budget=")}, {});
  QVERIFY(failed.wait(kPatience));
  QVERIFY(failed[0][0].toString().contains(QStringLiteral("budget=")));
  QVERIFY(!m_job->isRunning());
}

QTEST_GUILESS_MAIN(TstSweepJob)
#include "tst_sweep_job.moc"
