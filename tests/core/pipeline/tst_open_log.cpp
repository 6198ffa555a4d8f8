// A trace log in place of a model: its compiles are listed, and one of them is shown.

#include <QTest>

#include <algorithm>

#include "core/load/trace_log/trace_log.h"
#include "core/pipeline/open_log.h"

using namespace core;
using namespace core::pipeline;

class TstOpenLog : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void compilesAreListedWithTheReasonOfARecompile();
  void anUnknownCompileIsRefusedWithTheKnownOnes();
  void aSymbolWithoutAValueIsWarnedOf();
};

namespace {

load::TraceLog realLog(const char* name) {
  auto log = load::readTraceLog(std::string(AOT_TEST_DATA "/core/trace_log/logs/") + name, {});
  if (!log) qFatal("%s", log.error().message.c_str());
  return std::move(*log);
}

}  // namespace

void TstOpenLog::compilesAreListedWithTheReasonOfARecompile() {
  const load::TraceLog log = realLog("recompiled.log");
  const auto chosen = chooseCompile(log, "0/1");
  QVERIFY(chosen);
  const auto joint = load::loggedJointGraph(**chosen);
  QVERIFY(joint);
  const ModelSummary summary = summarizeLog("recompiled.log", log, **chosen, *joint);
  QCOMPARE(summary.name, std::string("recompiled"));
  QCOMPARE(summary.compiles.size(), log.compiles.size());
  QVERIFY(summary.compiles.size() >= 2);
  const CompileOfLog& first = summary.compiles[0];
  const CompileOfLog& second = summary.compiles[1];
  QCOMPARE(first.id, std::string("0/0"));
  QVERIFY(!first.isShown && second.isShown);
  QVERIFY(first.canOpen && second.canOpen);
  QCOMPARE(second.reason,
           std::string("0/0: tensor 'x' size mismatch at index 0. expected 8, actual 6"));
  QVERIFY(std::find(second.graphs.begin(), second.graphs.end(), "joint") != second.graphs.end());
}

void TstOpenLog::anUnknownCompileIsRefusedWithTheKnownOnes() {
  const auto chosen = chooseCompile(realLog("recompiled.log"), "7/0");
  QVERIFY(!chosen);
  QCOMPARE(chosen.error().code, ErrorCode::InvalidArgument);
  QVERIFY(chosen.error().message.find("0/0") != std::string::npos);
}

void TstOpenLog::aSymbolWithoutAValueIsWarnedOf() {
  load::LoggedCompile compile;
  compile.symbols = {{"s77", 6}};
  load::LoggedGraph graph;
  graph.kind = "aot_joint_graph";
  graph.text = "def forward(self, primals_1: \"f32[s77, s12]\"):";
  compile.graphs.push_back(graph);
  std::vector<std::string> warnings;
  StageContext context;
  context.onLog = [&](const LogEntry& entry) {
    if (entry.level == LogLevel::Warning) warnings.push_back(entry.text);
  };
  warnOfAssumedSizes(compile, context);
  QVERIFY((warnings ==
           std::vector<std::string>{"the log does not say the size of s12; 8 is assumed."}));
}

QTEST_GUILESS_MAIN(TstOpenLog)
#include "tst_open_log.moc"
