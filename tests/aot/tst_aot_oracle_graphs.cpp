// The joint graphs of real models, node for node as PyTorch's AOTAutograd captured them.

#include <QTest>
#include <algorithm>
#include <cmath>
#include <variant>

#include "tests/aot/trace_model.h"

using namespace core;

namespace {

bool sameLists(const ir::Argument::List& mine, const ir::Argument::List& theirs);

/// Equal, where one NaN equals another.
bool sameArgument(const ir::Argument& mine, const ir::Argument& theirs) {
  if (mine.isList() && theirs.isList()) return sameLists(mine.list(), theirs.list());
  const auto* a = std::get_if<double>(&mine.value);
  const auto* b = std::get_if<double>(&theirs.value);
  return mine == theirs || (a && b && std::isnan(*a) && std::isnan(*b));
}

bool sameLists(const ir::Argument::List& mine, const ir::Argument::List& theirs) {
  return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(), sameArgument);
}

bool sameKeywords(const ir::Node& mine, const ir::Node& theirs) {
  const auto isSame = [](const auto& a, const auto& b) {
    return a.first == b.first && sameArgument(a.second, b.second);
  };
  return std::equal(mine.kwargs.begin(), mine.kwargs.end(), theirs.kwargs.begin(),
                    theirs.kwargs.end(), isSame);
}

/// What differs between two nodes at one position; empty if nothing does.
std::string difference(const ir::Node& mine, const ir::Node& theirs) {
  if (mine.name != theirs.name) return "name";
  if (mine.kind != theirs.kind || mine.target != theirs.target) return "target";
  if (!sameLists(mine.args, theirs.args)) return "arguments";
  if (!sameKeywords(mine, theirs)) return "keyword arguments";
  if (mine.value != theirs.value) return "shape, dtype or strides";
  if (mine.meta.tag != theirs.meta.tag) return "tag";
  if (mine.meta.sequenceNumber != theirs.meta.sequenceNumber) return "sequence number";
  if (mine.meta.gradientAccumulation != theirs.meta.gradientAccumulation) return "accumulation";
  if (mine.meta.descriptor != theirs.meta.descriptor) return "descriptor";
  return {};
}

bool sameModule(const std::shared_ptr<const ir::ModuleScope>& mine,
                const std::shared_ptr<const ir::ModuleScope>& theirs) {
  return mine && theirs ? *mine == *theirs : !mine && !theirs;
}

}  // namespace

