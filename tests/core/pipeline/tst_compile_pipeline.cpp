// The stages in order, with real modules: what each goal brings, how a request stops, what is kept.

#include <QTest>
#include <algorithm>

#include "core/pipeline/compile_pipeline.h"

using namespace core;
using namespace core::pipeline;

class TstCompilePipeline : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void eachGoalEndsAtItsStage_data();
  void eachGoalEndsAtItsStage();
  void partialRecordsGrowAndAreNotChangedLater();
  void theJointGraphIsHandedOutBeforeItIsPartitioned();
  void progressNeverGoesBack();
  void aStopEndsAsCancelledInItsStage();
  void anOpenModelIsNotReadAgain();
  void originsLeadFromKernelsToThePartition();
  void decompositionsCanBeSwitchedOff();
  void theCoreTableIsAppliedBeforeThePartition();
};

namespace {

std::string modelPath(const char* name) {
  return std::string(AOT_TEST_DATA "/oracle/models/") + name + ".pt2";
}

CompileOutcome compileAs(Goal goal, const CompileOptions& options = {}) {
  OpenModel open;
  return compile(open, modelPath("mlp_ce"), goal, options, {});
}

}  // namespace

void TstCompilePipeline::initTestCase() {
  qputenv("AOT_KERNEL_CACHE", "");
  qputenv("OMP_NUM_THREADS", "2");
}

void TstCompilePipeline::eachGoalEndsAtItsStage_data() {
  QTest::addColumn<int>("goal");
  QTest::addColumn<int>("stages");
  QTest::newRow("inspect") << int(Goal::Inspect) << 1;
  QTest::newRow("partition") << int(Goal::Partition) << 3;
  QTest::newRow("kernels") << int(Goal::Kernels) << 5;
  QTest::newRow("build") << int(Goal::Build) << 6;
}

void TstCompilePipeline::eachGoalEndsAtItsStage() {
  QFETCH(int, goal);
  QFETCH(int, stages);
  const auto outcome = compileAs(static_cast<Goal>(goal));
  QVERIFY2(!outcome.error, outcome.error ? outcome.error->message.c_str() : "");
  QCOMPARE(static_cast<int>(outcome.record->stages.size()), stages);
  QCOMPARE(outcome.record->joint != nullptr, stages >= 2);
  QCOMPARE(outcome.record->forward != nullptr, stages >= 4);
  QCOMPARE(outcome.step.forward.kernels.empty(), stages < 6);
  for (const StageRecord& stage : outcome.record->stages) QVERIFY(!stage.summary.empty());
}

void TstCompilePipeline::partialRecordsGrowAndAreNotChangedLater() {
  OpenModel open;
  std::vector<CompileRecordPtr> partials;
  const auto outcome = compile(open, modelPath("mlp_ce"), Goal::Kernels, {}, {},
                               [&](const CompileRecordPtr& record) { partials.push_back(record); });
  QVERIFY(!outcome.error);
  QCOMPARE(partials.size(), std::size_t{5});
  for (std::size_t i = 0; i < partials.size(); ++i) QCOMPARE(partials[i]->stages.size(), i + 1);
  QVERIFY(partials[3]->forward->kernels.empty());
  QVERIFY(!partials[4]->forward->kernels.empty());
}

/// In training with its backward half; in inference it has none.
void TstCompilePipeline::theJointGraphIsHandedOutBeforeItIsPartitioned() {
  for (const auto mode : {run::Mode::Train, run::Mode::Infer}) {
    OpenModel open;
    CompileOptions options;
    options.mode = mode;
    std::size_t tangents = 0;
    int seen = 0;
    const auto look = [&](const CompileRecordPtr& record) {
      if (!record->joint || record->partition) return;
      ++seen;
      tangents = record->joint->metadata.tracedTangents.size();
    };
    QVERIFY(!compile(open, modelPath("mlp_ce"), Goal::Partition, options, {}, look).error);
    QCOMPARE(seen, 1);
    QCOMPARE(tangents > 0, mode == run::Mode::Train);
  }
}

