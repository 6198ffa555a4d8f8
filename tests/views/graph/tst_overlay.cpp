// Figures over the boxes: amounts add up, categories follow the partition and the kernels.

#include <QImage>
#include <QPainter>
#include <QTest>

#include "tests/support/watched_application.h"
#include "tests/views/graph/graph_models.h"
#include "views/graph/graph_view.h"
#include "views/graph/overlay_paint.h"

using namespace views::graph;
using core::layout::BoxKind;

namespace {

Overlay overlayOf(OverlayKind kind, const support::GraphModel& model, bool open,
                  std::shared_ptr<const KernelLabels> kernels = nullptr) {
  return makeOverlay(kind, *support::geometryOf(model, open),
                     {model.joint, model.partition, std::move(kernels)});
}

}  // namespace

class TestOverlay : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void equalOperatorsHaveEqualAmounts() {
    const auto model = support::blockChain(3);
    const auto geometry = support::geometryOf(model, true);
    const Overlay overlay = overlayOf(OverlayKind::Bytes, model, true);
    QString text;
    for (std::size_t i = 0; i < geometry->boxes.size(); ++i) {
      const auto& box = geometry->boxes[i];
      if (box.kind == BoxKind::Frame) QCOMPARE(overlay.marks[i].share, -1.0);
      if (box.title != "sigmoid") continue;
      if (text.isEmpty()) text = overlay.marks[i].text;
      // Reads and writes 256 floats.
      QCOMPARE(overlay.marks[i].text, QStringLiteral("2 KiB"));
      QCOMPARE(overlay.marks[i].text, text);
    }
    QVERIFY(!text.isEmpty());
    QCOMPARE(overlay.largest, QStringLiteral("3 KiB"));
  }

  void aClosedModuleHasTheSumOfItsOperators() {
    const auto model = support::blockChain(3);
    const auto geometry = support::geometryOf(model, false);
    const Overlay overlay = overlayOf(OverlayKind::Bytes, model, false);
    int modules = 0;
    for (std::size_t i = 0; i < geometry->boxes.size(); ++i) {
      if (geometry->boxes[i].kind != BoxKind::Module) continue;
      const bool isForward = geometry->boxes[i].lane == core::layout::Lane::Forward;
      QCOMPARE(overlay.marks[i].text,
               isForward ? QStringLiteral("4 KiB") : QStringLiteral("6 KiB"));
      ++modules;
    }
    QCOMPARE(modules, 6);
  }

  void whatIsSavedHasACategory() {
    const auto model = support::blockChain(2);
    const auto geometry = support::geometryOf(model, true);
    const Overlay overlay = overlayOf(OverlayKind::Fate, model, true);
    int saved = 0;
    for (std::size_t i = 0; i < geometry->boxes.size(); ++i) {
      if (geometry->boxes[i].title == "sigmoid") QCOMPARE(overlay.marks[i].category, 0);
      saved += overlay.marks[i].category == 0;
    }
    QCOMPARE(saved, 4);
  }

  void boxesOfOneKernelShareANumber() {
    const auto model = support::blockChain(2);
    const auto geometry = support::geometryOf(model, true);
    auto kernels = std::make_shared<KernelLabels>();
    for (const char* node : {"sigmoid_0", "sigmoid_1"}) kernels->emplace(node, "K0");
    kernels->emplace("sigmoid_2", "K1");
    const Overlay overlay = overlayOf(OverlayKind::Kernels, model, true, kernels);
    const auto mark = [&](const char* node) {
      return overlay.marks[static_cast<std::size_t>(geometry->boxesOf(node).front())];
    };
    QCOMPARE(mark("sigmoid_0").category, mark("sigmoid_1").category);
    QVERIFY(mark("sigmoid_0").category != mark("sigmoid_2").category);
    QCOMPARE(mark("sigmoid_3").category, -1);
    QCOMPARE(mark("sigmoid_2").text, QStringLiteral("K1"));
  }

  void measuredTimesBelongToTheirHalf() {
    const auto model = support::blockChain(2);
    auto measured = std::make_shared<Measured>();
    measured->compiledSeconds.forward = {{"sigmoid_0", 3e-6}, {"sigmoid_1", 1e-6}};
    measured->compiledSeconds.backward = {{"sigmoid_0", 8e-6}, {"backward_2", 4e-6}};
    const auto geometry = support::geometryOf(model, true);
    const Overlay overlay = makeOverlay(OverlayKind::CompiledTime, *geometry,
                                        {model.joint, model.partition, nullptr, measured});
    const auto mark = [&](const char* node) {
      return overlay.marks[static_cast<std::size_t>(geometry->boxesOf(node).front())];
    };
    QCOMPARE(overlay.largest, QStringLiteral("4.00 µs"));
    QCOMPARE(mark("sigmoid_0").text, QStringLiteral("3.00 µs"));
    QCOMPARE(mark("sigmoid_0").share, 0.75);
    QCOMPARE(mark("backward_2").share, 1.0);
    QCOMPARE(mark("sigmoid_2").share, -1.0);
    const Overlay eager = makeOverlay(OverlayKind::EagerTime, *geometry,
                                      {model.joint, model.partition, nullptr, measured});
    QVERIFY(overlayLegend(eager).front().text.contains(QStringLiteral("no profile yet")));
  }

  void errorsCountPowersOfTenAndDoNotAddUp() {
    const auto model = support::blockChain(2);
    auto measured = std::make_shared<Measured>();
    measured->errors.forward = {{"sigmoid_0", 1e-5}, {"sigmoid_1", 1e-5}, {"sigmoid_2", 1e-7}};
    measured->isErrorStale = true;
    const auto geometry = support::geometryOf(model, false);
    const Overlay overlay = makeOverlay(OverlayKind::Error, *geometry,
                                        {model.joint, model.partition, nullptr, measured});
    const auto mark = [&](const char* node) {
      return overlay.marks[static_cast<std::size_t>(geometry->boxesOf(node).front())];
    };
    QCOMPARE(mark("sigmoid_0").text, QStringLiteral("1e-05"));  // the larger of two, not their sum
    QCOMPARE(mark("sigmoid_0").share, 1.0);
    QVERIFY(std::abs(mark("sigmoid_2").share - 0.5) < 1e-9);  // 2 of 4 decades above 1e-9
    const auto legend = overlayLegend(overlay);
    QVERIFY(legend[0].text.contains(QStringLiteral("other options")));
    QVERIFY(legend[1].text.contains(QStringLiteral("1e-09 or less")));
  }

  void anOverlayWithoutFiguresSaysSo() {
    const auto entries =
        overlayLegend(overlayOf(OverlayKind::Kernels, support::blockChain(1), true));
    QCOMPARE(entries.size(), std::size_t(1));
    QVERIFY(entries.front().text.contains(QStringLiteral("no kernels yet")));
  }

  void categoriesDifferInPatternToo() {
    const auto image = [](int category) {
      QImage picture(60, 40, QImage::Format_RGB32);
      picture.fill(Qt::white);
      QPainter painter(&picture);
      // The same colour for all: only the pattern can tell them apart.
      GraphPalette palette = GraphPalette::light();
      palette.saved = palette.recomputed.accent = Qt::black;
      Overlay overlay;
      overlay.kind = OverlayKind::Fate;
      paintOverlayMark(painter, QRectF(0, 0, 60, 40), overlay, {-1, category, {}}, palette);
      return picture;
    };
    QVERIFY(image(0) != image(1));
  }

  void choosingAnOverlayShowsItsLegend() {
    views::shared::SelectionHub hub;
    GraphView view(&hub, views::shared::GraphKind::Joint);
    view.resize(900, 700);
    view.show();
    const auto model = support::blockChain(3);
    view.setSnapshot(model.joint, model.partition);
    QTRY_VERIFY(!view.isLayoutRunning());
    view.setOverlay(OverlayKind::Bytes);
    const auto* legend = view.findChild<Legend*>();
    QVERIFY(legend->isVisible());
    QVERIFY(legend->entries().front().text.startsWith(QStringLiteral("Bytes Moved: up to")));
    view.setOverlay(OverlayKind::None);
    QVERIFY(!legend->entries().front().text.startsWith(QStringLiteral("Bytes Moved")));
  }
};

WATCHED_TEST_MAIN(TestOverlay)
#include "tst_overlay.moc"
