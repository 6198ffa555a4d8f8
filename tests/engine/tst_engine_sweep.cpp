// Kept runs and sweeps from the command line; nothing that was measured is lost when processes die.

#include <signal.h>

#include <QFile>
#include <QJsonArray>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

#include "core/history/run_history.h"
#include "tests/engine/run_engine.h"

using core::history::PointState;
using core::history::RunHistory;
using core::history::Sweep;

class TstEngineSweep : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void benchKeepsARun();
  void aSweepMeasuresEveryPoint();
  void aPointThatFailsIsMarkedAndRunAgain();
  void aKilledSweepGoesOn();
  void wrongUseIsNamed_data();
  void wrongUseIsNamed();

 private:
  QString history(const QString& name) const { return m_folder.filePath(name); }
  Sweep sweepOf(const QString& name) const {
    auto runs = RunHistory::open(history(name).toStdString());
    const auto sweep = runs ? runs->sweep(1) : core::Result<Sweep>(runs.error());
    return sweep ? *sweep : Sweep{};
  }
  QTemporaryDir m_folder;
};

namespace {

int countOf(const Sweep& sweep, PointState state) {
  return static_cast<int>(std::count_if(sweep.points.begin(), sweep.points.end(),
                                        [&](const auto& point) { return point.state == state; }));
}

}  // namespace

void TstEngineSweep::benchKeepsARun() {
  const QString file = history(QStringLiteral("kept.sqlite"));
  const QString model = oracleFile("mlp.pt2");
  for (int i = 0; i < 2; ++i)
    QCOMPARE(runEngine({"bench", model, "--keep", "--history", file, "--threads", "1"}).exitCode,
             0);
  const QString json = history(QStringLiteral("list.json"));
  QCOMPARE(runEngine({"history", "--history", file, "--json", json}).exitCode, 0);
  const QJsonArray runs = readJson(json)["runs"].toArray();
  QCOMPARE(runs.size(), 2);
  QCOMPARE(runs[0]["id"].toInt(), 2);
  QCOMPARE(runs[0]["graph"].toString().size(), 16);
  QCOMPARE(runs[0]["graph"], runs[1]["graph"]);
  QVERIFY(runs[0]["compiled_ms"].toDouble() > 0);
  const EngineRun compared = runEngine({"compare", "1", "2", "--history", file, "--json", json});
  QCOMPARE(compared.exitCode, 0);
  const QJsonObject comparison = readJson(json);
  QCOMPARE(comparison["figures"].toArray().size(), 8);
  QVERIFY(comparison["differences"].toArray().isEmpty());
  QVERIFY(comparison["change"]["low"].toDouble() <= comparison["change"]["high"].toDouble());
}

void TstEngineSweep::aSweepMeasuresEveryPoint() {
  const QString file = history(QStringLiteral("all.sqlite"));
  const EngineRun run = runEngine({"sweep", oracleFile("mlp.pt2"), "--vary", "budget=1,0", "--vary",
                                   "threads=1,2", "--history", file});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  const Sweep sweep = sweepOf(QStringLiteral("all.sqlite"));
  QCOMPARE(sweep.points.size(), std::size_t{4});
  QCOMPARE(countOf(sweep, PointState::Done), 4);
  auto runs = RunHistory::open(file.toStdString());
  QVERIFY(runs);
  const auto last = runs->run(sweep.points[3].run.value());
  QVERIFY(last);
  QCOMPARE(last->conditions.settings, "--budget 0 --threads 2");
  QCOMPARE(last->measurement.budget, 0.0);
  QCOMPARE(last->measurement.threads, 2);
  QVERIFY(last->measurement.speedup.has_value());
}

void TstEngineSweep::aPointThatFailsIsMarkedAndRunAgain() {
  const QString file = history(QStringLiteral("failing.sqlite"));
  const EngineRun run = runEngine(
      {"sweep", oracleFile("mlp.pt2"), "--vary", "loss=mean_square,output:9", "--history", file});
  QCOMPARE(run.exitCode, 1);
  const Sweep sweep = sweepOf(QStringLiteral("failing.sqlite"));
  QVERIFY(sweep.points[0].state == PointState::Done);
  QVERIFY(sweep.points[1].state == PointState::Failed);
  QVERIFY2(sweep.points[1].error.find("InvalidArgument") != std::string::npos,
           sweep.points[1].error.c_str());
  QVERIFY(run.out.contains(QStringLiteral("--resume 1")));
  // What is done stays as it is.
  QCOMPARE(runEngine({"sweep", "--resume", "1", "--history", file}).exitCode, 1);
  QCOMPARE(sweepOf(QStringLiteral("failing.sqlite")).points[0].run, sweep.points[0].run);
}

void TstEngineSweep::aKilledSweepGoesOn() {
  const QString name = QStringLiteral("killed.sqlite");
  const QString file = history(name);
  QProcess process;
  process.setProgram(QStringLiteral(AOT_BIN_DIR "/aot-engine"));
  process.setArguments({"sweep", oracleFile("mlp.pt2"), "--vary", "seed=0,1,2,3", "--with",
                        "--threads 1", "--history", file});
  // A process group of its own, so that the sweep and the bench that it runs die together.
  process.setChildProcessModifier([] { setpgid(0, 0); });
  process.start();
  QVERIFY(process.waitForStarted());
  QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file), 10'000);
  QTRY_VERIFY_WITH_TIMEOUT(countOf(sweepOf(name), PointState::Done) >= 1, 60'000);
  QCOMPARE(::kill(-static_cast<pid_t>(process.processId()), SIGKILL), 0);
  QVERIFY(process.waitForFinished());
  const Sweep killed = sweepOf(name);
  const int done = countOf(killed, PointState::Done);
  QVERIFY(done >= 1);
  QCOMPARE(runEngine({"sweep", "--resume", "1", "--history", file}).exitCode, 0);
  const Sweep finished = sweepOf(name);
  QCOMPARE(countOf(finished, PointState::Done), 4);
  for (int i = 0; i < done; ++i)
    QCOMPARE(finished.points[static_cast<std::size_t>(i)].run,
             killed.points[static_cast<std::size_t>(i)].run);
}

void TstEngineSweep::wrongUseIsNamed_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::newRow("no model") << QStringList{"sweep", "--vary", "budget=1"};
  QTest::newRow("no values") << QStringList{"sweep", oracleFile("mlp.pt2"), "--vary", "budget"};
  QTest::newRow("no such sweep") << QStringList{"sweep", "--resume", "77"};
  QTest::newRow("one run") << QStringList{"compare", "1"};
  QTest::newRow("no such run") << QStringList{"compare", "77", "78"};
}

void TstEngineSweep::wrongUseIsNamed() {
  QFETCH(QStringList, arguments);
  arguments << QStringLiteral("--history") << history(QStringLiteral("empty.sqlite"));
  const EngineRun run = runEngine(arguments);
  QCOMPARE(run.exitCode, 2);
  QVERIFY(!run.errors.isEmpty());
}

QTEST_GUILESS_MAIN(TstEngineSweep)
#include "tst_engine_sweep.moc"
