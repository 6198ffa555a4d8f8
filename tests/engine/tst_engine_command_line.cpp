// The command line is a contract: exit codes, one-line errors, JSON files.

#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "tests/engine/run_engine.h"

class TstEngineCommandLine : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void wrongUseEndsWithTwo_data();
  void wrongUseEndsWithTwo();
  void badFilesEndWithOneAndANamedError_data();
  void badFilesEndWithOneAndANamedError();
  void whatCannotBeTracedOpensAndIsNamed_data();
  void whatCannotBeTracedOpensAndIsNamed();
  void helpShowsAnExampleOfEveryVerb();
  void versionNamesLibTorchAndTheCompiler();
  void severalInputsAreCalledInTurn();
  void benchLooksUpEntriesAsRunDoes();
  void inferenceBuildsNoBackward();
  void aDeviceIsWrittenToAndNotReplaced();
  void coreDecompositionsAreMadeInTheTrace();
  void inspectNeedsNoRun();
  void opsListsWhatIsMadeOfEachOperator();
  void aDimensionCanBeGivenASize();
  void inputsAreFilledAndKeptAsAPreset();
  void aTraceCanBePartitionedAgain();
  void aLogOfPythonOpensLikeATrace();
  void aRunCanBeWrittenAsALog();
  void graphsArePrintedAsPyTorchDoes();
  void weightsComeFromAnotherFileOrAreNamed();
  void aTraceIsCheckedAgainstEager();
  void torchScriptIsOpenedOnlyIfThatIsAllowed();
  void kernelsWritesOneFileAKernel();
  void assemblyPrintsTheLoopsOfAKernelAndRefusesOtherTexts();
  void benchChecksBeforeItCompares();
  void fusedAttentionIsCheckedAgainstFloat64();

 private:
  QString path(const QString& name) const { return m_folder.filePath(name); }
  QTemporaryDir m_folder;
};

void TstEngineCommandLine::wrongUseEndsWithTwo_data() {
  QTest::addColumn<QStringList>("arguments");
  const QString model = oracleFile("mlp.pt2");
  QTest::newRow("no verb") << QStringList{};
  QTest::newRow("unknown verb") << QStringList{"paint", model};
  QTest::newRow("no model") << QStringList{"trace"};
  QTest::newRow("unknown option") << QStringList{"trace", model, "--colour"};
  QTest::newRow("budget over one") << QStringList{"trace", model, "--budget", "1.5"};
  QTest::newRow("budget that is no number") << QStringList{"trace", model, "--budget", "half"};
  QTest::newRow("unknown partitioner") << QStringList{"trace", model, "--partitioner", "best"};
  QTest::newRow("loss that does not exist") << QStringList{"run", model, "--loss", "output:7"};
  QTest::newRow("pin of no node") << QStringList{"trace", model, "--save", "no_such_node"};
  QTest::newRow("no node to keep apart")
      << QStringList{"kernels", model, "--apart", "no_such_node"};
}

void TstEngineCommandLine::wrongUseEndsWithTwo() {
  QFETCH(QStringList, arguments);
  const EngineRun run = runEngine(arguments);
  QVERIFY(!run.crashed);
  QCOMPARE(run.exitCode, 2);
  QVERIFY(!run.errors.isEmpty());
}

void TstEngineCommandLine::badFilesEndWithOneAndANamedError_data() {
  QTest::addColumn<QByteArray>("content");
  QTest::addColumn<QString>("code");
  QFile good(oracleFile("mlp.pt2"));
  QVERIFY(good.open(QIODevice::ReadOnly));
  const QByteArray bytes = good.readAll();
  QTest::newRow("missing") << QByteArray() << "FileNotFound";
  QTest::newRow("truncated") << bytes.left(bytes.size() / 2) << "ArchiveCorrupt";
  QTest::newRow("no zip") << QByteArray("hello, world, this is no model") << "ArchiveCorrupt";
}

void TstEngineCommandLine::badFilesEndWithOneAndANamedError() {
  QFETCH(QByteArray, content);
  QFETCH(QString, code);
  const QString model = path("bad.pt2");
  QFile::remove(model);
  if (!content.isEmpty()) {
    QFile file(model);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
  }
  for (const char* verb : {"inspect", "trace", "run"}) {
    const EngineRun run = runEngine({verb, model});
    QVERIFY(!run.crashed);
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.errors.contains("error: " + code), qPrintable(run.errors));
  }
}

