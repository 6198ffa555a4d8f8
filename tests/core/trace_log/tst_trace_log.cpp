// Logs that torch 2.11 wrote (logs/make_logs.py made them), and damaged copies of them.

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/check.h"
#include "core/ir/readable_text.h"
#include "core/load/trace_log/md5.h"
#include "core/load/trace_log/trace_log.h"
#include "core/load/trace_log/trace_log_writer.h"
#include "core/partition/partition_joint.h"

using namespace core;

namespace {

const QString kLogs = QStringLiteral(AOT_TEST_DATA "/core/trace_log/logs/");

load::TraceLog readLog(const QString& path) {
  auto log = load::readTraceLog(path.toStdString(), {});
  CORE_CHECK(log.has_value(), log ? std::string() : log.error().message);
  return *std::move(log);
}

load::TraceLog logNamed(const char* name) {
  return readLog(kLogs + name + ".log");
}

std::vector<std::string> namesOf(const std::vector<ir::Argument>& values, const ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::Argument& value : values)
    names.push_back(value.isNode() ? graph.node(value.node()).name : "None");
  return names;
}

QByteArray bytesOf(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
  return file.readAll();
}

}  // namespace

class TestTraceLog : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void sumsAreThoseOfTheStandard_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("sum");
    QTest::newRow("empty") << QByteArray("") << "d41d8cd98f00b204e9800998ecf8427e";
    QTest::newRow("abc") << QByteArray("abc") << "900150983cd24fb0d6963f7d28e17f72";
    QTest::newRow("80 digits") << QByteArray("1234567890").repeated(8)
                               << "57edf4a22be3c955ac49da2e2107b67a";
    QTest::newRow("55 bytes") << QByteArray(55, 'a') << "ef1772b6dff9a122358552954ad0df65";
    QTest::newRow("56 bytes") << QByteArray(56, 'a') << "3b0c8ac703f828b04c6c197006d17218";
  }
  void sumsAreThoseOfTheStandard() {
    QFETCH(QByteArray, text);
    QFETCH(QString, sum);
    QCOMPARE(QString::fromStdString(load::md5(text.toStdString())), sum);
  }

  void everyGraphThatPyTorchPrintedIsRead_data() {
    QTest::addColumn<QString>("log");
    for (const char* log : {"recompiled", "graph_break", "decomposed"}) QTest::newRow(log) << log;
  }
  void everyGraphThatPyTorchPrintedIsRead() {
    QFETCH(QString, log);
    const load::TraceLog read = logNamed(qPrintable(log));
    QVERIFY(read.problems.empty());
    int graphs = 0;
    for (const load::LoggedCompile& compile : read.compiles) {
      for (const load::LoggedGraph& graph : compile.graphs) {
        QVERIFY2(graph.graph, (graph.kind + ": " + graph.problem).c_str());
        ++graphs;
        const bool plain = graph.kind == "aot_forward_graph" || graph.kind == "aot_backward_graph";
        if (plain)
          QCOMPARE(QString::fromStdString(ir::readableText(*graph.graph)),
                   QString::fromStdString(graph.text));
      }
    }
    QVERIFY(graphs >= 6);
  }

  void compilesAreInTheirPlace() {
    const load::TraceLog log = logNamed("recompiled");
    QCOMPARE(log.compiles.size(), std::size_t{2});
    const load::LoggedCompile& first = log.compiles[0];
    QCOMPARE(first.id, std::string("0/0"));
    QCOMPARE(first.function, std::string("forward"));
    QCOMPARE(first.file, std::string("make_logs.py"));
    QVERIFY(first.line > 0);
    const load::LoggedCompile* second = log.find("0/1");
    QVERIFY(second);
    QVERIFY(second->findText("recompile_reasons"));
    QVERIFY(second->findText("recompile_reasons")->text.find("size mismatch") != std::string::npos);
    QVERIFY(!log.find("7/0"));
  }

  void symbolsHaveTheSizesAtWhichTheCompileRan() {
    const load::TraceLog log = logNamed("recompiled");
    const load::LoggedCompile* compile = log.find("0/1");
    const ir::Graph& joint = *compile->find("aot_joint_graph")->graph;
    const ir::TensorMeta& loss = *joint.node(*joint.find("_softmax")).tensor();
    QVERIFY(loss.sizes[0].isSymbolic());
    QCOMPARE(loss.sizeHints(), (std::vector<std::int64_t>{6, 4}));
  }

  void aGraphBreakIsTwoCompilesAndAReason() {
    const load::TraceLog log = logNamed("graph_break");
    QCOMPARE(log.compiles.size(), std::size_t{2});
    const load::LoggedText* reason = log.compiles[0].findText("dynamo_graph_break_reason");
    QVERIFY(reason);
    QVERIFY(reason->text.find("Graph break in user code") != std::string::npos);
    QCOMPARE(log.compiles[1].function, std::string("torch_dynamo_resume_in_forward_at_") +
                                           std::to_string(log.compiles[1].line));
  }

  void theJointGraphCanBePartitioned() {
    const load::TraceLog log = logNamed("recompiled");
    const auto joint = load::loggedJointGraph(log.compiles[0]);
    QVERIFY2(joint, joint ? "" : joint.error().message.c_str());
    QCOMPARE(joint->signature.numPrimals, 10);
    QCOMPARE(joint->signature.numForwardOutputs, 1);
    QVERIFY(joint->metadata.isTrain);
    QCOMPARE(joint->metadata.staticInputIndices.size(), std::size_t{9});
    const auto parts = partition::partition(*joint, {}, {});
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    // PyTorch made a min-cut of the same graph.
    const ir::Graph& forward = *log.compiles[0].find("aot_forward_graph")->graph;
    const ir::Graph& backward = *log.compiles[0].find("aot_backward_graph")->graph;
    QCOMPARE(namesOf(parts->forward->outputs(), *parts->forward),
             namesOf(forward.outputs(), forward));
    QCOMPARE(parts->backward->placeholders().size(), backward.placeholders().size());
    QCOMPARE(parts->backward->size(), backward.size());
  }

  void anInferenceGraphIsAJointGraphWithoutABackward() {
    const load::TraceLog log = logNamed("decomposed");
    const auto joint = load::loggedJointGraph(log.compiles[0]);
    QVERIFY2(joint, joint ? "" : joint.error().message.c_str());
    QVERIFY(!joint->metadata.isTrain);
    QCOMPARE(joint->signature.numForwardOutputs, static_cast<int>(joint->graph->outputs().size()));
  }

  void aCompileWithoutAGraphIsAnError() {
    load::LoggedCompile compile;
    compile.id = "3/0";
    const auto joint = load::loggedJointGraph(compile);
    QVERIFY(!joint);
    QCOMPARE(joint.error().code, ErrorCode::InvalidArgument);
    QVERIFY(joint.error().message.find("3/0") != std::string::npos);
  }

  void aFolderIsReadFileByFile() {
    const load::TraceLog log = readLog(kLogs);
    QCOMPARE(log.compiles.size(), std::size_t{6});
    QCOMPARE(log.compiles[0].log, std::string("decomposed.log"));
    QVERIFY(load::isTraceLog(kLogs.toStdString()));
    QVERIFY(load::isTraceLog((kLogs + "graph_break.log").toStdString()));
    QVERIFY(!load::isTraceLog((kLogs + "make_logs.py").toStdString()));
    QVERIFY(!load::isTraceLog("/no/such/file"));
  }

  void linesThatEndWithACarriageReturnAreTheSame() {
    QByteArray bytes = bytesOf(kLogs + "graph_break.log");
    const load::TraceLog log = readLog(write(bytes.replace("\n", "\r\n")));
    QVERIFY(log.problems.empty());
    QVERIFY(log.compiles[0].find("aot_joint_graph")->graph);
  }

  void aDamagedPayloadIsNamedAndTheRestIsRead() {
    QByteArray bytes = bytesOf(kLogs + "graph_break.log");
    const int at = bytes.indexOf("torch.ops.aten.sin.default");
    bytes[at] = 'T';
    const load::TraceLog log = readLog(write(bytes));
    QCOMPARE(log.problems.size(), std::size_t{1});
    QVERIFY(log.problems[0].find("payload is damaged") != std::string::npos);
    QVERIFY(log.problems[0].find("line ") != std::string::npos);
    QVERIFY(!log.compiles[0].find("aot_joint_graph")->graph);
    QVERIFY(log.compiles[1].find("aot_joint_graph")->graph);
    const auto joint = load::loggedJointGraph(log.compiles[0]);
    QVERIFY(!joint);
    QCOMPARE(joint.error().code, ErrorCode::FormatUnsupported);
  }

  void aGraphThatIsNotUnderstoodKeepsItsText() {
    const QByteArray payload =
        "class G(torch.nn.Module):\n    def forward(self):\n        y = {}\n";
    QByteArray bytes =
        "V1124 09:00:00.000000 1 a.py:1] {\"aot_joint_graph\": {}, \"frame_id\": 0, "
        "\"frame_compile_id\": 0, \"has_payload\": \"" +
        QByteArray::fromStdString(load::md5(payload.toStdString())) + "\"}\n\t";
    bytes += QByteArray(payload).replace("\n", "\n\t") + "\n";
    const load::TraceLog log = readLog(write(bytes));
    const load::LoggedGraph& graph = log.compiles.at(0).graphs.at(0);
    QVERIFY(!graph.graph);
    QCOMPARE(graph.text, payload.toStdString());
    QVERIFY(graph.problem.starts_with("line 3, column 13: "));
  }

  void whatWeWriteIsReadBack() {
    const load::TraceLog original = logNamed("recompiled");
    const auto joint = load::loggedJointGraph(*original.find("0/1"));
    QVERIFY(joint);
    load::RunToLog run;
    run.model = "net";
    run.joint = &*joint;
    run.forward = original.find("0/1")->find("aot_forward_graph")->graph;
    run.backward = original.find("0/1")->find("aot_backward_graph")->graph;
    run.minCutInformation = "{\n\"saved\": []\n}";
    const load::TraceLog log =
        readLog(write(QByteArray::fromStdString(load::traceLogText({run, run}))));
    QVERIFY(log.problems.empty());
    QCOMPARE(log.compiles.size(), std::size_t{2});
    const load::LoggedCompile& compile = log.compiles[1];
    QCOMPARE(compile.id, std::string("1/0"));
    QCOMPARE(compile.file, std::string("make_logs.py"));
    QCOMPARE(compile.symbols.size(), std::size_t{1});
    QCOMPARE(compile.findText("min_cut_information")->text, run.minCutInformation);
    const auto again = load::loggedJointGraph(compile);
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(ir::readableText(*again->graph), ir::readableText(*joint->graph));
    QCOMPARE(again->metadata.staticInputIndices, joint->metadata.staticInputIndices);
    QCOMPARE(ir::readableText(*compile.find("aot_backward_graph")->graph),
             ir::readableText(*run.backward));
  }

  void everyTruncationOpensOrIsRefused() {
    const QByteArray bytes = bytesOf(kLogs + "graph_break.log");
    int opened = 0;
    for (int length = 0; length < bytes.size(); length += 997) {
      const auto log = load::readTraceLog(write(bytes.left(length)).toStdString(), {});
      if (log) ++opened;
    }
    QVERIFY(opened > 20);
  }

  void everythingElseIsRefused() {
    for (const QByteArray& bytes : {QByteArray(), QByteArray("hello\nworld\n"),
                                    QByteArray("V1124 09:00:00.0 1 a:1] {oops}\n"),
                                    QByteArray(1000, '\0'), QByteArray("V1124 0] {\n\t\n\t\n")}) {
      const auto log = load::readTraceLog(write(bytes).toStdString(), {});
      QVERIFY(!log);
      QCOMPARE(log.error().code, ErrorCode::FormatUnsupported);
    }
    QTemporaryDir empty;
    const auto log = load::readTraceLog(empty.path().toStdString(), {});
    QVERIFY(!log);
    QCOMPARE(log.error().code, ErrorCode::FileNotFound);
  }

 private:
  QString write(const QByteArray& bytes) {
    const QString path = m_folder.filePath("a.log");
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(path));
    file.write(bytes);
    return path;
  }

  QTemporaryDir m_folder;
};

QTEST_APPLESS_MAIN(TestTraceLog)
#include "tst_trace_log.moc"
