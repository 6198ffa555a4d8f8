// What a trace tells beside its graph.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

namespace {

/// The remarks of a trace, in order.
std::vector<LogEntry> remarks(ProgramBuilder& program) {
  std::vector<LogEntry> entries;
  StageContext context;
  context.onLog = [&](const LogEntry& entry) { entries.push_back(entry); };
  const auto traced = support::trace(program, run::Mode::Train, context);
  CORE_CHECK(!traced.error, traced.error ? traced.error->message : "");
  return entries;
}

ProgramBuilder transposed() {
  ProgramBuilder program;
  program.parameter("w", {2, 3});
  program.in("net", "Net", 3)
      .call("y", "aten.t.default", {{"self", value("w")}})
      .call("z", "aten.sin.default", {{"self", value("y")}})
      .output("z");
  return program;
}

}  // namespace

class TestAotRemarks : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void shapesAsExportedNeedNoRemark() {
    ProgramBuilder program = transposed();
    ir::TensorMeta meta = ir::contiguousMeta(ir::DType::F32, {3, 2});
    meta.strides = {ir::Size(1), ir::Size(3)};
    program.recorded("y", meta);
    QVERIFY(remarks(program).empty());
  }

  void otherStridesThanExportedAreTold() {
    ProgramBuilder program = transposed();
    program.recorded("y", ir::contiguousMeta(ir::DType::F32, {3, 2}));
    const auto entries = remarks(program);
    QCOMPARE(entries.size(), std::size_t{1});
    QCOMPARE(entries[0].level, LogLevel::Info);
    QVERIFY(entries[0].text.find("'y' in module 'net' (Net) at net.py:3") != std::string::npos);
  }

  void otherSizesThanExportedAreAWarning() {
    ProgramBuilder program = transposed();
    program.recorded("y", ir::contiguousMeta(ir::DType::F32, {3, 3}));
    const auto entries = remarks(program);
    QCOMPARE(entries.size(), std::size_t{1});
    QCOMPARE(entries[0].level, LogLevel::Warning);
  }

  void specialisedSymbolsAreNamed() {
    ProgramBuilder program = transposed();
    program.symbol("s77");
    const auto entries = remarks(program);
    QCOMPARE(entries.size(), std::size_t{1});
    QVERIFY(entries[0].text.find("(s77)") != std::string::npos);
  }

  void removedNodesAreListed() {
    ProgramBuilder program = transposed();
    program.call("unused", "aten.cos.default", {{"self", value("y")}});
    const auto entries = remarks(program);
    QCOMPARE(entries.size(), std::size_t{1});
    QCOMPARE(entries[0].level, LogLevel::Debug);
    QVERIFY(entries[0].text.find(" cos") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestAotRemarks)
#include "tst_aot_remarks.moc"