void TstEngineCommandLine::whatCannotBeTracedOpensAndIsNamed_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("op");
  QTest::addColumn<QString>("code");
  QTest::newRow("a shape that depends on data") << "data_dependent"
                                                << "aten.nonzero.default"
                                                << "DataDependentShape";
  QTest::newRow("control flow") << "control_flow"
                                << "higher_order.cond"
                                << "UnsupportedOp";
}

void TstEngineCommandLine::whatCannotBeTracedOpensAndIsNamed() {
  QFETCH(QString, model);
  QFETCH(QString, op);
  QFETCH(QString, code);
  const QString file = QString(AOT_TEST_DATA "/error/models/%1.pt2").arg(model);
  const EngineRun inspect = runEngine({"inspect", file});
  QCOMPARE(inspect.exitCode, 0);
  QVERIFY2(inspect.out.section("A trace would stop at", 1).contains(op), qPrintable(inspect.out));
  for (const char* verb : {"trace", "bench"}) {
    const EngineRun run = runEngine({verb, file});
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.errors.contains("error: " + code), qPrintable(run.errors));
    QVERIFY2(run.errors.contains(op) && run.errors.contains("make_models.py"),
             qPrintable(run.errors));
  }
}

void TstEngineCommandLine::helpShowsAnExampleOfEveryVerb() {
  const EngineRun all = runEngine({"--help"});
  QCOMPARE(all.exitCode, 0);
  for (const char* verb : {"inspect", "trace", "partition", "kernels", "run", "bench"}) {
    QVERIFY(all.out.contains(verb));
    const EngineRun one = runEngine({verb, "--help"});
    QCOMPARE(one.exitCode, 0);
    QVERIFY2(one.out.contains(QString("Example: aot-engine ") + verb), qPrintable(one.out));
  }
}

void TstEngineCommandLine::severalInputsAreCalledInTurn() {
  const QString inputs = oracleFile("mlp.json");
  const EngineRun run = runEngine(
      {"run", oracleFile("mlp.pt2"), "--inputs", inputs, inputs, "--json", path("calls.json")});
  QCOMPARE(run.exitCode, 0);
  QVERIFY2(run.out.contains("2 calls, 1 compiles"), qPrintable(run.out));
  const QJsonObject result = readJson(path("calls.json"));
  const QJsonArray calls = result["calls"].toArray();
  QCOMPARE(calls.size(), 2);
  QCOMPARE(calls[0].toObject()["compiled"].toBool(), true);
  QCOMPARE(calls[1].toObject()["compiled"].toBool(), false);
  QCOMPARE(calls[1].toObject()["entry"].toInt(-1), 0);
  QCOMPARE(result["counters"].toObject()["compiles"].toInt(), 1);
  const QJsonArray guards = result["entries"].toArray()[0].toObject()["guards"].toArray();
  QVERIFY(guards[1].toObject()["expression"].toString().startsWith("check_tensor(x, Float"));
  QCOMPARE(runEngine({"trace", oracleFile("mlp.pt2"), "--inputs", inputs, inputs}).exitCode, 2);
}

/// The second measurement finds the entry of the first, and builds nothing.
void TstEngineCommandLine::benchLooksUpEntriesAsRunDoes() {
  const QString inputs = oracleFile("mlp.json");
  const EngineRun run = runEngine(
      {"bench", oracleFile("mlp.pt2"), "--inputs", inputs, inputs, "--json", path("bench.json")});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY2(run.out.contains("Entry 0/0 served this call"), qPrintable(run.out));
  const QJsonObject result = readJson(path("bench.json"));
  const QJsonArray calls = result["calls"].toArray();
  QCOMPARE(calls.size(), 2);
  QVERIFY(calls[0].toObject()["compiled"].toBool());
  QVERIFY(!calls[1].toObject()["compiled"].toBool());
  const QJsonObject compile = calls[1].toObject()["measurement"].toObject()["compile"].toObject();
  QCOMPARE(compile["kernels_built"].toInt() + compile["kernels_from_cache"].toInt(), 0);
  QCOMPARE(result["counters"].toObject()["hits"].toInt(), 1);
  const QJsonObject entry = result["entries"].toArray()[0].toObject();
  QCOMPARE(entry["hits"].toInt(), 1);
  QCOMPARE(entry["backward_built"].toString(), QString("at the first backward call"));
  QVERIFY(entry["backward_ms"].toDouble() > 0);
  QVERIFY2(run.out.contains("entry 0/0: backward built: at the first backward call, in "),
           qPrintable(run.out));
}

