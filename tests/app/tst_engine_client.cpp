// The engine client survives whatever the child does: it is superseded, cancelled, late, killed at
// each stage, silent, or writes garbage; and the next request works.

#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>
#include <csignal>

#include "app/explorer/engine_client.h"

using namespace core;
using explorer::EngineClient;
using pipeline::Stage;

namespace {

constexpr int kPatience = 20000;

struct End {
  std::uint64_t id = 0;
  bool done = false;
  Stage stage = Stage::Load;
  Error error;
  pipeline::CompileRecordPtr record;
};

/// Records how requests ended.
class Ends {
 public:
  explicit Ends(EngineClient& client) {
    QObject::connect(&client, &EngineClient::done,
                     [this](std::uint64_t id, const pipeline::CompileRecordPtr& record) {
                       ends.push_back({id, true, Stage::Load, {}, record});
                     });
    QObject::connect(&client, &EngineClient::failed,
                     [this](std::uint64_t id, Stage stage, const Error& error,
                            const pipeline::CompileRecordPtr& record) {
                       ends.push_back({id, false, stage, error, record});
                     });
  }
  std::vector<End> ends;
};

QStringList fakeEngine() {
  return {QStringLiteral(AOT_FAKE_ENGINE)};
}

explorer::EngineTimings quickTimings() {
  explorer::EngineTimings timings;
  timings.pingInterval = std::chrono::milliseconds(50);
  timings.silenceLimit = std::chrono::milliseconds(1500);
  timings.spareDelay = std::chrono::milliseconds(50);
  return timings;
}

protocol::CompileRequest orders(const char* text) {
  protocol::CompileRequest request;
  request.modelPath = text;
  return request;
}

}  // namespace

class TstEngineClient : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void deliversPartialThenDone();
  void deliversTheEnginesOwnFailure();
  void supersededRequestIsNeverHeardOfAgain();
  void lateResultOfSupersededRequestIsDropped();
  void stubbornSupersededRequestIsKilledAndTheNewOneRuns();
  void cancelEndsWithCancelled();
  void stubbornEngineIsKilledOnCancel();
  void lateResultAfterCancelStillEndsTheRequestOnce();
  void childKilledAtEachStageNamesTheStage_data();
  void childKilledAtEachStageNamesTheStage();
  void partialRecordIsKeptWhenTheChildDies();
  void garbageOnThePipeIsAnEngineDeath();
  void silentEngineIsKilled();
  void busyEngineThatAnswersPingsIsLeftAlone();
  void missingProgramIsANamedFailure();
  void otherProtocolVersionIsRefused();
  void spareTakesOverAfterADeath();
  void deathWhileIdleIsAnnounced();
  void manyDeathsInARowStillLeaveTheNextRequestWorking();
};

void TstEngineClient::deliversPartialThenDone() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  QSignalSpy partial(&client, &EngineClient::partial);
  QSignalSpy progressed(&client, &EngineClient::progressed);
  const auto id = client.submit(orders("progress:trace,partial,done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QVERIFY(ends.ends[0].done);
  QCOMPARE(ends.ends[0].id, id);
  QVERIFY(ends.ends[0].record->measurement);
  QCOMPARE(partial.count(), 1);
  QCOMPARE(progressed.count(), 1);
  QVERIFY(!client.busy());
}

void TstEngineClient::deliversTheEnginesOwnFailure() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  client.submit(orders("progress:trace,fail"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].error.code, ErrorCode::UnsupportedOp);
  QCOMPARE(ends.ends[0].stage, Stage::Trace);
}

void TstEngineClient::supersededRequestIsNeverHeardOfAgain() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  client.submit(orders("progress:trace,hang"));
  const auto second = client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].id, second);
  QVERIFY(ends.ends[0].done);
  QTest::qWait(400);
  QCOMPARE(ends.ends.size(), std::size_t(1));
}

void TstEngineClient::lateResultOfSupersededRequestIsDropped() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  QSignalSpy partial(&client, &EngineClient::partial);
  client.submit(orders("late"));
  const auto second = client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].id, second);
  QVERIFY(ends.ends[0].record->measurement);
  QCOMPARE(partial.count(), 0);
}

void TstEngineClient::stubbornSupersededRequestIsKilledAndTheNewOneRuns() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  client.submit(orders("deaf"));
  const auto second = client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].id, second);
  QVERIFY(ends.ends[0].done);
}

void TstEngineClient::cancelEndsWithCancelled() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  QSignalSpy progressed(&client, &EngineClient::progressed);
  const auto id = client.submit(orders("progress:trace,hang"));
  QTRY_COMPARE_WITH_TIMEOUT(progressed.count(), 1, kPatience);
  client.cancel();
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].id, id);
  QCOMPARE(ends.ends[0].error.code, ErrorCode::Cancelled);
}

void TstEngineClient::stubbornEngineIsKilledOnCancel() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  QSignalSpy progressed(&client, &EngineClient::progressed);
  client.submit(orders("progress:measure,stubborn"));
  QTRY_COMPARE_WITH_TIMEOUT(progressed.count(), 1, kPatience);
  client.cancel();
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].error.code, ErrorCode::Cancelled);
  client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(2), kPatience);
  QVERIFY(ends.ends[1].done);
}

void TstEngineClient::lateResultAfterCancelStillEndsTheRequestOnce() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  QSignalSpy progressed(&client, &EngineClient::progressed);
  client.submit(orders("progress:trace,late"));
  QTRY_COMPARE_WITH_TIMEOUT(progressed.count(), 1, kPatience);
  client.cancel();
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QTest::qWait(500);
  QCOMPARE(ends.ends.size(), std::size_t(1));
  QVERIFY(!client.busy());
}

