#include "views/graph/graph_export.h"

#include <QFile>
#include <QFileInfo>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <algorithm>

#include "views/graph/graph_headings.h"

namespace views::graph {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr int kLongestSide = 30000;
// The format's limit is 14,400 units of 1/72 inch a side.
constexpr double kLongestPdfSide = 14400;
constexpr int kPdfPerInch = 72;

QRectF pageOf(const GraphScene& scene) {
  return scene.bounds().adjusted(0, -kHeadingHeight, 0, 0);
}

void paintPage(QPainter& painter, const GraphScene& scene, const GraphPalette& palette) {
  const QRectF page = pageOf(scene);
  painter.fillRect(QRectF(QPointF(0, 0), page.size()), palette.background);
  painter.save();
  painter.translate(-page.topLeft());
  // At 100 % everything is written, whatever the size of the page.
  GraphPainter(scene, palette, {}).paint(painter, page, 1);
  painter.restore();
  Viewport viewport;
  viewport.setSize(page.size());
  viewport.setBounds(page);
  viewport.centerOn(page.center());
  QFont font = scene.fonts().detail;
  paintHeadings(painter, scene.geometry(), palette, viewport, font);
}

Error notWritable(const QString& path) {
  return {ErrorCode::FileNotFound,
          "Cannot write " + path.toStdString() + ": choose a folder that exists and is yours.",
          {},
          {}};
}

Result<void> exportSvg(const GraphScene& scene, const GraphPalette& palette, const QString& path) {
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly)) return notWritable(path);
  QSvgGenerator generator;
  generator.setOutputDevice(&file);
  const QRectF page = pageOf(scene);
  generator.setSize(page.size().toSize());
  generator.setViewBox(QRectF(QPointF(0, 0), page.size()));
  generator.setTitle(QStringLiteral("AOT Explorer"));
  QPainter painter(&generator);
  paintPage(painter, scene, palette);
  painter.end();
  if (!file.commit()) return notWritable(path);
  return {};
}

/// One page as large as the graph; beyond what readers of PDF take, it is scaled down.
Result<void> exportPdf(const GraphScene& scene, const GraphPalette& palette, const QString& path) {
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly)) return notWritable(path);
  QPdfWriter writer(&file);
  const QSizeF page = pageOf(scene).size();
  const double scale = std::min(1.0, kLongestPdfSide / std::max(page.width(), page.height()));
  writer.setCreator(QStringLiteral("AOT Explorer"));
  writer.setResolution(kPdfPerInch);
  writer.setPageMargins({});
  writer.setPageSize(QPageSize(page * scale, QPageSize::Point, {}, QPageSize::ExactMatch));
  QPainter painter(&writer);
  painter.scale(scale, scale);
  paintPage(painter, scene, palette);
  painter.end();
  if (!file.commit()) return notWritable(path);
  return {};
}

}  // namespace

QSize exportSize(const GraphScene& scene, double scale) {
  return (pageOf(scene).size() * scale).toSize();
}

QImage exportImage(const GraphScene& scene, const GraphPalette& palette, double scale) {
  const QSize size = exportSize(scene, scale);
  if (size.width() > kLongestSide || size.height() > kLongestSide) return {};
  QImage image(size, QImage::Format_RGB32);
  if (image.isNull()) return image;
  QPainter painter(&image);
  painter.scale(scale, scale);
  paintPage(painter, scene, palette);
  return image;
}

Result<void> exportGraph(const GraphScene& scene, const GraphPalette& palette, const QString& path,
                         double scale) {
  const QString suffix = QFileInfo(path).suffix().toLower();
  if (suffix == QLatin1String("svg")) return exportSvg(scene, palette, path);
  if (suffix == QLatin1String("pdf")) return exportPdf(scene, palette, path);
  if (suffix != QLatin1String("png")) {
    return Error{
        ErrorCode::InvalidArgument,
        "Cannot export to " + path.toStdString() + ": the name must end in .svg, .pdf or .png.",
        {},
        {}};
  }
  const QImage image = exportImage(scene, palette, scale);
  if (image.isNull()) {
    const QSize size = exportSize(scene, scale);
    return Error{ErrorCode::OutOfMemory,
                 "Cannot make a bitmap of " + std::to_string(size.width()) + " × " +
                     std::to_string(size.height()) +
                     " pixels: export as .svg, or at a smaller scale.",
                 {},
                 {}};
  }
  if (!image.save(path, "PNG")) return notWritable(path);
  return {};
}

}  // namespace views::graph