void TstEngineCommandLine::inferenceBuildsNoBackward() {
  const EngineRun run =
      runEngine({"run", oracleFile("mlp.pt2"), "--mode", "infer", "--json", path("infer.json")});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  const QJsonObject entry = readJson(path("infer.json"))["entries"].toArray()[0].toObject();
  QCOMPARE(entry["backward_built"].toString(), QString("no backward"));
}

void TstEngineCommandLine::versionNamesLibTorchAndTheCompiler() {
  const EngineRun run = runEngine({"--version"});
  QCOMPARE(run.exitCode, 0);
  QVERIFY(run.out.contains("LibTorch 2.11.0"));
  QVERIFY(run.out.contains("clang 14"));
}

void TstEngineCommandLine::opsListsWhatIsMadeOfEachOperator() {
  const EngineRun run = runEngine({"ops", "--json", path("ops.json")});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QHash<QString, QJsonObject> rows;
  for (const auto& row : readJson(path("ops.json"))["operators"].toArray())
    rows[row.toObject()["op"].toString()] = row.toObject();
  QVERIFY(rows.size() > 1000);
  QCOMPARE(rows["aten.relu.default"]["kernel"].toString(), "pointwise");
  QCOMPARE(rows["aten.sum.dim_IntList"]["kernel"].toString(), "reduction");
  QCOMPARE(rows["aten.permute.default"]["kernel"].toString(), "view");
  QCOMPARE(rows["aten.convolution.default"]["reason"].toString(),
           "convolutions are left to the library");
  QVERIFY(rows["aten.native_layer_norm.default"]["decomposed"].toBool());
  QCOMPARE(rows["aten.linear.default"]["kernel"].toString(), "-");
  QCOMPARE(rows["aten.nonzero.default"]["trace"].toString(), "refused");
  QVERIFY(run.out.contains("aten.nonzero.default"));
}

void TstEngineCommandLine::aDeviceIsWrittenToAndNotReplaced() {
  QVERIFY(QFile::link("/dev/full", path("full")));
  const EngineRun full = runEngine({"trace", oracleFile("mlp.pt2"), "--json", path("full")});
  QCOMPARE(full.exitCode, 1);
  QVERIFY2(full.errors.contains("Cannot write"), qPrintable(full.errors));
  QCOMPARE(QFile::symLinkTarget(path("full")), QString("/dev/full"));
}

void TstEngineCommandLine::coreDecompositionsAreMadeInTheTrace() {
  const QString model = oracleFile("mlp.pt2");
  const EngineRun trace =
      runEngine({"trace", model, "--decompositions", "core", "--json", path("core.json")});
  QVERIFY2(trace.exitCode == 0, qPrintable(trace.errors));
  const QJsonObject capture = readJson(path("core.json"))["captures"].toObject()["core"].toObject();
  const QJsonObject counts = capture["joint"].toObject()["op_counts"].toObject();
  QVERIFY(counts["aten.permute.default"].toInt() > 0);
  QVERIFY(!counts.contains("aten.t.default"));
  const EngineRun partition = runEngine({"partition", path("core.json")});
  QVERIFY2(partition.out.contains("decompositions: core"), qPrintable(partition.out));
  const EngineRun run =
      runEngine({"run", model, "--decompositions", "core", "--json", path("run_core.json")});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
}

void TstEngineCommandLine::inspectNeedsNoRun() {
  const EngineRun run =
      runEngine({"inspect", oracleFile("mlp_ce.pt2"), "--json", path("inspect.json")});
  QCOMPARE(run.exitCode, 0);
  const QJsonObject json = readJson(path("inspect.json"));
  QCOMPARE(json["op_counts"].toObject()["aten.linear.default"].toInt(), 2);
  QCOMPARE(json["parameters"].toArray().size(), 4);
  QCOMPARE(json["inputs"].toArray().size(), 2);
}

