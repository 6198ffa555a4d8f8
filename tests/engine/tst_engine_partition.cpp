// `aot-engine partition` on captured joint graphs: pins, limits, and what it explains.

#include <QTemporaryDir>
#include <QTest>

#include "tests/engine/run_engine.h"

class TstEnginePartition : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aValueIsExplained();
  void theCurveMarksPyTorchsPoints();
  void memoryIsListedCallByCall();
  void aPeakLimitIsKeptOrRefused();
  void impossiblePinsFailByName();
  void wrongBytesAreWrongUse();
  void savedTensorsAreQuantized();
  void aStepRunsWithQuantizedSavedTensors();
  void nothingIsMovedFromTheCpu();
  void aProfileOfTheModelIsACostModel();

 private:
  static EngineRun partition(const QStringList& arguments) {
    return runEngine(
        QStringList{"partition", QStringLiteral(AOT_TEST_DATA "/oracle/goldens/mlp.json.gz")} +
        arguments);
  }
};

void TstEnginePartition::aValueIsExplained() {
  const EngineRun run = partition({"--why", "addmm", "--why", "primals_1"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY2(run.out.contains("addmm: "), qPrintable(run.out));
  QVERIFY(run.out.contains("by the rule '"));
  QVERIFY(run.out.contains("primals_1: "));
  QCOMPARE(partition({"--why", "nothing"}).exitCode, 2);
}

void TstEnginePartition::theCurveMarksPyTorchsPoints() {
  const EngineRun run = partition({"--curve", "--cost", "roofline"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY2(run.out.contains("budget 1.0000"), qPrintable(run.out));
  for (const char* line : {"PyTorch default", "PyTorch min-cut", "present", "model 'roofline'"})
    QVERIFY2(run.out.contains(line), line);
}

void TstEnginePartition::memoryIsListedCallByCall() {
  const EngineRun run = partition({"--memory"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QCOMPARE(run.out.count("<- peak"), 2);  // once for each capture
  QVERIFY(run.out.contains("alive at the peak:"));
}

void TstEnginePartition::aPeakLimitIsKeptOrRefused() {
  QCOMPARE(partition({"--peak", "1G"}).exitCode, 0);
  const EngineRun run = partition({"--peak", "1"});
  QCOMPARE(run.exitCode, 1);
  QVERIFY2(run.errors.contains("PartitionInfeasible"), qPrintable(run.errors));
  QVERIFY(run.errors.contains("smallest one found needs"));
}

void TstEnginePartition::impossiblePinsFailByName() {
  const EngineRun run = partition({"--save", "addmm", "--recompute", "addmm"});
  QCOMPARE(run.exitCode, 1);
  QVERIFY2(run.errors.contains("'addmm' is pinned"), qPrintable(run.errors));
}

void TstEnginePartition::wrongBytesAreWrongUse() {
  for (const char* bytes : {"much", "-1", "5X", ""})
    QCOMPARE(partition({"--peak", bytes}).exitCode, 2);
}

void TstEnginePartition::savedTensorsAreQuantized() {
  const QString golden = QStringLiteral(AOT_TEST_DATA "/oracle/goldens/bf16_mlp.json.gz");
  const EngineRun plain = runEngine({"partition", golden});
  const EngineRun packed = runEngine({"partition", golden, "--quantize", "f8e5m2=0"});
  QVERIFY2(packed.exitCode == 0, qPrintable(packed.errors));
  QVERIFY(plain.out != packed.out);
  for (const char* wrong : {"f16", "f8e5m2=much", ""})
    QCOMPARE(runEngine({"partition", golden, "--quantize", wrong}).exitCode, 2);
}

void TstEnginePartition::aStepRunsWithQuantizedSavedTensors() {
  const QTemporaryDir folder;
  const QString plain = folder.filePath("plain.json"), packed = folder.filePath("packed.json");
  const QStringList run{"run", oracleFile("mlp.pt2"), "--json"};
  QCOMPARE(runEngine(run + QStringList{plain}).exitCode, 0);
  const QStringList quantize{"--quantize", "f8e4m3fn=0", "--quantize-dtypes", "f32"};
  const EngineRun quantized = runEngine(run + QStringList{packed} + quantize);
  QVERIFY2(quantized.exitCode == 0, qPrintable(quantized.errors));
  const QJsonObject exact = readJson(plain), rounded = readJson(packed);
  QCOMPARE(rounded["outputs"], exact["outputs"]);
  QVERIFY(rounded["gradients"] != exact["gradients"]);
  const EngineRun bench = runEngine(QStringList{"bench", oracleFile("mlp.pt2")} + quantize);
  QVERIFY2(bench.exitCode == 0, qPrintable(bench.errors));
  QVERIFY2(bench.out.contains("saved tensors had 8 bits"), qPrintable(bench.out));
  QCOMPARE(runEngine({"run", oracleFile("mlp.pt2"), "--quantize-dtypes", "f32"}).exitCode, 2);
}

void TstEnginePartition::nothingIsMovedFromTheCpu() {
  const EngineRun run = runEngine({"run", oracleFile("mlp.pt2"), "--offload", "0"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY2(run.errors.contains("Nothing is moved to the CPU's memory"), qPrintable(run.errors));
}

void TstEnginePartition::aProfileOfTheModelIsACostModel() {
  const QTemporaryDir folder;
  const QString profile = folder.filePath("profile.json");
  const EngineRun traced = runEngine({"trace", oracleFile("mlp.pt2"), "--profile", profile});
  QVERIFY2(traced.exitCode == 0, qPrintable(traced.errors));
  QVERIFY2(traced.out.contains("each the median of 7 replays"), qPrintable(traced.out));
  const QJsonObject calls = readJson(profile)["calls"].toObject();
  QVERIFY(calls["addmm"].toDouble() > 0);
  QVERIFY(!calls.contains("primals_1"));
  const EngineRun run = partition({"--curve", "--cost", "profile:" + profile});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY2(run.out.contains("model 'profile'"), qPrintable(run.out));
  for (const char* wrong : {"profile:/nowhere", "profile:", "guessed"})
    QCOMPARE(partition({"--cost", wrong}).exitCode, 2);
}

QTEST_GUILESS_MAIN(TstEnginePartition)
#include "tst_engine_partition.moc"
