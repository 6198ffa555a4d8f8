// A trace leaves nothing behind and depends on nothing that went before.

#include <QTest>
#include <thread>

#include "core/ir/graph_text.h"
#include "tests/aot/trace_model.h"

using namespace core;

class TestAotIsolation : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void tracingTwiceGivesTheSameGraph() {
    const auto first = support::traceOracleModel("gpt_sdpa");
    const auto second = support::traceOracleModel("gpt_sdpa");
    QVERIFY(!first.error && !second.error);
    QCOMPARE(ir::graphText(*second.joint->graph), ir::graphText(*first.joint->graph));
  }

  void aFailedTraceDoesNotDisturbTheNext() {
    support::ProgramBuilder broken;
    broken.parameter("w", {4});
    broken.call("n", "aten.nonzero.default", {{"self", support::value("w")}}).output("n");
    const auto before = support::traceOracleModel("mlp");
    QVERIFY(support::trace(broken).error.has_value());
    const auto after = support::traceOracleModel("mlp");
    QCOMPARE(ir::graphText(*after.joint->graph), ir::graphText(*before.joint->graph));
  }

  void anInferenceTraceDoesNotDisturbTheNext() {
    const auto before = support::traceOracleModel("mlp");
    QVERIFY(!support::traceOracleModel("mlp", run::Mode::Infer).error);
    const auto after = support::traceOracleModel("mlp");
    QCOMPARE(ir::graphText(*after.joint->graph), ir::graphText(*before.joint->graph));
  }

  void anotherThreadTracesTheSame() {
    const auto here = support::traceOracleModel("mlp");
    torch::TraceResult there;
    std::thread([&] { there = support::traceOracleModel("mlp"); }).join();
    QVERIFY(!there.error);
    QCOMPARE(ir::graphText(*there.joint->graph), ir::graphText(*here.joint->graph));
  }

  void theModuleKnowsItsVersionAndOperators() {
    QCOMPARE(support::torchModule().torchVersion(), std::string("2.11.0"));
    QVERIFY(support::torchModule().operatorCoverage().size() > 1000);
  }
};

QTEST_APPLESS_MAIN(TestAotIsolation)
#include "tst_aot_isolation.moc"