class TestAotOracleGraphs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyNodeIsPyTorchs_data() { addModels(); }
  void everyNodeIsPyTorchs() {
    QFETCH(std::string, name);
    const auto traced = support::traceOracleModel(name);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const ir::JointGraph golden = support::goldenJoint(name);
    compareGraphs(*traced.joint->graph, *golden.graph);
  }

  /// ops_index to ops_reduce call most operators of the table.
  void everyNodeOfACoreGraphIsPyTorchs_data() {
    addModels();
    for (const char* name : {"ops_index", "ops_norm", "ops_pointwise", "ops_reduce", "bf16_mlp"})
      QTest::newRow(name) << std::string(name);
  }
  void everyNodeOfACoreGraphIsPyTorchs() {
    QFETCH(std::string, name);
    constexpr auto kCore = core::torch::TraceDecompositions::Core;
    const auto traced = support::traceOracleModel(name, run::Mode::Train, kCore);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const ir::JointGraph golden = support::goldenJoint(name, kCore);
    compareGraphs(*traced.joint->graph, *golden.graph);
    if (QTest::currentTestFailed()) return;
    for (std::size_t i = 0; i < golden.graph->size(); ++i) {
      const ir::Node& mine = traced.joint->graph->nodes()[i];
      const ir::Node& theirs = golden.graph->nodes()[i];
      // A view that PyTorch makes anew belongs to no operator; ours to the one that made it first.
      if (theirs.meta.originalOp.empty() || theirs.target == "getitem") continue;
      QVERIFY2(mine.meta.originalOp == theirs.meta.originalOp, mine.name.c_str());
    }
  }

  void everyNodeKnowsItsModule_data() { addModels(); }
  void everyNodeKnowsItsModule() {
    QFETCH(std::string, name);
    const auto traced = support::traceOracleModel(name);
    const ir::JointGraph golden = support::goldenJoint(name);
    const auto& mine = traced.joint->graph->nodes();
    const auto& theirs = golden.graph->nodes();
    QCOMPARE(mine.size(), theirs.size());
    for (std::size_t i = 0; i < mine.size(); ++i) {
      QVERIFY2(sameModule(mine[i].meta.module, theirs[i].meta.module), mine[i].name.c_str());
      QVERIFY2(sameModule(mine[i].meta.forwardModule, theirs[i].meta.forwardModule),
               mine[i].name.c_str());
    }
  }

  void metadataIsPyTorchs_data() { addModels(); }
  void metadataIsPyTorchs() {
    QFETCH(std::string, name);
    const auto traced = support::traceOracleModel(name);
    const ir::JointGraph golden = support::goldenJoint(name);
    const ir::ViewAndMutationMeta& mine = traced.joint->metadata;
    const ir::ViewAndMutationMeta& theirs = golden.metadata;
    QCOMPARE(mine.inputs.size(), theirs.inputs.size());
    for (std::size_t i = 0; i < mine.inputs.size(); ++i) {
      QCOMPARE(mine.inputs[i].mutatesData, theirs.inputs[i].mutatesData);
      QCOMPARE(mine.inputs[i].mutationsUnderNoGrad, theirs.inputs[i].mutationsUnderNoGrad);
      QCOMPARE(mine.inputs[i].requiresGrad, theirs.inputs[i].requiresGrad);
      QCOMPARE(mine.inputs[i].mutationType, theirs.inputs[i].mutationType);
    }
    QCOMPARE(mine.outputs.size(), theirs.outputs.size());
    for (std::size_t i = 0; i < mine.outputs.size(); ++i) {
      QCOMPARE(mine.outputs[i].type, theirs.outputs[i].type);
      QCOMPARE(mine.outputs[i].baseIndex, theirs.outputs[i].baseIndex);
      QCOMPARE(mine.outputs[i].requiresGrad, theirs.outputs[i].requiresGrad);
    }
    QCOMPARE(mine.intermediateBases, theirs.intermediateBases);
    QCOMPARE(mine.isTrain, theirs.isTrain);
    QVERIFY(mine.mutatedRuntimeIndices == theirs.mutatedRuntimeIndices);
    QVERIFY(mine.mutatedGraphHandledIndices == theirs.mutatedGraphHandledIndices);
    QVERIFY(mine.tracedTangents == theirs.tracedTangents);
    QVERIFY(mine.tracedTangentDescriptors == theirs.tracedTangentDescriptors);
    QVERIFY(mine.staticInputIndices == theirs.staticInputIndices);
  }

  void theSignatureIsPyTorchs_data() { addModels(); }
  void theSignatureIsPyTorchs() {
    QFETCH(std::string, name);
    const auto traced = support::traceOracleModel(name);
    const ir::JointGraph golden = support::goldenJoint(name);
    const ir::JointSignature& mine = traced.joint->signature;
    QVERIFY(mine.parameterOrder == golden.signature.parameterOrder);
    QVERIFY(mine.bufferOrder == golden.signature.bufferOrder);
    QCOMPARE(mine.numPrimals, golden.signature.numPrimals);
    QCOMPARE(mine.numForwardOutputs, golden.signature.numForwardOutputs);
    QVERIFY(!traced.joint->modules.empty());
  }

 private:
  static void compareGraphs(const ir::Graph& got, const ir::Graph& want) {
    const auto& mine = got.nodes();
    const auto& theirs = want.nodes();
    for (std::size_t i = 0; i < std::min(mine.size(), theirs.size()); ++i) {
      const std::string differs = difference(mine[i], theirs[i]);
      QVERIFY2(differs.empty(), (theirs[i].name + ": " + differs).c_str());
    }
    QCOMPARE(mine.size(), theirs.size());
    QVERIFY(got.outputDescriptors() == want.outputDescriptors());
  }

  static void addModels() {
    QTest::addColumn<std::string>("name");
    for (const char* name : {"mlp", "mlp_ce", "cnn_bn", "resnet18_w16", "gpt_explicit", "gpt_sdpa",
                             "dropout_mlp", "mutate_input", "mutate_input_grad", "output_alias",
                             "dup_args", "alias_args", "convnext", "constants"})
      QTest::newRow(name) << std::string(name);
  }
};

QTEST_APPLESS_MAIN(TestAotOracleGraphs)
#include "tst_aot_oracle_graphs.moc"