void TstEngineCommandLine::aDimensionCanBeGivenASize() {
  const QString model = oracleFile("dyn_mlp.pt2");
  const EngineRun inspect = runEngine({"inspect", model});
  static const QRegularExpression symbol("f32\\[(s\\d+), 16\\]");
  const auto match = symbol.match(inspect.out);
  QVERIFY2(match.hasMatch(), qPrintable(inspect.out));
  const EngineRun run =
      runEngine({"run", model, "--dim", match.captured(1) + "=11", "--json", path("run.json")});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  const auto output = readJson(path("run.json"))["outputs"].toArray()[0].toObject();
  QCOMPARE(output["shape"].toArray()[0].toInt(), 11);
  QCOMPARE(runEngine({"run", model, "--dim", "no_such=11"}).exitCode, 2);
}

void TstEngineCommandLine::inputsAreFilledAndKeptAsAPreset() {
  const QString model = oracleFile("mlp.pt2"), runs = path("runs.sqlite");
  const auto loss = [&](const QStringList& options) {
    const EngineRun run = runEngine(QStringList{"run", model, "--execution", "eager", "--history",
                                                runs, "--json", path("filled.json")} +
                                    options);
    return run.exitCode == 0 ? readJson(path("filled.json"))["loss_value"].toDouble() : -1;
  };
  static const QRegularExpression first("([\\w.]+) +f32\\[8, 64\\]");
  const QString name = first.match(runEngine({"inspect", model}).out).captured(1);
  QVERIFY(!name.isEmpty());
  const double zeros = loss({"--input", name + "=zeros", "--save-preset", "nothing"});
  const double ones = loss({"--input", name + "=ones"});
  QVERIFY(zeros >= 0 && ones >= 0 && zeros != ones);
  QCOMPARE(loss({"--preset", "nothing"}), zeros);
  QCOMPARE(loss({"--preset", "nothing", "--input", name + "=ones"}), ones);
  const EngineRun other = runEngine({"run", model, "--history", runs, "--preset", "no_such"});
  QCOMPARE(other.exitCode, 2);
  QVERIFY2(other.errors.contains("it has nothing"), qPrintable(other.errors));
  QCOMPARE(runEngine({"run", model, "--input", name + "=zeroes"}).exitCode, 2);
  QCOMPARE(runEngine({"run", model, "--input", "no_such=zeros"}).exitCode, 2);
}

void TstEngineCommandLine::aTraceCanBePartitionedAgain() {
  const QString model = oracleFile("cnn_bn.pt2");
  const EngineRun trace = runEngine({"trace", model, "--budget", "1", "--budget", "0.5", "--inputs",
                                     oracleFile("cnn_bn.json"), "--json", path("trace.json")});
  QVERIFY2(trace.exitCode == 0, qPrintable(trace.errors));
  const EngineRun again = runEngine({"partition", path("trace.json"), "--budget", "1", "--budget",
                                     "0.5", "--json", path("parts.json")});
  QVERIFY2(again.exitCode == 0, qPrintable(again.errors));
  const auto variants = [](const QJsonObject& file) {
    return file["captures"].toObject()["none"].toObject()["variants"].toObject();
  };
  const QJsonObject before = variants(readJson(path("trace.json")));
  const QJsonObject after = variants(readJson(path("parts.json")));
  QCOMPARE(before.keys(), (QStringList{"default", "mincut_0.5", "mincut_1.0"}));
  QCOMPARE(after.keys(), before.keys());
  for (const QString& name : before.keys()) {
    QVERIFY(!before[name].toObject()["saved_tensors"].toArray().isEmpty());
    QCOMPARE(after[name].toObject()["saved_tensors"], before[name].toObject()["saved_tensors"]);
    QCOMPARE(after[name].toObject()["recomputed"], before[name].toObject()["recomputed"]);
  }
}

