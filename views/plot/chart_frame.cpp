#include "views/plot/chart_frame.h"

#include <qcustomplot.h>

#include <QAction>
#include <QBuffer>
#include <QLabel>
#include <QPaintEvent>
#include <QStackedLayout>
#include <QSvgGenerator>
#include <numeric>

#include "views/look/theme.h"
#include "views/shared/export_dialog.h"

namespace views::plot {

namespace {
constexpr int kFocusWidth = 2;
constexpr double kPictureScale = 2;
}  // namespace

ChartFrame::ChartFrame(const QString& name, QWidget* parent)
    : QWidget(parent), m_plot(new QCustomPlot(this)) {
  auto* layout = new QStackedLayout(this);
  layout->setContentsMargins(kFocusWidth, kFocusWidth, kFocusWidth, kFocusWidth);
  auto* message = new QLabel(this);
  message->setTextFormat(Qt::PlainText);
  message->setAlignment(Qt::AlignCenter);
  message->setWordWrap(true);
  message->setMargin(12);
  m_message = message;
  layout->addWidget(m_plot);
  layout->addWidget(m_message);
  setAccessibleName(name);
  m_plot->setAccessibleName(name);
  m_plot->setFocusPolicy(Qt::NoFocus);
  m_plot->setAttribute(Qt::WA_TransparentForMouseEvents);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setContextMenuPolicy(Qt::ActionsContextMenu);
  auto* exportIt = new QAction(tr("&Export the Chart…"), this);
  exportIt->setShortcut(QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_E));
  exportIt->setShortcutContext(Qt::WidgetShortcut);
  connect(exportIt, &QAction::triggered, this, &ChartFrame::exportWithDialog);
  addAction(exportIt);
}

void ChartFrame::setMessage(const QString& message) {
  static_cast<QLabel*>(m_message)->setText(message);
  static_cast<QStackedLayout*>(layout())->setCurrentIndex(message.isEmpty() ? 0 : 1);
  if (!message.isEmpty()) setAccessibleDescription(message);
}

QString ChartFrame::asCsv() const {
  models::TableModel model;
  model.setTable(numbers());
  std::vector<int> rows(static_cast<std::size_t>(model.rowCount()));
  std::iota(rows.begin(), rows.end(), 0);
  return models::commaSeparated(model, rows);
}

QByteArray ChartFrame::asSvg() const {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setSize(m_plot->size());
  generator.setViewBox(m_plot->rect());
  generator.setTitle(accessibleName());
  QCPPainter painter;
  painter.begin(&generator);
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  m_plot->toPainter(&painter, m_plot->width(), m_plot->height());
  painter.end();
  return bytes;
}

bool ChartFrame::exportTo(const QString& path) const {
  if (path.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
    return m_plot->savePng(path, 0, 0, kPictureScale);
  }
  const bool isCsv = path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive);
  return shared::writeExport(const_cast<ChartFrame*>(this), path,
                             isCsv ? asCsv().toUtf8() : asSvg());
}

void ChartFrame::exportWithDialog() {
  const QString path = shared::askForExportFile(
      this, tr("Export %1").arg(accessibleName()),
      tr("SVG drawings (*.svg);;PNG pictures (*.png);;Comma-separated values (*.csv)"));
  if (!path.isEmpty()) exportTo(path);
}

void ChartFrame::styleAxes() {
  const QColor text = palette().color(QPalette::Text);
  const QColor grid = look::colorsFor(palette()).grid;
  m_plot->setBackground(palette().color(QPalette::Base));
  for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
    axis->setLabelColor(text);
    axis->setTickLabelColor(text);
    axis->setLabelFont(font());
    axis->setTickLabelFont(font());
    axis->setBasePen(QPen(grid));
    axis->setTickPen(QPen(grid));
    axis->setSubTickPen(QPen(Qt::NoPen));
    axis->grid()->setPen(QPen(grid));
    axis->grid()->setZeroLinePen(QPen(grid));
  }
}

void ChartFrame::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) redraw();
  QWidget::changeEvent(event);
}

void ChartFrame::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void ChartFrame::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

void ChartFrame::paintEvent(QPaintEvent* event) {
  QWidget::paintEvent(event);
  if (!hasFocus()) return;
  QPainter painter(this);
  painter.setPen(QPen(palette().color(QPalette::Highlight), kFocusWidth));
  painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

}  // namespace views::plot
