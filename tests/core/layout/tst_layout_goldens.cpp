// Layouts of joint graphs that PyTorch captured: what must hold of any picture holds of these, in
// every fold state and partition.

#include <QDir>
#include <QTest>

#include "core/load/capture/capture_reader.h"
#include "core/partition/partition_joint.h"
#include "tests/core/layout/layout_checks.h"

using namespace core;
using namespace core::layout;

namespace {

struct Model {
  std::shared_ptr<const ir::JointGraph> joint;
  std::shared_ptr<const partition::Partition> partition;
};

Model readModel(const QString& path, double budget) {
  Model model;
  const auto file = load::readCaptureFile(path.toStdString());
  if (!file || !file->find("none")) return model;
  model.joint = std::make_shared<ir::JointGraph>(file->find("none")->joint);
  partition::PartitionOptions options;
  options.budget = budget;
  auto parts = partition::partition(*model.joint, options, {});
  if (parts) model.partition = std::make_shared<partition::Partition>(std::move(*parts));
  return model;
}

GraphGeometryPtr layoutOf(const Model& model, LayoutOptions options, bool partitioned) {
  auto result = layoutGraph({model.joint, partitioned ? model.partition : nullptr, options}, {});
  return result ? *result : nullptr;
}

/// Calls of the partition that no box shows.
std::string hiddenCall(const Model& model, const GraphGeometry& geometry) {
  for (const auto& graph : {model.partition->forward, model.partition->backward})
    for (const ir::Node& node : graph->nodes())
      if (node.isCall() && geometry.boxesOf(node.name).empty()) return node.name;
  return {};
}

}  // namespace

