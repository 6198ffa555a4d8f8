// The debug replay: every model's joint graph, node by node on real data, is what eager does; and a
// graph that is not is found out, with the place.

#include <QDir>
#include <QTest>

#include "core/ir/graph_builder.h"
#include "tests/aot/check_program.h"
#include "tests/core/run/run_model.h"

using namespace core;

namespace {

torch::RunOptions training() {
  torch::RunOptions options;
  options.seed = 1234;
  options.threads = 1;
  return options;
}

/// The trace with the node `name` changed by `change`.
template <typename Change>
torch::TraceResult changed(torch::TraceResult traced, const std::string& name, Change&& change) {
  const ir::Graph& graph = *traced.joint->graph;
  ir::GraphBuilder builder;
  std::vector<ir::NodeId> placed(graph.size());
  const auto map = [&](ir::NodeId id) { return placed[id.index]; };
  for (const ir::Node& node : graph.nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    ir::Node copy = node;
    if (node.name == name) change(copy);
    placed[node.id.index] = builder.addCopy(copy, map);
  }
  std::vector<ir::Argument> outputs;
  for (const ir::Argument& output : graph.outputs()) outputs.push_back(ir::mapNodes(output, map));
  builder.setOutputs(std::move(outputs));
  auto joint = std::make_shared<ir::JointGraph>(*traced.joint);
  joint->graph = std::move(builder).freeze();
  traced.joint = std::move(joint);
  return traced;
}

/// Waves so fast that the last digit of a quotient moves them, behind a dropout.
support::TorchModelPtr illConditioned() {
  support::ProgramBuilder program;
  using support::value;
  program.parameter("w", {64}).input("x", {32, 64});
  program
      .call("kept", "aten.dropout.default", {{"input", value("x")}, {"p", 0.25}, {"train", true}})
      .call("third", "aten.div.Tensor", {{"self", value("kept")}, {"other", 3.0}})
      .call("fast", "aten.mul.Tensor", {{"self", value("third")}, {"other", 30000.0}})
      .call("y", "aten.sin.default", {{"self", value("fast")}})
      .call("z", "aten.mul.Tensor", {{"self", value("y")}, {"other", value("w")}})
      .output("z");
  return support::openProgram(program);
}

/// The trace of illConditioned() with the quotient as a product.
torch::TraceResult timesInsteadOfDivided(const torch::TraceResult& traced, double factor) {
  return changed(traced, "div", [&](ir::Node& node) {
    node.target = "aten.mul.Tensor";
    node.args.back() = factor;
  });
}

std::string firstCall(const ir::Graph& graph, const std::string& target) {
  for (const ir::Node& node : graph.nodes())
    if (node.isCallTo(target)) return node.name;
  return {};
}

}  // namespace

class TestTraceCheck : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyTraceIsWhatEagerDoes_data();
  void everyTraceIsWhatEagerDoes();
  void aWrongOperatorIsNamedWithItsPlace();
  void aWrongShapeIsNamed();
  void aWrongGradientIsNamed();
  void roundingOfAnIllConditionedModelIsNoFault();
  void aWrongNumberInAnIllConditionedModelIsNamed();
};

void TestTraceCheck::everyTraceIsWhatEagerDoes_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("inputs");
  const QString oracle = QString::fromStdString(support::oraclePath(""));
  for (const QString& file : QDir(oracle + "models").entryList({"*.pt2"})) {
    const QString name = file.chopped(4);
    QTest::newRow(qPrintable(name))
        << oracle + "models/" + file << oracle + "inputs/" + name + ".json";
  }
  const QDir samples(AOT_TEST_DATA "/../resources/samples");
  for (const QString& file : samples.entryList({"*.pt2"}))
    QTest::newRow(qPrintable("sample " + file)) << samples.filePath(file) << QString();
}

