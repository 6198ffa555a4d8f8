// What is said of a model before anything of it runs, and what is chosen when nobody chose.

#include <QTest>

#include "core/pipeline/model_summary.h"

using namespace core;
using namespace core::pipeline;

class TstModelSummary : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void summaryListsInputsParametersAndOperators();
  void operatorsThatNoTraceCanHoldAreNamed();
  void nestedGraphsCount();
  void aModelThatLearnsIsTrained();
  void aModelWhoseInputLearnsIsTrained();
  void theFirstScalarOutputIsTheLoss();
  void aWantedLossMustBeAScalarOfTheModel();
};

namespace {

load::LoadedModel realModel(const char* name) {
  const auto model =
      load::loadModel(std::string(AOT_TEST_DATA "/oracle/models/") + name + ".pt2", {});
  if (!model) qFatal("%s", model.error().message.c_str());
  return **model;
}

load::ExportNode nodeOf(const char* target) {
  load::ExportNode node;
  node.target = target;
  node.moduleStack = {std::make_shared<const ir::ModuleScope>(ir::ModuleScope{"head", "net.Head"})};
  node.source = std::make_shared<const ir::SourceLocation>(
      ir::SourceLocation{"net.py", 41, "forward", "x.nonzero()"});
  return node;
}

}  // namespace

void TstModelSummary::summaryListsInputsParametersAndOperators() {
  const ModelSummary summary = summarizeModel(realModel("mlp_ce"));
  QCOMPARE(summary.name, std::string("mlp_ce"));
  QCOMPARE(summary.inputs.size(), std::size_t{2});
  QCOMPARE(ir::tensorMetaText(summary.inputs[0].meta), std::string("f32[8, 64]"));
  QCOMPARE(summary.outputs.size(), std::size_t{1});
  QCOMPARE(summary.parameters.size(), std::size_t{4});
  QVERIFY(summary.parameters[0].requiresGrad);
  QCOMPARE(summary.opCounts.front(), (std::pair<std::string, int>("aten.linear.default", 2)));
  QVERIFY(summary.unsupported.empty());
}

void TstModelSummary::operatorsThatNoTraceCanHoldAreNamed() {
  load::LoadedModel model;
  model.program.graph.nodes = {nodeOf("torch.ops.aten.nonzero.default"),
                               nodeOf("torch.ops.aten.relu.default"),
                               nodeOf("torch.ops.higher_order.cond")};
  const ModelSummary summary = summarizeModel(model);
  QCOMPARE(summary.unsupported.size(), std::size_t{2});
  QCOMPARE(summary.unsupported[0].target, std::string("aten.nonzero.default"));
  QCOMPARE(summary.unsupported[0].module, std::string("head"));
  QCOMPARE(summary.unsupported[0].source, std::string("net.py:41"));
  QVERIFY(summary.unsupported[0].reason.find("nonzero") != std::string::npos);
  QCOMPARE(summary.unsupported[1].target, std::string("higher_order.cond"));
}

void TstModelSummary::nestedGraphsCount() {
  auto nested = std::make_shared<load::ExportGraph>();
  nested->nodes = {nodeOf("torch.ops.aten.relu.default")};
  load::LoadedModel model;
  model.program.graph.nodes = {nodeOf("torch.ops.higher_order.wrap_with_set_grad_enabled")};
  model.program.graph.nodes[0].inputs = {{"graph", load::SubgraphArgument{"g", nested}}};
  const ModelSummary summary = summarizeModel(model);
  QVERIFY(summary.unsupported.empty());
  QCOMPARE(summary.opCounts.size(), std::size_t{2});
}

void TstModelSummary::aModelThatLearnsIsTrained() {
  load::LoadedModel model;
  QVERIFY(chooseMode(model, {}) == run::Mode::Infer);
  model.weights.push_back({"w", true, true, 0, {}, 0});
  QVERIFY(chooseMode(model, {}) == run::Mode::Train);
  CompileOptions asked;
  asked.mode = run::Mode::Infer;
  QVERIFY(chooseMode(model, asked) == run::Mode::Infer);
}

void TstModelSummary::aModelWhoseInputLearnsIsTrained() {
  load::LoadedModel model;
  model.sampleInputs.emplace();
  model.sampleInputs->inputs.resize(2);
  QVERIFY(chooseMode(model, {}) == run::Mode::Infer);
  model.sampleInputs->inputs[1].requiresGrad = true;
  QVERIFY(chooseMode(model, {}) == run::Mode::Train);
  CompileOptions fromFile;
  fromFile.inputsPath = AOT_TEST_DATA "/oracle/inputs/mlp.json";
  QVERIFY(chooseMode(model, fromFile) == run::Mode::Infer);
}

void TstModelSummary::theFirstScalarOutputIsTheLoss() {
  QCOMPARE(chooseLoss(realModel("mlp_ce"), {})->text(), std::string("output:0"));
  QCOMPARE(chooseLoss(realModel("mlp"), {})->text(), std::string("mean_square"));
}

void TstModelSummary::aWantedLossMustBeAScalarOfTheModel() {
  CompileOptions options;
  options.loss = run::LossSpec{0};
  QVERIFY(chooseLoss(realModel("mlp_ce"), options).has_value());
  const auto tensor = chooseLoss(realModel("mlp"), options);
  QVERIFY(!tensor && tensor.error().code == ErrorCode::InvalidArgument);
  options.loss = run::LossSpec{5};
  QVERIFY(!chooseLoss(realModel("mlp_ce"), options).has_value());
}

QTEST_APPLESS_MAIN(TstModelSummary)
#include "tst_model_summary.moc"
