// One operator of a compiled step is made wrong by a thousandth, and the search must name it.

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <random>

#include "core/ir/graph_builder.h"
#include "core/schedule/view_ops.h"
#include "tests/core/run/run_model.h"

using namespace core;
using support::Build;

namespace {

/// `graph` with the value of `wrong` off by `factor`: the true value gets another name.
ir::GraphPtr withError(const ir::Graph& graph, const std::string& wrong, double factor) {
  ir::GraphBuilder builder;
  std::vector<ir::NodeId> newId(graph.size());
  const auto map = [&](ir::NodeId id) { return newId[id.index]; };
  for (const ir::Node& node : graph.nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    if (node.name != wrong) {
      newId[node.id.index] = builder.addCopy(node, map);
      continue;
    }
    ir::Node right = node;
    right.name = wrong + "_right";
    const ir::NodeId source = builder.addCopy(right, map);
    newId[node.id.index] =
        builder.addCall(wrong, "aten.mul.Scalar", {source, factor}, {}, node.value, node.meta);
  }
  std::vector<ir::Argument> outputs;
  for (const ir::Argument& output : graph.outputs()) outputs.push_back(ir::mapNodes(output, map));
  builder.setOutputs(std::move(outputs));
  return std::move(builder).freeze();
}

/// Nodes that compute a tensor of floats from others, and are no views.
std::vector<std::string> candidates(const ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::Node& node : graph.nodes()) {
    const ir::TensorMeta* meta = node.tensor();
    const bool computes = node.isCall() && meta && meta->dtype == ir::DType::F32 &&
                          meta->numel() > 1 && node.target != "getitem" &&
                          schedule::viewKind(graph, node) == schedule::ViewKind::None &&
                          node.target != "aten.copy_.default";
    if (computes && !graph.users(node.id).empty()) names.push_back(node.name);
  }
  return names;
}

/// Kernels are cached, since one error changes few of them.
class Builder {
 public:
  torch::ExecutableHalf build(const ir::GraphPtr& graph, const std::vector<std::string>& apart) {
    torch::ExecutableHalf half;
    const auto decomposed = passes::decomposeForFusion(graph);
    half.schedule = std::make_shared<schedule::Schedule>(
        support::valueOf(schedule::makeSchedule(decomposed.graph, {}, {apart})));
    std::vector<codegen::KernelSource> sources;
    for (const auto& group : half.schedule->groups)
      sources.push_back(support::valueOf(codegen::writeCpuKernel(group.nest)));
    half.kernels = support::valueOf(support::valueOf(jit::openCpuCompiler())
                                        ->build(sources, {m_folder.path().toStdString()}, {}));
    return half;
  }

 private:
  QTemporaryDir m_folder;
};

bool isOneOf(const std::string& name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

class TestStepSearch : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aRightStepHasNoDifference_data() { models(); }
  void aRightStepHasNoDifference();
  void anErrorIsFoundAtItsNode_data() { models(); }
  void anErrorIsFoundAtItsNode();

 private:
  static void models();
};

void TestStepSearch::models() {
  QTest::addColumn<QString>("name");
  for (const char* name : {"gpt_sdpa", "resnet18_w16"}) QTest::newRow(name) << name;
}

void TestStepSearch::aRightStepHasNoDifference() {
  QFETCH(QString, name);
  const auto model = support::openOracle(name.toStdString());
  const auto step =
      support::compile(*model, run::Mode::Train, support::minCut(0.5), Build::Kernels);
  const run::StepSearch search = support::valueOf(model->firstDifference(step, {}, {}));
  QVERIFY2(!search.first, search.sentence().c_str());
  QCOMPARE(search.steps, static_cast<int>(step.forward.schedule->steps.size() +
                                          step.backward.schedule->steps.size()));
  QVERIFY(search.values > search.steps / 2);
}

/// Ten nodes of each half. As findDifference() does it: a kernel that differs is built apart.
void TestStepSearch::anErrorIsFoundAtItsNode() {
  QFETCH(QString, name);
  const auto model = support::openOracle(name.toStdString());
  const auto right =
      support::compile(*model, run::Mode::Train, support::minCut(0.5), Build::ExternOnly);
  Builder builder;
  const torch::ExecutableHalf forward = builder.build(right.partition->forward, {});
  const torch::ExecutableHalf backward = builder.build(right.partition->backward, {});
  std::mt19937 random(7);
  int inKernels = 0;
  for (int i = 0; i < 20; ++i) {
    const bool inBackward = i % 2 == 1;
    const ir::GraphPtr& graph = inBackward ? right.partition->backward : right.partition->forward;
    const std::vector<std::string> names = candidates(*graph);
    const std::string node = names[random() % names.size()];
    const ir::GraphPtr wrong = withError(*graph, node, 1.001);
    torch::ExecutableStep step = right;
    step.forward = forward;
    step.backward = backward;
    torch::ExecutableHalf& half = inBackward ? step.backward : step.forward;
    half = builder.build(wrong, {});
    run::StepSearch search = support::valueOf(model->firstDifference(step, {}, {}));
    QVERIFY2(search.first.has_value(), (node + " was not found").c_str());
    QVERIFY2(isOneOf(node, search.first->members), (node + ": " + search.sentence()).c_str());
    if (search.first->members.size() > 1) {
      ++inKernels;
      half = builder.build(wrong, search.first->members);
      search = support::valueOf(model->firstDifference(step, {}, {}));
    }
    QVERIFY2(search.first && search.first->node == node, (node + ": " + search.sentence()).c_str());
    QCOMPARE(search.first->inBackward, inBackward);
    QVERIFY(search.first->maxRel > 5e-4 && search.first->maxRel < 2e-3);
  }
  QVERIFY(inKernels > 0);
}

QTEST_GUILESS_MAIN(TestStepSearch)
#include "tst_step_search.moc"
