// One forward graph without tangents and gradients, asked for or found to be enough.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

class TestAotInference : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void inferenceHasNoTangentsAndNoGradients() {
    const auto traced = support::traceOracleModel("mlp", run::Mode::Infer);
    QVERIFY(!traced.error);
    const ir::JointGraph& joint = *traced.joint;
    QVERIFY(!joint.metadata.isTrain);
    QVERIFY(joint.metadata.tracedTangents.empty());
    QCOMPARE(joint.graph->placeholders().size(), std::size_t(joint.signature.numPrimals));
    QCOMPARE(joint.graph->outputs().size(), std::size_t(joint.signature.numForwardOutputs));
    QCOMPARE(joint.graph->node(joint.graph->placeholders().front()).name, std::string("arg0_1"));
    QVERIFY((support::calls(*joint.graph) ==
             std::vector<std::string>{"aten.t.default", "aten.addmm.default", "aten.gelu.default",
                                      "aten.t.default", "aten.addmm.default"}));
  }

  void writesStayInTheInferenceGraph() {
    const auto traced = support::traceOracleModel("mutate_input_grad", run::Mode::Infer);
    QVERIFY(!traced.error);
    QVERIFY(traced.joint->metadata.mutatedRuntimeIndices.empty());
    const auto targets = support::calls(*traced.joint->graph);
    QVERIFY(std::count(targets.begin(), targets.end(), "aten.copy_.default") > 0);
  }

  void dropoutOfATrainingModelStaysRandom() {
    const auto traced = support::traceOracleModel("dropout_mlp", run::Mode::Infer);
    QVERIFY(!traced.error);
    const auto calls = support::calls(*traced.joint->graph);
    QCOMPARE(std::count(calls.begin(), calls.end(), "aten.native_dropout.default"), 2);
  }

  void aModelWithoutParametersIsInferred() {
    ProgramBuilder program;
    program.input("x", {2, 3}).call("y", "aten.relu.default", {{"self", value("x")}}).output("y");
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QVERIFY(!traced.joint->metadata.isTrain);
    QCOMPARE(traced.joint->graph->placeholders().size(), std::size_t{1});
    QCOMPARE(traced.joint->graph->node({0}).name, std::string("arg0_1"));
  }

  void anOutputThatIsAParameterNeedsNoBackward() {
    ProgramBuilder program;
    program.parameter("w", {2, 3})
        .call("v", "aten.view.default",
              {{"self", value("w")}, {"size", std::vector<std::int64_t>{6}}})
        .output("v");
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QVERIFY(!traced.joint->metadata.isTrain);
    QCOMPARE(traced.joint->metadata.outputs.front().type, ir::OutputType::AliasOfInput);
    QCOMPARE(traced.joint->metadata.outputs.front().baseIndex, std::optional<int>(0));
  }
};

QTEST_APPLESS_MAIN(TestAotInference)
#include "tst_aot_inference.moc"
