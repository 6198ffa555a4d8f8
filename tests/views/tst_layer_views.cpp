// A profile by layer, and under the roofline.

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/sample_record.h"
#include "tests/support/watched_application.h"
#include "views/plot/roofline_chart.h"

using namespace views;
using namespace views::models;

namespace {

const RecordIndex& sampleIndex() {
  static const RecordIndex index(support::sampleRecord(support::Filled::Partition));
  return index;
}

ProfilePtr sampleProfile() {
  return std::make_shared<const core::run::Profile>(support::sampleProfile());
}

const SliceWork* workOf(const std::vector<SliceWork>& all, const char* name, const char* node) {
  for (const SliceWork& work : all)
    if (work.name == QLatin1String(name) && work.node == QLatin1String(node)) return &work;
  return nullptr;
}

}  // namespace

class TstLayerViews : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void layersAddUpTheirNodes();
  void everyTimeWithANodeBelongsToALayer();
  void aSliceMovesWhatCrossesItsBorder();
  void aBackwardOperatorDoesAllNodesOfItsNumber();
  void theLimitIsMemoryOrArithmetic();
  void aDotOfTheRooflineLeadsToItsNode();
  void tablesAreConsistentModels();
};

void TstLayerViews::layersAddUpTheirNodes() {
  const auto layers = layerFigures(sampleIndex(), nullptr);
  QCOMPARE(layers.size(), std::size_t{3});
  QCOMPARE(layers[0].path, std::string("fc1"));
  QCOMPARE(layers[1].path, std::string("act"));
  QCOMPARE(layers[2].path, std::string("fc2"));
  // mm of [32, 8] and [8, 16], forward; one more of that size in the backward.
  QCOMPARE(layers[0].forwardFlops, 2.0 * 32 * 8 * 16);
  QCOMPARE(layers[0].backwardFlops, 2.0 * 32 * 8 * 16);
  QCOMPARE(layers[2].backwardFlops, 2.0 * 2 * 32 * 16 * 4);
  QCOMPARE(layers[1].forwardFlops, 0.0);
  std::int64_t saved = 0;
  for (const LayerFigures& layer : layers) saved += layer.savedBytes;
  QVERIFY(saved > 0);
  QCOMPARE(layers[0].eagerForwardUs, 0.0);
}

void TstLayerViews::everyTimeWithANodeBelongsToALayer() {
  const auto layers = layerFigures(sampleIndex(), sampleProfile());
  double eager = 0, compiled = 0;
  for (const LayerFigures& layer : layers) {
    eager += layer.eagerForwardUs + layer.eagerBackwardUs;
    compiled += layer.compiledForwardUs + layer.compiledBackwardUs;
  }
  QCOMPARE(eager, 90.0);
  QCOMPARE(compiled, 69.0);
  QCOMPARE(layers[1].compiledBackwardUs, 15.0);
}

void TstLayerViews::aSliceMovesWhatCrossesItsBorder() {
  core::run::Profile profile;
  profile.compiled.slices = {{"fused", "relu", false, 0, 1, -1, {"mm", "relu"}}};
  const auto all = sliceWork(sampleIndex(), profile);
  QCOMPARE(all.size(), std::size_t{1});
  // Reads [32, 8] and [8, 16], writes [32, 16]; what is between the two stays inside.
  QCOMPARE(all[0].bytes, std::int64_t{4 * (32 * 8 + 8 * 16 + 32 * 16)});
  QCOMPARE(all[0].flops, 2.0 * 32 * 8 * 16);
  QCOMPARE(all[0].flopsPerSecond(), all[0].flops * 1e6);
}

void TstLayerViews::aBackwardOperatorDoesAllNodesOfItsNumber() {
  const auto all = sliceWork(sampleIndex(), *sampleProfile());
  const SliceWork* backward = workOf(all, "MmBackward0", "mm_3");
  QVERIFY(backward);
  QCOMPARE(backward->flops, 2.0 * 2 * 32 * 16 * 4);
  const SliceWork* compiled = workOf(all, "aten.mm.default", "mm_3");
  QVERIFY(compiled && compiled->isCompiled);
  QCOMPARE(compiled->flops, 2.0 * 32 * 16 * 4);
  // No operations are known of a relu.
  QVERIFY(!workOf(all, "aten::relu", "relu"));
}

void TstLayerViews::theLimitIsMemoryOrArithmetic() {
  const core::partition::MachinePeaks peaks{100, 10, 0};
  QCOMPARE(rooflineLimit(peaks, 1), 10.0);
  QCOMPARE(rooflineLimit(peaks, 10), 100.0);
  QCOMPARE(rooflineLimit(peaks, 1000), 100.0);
}

void TstLayerViews::aDotOfTheRooflineLeadsToItsNode() {
  plot::RooflineChart chart;
  chart.resize(500, 300);
  auto work = std::make_shared<const std::vector<SliceWork>>(
      std::vector<SliceWork>{{QStringLiteral("mm"), QStringLiteral("mm"), false, 1, 1000, 100}});
  chart.setWork(work, {1e9, 1e8, 0}, 2);
  chart.show();
  QSignalSpy chosen(&chart, &plot::RooflineChart::nodeChosen);
  for (int x = 0; x < chart.width() && chosen.isEmpty(); x += 8)
    for (int y = 0; y < chart.height() && chosen.isEmpty(); y += 8)
      QTest::mouseClick(&chart, Qt::LeftButton, Qt::NoModifier, {x, y});
  QCOMPARE(chosen.count(), 1);
  QCOMPARE(chosen[0][0].toString(), QStringLiteral("mm"));
  QVERIFY(chart.asCsv().contains(QStringLiteral("100 %")));
}

void TstLayerViews::tablesAreConsistentModels() {
  auto layers = std::make_shared<const std::vector<LayerFigures>>(
      layerFigures(sampleIndex(), sampleProfile()));
  auto work =
      std::make_shared<const std::vector<SliceWork>>(sliceWork(sampleIndex(), *sampleProfile()));
  for (const Table& table : {layerTable(layers), workTable(work, {})}) {
    TableModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTable(table);
    QVERIFY(model.rowCount() > 0);
  }
}

WATCHED_TEST_MAIN(TstLayerViews)
#include "tst_layer_views.moc"
