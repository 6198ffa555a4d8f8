// What a decomposition leaves behind: which nodes, under which names, from where.

#include <QTest>

#include "core/ir/graph_text.h"
#include "core/passes/decompositions/decompose.h"
#include "tests/support/graph_from_text.h"

using namespace core;

namespace {

const char* const kLayerNorm =
    "%x : bf16[4, 8] = placeholder\n%w : bf16[8] = placeholder\n"
    "%ln : (bf16[4, 8], f32[4, 1], f32[4, 1]) = aten.native_layer_norm.default(%x, [8], %w, None, "
    "1e-05)  # is_forward seq=3 module=\"norm:torch.nn.LayerNorm\"\n"
    "%y : bf16[4, 8] = getitem(%ln, 0)\n%rstd : f32[4, 1] = getitem(%ln, 2)\n"
    "return (%y, %rstd)  # descs=[\"out\", \"saved\"]\n";

}  // namespace

class TestDecompose : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void softmaxBecomesARowFormula() {
    const auto result = passes::decomposeForFusion(
        support::graphFromText("%x : f32[4, 8] = placeholder\n"
                               "%p : f32[4, 8] = aten._softmax.default(%x, -1, False)\n"
                               "return (%p)\n"));
    QString text = QString::fromStdString(ir::graphText(*result.graph));
    text.replace("  # op=\"aten._softmax.default\"", "");
    QCOMPARE(text, QString("graph {\n"
                           "  %x : f32[4, 8] = placeholder\n"
                           "  %p_amax : f32[4, 1] = aten.amax.default(%x, [1], True)\n"
                           "  %p_sub : f32[4, 8] = aten.sub.Tensor(%x, %p_amax)\n"
                           "  %p_exp : f32[4, 8] = aten.exp.default(%p_sub)\n"
                           "  %p_sum : f32[4, 1] = aten.sum.dim_IntList(%p_exp, [1], True)\n"
                           "  %p : f32[4, 8] = aten.div.Tensor(%p_exp, %p_sum)\n"
                           "  return (%p)\n}\n"));
  }

  void aSumOverManyRowsGoesThroughSlots() {
    const auto shapeOfParts = [](const std::string& type, const std::string& sum) {
      const auto result = passes::decomposeForFusion(support::graphFromText(
          "%x : " + type + " = placeholder\n%s : " + sum + "\nreturn (%s)\n"));
      const ir::Node& whole = result.graph->node(*result.graph->find("s"));
      return result.graph->node(whole.args[0].node()).tensor()->sizeHints();
    };
    using Sizes = std::vector<std::int64_t>;
    QCOMPARE(shapeOfParts("f32[4, 256, 64]", "f32[64] = aten.sum.dim_IntList(%x, [0, 1])"),
             (Sizes{16, 64}));
    QCOMPARE(shapeOfParts("f32[8192, 64]", "f32[64] = aten.sum.dim_IntList(%x, [0])"),
             (Sizes{32, 64}));
    // Left alone: few rows, rows of no divisor, sums that leave a leading dimension.
    QCOMPARE(shapeOfParts("f32[128, 64]", "f32[64] = aten.sum.dim_IntList(%x, [0])"),
             (Sizes{128, 64}));
    QCOMPARE(shapeOfParts("f32[1009, 64]", "f32[64] = aten.sum.dim_IntList(%x, [0])"),
             (Sizes{1009, 64}));
    QCOMPARE(shapeOfParts("f32[4, 512, 64]", "f32[4, 64] = aten.sum.dim_IntList(%x, [1])"),
             (Sizes{4, 512, 64}));
  }

  void slotsOnAGpuAreManyAndTakeHalves() {
    const auto partsOf = [](const std::string& sizes, const std::string& columns) {
      const auto result = passes::decomposeForFusion(support::graphFromText(
          "%x : bf16[" + sizes + "]@cuda:0 = placeholder\n%s : bf16[" + columns +
          "]@cuda:0 = aten.sum.dim_IntList(%x, [0])\nreturn (%s)\n"));
      const ir::Node* node = &result.graph->node(*result.graph->find("s"));
      while (!node->isCallTo("aten.sum.dim_IntList"))
        node = &result.graph->node(node->args[0].node());
      return *result.graph->node(node->args[0].node()).tensor();
    };
    using Sizes = std::vector<std::int64_t>;
    QCOMPARE(partsOf("32768, 4096", "4096").sizeHints(), (Sizes{256, 4096}));
    QCOMPARE(partsOf("32768, 4096", "4096").dtype, ir::DType::F32);
    QCOMPARE(partsOf("8192, 768", "768").sizeHints(), (Sizes{512, 768}));
    QCOMPARE(partsOf("1024, 768", "768").sizeHints(), (Sizes{1024, 768}));
  }

  void oneRowTimesAWeightIsASumOnAGpu() {
    const auto targetsOf = [](const std::string& device, const std::string& strides) {
      const auto result = passes::decomposeForFusion(support::graphFromText(
          "%b : bf16[64]" + device + " = placeholder\n%x : bf16[1, 32]" + device +
          " = placeholder\n%w : bf16[32, 64]" + strides + device + " = placeholder\n" +
          "%y : bf16[1, 64]" + device + " = aten.addmm.default(%b, %x, %w)\nreturn (%y)\n"));
      std::string targets;
      for (const ir::Node& node : result.graph->nodes())
        if (node.isCall() && !node.isCallTo("aten._to_copy.default")) targets += node.target + " ";
      return targets;
    };
    QCOMPARE(targetsOf("@cuda:0", "{1, 32}"),
             std::string("aten.view.default aten.mul.Tensor aten.sum.dim_IntList "
                         "aten.view.default aten.add.Tensor "));
    // The library keeps what lies the other way round, and what runs on the CPU.
    QCOMPARE(targetsOf("@cuda:0", ""), std::string("aten.addmm.default "));
    QCOMPARE(targetsOf("", "{1, 32}"), std::string("aten.addmm.default "));
  }

  void aSumOfEverythingFirstReducesWhatAReductionBeforeItReduced() {
    const auto firstStage = [](const std::string& body) {
      const auto result = passes::decomposeForFusion(
          support::graphFromText("%x : f32[64, 2, 1024] = placeholder\n" + body +
                                 "%s : f32[] = aten.sum.default(%y)\nreturn (%s)\n"));
      const ir::Node& all = result.graph->node(*result.graph->find("s"));
      const ir::Node* part = &result.graph->node(all.args[0].node());
      if (!part->isCallTo("aten.sum.dim_IntList")) part = &result.graph->node(part->args[0].node());
      return part->tensor()->sizeHints();
    };
    QCOMPARE(firstStage("%y : f32[64, 2, 1024] = aten._softmax.default(%x, 2, False)\n"),
             (std::vector<std::int64_t>{64, 2}));
    QCOMPARE(firstStage("%m : f32[1, 2, 1] = aten.mean.dim(%x, [0, -1], True)\n"
                        "%y : f32[64, 2, 1024] = aten.sub.Tensor(%x, %m)\n"),
             (std::vector<std::int64_t>{64}));  // two rows only: too few
    QCOMPARE(firstStage("%m : f32[64, 1, 1] = aten.amax.default(%x, [1, 2], True)\n"
                        "%d : f32[64, 2, 1024] = aten.sub.Tensor(%x, %m)\n"
                        "%y : f32[64, 2, 1024] = aten.exp.default(%d)\n"),
             (std::vector<std::int64_t>{64}));
    QCOMPARE(firstStage("%y : f32[64, 2, 1024] = aten.exp.default(%x)\n"),
             (std::vector<std::int64_t>{64}));
  }

  void sumsAtTrailingIndicesScatterAlongTheFlatPlane() {
    const auto result = passes::decomposeForFusion(support::graphFromText(
        "%x : f32[2, 3, 4, 5] = placeholder\n%i : i64[7, 1] = placeholder\n"
        "%j : i64[6] = placeholder\n%v : f32[2, 3, 7, 6] = placeholder\n"
        "%y : f32[2, 3, 4, 5] = aten._unsafe_index_put.default(%x, [None, None, %i, %j], %v, "
        "True)\nreturn (%y)\n"));
    const ir::Graph& graph = *result.graph;
    const ir::Node& y = graph.node(*graph.find("y"));
    QCOMPARE(y.target, std::string("aten.view.default"));
    const ir::Node& sums = graph.node(y.args[0].node());
    QCOMPARE(sums.target, std::string("aten.scatter_add.default"));
    QCOMPARE(sums.tensor()->sizeHints(), (std::vector<std::int64_t>{6, 20}));
    const ir::Node& positions = graph.node(sums.args[2].node());
    QCOMPARE(positions.tensor()->sizeHints(), (std::vector<std::int64_t>{6, 42}));
  }

  void otherScattersStayWhole_data() {
    QTest::addColumn<QString>("call");
    QTest::newRow("not accumulating") << "%x, [None, %i], %v, False";
    QTest::newRow("leading index") << "%x, [%i, None], %v, True";
    QTest::newRow("broadcast values") << "%x, [None, %i], %w, True";
  }
  void otherScattersStayWhole() {
    QFETCH(QString, call);
    const ir::GraphPtr graph = support::graphFromText(
        "%x : f32[4, 4] = placeholder\n%i : i64[4] = placeholder\n%v : f32[4, 4] = placeholder\n"
        "%w : f32[1] = placeholder\n%y : f32[4, 4] = aten.index_put.default(" +
        call.toStdString() + ")\nreturn (%y)\n");
    QVERIFY(passes::decomposeForFusion(graph).graph == graph);
  }

  void resultsKeepNameTypeAndMetadata() {
    const auto result = passes::decomposeForFusion(support::graphFromText(kLayerNorm));
    const ir::Graph& graph = *result.graph;
    const ir::Node& y = graph.node(*graph.find("y"));
    QCOMPARE(y.target, std::string("aten._to_copy.default"));
    QCOMPARE(y.tensor()->dtype, ir::DType::BF16);
    QCOMPARE(y.meta.tag, ir::PartitionerTag::IsForward);
    QCOMPARE(y.meta.sequenceNumber, std::optional<std::int64_t>(3));
    QCOMPARE(y.meta.module->path, std::string("norm"));
    QCOMPARE(y.meta.originalOp, std::string("aten.native_layer_norm.default"));
    QCOMPARE(graph.node(*graph.find("rstd")).target, std::string("aten.rsqrt.default"));
    QCOMPARE(graph.outputDescriptors(), (std::vector<std::string>{"out", "saved"}));
    QVERIFY(!graph.find("ln"));
  }

  void halvesAreComputedAsSingles() {
    const auto result = passes::decomposeForFusion(support::graphFromText(kLayerNorm));
    for (const ir::Node& node : result.graph->nodes())
      if (node.isCall() && node.name != "y") QCOMPARE(node.tensor()->dtype, ir::DType::F32);
  }

  void everyNewNodeLeadsBackToWhatItReplaces() {
    const ir::GraphPtr before = support::graphFromText(kLayerNorm);
    const auto result = passes::decomposeForFusion(before);
    QCOMPARE(result.origin.origins.size(), result.graph->size());
    const ir::NodeId replaced = *before->find("ln");
    int pieces = 0;
    for (const ir::Node& node : result.graph->nodes()) {
      if (!node.isCall()) continue;
      const auto& origins = result.origin.of(node.id);
      QVERIFY(std::find(origins.begin(), origins.end(), replaced) != origins.end());
      ++pieces;
    }
    QVERIFY(pieces > 5);
    const auto& ofY = result.origin.of(*result.graph->find("y"));
    QVERIFY(std::find(ofY.begin(), ofY.end(), *before->find("y")) != ofY.end());
  }

  void resultsThatNobodyReadsAreNotComputed() {
    const auto result = passes::decomposeForFusion(support::graphFromText(
        "%g : f32[4, 8] = placeholder\n%x : f32[4, 8] = placeholder\n"
        "%m : f32[4, 1] = placeholder\n%r : f32[4, 1] = placeholder\n%w : f32[8] = placeholder\n"
        "%b : (f32[4, 8], f32[8], f32[8]) = aten.native_layer_norm_backward.default(%g, %x, [8], "
        "%m, %r, %w, None, [False, False, True])\n%d : f32[8] = getitem(%b, 2)\nreturn (%d)\n"));
    int calls = 0;
    for (const ir::Node& node : result.graph->nodes()) calls += node.isCall() ? 1 : 0;
    QCOMPARE(calls, 1);  // the sum over rows
  }

  void recordedStridesAreKept() {
    const auto result = passes::decomposeForFusion(support::graphFromText(
        "%x : f32[2, 4, 3, 3]{36, 1, 12, 4} = placeholder\n"
        "%gn : (f32[2, 4, 3, 3], f32[2, 2], f32[2, 2]) = aten.native_group_norm.default(%x, None, "
        "None, 2, 4, 9, 2, 1e-05)\n%y : f32[2, 4, 3, 3] = getitem(%gn, 0)\nreturn (%y)\n"));
    const ir::Node& y = result.graph->node(*result.graph->find("y"));
    QVERIFY(y.tensor()->isContiguous());
  }

  void graphsWithoutCompositesAreReturnedAsTheyAre() {
    const ir::GraphPtr graph = support::graphFromText(
        "%x : f32[4] = placeholder\n%y : f32[4] = aten.exp.default(%x)\nreturn (%y)\n");
    const auto result = passes::decomposeForFusion(graph);
    QCOMPARE(result.graph.get(), graph.get());
    QCOMPARE(result.origin.origins.size(), graph->size());
  }

  void formsThatAreNotUnderstoodStayWhole_data() {
    QTest::addColumn<QString>("text");
    QTest::newRow("softmax of a scalar")
        << "%x : f32[] = placeholder\n%y : f32[] = aten._softmax.default(%x, 0, False)\n";
    QTest::newRow("nll of one sample")
        << "%x : f32[5] = placeholder\n%t : i64[] = placeholder\n%n : (f32[], f32[]) = "
           "aten.nll_loss_forward.default(%x, %t, None, 1, -100)\n%y : f32[] = getitem(%n, 0)\n";
    QTest::newRow("variance of complex numbers")
        << "%x : c64[5] = placeholder\n%y : f32[] = aten.var.correction(%x, None, correction=1)\n";
    QTest::newRow("a short sum")
        << "%x : f32[8] = placeholder\n%y : f32[] = aten.sum.default(%x)\n";
  }
  void formsThatAreNotUnderstoodStayWhole() {
    QFETCH(QString, text);
    const ir::GraphPtr graph = support::graphFromText((text + "return (%y)\n").toStdString());
    QCOMPARE(passes::decomposeForFusion(graph).graph.get(), graph.get());
  }
};

QTEST_APPLESS_MAIN(TestDecompose)
#include "tst_decompose.moc"
