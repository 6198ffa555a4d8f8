// Exports and the paint path in all bands of detail.

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/watched_application.h"
#include "tests/views/graph/graph_models.h"
#include "views/graph/graph_export.h"
#include "views/graph/graph_headings.h"

using namespace views::graph;

namespace {

int countOf(const QImage& image, const QColor& color) {
  int count = 0;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) count += image.pixelColor(x, y) == color;
  return count;
}

QImage paintedAt(const GraphScene& scene, const GraphPalette& palette, double scale) {
  QImage image((scene.bounds().size() * scale).toSize(), QImage::Format_RGB32);
  image.fill(palette.background);
  QPainter painter(&image);
  painter.scale(scale, scale);
  painter.translate(-scene.bounds().topLeft());
  GraphPainter(scene, palette, {}).paint(painter, scene.bounds(), scale);
  return image;
}

}  // namespace

class TestGraphExport : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    m_scene = std::make_unique<GraphScene>(support::geometryOf(support::blockChain(3), true));
  }

  void aBitmapHoldsTheWholeGraph() {
    const QImage image = exportImage(*m_scene, GraphPalette::light(), 1);
    QCOMPARE(image.size(), exportSize(*m_scene, 1));
    QCOMPARE(image.width(), m_scene->geometry().bounds.width);
    QCOMPARE(image.height(), m_scene->geometry().bounds.height + kHeadingHeight);
    const auto& boxes = m_scene->geometry().boxes;
    for (const auto& box : boxes) {
      if (box.kind != core::layout::BoxKind::Op) continue;
      const QPoint inside(box.rect.right() - 6 - m_scene->geometry().bounds.x,
                          box.rect.bottom() - 6 - m_scene->geometry().bounds.y + kHeadingHeight);
      QCOMPARE(image.pixelColor(inside), GraphPalette::light().box);
    }
  }

  void aPdfIsOnePageAsLargeAsTheGraph() {
    const QTemporaryDir folder;
    const QString path = folder.filePath("graph.pdf");
    QVERIFY(exportGraph(*m_scene, GraphPalette::light(), path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray pdf = file.readAll();
    QVERIFY(pdf.startsWith("%PDF-"));
    const QSize size = exportSize(*m_scene, 1);
    const QByteArray box = QStringLiteral("/MediaBox [0 0 %1").arg(size.width()).toUtf8();
    QVERIFY2(pdf.contains(box), box);
  }

  void everyBandPaintsBothLanesAndTheSavedTensors_data() {
    QTest::addColumn<double>("scale");
    QTest::newRow("near") << 1.0;
    QTest::newRow("middle") << 0.3;
    QTest::newRow("far") << 0.1;
  }

  void everyBandPaintsBothLanesAndTheSavedTensors() {
    QFETCH(const double, scale);
    for (const GraphPalette* palette : {&GraphPalette::light(), &GraphPalette::dark()}) {
      const QImage image = paintedAt(*m_scene, *palette, scale);
      for (const QColor& color : {palette->forward.tint, palette->backward.tint, palette->saved})
        QVERIFY2(countOf(image, color) > 0, qPrintable(color.name()));
    }
  }

  void vectorFilesHoldEveryLabel() {
    QTemporaryDir folder;
    const QString path = folder.filePath("graph.svg");
    QVERIFY(exportGraph(*m_scene, GraphPalette::light(), path).has_value());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY(text.contains("sigmoid_backward"));
    QVERIFY(text.contains("block2"));
    QVERIFY(text.contains("FORWARD"));
    QVERIFY(text.contains("1 KiB"));
  }

  void bitmapFilesCanBeReadBack() {
    QTemporaryDir folder;
    const QString path = folder.filePath("graph.png");
    QVERIFY(exportGraph(*m_scene, GraphPalette::dark(), path, 2).has_value());
    QCOMPARE(QImage(path).size(), exportSize(*m_scene, 2));
  }

  void whatCannotBeWrittenIsAnError() {
    const auto suffix = exportGraph(*m_scene, GraphPalette::light(), "graph.bmp");
    QCOMPARE(suffix.error().code, core::ErrorCode::InvalidArgument);
    const auto folder = exportGraph(*m_scene, GraphPalette::light(), "/no/such/folder/graph.svg");
    QCOMPARE(folder.error().code, core::ErrorCode::FileNotFound);
    const auto size = exportGraph(*m_scene, GraphPalette::light(), "too_large.png", 1000);
    QCOMPARE(size.error().code, core::ErrorCode::OutOfMemory);
  }

  void textOfAFileIsShownHarmlessly() {
    QCOMPARE(oneLine("a\nb\tc"), QString("a\uFFFDb\uFFFDc"));
    QCOMPARE(oneLine("\xE2\x80\xAE"
                     "abc"),
             QString("\uFFFD"
                     "abc"));
    QCOMPARE(oneLine(std::string(100000, 'x')).size(), 256);
    QCOMPARE(oneLine("größe"), QString("größe"));
  }

 private:
  std::unique_ptr<GraphScene> m_scene;
};

WATCHED_TEST_MAIN(TestGraphExport)
#include "tst_graph_export.moc"
