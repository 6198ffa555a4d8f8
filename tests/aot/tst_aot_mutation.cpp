// Writes: which stay in the graph, which are handed out, and what backward makes of them.

#include <QTest>

#include "core/ir/graph_text.h"
#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

namespace {

/// In-place operators end in an underscore before their overload.
bool isMutable(const std::string& target) {
  const std::string base = target.substr(0, target.rfind('.'));
  return base.ends_with("_") && base != "aten.copy_";
}

}  // namespace

class TestAotMutation : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aWrittenBufferIsCopiedBackAtTheEnd() {
    ProgramBuilder program;
    program.parameter("w", {3}).buffer("count", {3}).input("x", {2, 3});
    program
        .call("counted", "aten.add_.Tensor", {{"self", value("count")}, {"other", std::int64_t{1}}})
        .call("y", "aten.mul.Tensor", {{"self", value("x")}, {"other", value("w")}})
        .output("y");
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QCOMPARE(traced.joint->metadata.inputs[1].mutationType, ir::MutationType::MutatedInGraph);
    const ir::Graph& graph = *traced.joint->graph;
    const ir::Node& copy = graph.nodes()[graph.size() - 2];
    QCOMPARE(
        ir::nodeText(graph, copy).find("aten.copy_.default(%primals_2, %add)") != std::string::npos,
        true);
    QCOMPARE(copy.meta.tag, ir::PartitionerTag::MustBeInForward);
    for (const std::string& target : support::calls(graph)) QVERIFY(!isMutable(target));
  }

  void aWriteThroughAViewReachesTheBuffer() {
    ProgramBuilder program;
    program.parameter("w", {3}).buffer("state", {2, 3});
    program
        .call("row", "aten.select.int",
              {{"self", value("state")}, {"dim", std::int64_t{0}}, {"index", std::int64_t{1}}})
        .call("written", "aten.copy_.default", {{"self", value("row")}, {"src", value("w")}})
        .call("y", "aten.mul.Tensor", {{"self", value("w")}, {"other", value("w")}})
        .output("y");
    const auto traced = support::trace(program);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const auto targets = support::calls(*traced.joint->graph);
    QCOMPARE(std::count(targets.begin(), targets.end(), "aten.select_scatter.default"), 1);
    QVERIFY(traced.joint->metadata.inputs[1].mutatesData);
    // A parameter flows into the buffer, so its new value has a gradient and is handed out.
    QVERIFY(traced.joint->metadata.inputs[1].requiresGrad);
    QVERIFY((traced.joint->metadata.mutatedRuntimeIndices == std::vector<int>{1}));
    QCOMPARE(traced.joint->metadata.tracedTangents.size(), std::size_t{2});
    QVERIFY(traced.joint->graph->outputs().back().isNone());
  }

  void aFunctionalProgramWritesItsBuffersToo() {
    ProgramBuilder program;
    program.parameter("w", {3}).buffer("count", {3});
    program.call("next", "aten.add.Tensor", {{"self", value("count")}, {"other", std::int64_t{1}}})
        .call("y", "aten.sin.default", {{"self", value("w")}})
        .bufferUpdate("next", "count")
        .output("y");
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QVERIFY((traced.joint->metadata.mutatedGraphHandledIndices == std::vector<int>{1}));
    QCOMPARE(traced.joint->metadata.outputs.size(), std::size_t{1});
    QCOMPARE(support::calls(*traced.joint->graph).back(), std::string("aten.copy_.default"));
  }

  void anInputThatNeedsGradIsHandedOut() {
    const auto traced = support::traceOracleModel("mutate_input_grad");
    QVERIFY(!traced.error);
    const ir::ViewAndMutationMeta& meta = traced.joint->metadata;
    QVERIFY(!meta.mutatedRuntimeIndices.empty());
    for (const int i : meta.mutatedRuntimeIndices)
      QVERIFY(meta.inputs[std::size_t(i)].requiresGrad);
    QCOMPARE(std::size_t(traced.joint->signature.numForwardOutputs),
             meta.mutatedRuntimeIndices.size() + meta.outputs.size() +
                 std::size_t(meta.intermediateBases));
  }

  void aWriteUnderNoGradStaysInTheGraph() {
    ProgramBuilder program;
    program.parameter("w", {3}).input("x", {3});
    program.openGradRegion(false)
        .call("shrunk", "aten.mul_.Tensor", {{"self", value("w")}, {"other", 0.5}})
        .closeRegion();
    program.call("y", "aten.mul.Tensor", {{"self", value("x")}, {"other", value("w")}}).output("y");
    const auto traced = support::trace(program);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    QVERIFY(traced.joint->metadata.inputs[0].mutationsUnderNoGrad);
    QCOMPARE(traced.joint->metadata.inputs[0].mutationType, ir::MutationType::MutatedInGraph);
  }

  void aLeafThatNeedsGradMayNotBeWritten() {
    ProgramBuilder program;
    program.parameter("w", {3});
    program.call("y", "aten.mul_.Tensor", {{"self", value("w")}, {"other", 0.5}}).output("y");
    const auto traced = support::trace(program);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::Torch);
    QVERIFY(traced.error->message.find("leaf") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestAotMutation)
#include "tst_aot_mutation.moc"
