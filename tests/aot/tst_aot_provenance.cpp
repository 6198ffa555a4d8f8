// Sequence numbers link backward nodes to the module and source line of their forward node.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

namespace {

const ir::Node& nodeOf(const ir::Graph& graph, const std::string& name) {
  const auto id = graph.find(name);
  CORE_CHECK(id.has_value(), "no node '" + name + "'");
  return graph.node(*id);
}

ProgramBuilder squareOfTwoModules() {
  ProgramBuilder program;
  program.parameter("w", {4}).input("x", {4});
  program.in("first", "First", 10)
      .call("a", "aten.sin.default", {{"self", value("w")}})
      .in("second", "Second", 20)
      .call("y", "aten.mul.Tensor", {{"self", value("a")}, {"other", value("a")}})
      .output("y");
  return program;
}

}  // namespace

class TestAotProvenance : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void backwardNodesCarryTheModuleOfTheirForwardNode() {
    ProgramBuilder program = squareOfTwoModules();
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    const ir::Graph& graph = *traced.joint->graph;
    const ir::Node& cosine = nodeOf(graph, "cos");
    QVERIFY(!cosine.meta.module);
    QVERIFY(cosine.meta.forwardModule);
    QCOMPARE(cosine.meta.forwardModule->path, std::string("first"));
    QVERIFY(cosine.meta.source);
    QCOMPARE(cosine.meta.source->line, 10);
    QCOMPARE(cosine.meta.exportedOp, std::string("aten.sin.default"));
    QCOMPARE(nodeOf(graph, "sin").meta.exportedOp, std::string("aten.sin.default"));
    QCOMPARE(cosine.meta.sequenceNumber, nodeOf(graph, "sin").meta.sequenceNumber);
    QCOMPARE(nodeOf(graph, "mul_1").meta.forwardModule->path, std::string("second"));
  }

  void gradientsOfOneValueAreAddedByAnAccumulationNode() {
    ProgramBuilder program = squareOfTwoModules();
    const auto traced = support::trace(program);
    const ir::Node& sum = nodeOf(*traced.joint->graph, "add");
    QVERIFY(sum.meta.gradientAccumulation);
    QVERIFY(!sum.meta.forwardModule);
    QCOMPARE(sum.meta.tag, ir::PartitionerTag::IsBackward);
  }

  void theSmallestSequenceNumberIsZero() {
    ProgramBuilder program = squareOfTwoModules();
    const auto traced = support::trace(program);
    std::optional<std::int64_t> smallest;
    for (const ir::Node& node : traced.joint->graph->nodes())
      if (node.meta.sequenceNumber)
        smallest =
            std::min(smallest.value_or(*node.meta.sequenceNumber), *node.meta.sequenceNumber);
    QCOMPARE(smallest, std::optional<std::int64_t>(0));
  }

  void aNoGradRegionIsInlinedAndHasNoBackward() {
    ProgramBuilder program;
    program.parameter("w", {4}).parameter("u", {4});
    program.openGradRegion(false)
        .call("frozen", "aten.sin.default", {{"self", value("w")}})
        .closeRegion();
    program.call("y", "aten.mul.Tensor", {{"self", value("frozen")}, {"other", value("u")}})
        .output("y");
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    const ir::Graph& graph = *traced.joint->graph;
    QVERIFY(graph.find("sin").has_value());
    QVERIFY(!graph.find("cos").has_value());
    QVERIFY(graph.outputs()[1].isNone());
    QVERIFY(graph.outputs()[2].isNode());
  }

  void anUnusedParameterHasNoGradient() {
    ProgramBuilder program;
    program.parameter("w", {4}).parameter("unused", {4});
    program.call("y", "aten.sin.default", {{"self", value("w")}}).output("y");
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    const auto& outputs = traced.joint->graph->outputs();
    QCOMPARE(outputs.size(), std::size_t{3});
    QVERIFY(outputs[1].isNode());
    QVERIFY(outputs[2].isNone());
    QCOMPARE(traced.joint->graph->outputDescriptors()[2],
             std::string("GradAOTOutput(grad_of=ParamAOTInput(target='unused'))"));
  }
};

QTEST_APPLESS_MAIN(TestAotProvenance)
#include "tst_aot_provenance.moc"
