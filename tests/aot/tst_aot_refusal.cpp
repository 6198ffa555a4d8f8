// What cannot be traced ends with a named error that says which operator and where, and the graph
// up to there.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

namespace {

/// LibTorch computes them, and says nowhere in C++ which shape they have.
ProgramBuilder eigenvalues() {
  ProgramBuilder program;
  program.input("x", {3, 3});
  program.call("y", "aten._linalg_eigvals.default", {{"self", value("x")}}).output("y");
  return program;
}

torch::TraceOptions learning(std::int64_t bytes) {
  torch::TraceOptions options;
  options.mode = run::Mode::Infer;
  options.learnShapesBytes = bytes;
  return options;
}

}  // namespace

class TestAotRefusal : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void dataDependentShapesNameOperatorModuleAndLine() {
    ProgramBuilder program;
    program.parameter("w", {4});
    program.in("head.gate", "Gate", 41)
        .call("r", "aten.relu.default", {{"self", value("w")}})
        .call("n", "aten.nonzero.default", {{"self", value("r")}})
        .output("n");
    const auto traced = support::trace(program);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::DataDependentShape);
    const std::string& message = traced.error->message;
    QVERIFY2(message.find("`aten.nonzero.default`") != std::string::npos, message.c_str());
    QVERIFY2(message.find("'head.gate' (Gate)") != std::string::npos, message.c_str());
    QVERIFY2(message.find("net.py:41") != std::string::npos, message.c_str());
  }

  void theGraphUpToTheRefusedNodeIsReturned() {
    ProgramBuilder program;
    program.parameter("w", {4});
    program.call("r", "aten.relu.default", {{"self", value("w")}})
        .call("n", "aten.nonzero.default", {{"self", value("r")}})
        .output("n");
    const auto traced = support::trace(program);
    QVERIFY(traced.joint != nullptr);
    const auto targets = support::calls(*traced.joint->graph);
    QCOMPARE(targets.front(), std::string("aten.relu.default"));
    QVERIFY(std::count(targets.begin(), targets.end(), "aten.nonzero.default") == 0);
  }

  void readingAValueIsDataDependent() {
    ProgramBuilder program;
    program.parameter("w", {1});
    program.call("v", "aten.item.default", {{"self", value("w")}}).output("w");
    const auto traced = support::trace(program);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::DataDependentShape);
  }

  void anOperatorWithoutAShapeFunctionSaysHowToAllowIt() {
    ProgramBuilder program = eigenvalues();
    const auto traced = support::trace(program, run::Mode::Infer);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::UnsupportedOp);
    const std::string& message = traced.error->message;
    QVERIFY2(message.find("`aten._linalg_eigvals.default`") != std::string::npos, message.c_str());
    QVERIFY2(message.find("--learn-shapes") != std::string::npos, message.c_str());
  }

  void itsShapeIsLearntOnZerosIfAllowed() {
    ProgramBuilder program = eigenvalues();
    std::vector<std::string> remarks;
    StageContext context;
    context.onLog = [&](const LogEntry& entry) { remarks.push_back(entry.text); };
    const auto traced =
        support::openModel(program.model(), program.inputs())->trace(learning(1 << 20), context);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const ir::Graph& graph = *traced.joint->graph;
    QCOMPARE(ir::tensorMetaText(*graph.node(*graph.find("_linalg_eigvals")).tensor()),
             std::string("c64[3]"));
    QCOMPARE(remarks.size(), std::size_t{1});
    QVERIFY(remarks.front().find("zeros") != std::string::npos);
  }

  void moreZerosThanAllowedAreRefused() {
    ProgramBuilder program = eigenvalues();
    const auto traced =
        support::openModel(program.model(), program.inputs())->trace(learning(16), {});
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::UnsupportedOp);
    QVERIFY(traced.error->message.find("takes 36 bytes") != std::string::npos);
  }

  void aStopEndsAReplayToo() {
    ProgramBuilder program;
    program.parameter("w", {4});
    program.call("r", "aten.relu.default", {{"self", value("w")}}).output("r");
    std::stop_source stop;
    StageContext context;
    context.stop = stop.get_token();
    context.onProgress = [&](double, const std::string& what) {
      if (what == "Trace: functionalize") stop.request_stop();
    };
    const auto traced = support::trace(program, run::Mode::Train, context);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::Cancelled);
  }

  void aNumberThatNoGraphHoldsIsRefusedByItsOperator() {
    ProgramBuilder program;
    program.parameter("r", {3}).parameter("a", {3});
    program.call("z", "aten.polar.default", {{"abs", value("r")}, {"angle", value("a")}})
        .call("y", "aten.view_as_real.default", {{"self", value("z")}})
        .output("y");
    const auto traced = support::trace(program);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::UnsupportedOp);
    const std::string& message = traced.error->message;
    QVERIFY2(message.starts_with("Cannot trace `aten.mul."), message.c_str());
    QVERIFY2(message.find("in the backward") != std::string::npos, message.c_str());
  }

  void anOperatorThatDoesNotExistIsNamed() {
    ProgramBuilder program;
    program.input("x", {4});
    program.in("net", "Net", 7)
        .call("y", "mylib.fused_thing.default", {{"self", value("x")}})
        .output("y");
    const auto opened = support::torchModule().open(program.model(), program.inputs(), 0);
    QVERIFY(!opened.has_value());
    QCOMPARE(opened.error().code, ErrorCode::UnsupportedOp);
    QVERIFY(opened.error().message.find("`mylib.fused_thing.default`") != std::string::npos);
    QVERIFY(opened.error().message.find("net.py:7") != std::string::npos);
  }

  void higherOrderOperatorsAreNamed() {
    ProgramBuilder program;
    program.input("x", {4}).call("y", "higher_order.cond", {{"pred", value("x")}}).output("y");
    const auto opened = support::torchModule().open(program.model(), program.inputs(), 0);
    QVERIFY(!opened.has_value());
    QCOMPARE(opened.error().code, ErrorCode::UnsupportedOp);
    QVERIFY(opened.error().message.find("`higher_order.cond`") != std::string::npos);
  }

  void wrongShapesInTheModelAreNamed() {
    ProgramBuilder program;
    program.input("a", {2, 3}).input("b", {2, 3});
    program.call("y", "aten.mm.default", {{"self", value("a")}, {"mat2", value("b")}}).output("y");
    const auto traced = support::trace(program);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::Torch);
    QVERIFY(traced.error->message.find("`aten.mm.default`") != std::string::npos);
  }

  void aMissingArgumentIsNamed() {
    ProgramBuilder program;
    program.input("a", {2, 3});
    program.call("y", "aten.mm.default", {{"self", value("a")}}).output("y");
    const auto opened = support::torchModule().open(program.model(), program.inputs(), 0);
    QVERIFY(!opened.has_value());
    QVERIFY(opened.error().message.find("'mat2'") != std::string::npos);
  }

  void anOperatorWithoutDerivativeIsPlaced() {
    ProgramBuilder program;
    program.parameter("w", {4}).input("x", {4});
    program.in("net", "Net", 12)
        .call("y", "aten.nextafter.default", {{"self", value("w")}, {"other", value("x")}})
        .output("y");
    const auto traced = support::trace(program);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::UnsupportedOp);
    const std::string& message = traced.error->message;
    QVERIFY2(message.find("net.py:12") != std::string::npos, message.c_str());
    QVERIFY2(message.find("nextafter") != std::string::npos, message.c_str());
    QVERIFY(traced.joint && traced.joint->graph->find("nextafter"));
    // The engine is as before: the next backward is traced.
    QVERIFY(!support::traceOracleModel("mlp").error);
  }

  void aStopEndsTheTrace() {
    std::stop_source source;
    source.request_stop();
    StageContext context;
    context.stop = source.get_token();
    ProgramBuilder program;
    program.input("x", {4}).call("y", "aten.relu.default", {{"self", value("x")}}).output("y");
    const auto traced = support::trace(program, run::Mode::Train, context);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::Cancelled);
  }
};

QTEST_APPLESS_MAIN(TestAotRefusal)
#include "tst_aot_refusal.moc"