void TstEngineClient::childKilledAtEachStageNamesTheStage_data() {
  QTest::addColumn<QString>("stage");
  for (int i = 0; i <= static_cast<int>(Stage::Measure); ++i) {
    const char* name = pipeline::stageName(static_cast<Stage>(i));
    QTest::newRow(name) << QString::fromLatin1(name);
  }
}

void TstEngineClient::childKilledAtEachStageNamesTheStage() {
  QFETCH(QString, stage);
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  QSignalSpy progressed(&client, &EngineClient::progressed);
  client.submit(orders(qPrintable("progress:" + stage + ",hang")));
  QTRY_COMPARE_WITH_TIMEOUT(progressed.count(), 1, kPatience);
  QVERIFY(client.processId() > 0);
  QCOMPARE(::kill(static_cast<pid_t>(client.processId()), SIGKILL), 0);
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  const Error& error = ends.ends[0].error;
  QCOMPARE(error.code, ErrorCode::EngineDied);
  QCOMPARE(QString::fromLatin1(pipeline::stageName(ends.ends[0].stage)), stage);
  QVERIFY2(error.message.find("\"" + stage.toStdString() + "\"") != std::string::npos,
           error.message.c_str());
  QVERIFY2(error.message.find("signal 9") != std::string::npos, error.message.c_str());
  client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(2), kPatience);
  QVERIFY(ends.ends[1].done);
}

void TstEngineClient::partialRecordIsKeptWhenTheChildDies() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  client.submit(orders("progress:partition,partial,progress:build,crash"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].error.code, ErrorCode::EngineDied);
  QCOMPARE(ends.ends[0].stage, Stage::Build);
  QVERIFY(ends.ends[0].record);
  QVERIFY(ends.ends[0].record->partition);
}

void TstEngineClient::garbageOnThePipeIsAnEngineDeath() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  client.submit(orders("progress:codegen,garbage,hang"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].error.code, ErrorCode::EngineDied);
  QCOMPARE(ends.ends[0].stage, Stage::Codegen);
  client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(2), kPatience);
  QVERIFY(ends.ends[1].done);
}

void TstEngineClient::silentEngineIsKilled() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  client.submit(orders("progress:run,deaf"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].error.code, ErrorCode::EngineDied);
  QVERIFY(ends.ends[0].error.message.find("did not answer") != std::string::npos);
}

void TstEngineClient::busyEngineThatAnswersPingsIsLeftAlone() {
  explorer::EngineTimings timings = quickTimings();
  EngineClient client(fakeEngine(), timings);
  Ends ends(client);
  client.submit(orders("hang"));
  QTest::qWait(static_cast<int>(timings.silenceLimit.count()) + 700);
  QCOMPARE(ends.ends.size(), std::size_t(0));
  QVERIFY(client.busy());
}

void TstEngineClient::missingProgramIsANamedFailure() {
  EngineClient client({QStringLiteral("/no/such/engine")}, quickTimings());
  Ends ends(client);
  client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QCOMPARE(ends.ends[0].error.code, ErrorCode::EngineDied);
  QVERIFY(ends.ends[0].error.message.find("/no/such/engine") != std::string::npos);
}

void TstEngineClient::otherProtocolVersionIsRefused() {
  EngineClient client(fakeEngine() + QStringList{QStringLiteral("--old")}, quickTimings());
  Ends ends(client);
  client.submit(orders("done"));
  QTRY_VERIFY_WITH_TIMEOUT(!ends.ends.empty(), kPatience);
  QCOMPARE(ends.ends[0].error.code, ErrorCode::EngineDied);
  QVERIFY(ends.ends[0].error.message.find("protocol version") != std::string::npos);
}

void TstEngineClient::spareTakesOverAfterADeath() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  client.warmUp();
  QTRY_VERIFY_WITH_TIMEOUT(client.hasSpare(), kPatience);
  QTest::qWait(200);
  client.submit(orders("progress:trace,exit"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QVERIFY(ends.ends[0].error.message.find("exit code 3") != std::string::npos);
  QVERIFY(client.processId() > 0);
}

void TstEngineClient::deathWhileIdleIsAnnounced() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  QSignalSpy died(&client, &EngineClient::idleEngineDied);
  client.warmUp();
  QTRY_VERIFY_WITH_TIMEOUT(client.processId() > 0, kPatience);
  QCOMPARE(::kill(static_cast<pid_t>(client.processId()), SIGKILL), 0);
  QTRY_COMPARE_WITH_TIMEOUT(died.count(), 1, kPatience);
  client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), std::size_t(1), kPatience);
  QVERIFY(ends.ends[0].done);
}

void TstEngineClient::manyDeathsInARowStillLeaveTheNextRequestWorking() {
  EngineClient client(fakeEngine(), quickTimings());
  Ends ends(client);
  constexpr std::size_t kDeaths = 7;
  for (std::size_t i = 1; i <= kDeaths; ++i) {
    client.submit(orders("crash"));
    QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), i, kPatience);
    QCOMPARE(ends.ends.back().error.code, ErrorCode::EngineDied);
  }
  client.submit(orders("done"));
  QTRY_COMPARE_WITH_TIMEOUT(ends.ends.size(), kDeaths + 1, kPatience);
  QVERIFY(ends.ends.back().done);
}

QTEST_GUILESS_MAIN(TstEngineClient)
#include "tst_engine_client.moc"