void TestTraceCheck::everyTraceIsWhatEagerDoes() {
  QFETCH(QString, model);
  QFETCH(QString, inputs);
  const auto loaded = support::valueOf(load::loadModel(model.toStdString(), {}));
  std::optional<load::InputSet> given;
  if (!inputs.isEmpty()) given = support::valueOf(load::readInputSet(inputs.toStdString()));
  const auto opened = support::valueOf(support::torchModule().open(loaded, given, 0));
  using torch::TraceDecompositions;
  const std::vector<torch::TraceOptions> ways{
      {run::Mode::Train, TraceDecompositions::None},
      {run::Mode::Train, TraceDecompositions::Core},
      {run::Mode::Infer, TraceDecompositions::None},
      {run::Mode::Infer, TraceDecompositions::Core},
  };
  for (const torch::TraceOptions& way : ways) {
    const auto traced = opened->trace(way, {});
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    torch::RunOptions options = training();
    options.mode = way.mode;
    const auto check = support::valueOf(opened->checkTrace(traced, options, {}));
    QVERIFY2(!check.mismatch, check.sentence().c_str());
    QVERIFY(check.nodes > 0 && check.values > 0);
    QCOMPARE(check.outputs > 0, true);
    if (way.mode == run::Mode::Train) QVERIFY(check.gradients > 0);
  }
}

void TestTraceCheck::aWrongOperatorIsNamedWithItsPlace() {
  const auto model = support::openOracle("mlp");
  const auto traced = model->trace({}, {});
  const std::string name = firstCall(*traced.joint->graph, "aten.gelu.default");
  const auto wrong =
      changed(traced, name, [](ir::Node& node) { node.target = "aten.sigmoid.default"; });
  const auto check = support::valueOf(model->checkTrace(wrong, training(), {}));
  QVERIFY(check.mismatch.has_value());
  QCOMPARE(check.mismatch->node, name);
  const auto& meta = traced.joint->graph->node(*traced.joint->graph->find(name)).meta;
  QCOMPARE(check.mismatch->module, meta.module ? meta.module->path : std::string());
  QVERIFY(!check.mismatch->source.empty());
  QVERIFY(check.sentence().find("differs from eager") != std::string::npos);
}

void TestTraceCheck::aWrongShapeIsNamed() {
  const auto model = support::openOracle("mlp");
  const auto traced = model->trace({}, {});
  const std::string name = firstCall(*traced.joint->graph, "aten.addmm.default");
  const auto wrong = changed(traced, name, [](ir::Node& node) {
    ir::TensorMeta meta = *node.tensor();
    meta.sizes.front() = ir::Size(99);
    node.value = meta;
  });
  const auto check = support::valueOf(model->checkTrace(wrong, training(), {}));
  QVERIFY(check.mismatch.has_value());
  QCOMPARE(check.mismatch->node, name);
  QVERIFY(check.mismatch->what.find("the graph says f32[99") != std::string::npos);
}

void TestTraceCheck::aWrongGradientIsNamed() {
  const auto model = support::openOracle("mlp");
  const auto traced = model->trace({}, {});
  const std::string name = firstCall(*traced.joint->graph, "aten.gelu_backward.default");
  const auto wrong = changed(traced, name, [](ir::Node& node) { node.args.back() = 0.25; });
  const auto check = support::valueOf(model->checkTrace(wrong, training(), {}));
  QVERIFY(check.mismatch.has_value());
  QVERIFY(check.sentence().find("the gradient of primal") != std::string::npos);
}

void TestTraceCheck::roundingOfAnIllConditionedModelIsNoFault() {
  const auto model = illConditioned();
  const auto rounded = timesInsteadOfDivided(model->trace({}, {}), 1.0 / 3);
  bool wasHeldToFloat64 = false;
  StageContext context;
  context.onProgress = [&](double, const std::string& what) {
    wasHeldToFloat64 = wasHeldToFloat64 || what == "Check: eager in float64";
  };
  const auto check = support::valueOf(model->checkTrace(rounded, training(), context));
  QVERIFY2(!check.mismatch, check.sentence().c_str());
  QVERIFY(wasHeldToFloat64);
}

void TestTraceCheck::aWrongNumberInAnIllConditionedModelIsNamed() {
  const auto model = illConditioned();
  const auto wrong = timesInsteadOfDivided(model->trace({}, {}), 0.333334);
  const auto check = support::valueOf(model->checkTrace(wrong, training(), {}));
  QVERIFY(check.mismatch.has_value());
  QCOMPARE(check.mismatch->target, std::string("aten.sin.default"));
  QVERIFY(check.sentence().find("differs from eager") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestTraceCheck)
#include "tst_trace_check.moc"