void TstCompilePipeline::progressNeverGoesBack() {
  OpenModel open;
  std::vector<double> fractions;
  StageContext context;
  context.onProgress = [&](double fraction, const std::string&) { fractions.push_back(fraction); };
  QVERIFY(!compile(open, modelPath("mlp_ce"), Goal::Build, {}, context).error);
  QVERIFY(fractions.size() >= 6);
  QVERIFY(std::is_sorted(fractions.begin(), fractions.end()));
  QVERIFY(fractions.front() >= 0 && fractions.back() <= 1);
}

void TstCompilePipeline::aStopEndsAsCancelledInItsStage() {
  OpenModel open;
  std::stop_source source;
  StageContext context;
  context.stop = source.get_token();
  const auto outcome = compile(open, modelPath("mlp_ce"), Goal::Measure, {}, context,
                               [&](const CompileRecordPtr& record) {
                                 if (record->stages.size() == 3) source.request_stop();
                               });
  QVERIFY(outcome.error && outcome.error->code == ErrorCode::Cancelled);
  QVERIFY(outcome.stage == Stage::Schedule);
  QVERIFY(outcome.record->partition && !outcome.record->forward);
  QVERIFY(outcome.record->stages.back().error.has_value());
}

void TstCompilePipeline::anOpenModelIsNotReadAgain() {
  OpenModel open;
  QVERIFY(!compile(open, modelPath("mlp_ce"), Goal::Partition, {}, {}).error);
  const auto* loaded = open.loaded.get();
  const auto* bound = open.torch.get();
  CompileOptions options;
  options.partition.budget = 0.5;
  QVERIFY(!compile(open, modelPath("mlp_ce"), Goal::Partition, options, {}).error);
  QVERIFY(open.loaded.get() == loaded && open.torch.get() == bound);
  QVERIFY(!compile(open, modelPath("mlp"), Goal::Partition, {}, {}).error);
  QCOMPARE(open.loaded->name, std::string("mlp"));
}

void TstCompilePipeline::originsLeadFromKernelsToThePartition() {
  const auto outcome = compileAs(Goal::Kernels);
  QVERIFY(!outcome.error);
  const CompiledHalf& half = *outcome.record->forward;
  QCOMPARE(half.origin.origins.size(), half.schedule.graph->size());
  QVERIFY(!half.schedule.groups.empty());
  for (const auto& group : half.schedule.groups)
    for (ir::NodeId id : group.nodes) {
      QVERIFY(!half.origin.of(id).empty());
      for (ir::NodeId origin : half.origin.of(id)) QVERIFY(origin.index < half.graph->size());
    }
}

void TstCompilePipeline::decompositionsCanBeSwitchedOff() {
  CompileOptions options;
  options.decompositions = Decompositions::None;
  const auto whole = compileAs(Goal::Kernels, options);
  const auto decomposed = compileAs(Goal::Kernels);
  QVERIFY(!whole.error && !decomposed.error);
  QVERIFY(whole.record->forward->schedule.graph->size() <
          decomposed.record->forward->schedule.graph->size());
}

void TstCompilePipeline::theCoreTableIsAppliedBeforeThePartition() {
  CompileOptions options;
  options.decompositions = Decompositions::Core;
  const auto core = compileAs(Goal::Kernels, options);
  const auto plain = compileAs(Goal::Kernels);
  QVERIFY(!core.error && !plain.error);
  const auto has = [](const ir::Graph& graph, std::string_view target) {
    return std::any_of(graph.nodes().begin(), graph.nodes().end(),
                       [&](const ir::Node& node) { return node.target == target; });
  };
  QVERIFY(has(*plain.record->joint->graph, "aten.t.default"));
  QVERIFY(!has(*core.record->joint->graph, "aten.t.default"));
  QVERIFY(has(*core.record->partition->forward, "aten.permute.default"));
}

QTEST_GUILESS_MAIN(TstCompilePipeline)
#include "tst_compile_pipeline.moc"
