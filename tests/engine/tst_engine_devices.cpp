// The engine on machines with and without a GPU. What needs one is skipped where `devices` finds
// none.

#include <QDir>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "tests/engine/run_engine.h"

class TestEngineDevices : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void everyPieceIsThereOrSaysWhatToDo();
  void aTraceForAGpuNeedsNone();
  void kernelsForAGpuNeedNone();
  void aRunWithoutAGpuNamesWhatIsMissing();
  void aDeviceThatIsNoneIsWrongUse();
  void modelsOnTheGpuAgreeWithEager_data();
  void modelsOnTheGpuAgreeWithEager();

 private:
  QJsonObject result(const QString& file) const;

  QTemporaryDir m_folder;
  QString m_problem;  ///< why nothing runs on a GPU here; empty if it does
};

QJsonObject TestEngineDevices::result(const QString& file) const {
  return readJson(m_folder.filePath(file));
}

void TestEngineDevices::initTestCase() {
  const EngineRun run = runEngine({"devices", "--json", m_folder.filePath("devices.json")});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY(run.out.startsWith("cpu\n"));
  m_problem = result("devices.json").value("cuda_problem").toString();
}

void TestEngineDevices::everyPieceIsThereOrSaysWhatToDo() {
  const QJsonArray pieces = result("devices.json").value("pieces").toArray();
  QVERIFY(!pieces.isEmpty());
  for (const auto& piece : pieces) {
    const QJsonObject each = piece.toObject();
    const bool isMissing = !each.value("missing").toString().isEmpty();
    QVERIFY(isMissing != !each.value("version").toString().isEmpty());
  }
  QCOMPARE(result("devices.json").value("cuda_devices").toArray().isEmpty(),
           !pieces.first().toObject().value("missing").toString().isEmpty());
}

void TestEngineDevices::aTraceForAGpuNeedsNone() {
  const EngineRun run = runEngine({"trace", oracleFile("mlp.pt2"), "--device", "cuda", "--text"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY(run.out.contains("cuda:0"));
}

void TestEngineDevices::kernelsForAGpuNeedNone() {
  const EngineRun run = runEngine({"kernels", oracleFile("mlp.pt2"), "--device", "cuda", "--out",
                                   m_folder.filePath("kernels")});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  const QDir kernels(m_folder.filePath("kernels"));
  QVERIFY(!kernels.entryList({"*.cu"}).isEmpty());
  QVERIFY(kernels.entryList({"*.cpp"}).isEmpty());
}

void TestEngineDevices::aRunWithoutAGpuNamesWhatIsMissing() {
  if (m_problem.isEmpty()) QSKIP("this machine has a GPU");
  for (const char* verb : {"run", "bench"}) {
    const EngineRun run = runEngine({verb, oracleFile("mlp.pt2"), "--device", "cuda"});
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.errors.contains("DeviceUnavailable"), qPrintable(run.errors));
  }
}

void TestEngineDevices::aDeviceThatIsNoneIsWrongUse() {
  QCOMPARE(runEngine({"trace", oracleFile("mlp.pt2"), "--device", "abacus"}).exitCode, 2);
}

void TestEngineDevices::modelsOnTheGpuAgreeWithEager_data() {
  QTest::addColumn<QString>("model");
  for (const char* model : {"mlp", "gpt_sdpa", "cnn_bn", "mutate_input", "dropout_mlp"})
    QTest::newRow(model) << QString(model);
}

void TestEngineDevices::modelsOnTheGpuAgreeWithEager() {
  if (!m_problem.isEmpty()) QSKIP(qPrintable(m_problem));
  QFETCH(QString, model);
  const QString file = m_folder.filePath(model + ".json");
  const EngineRun run =
      runEngine({"bench", oracleFile(model + ".pt2"), "--device", "cuda", "--json", file});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors + run.out));
  const QJsonObject measured = result(model + ".json");
  QVERIFY(measured.value("check").toObject().value("passed").toBool());
  const QJsonObject graph = measured.value("cuda_graph").toObject();
  QVERIFY2(!graph.isEmpty(), qPrintable(measured.value("cuda_graph_reason").toString()));
  QVERIFY(graph.value("check").toObject().value("passed").toBool());
  QVERIFY(graph.value("kernels").toInt() > 0);
}

QTEST_GUILESS_MAIN(TestEngineDevices)

#include "tst_engine_devices.moc"