void TstEngineCommandLine::aLogOfPythonOpensLikeATrace() {
  const QString log = AOT_TEST_DATA "/core/trace_log/logs/recompiled.log";
  const EngineRun inspect = runEngine({"inspect", log});
  QCOMPARE(inspect.exitCode, 0);
  QVERIFY(inspect.out.contains("0/1 forward (make_logs.py"));
  QVERIFY(inspect.out.contains("size mismatch"));
  const EngineRun trace = runEngine({"trace", log, "--compile", "0/1", "--json", path("log.json")});
  QCOMPARE(trace.exitCode, 0);
  QVERIFY2(trace.out.contains("mincut_1.0"), qPrintable(trace.out));
  QCOMPARE(runEngine({"partition", path("log.json")}).exitCode, 0);
  const EngineRun unknown = runEngine({"trace", log, "--compile", "7/0"});
  QCOMPARE(unknown.exitCode, 2);
  QVERIFY(unknown.errors.contains("0/0 0/1"));
  QVERIFY(runEngine({"run", log}).errors.contains("no weights"));
}

void TstEngineCommandLine::aRunCanBeWrittenAsALog() {
  const EngineRun made = runEngine({"trace", oracleFile("mlp.pt2"), "--torch-trace", path("logs")});
  QCOMPARE(made.exitCode, 0);
  const EngineRun read = runEngine({"trace", path("logs")});
  QCOMPARE(read.exitCode, 0);
  const auto minCut = [](const QString& out) {
    return out.section("mincut_1.0", 1).simplified().split(' ').mid(0, 7);
  };
  QCOMPARE(minCut(read.out), minCut(made.out));
}

void TstEngineCommandLine::graphsArePrintedAsPyTorchDoes() {
  const EngineRun text = runEngine({"trace", oracleFile("mlp.pt2"), "--text"});
  QCOMPARE(text.exitCode, 0);
  QCOMPARE(text.out.count("class GraphModule(torch.nn.Module):"), 3);
  QVERIFY(text.out.contains("addmm,  # SavedForBackwardsAOTOutput("));
  QVERIFY(text.out.contains("# fwd_nn_module: fc1 (torch.nn.modules.linear.Linear) # File:"));
  const EngineRun table = runEngine({"trace", oracleFile("mlp.pt2"), "--table"});
  QVERIFY2(table.out.contains(QRegularExpression("\\n2 +aten.gelu +aten.gelu +aten.gelu_backward")),
           qPrintable(table.out));
}

void TstEngineCommandLine::weightsComeFromAnotherFileOrAreNamed() {
  QFile file(path("w.safetensors"));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(QByteArray("\x02\0\0\0\0\0\0\0{}", 10));
  file.close();
  const EngineRun run =
      runEngine({"trace", oracleFile("mlp.pt2"), "--weights", path("w.safetensors")});
  QCOMPARE(run.exitCode, 2);
  QVERIFY2(run.errors.contains("Missing: 'fc1.weight', 'fc1.bias'"), qPrintable(run.errors));
}

