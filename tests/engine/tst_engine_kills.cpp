// The real engine, killed with SIGKILL in each stage of a real model: the client says in which
// stage, and its next request succeeds.

#include <QSignalSpy>
#include <QTest>

#include <csignal>

#include "app/explorer/engine_client.h"

using namespace core;
using pipeline::Stage;

class TstEngineKills : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void aKillIsReportedAndTheNextRequestSucceeds_data();
  void aKillIsReportedAndTheNextRequestSucceeds();
};

namespace {

constexpr int kPatience = 60'000;

protocol::CompileRequest request(const char* model, pipeline::Goal goal) {
  return {std::string(AOT_TEST_DATA "/oracle/models/") + model + ".pt2", goal, {}};
}

}  // namespace

void TstEngineKills::initTestCase() {
  // Nothing comes from a cache, so that building takes its time.
  qputenv("AOT_KERNEL_CACHE", "");
}

void TstEngineKills::aKillIsReportedAndTheNextRequestSucceeds_data() {
  QTest::addColumn<int>("stage");
  for (Stage stage : {Stage::Load, Stage::Trace, Stage::Partition, Stage::Schedule, Stage::Codegen,
                      Stage::Build, Stage::Measure})
    QTest::newRow(pipeline::stageName(stage)) << static_cast<int>(stage);
}

void TstEngineKills::aKillIsReportedAndTheNextRequestSucceeds() {
  QFETCH(int, stage);
  explorer::EngineClient client({QStringLiteral(AOT_BIN_DIR "/aot-engine"), "serve"});
  QSignalSpy ready(&client, &explorer::EngineClient::ready);
  client.warmUp();
  QVERIFY(ready.wait(kPatience));

  const auto kill = [&client] { ::kill(static_cast<pid_t>(client.processId()), SIGKILL); };
  bool killed = false;
  QObject::connect(&client, &explorer::EngineClient::progressed, &client,
                   [&](std::uint64_t, Stage begun, double, const QString&) {
                     if (killed || static_cast<int>(begun) != stage) return;
                     killed = true;
                     kill();
                   });
  Stage failedIn = Stage::Load;
  Error error;
  bool ended = false;
  QObject::connect(
      &client, &explorer::EngineClient::failed, &client,
      [&](std::uint64_t, Stage where, const Error& cause, const pipeline::CompileRecordPtr&) {
        failedIn = where;
        error = cause;
        ended = true;
      });
  client.submit(request("resnet18_w16", pipeline::Goal::Measure));
  QTRY_VERIFY_WITH_TIMEOUT(ended, kPatience);
  QVERIFY(error.code == ErrorCode::EngineDied);
  QVERIFY(killed);
  // Short stages may be over before the signal arrives; an earlier one would be wrong.
  QVERIFY(static_cast<int>(failedIn) >= stage);
  QVERIFY2(error.message.find(pipeline::stageName(failedIn)) != std::string::npos,
           error.message.c_str());

  QSignalSpy done(&client, &explorer::EngineClient::done);
  client.submit(request("mlp", pipeline::Goal::Partition));
  QVERIFY(done.wait(kPatience));
}

QTEST_GUILESS_MAIN(TstEngineKills)
#include "tst_engine_kills.moc"