class TestLayoutGoldens : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyPictureIsSound_data() {
    QTest::addColumn<QString>("path");
    const QDir folder(QStringLiteral(AOT_TEST_DATA "/oracle/goldens"));
    for (const QString& name : folder.entryList({"*.json.gz"}, QDir::Files, QDir::Name))
      QTest::newRow(qPrintable(name)) << folder.filePath(name);
  }

  void everyPictureIsSound() {
    QFETCH(const QString, path);
    const Model model = readModel(path, 0.4);
    QVERIFY(model.joint);
    QVERIFY(model.partition);
    LayoutOptions options;
    const auto start = layoutOf(model, options, false);
    QVERIFY(start);
    QCOMPARE(QString::fromStdString(checkLayout(*start)), QString());
    const auto whole = expandedToDepth(*start, 100);
    options.expandAutomatically = false;
    for (const auto& expanded : {std::set<std::string>(), expandedToDepth(*start, 1), whole}) {
      options.expanded = expanded;
      const auto geometry = layoutOf(model, options, true);
      QVERIFY(geometry);
      QCOMPARE(QString::fromStdString(checkLayout(*geometry)), QString());
      QCOMPARE(QString::fromStdString(checkSavedOnce(*geometry, *model.partition)), QString());
      QCOMPARE(QString::fromStdString(hiddenCall(model, *geometry)), QString());
    }
  }

  void oneHalfAloneIsSound_data() { everyPictureIsSound_data(); }

  void oneHalfAloneIsSound() {
    QFETCH(const QString, path);
    const Model model = readModel(path, 1.0);
    QVERIFY(model.joint);
    for (const Picture picture : {Picture::Forward, Picture::Backward}) {
      LayoutOptions options;
      options.picture = picture;
      const auto geometry = layoutOf(model, options, true);
      QVERIFY(geometry);
      QCOMPARE(QString::fromStdString(checkLayout(*geometry)), QString());
      QVERIFY(geometry->gutter.isEmpty());
      QVERIFY(geometry->lanes.size() <= 1);
    }
  }

  void theStartShowsAtMostTheWantedBoxes() {
    const Model model =
        readModel(QStringLiteral(AOT_TEST_DATA "/oracle/goldens/gpt_deep.json.gz"), 1.0);
    QVERIFY(model.joint);
    std::size_t before = 0;
    for (const int most : {20, 60, 150, 5000}) {
      LayoutOptions options;
      options.mostBoxes = most;
      const auto geometry = layoutOf(model, options, true);
      const std::size_t shown = geometry->boxes.size();
      const auto frames =
          std::count_if(geometry->boxes.begin(), geometry->boxes.end(), support::isFrame);
      QVERIFY(static_cast<int>(shown - frames) <= std::max(most, 60));
      QVERIFY(shown >= before);
      before = shown;
    }
    QVERIFY(before > 300);
  }

  void theStartIsAsWideAsWantedWhereALevelIs() {
    const Model model =
        readModel(QStringLiteral(AOT_TEST_DATA "/oracle/goldens/gpt_sdpa.json.gz"), 1.0);
    QVERIFY(model.joint);
    LayoutOptions options;
    std::size_t shown = layoutOf(model, options, true)->boxes.size();
    for (const int widest : {1500, 1}) {
      options.widest = widest;
      const auto geometry = layoutOf(model, options, true);
      QVERIFY(geometry->bounds.width <= widest || widest == 1);
      QVERIFY(geometry->boxes.size() < shown);
      shown = geometry->boxes.size();
    }
  }

  void oneOfEachOpensTheFirstOfEqualBlocks() {
    const Model model =
        readModel(QStringLiteral(AOT_TEST_DATA "/oracle/goldens/gpt_deep.json.gz"), 1.0);
    QVERIFY(model.joint);
    const auto start = layoutOf(model, {}, true);
    LayoutOptions options;
    options.expandAutomatically = false;
    options.expanded = expandedOneOfEach(*start);
    QVERIFY(options.expanded.count("blocks.0") != 0);
    QVERIFY(options.expanded.count("blocks.0.attn") != 0);
    QVERIFY(options.expanded.count("blocks.1") == 0);
    QVERIFY(options.expanded.count("blocks.10") == 0);
    const auto geometry = layoutOf(model, options, true);
    QCOMPARE(QString::fromStdString(checkLayout(*geometry)), QString());
    options.expanded = expandedToDepth(*start, 100);
    QVERIFY(2 * geometry->boxes.size() < layoutOf(model, options, true)->boxes.size());
  }

  /// At least 95 of 100 backward operators stand in the rows of their forward one.
  void backwardStandsBesideForward() {
    for (const char* name : {"gpt_deep", "resnet18_w16", "unet", "lstm", "vit"}) {
      const Model model =
          readModel(QStringLiteral(AOT_TEST_DATA "/oracle/goldens/%1.json.gz").arg(name), 1.0);
      LayoutOptions options;
      options.expandAutomatically = false;
      options.expanded = expandedToDepth(*layoutOf(model, {}, true), 100);
      int pairs = 0;
      int aligned = 0;
      int all = 0;
      const auto geometry = layoutOf(model, options, true);
      for (const Box& box : geometry->boxes) {
        if (box.lane != Lane::Backward || box.kind != BoxKind::Op) continue;
        ++all;
        if (box.partner < 0) continue;
        const Box& forward = geometry->boxes[box.partner];
        ++pairs;
        aligned += box.rect.centerY() >= forward.rowTop && box.rect.centerY() <= forward.rowBottom;
      }
      QVERIFY2(aligned * 100 >= pairs * 95 && pairs * 100 >= all * 95, name);
    }
  }

  void layoutsAreTheSameOnEveryRun() {
    const Model model =
        readModel(QStringLiteral(AOT_TEST_DATA "/oracle/goldens/resnet18_w16.json.gz"), 0.5);
    QVERIFY(model.partition);
    LayoutOptions options;
    options.mostBoxes = 5000;
    const std::string first = support::geometryText(*layoutOf(model, options, true));
    QVERIFY(first.size() > 10000);
    for (int i = 0; i < 3; ++i)
      QVERIFY(support::geometryText(*layoutOf(model, options, true)) == first);
  }

 private:
  static std::string checkLayout(const GraphGeometry& geometry) {
    return support::checkLayout(geometry);
  }
  static std::string checkSavedOnce(const GraphGeometry& geometry,
                                    const partition::Partition& partition) {
    return support::checkSavedOnce(geometry, partition);
  }
};

QTEST_APPLESS_MAIN(TestLayoutGoldens)
#include "tst_layout_goldens.moc"