void TstEngineCommandLine::aTraceIsCheckedAgainstEager() {
  const EngineRun run = runEngine({"trace", oracleFile("mlp_ce.pt2"), "--check"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY2(run.out.contains("4 gradients agree with eager"), qPrintable(run.out));
}

void TstEngineCommandLine::torchScriptIsOpenedOnlyIfThatIsAllowed() {
  const QString folder = AOT_TEST_DATA "/aot/scripts/";
  const QStringList inputs{"--inputs", folder + "rows.json"};
  for (const char* verb : {"inspect", "trace", "run"}) {
    const EngineRun refused = runEngine({verb, folder + "branch.pt"});
    QCOMPARE(refused.exitCode, 2);
    QVERIFY2(refused.errors.contains("may run code"), qPrintable(refused.errors));
  }
  const QStringList allowed = QStringList{folder + "branch.pt", "--allow-torchscript"} + inputs;
  const EngineRun trace = runEngine(QStringList{"trace"} + allowed);
  QCOMPARE(trace.exitCode, 0);
  QVERIFY(trace.out.contains("# Segment 4 of 4"));
  const EngineRun run = runEngine(QStringList{"run"} + allowed + QStringList{folder + "high.json"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY2(run.out.contains("0/0: the program takes another way. expected make_scripts.py:"),
           qPrintable(run.out));
  const EngineRun whole = runEngine(
      {"run", folder + "net_scripted.pt", "--allow-torchscript", "--inputs", folder + "net.json"});
  QVERIFY2(whole.exitCode == 0, qPrintable(whole.errors));
}

void TstEngineCommandLine::assemblyPrintsTheLoopsOfAKernelAndRefusesOtherTexts() {
  const EngineRun made = runEngine({"kernels", oracleFile("mlp_ce.pt2"), "--out", path("code")});
  QVERIFY2(made.exitCode == 0, qPrintable(made.errors));
  const QStringList sources = QDir(path("code")).entryList({"*.cpp"});
  QVERIFY(!sources.isEmpty());
  const EngineRun run = runEngine({"assembly", path("code/" + sources.first())});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY2(run.out.contains("compiled by clang"), qPrintable(run.out));
  QVERIFY2(run.out.contains("ret"), qPrintable(run.out));
  const EngineRun other = runEngine({"assembly", oracleFile("mlp_ce.pt2")});
  QCOMPARE(other.exitCode, 2);
  QVERIFY2(other.errors.contains("no entry point"), qPrintable(other.errors));
  const EngineRun none = runEngine({"assembly", path("absent.cpp")});
  QVERIFY2(none.errors.contains("absent.cpp"), qPrintable(none.errors));
}

void TstEngineCommandLine::kernelsWritesOneFileAKernel() {
  const EngineRun run = runEngine({"kernels", oracleFile("mlp_ce.pt2"), "--out", path("kernels"),
                                   "--reproducers", "--json", path("kernels.json")});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  const QJsonObject json = readJson(path("kernels.json"));
  int kernels = 0;
  for (const char* half : {"forward", "backward"})
    for (const auto& kernel : json[half].toObject()["kernels"].toArray()) {
      ++kernels;
      const QString name = kernel.toObject()["name"].toString();
      QVERIFY(QFile::exists(path("kernels/reproducer_" + QString(half) + "_" + name + ".cpp")));
      QFile source(path("kernels/" + QString(half) + "_" + name + ".cpp"));
      QVERIFY2(source.open(QIODevice::ReadOnly), qPrintable(source.fileName()));
      QVERIFY(source.readAll().contains(name.toUtf8()));
      QVERIFY(!kernel.toObject()["nodes"].toArray().isEmpty());
    }
  QVERIFY(kernels >= 3);
  const auto refusals = json["backward"].toObject()["refusals"].toArray();
  QVERIFY(!refusals.isEmpty());
  QVERIFY(!refusals[0].toObject()["sentence"].toString().isEmpty());
}

void TstEngineCommandLine::benchChecksBeforeItCompares() {
  const EngineRun run =
      runEngine({"bench", oracleFile("mlp_ce.pt2"), "--json", path("bench.json"), "--quiet"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  QVERIFY(run.out.indexOf("check") < run.out.indexOf("speed-up"));
  const QJsonObject json = readJson(path("bench.json"));
  QVERIFY(json["check"].toObject()["passed"].toBool());
  const QJsonObject speedup = json["speedup"].toObject();
  const double median = speedup["median"].toDouble();
  const QJsonArray interval = speedup["ci95"].toArray();
  QVERIFY(interval[0].toDouble() <= median && median <= interval[1].toDouble());
  QVERIFY(json["eager"].toObject()["samples"].toArray().size() >= 10);
  QCOMPARE(json["eager"].toObject()["samples"].toArray().size(),
           json["compiled"].toObject()["samples"].toArray().size());
}

// The operator carries the tag of random ones, but without dropout it draws no numbers.
void TstEngineCommandLine::fusedAttentionIsCheckedAgainstFloat64() {
  const EngineRun run =
      runEngine({"bench", oracleFile("gpt_sdpa.pt2"), "--json", path("bench.json"), "--quiet"});
  QVERIFY2(run.exitCode == 0, qPrintable(run.errors));
  const QJsonObject worst = readJson(path("bench.json"))["check"].toObject()["worst"].toObject();
  QVERIFY(worst["rmse_eager"].toDouble() > 0);
  QVERIFY(worst["rmse_compiled"].toDouble() > 0);
}

QTEST_GUILESS_MAIN(TstEngineCommandLine)
#include "tst_engine_command_line.moc"
