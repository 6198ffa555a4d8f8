#include "views/plot/slice_chart.h"

#include <QAction>
#include <QBuffer>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QSvgGenerator>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "views/look/theme.h"
#include "views/models/showable_text.h"
#include "views/shared/export_dialog.h"

namespace views::plot {

using models::ChartSlice;
using models::SliceTrack;

namespace {

constexpr int kMargin = 6;
constexpr int kFocusWidth = 2;
constexpr double kRowPadding = 6;
constexpr double kTrackGap = 10;
constexpr double kMinLengthUs = 0.05;
constexpr double kWheelFactor = 1.2;
constexpr double kKeyFactor = 1.5;
constexpr double kPanShare = 0.15;
constexpr double kPictureScale = 2;

/// The step of a scale with at most `most` marks over `length`: 1, 2 or 5 times a power of ten.
double niceStep(double length, int most) {
  const double rough = length / std::max(1, most);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough) return factor * power;
  return 10 * power;
}

bool standsFor(const ChartSlice& slice, const QString& node) {
  return !node.isEmpty() && (slice.node == node || slice.nodes.contains(node));
}

}  // namespace

SliceChart::SliceChart(const QString& name, QWidget* parent) : QWidget(parent) {
  setAccessibleName(name);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setMinimumSize(260, 120);
  setContextMenuPolicy(Qt::ActionsContextMenu);
  auto* exportIt = new QAction(tr("&Export the Chart…"), this);
  exportIt->setShortcut(QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_E));
  exportIt->setShortcutContext(Qt::WidgetShortcut);
  connect(exportIt, &QAction::triggered, this, &SliceChart::exportWithDialog);
  addAction(exportIt);
}

void SliceChart::setTracks(TracksPtr tracks) {
  m_tracks = std::move(tracks);
  m_current = {};
  showAll();
  Q_EMIT currentChanged();
}

double SliceChart::endOfAll() const {
  double end = 1;
  if (m_tracks)
    for (const SliceTrack& track : *m_tracks) end = std::max(end, track.endUs);
  return end;
}

void SliceChart::showAll() {
  m_start = 0;
  m_length = endOfAll();
  update();
}

double SliceChart::rowHeight() const {
  return fontMetrics().height() + kRowPadding;
}

double SliceChart::trackTop(int track) const {
  double top = kMargin + fontMetrics().height() + kRowPadding;
  for (int i = 0; i < track; ++i) {
    const SliceTrack& above = (*m_tracks)[static_cast<std::size_t>(i)];
    top += rowHeight() * (above.depths + 1) + kTrackGap;
  }
  return top;
}

double SliceChart::xOf(double time) const {
  return kMargin + (time - m_start) / m_length * (width() - 2 * kMargin);
}

double SliceChart::timeAt(double x) const {
  return m_start + (x - kMargin) / std::max(1, width() - 2 * kMargin) * m_length;
}

const ChartSlice* SliceChart::sliceAt(Place place) const {
  if (!m_tracks || place.track < 0) return nullptr;
  return &(*m_tracks)[static_cast<std::size_t>(place.track)]
              .slices[static_cast<std::size_t>(place.slice)];
}

QRectF SliceChart::boxOf(Place place) const {
  const ChartSlice& slice = *sliceAt(place);
  const double left = xOf(slice.startUs);
  const double top = trackTop(place.track) + rowHeight() * (slice.depth + 1);
  return {left, top, xOf(slice.startUs + slice.us) - left, rowHeight() - 1};
}

SliceChart::Place SliceChart::placeAt(const QPointF& position) const {
  if (!m_tracks) return {};
  Place found;
  for (int t = 0; t < static_cast<int>(m_tracks->size()); ++t) {
    const auto& slices = (*m_tracks)[static_cast<std::size_t>(t)].slices;
    for (int s = 0; s < static_cast<int>(slices.size()); ++s) {
      const QRectF box = boxOf({t, s});
      // Narrow boxes can be hit a pixel beside.
      if (box.adjusted(-1, 0, 1, 0).contains(position)) found = {t, s};
    }
  }
  return found;
}

void SliceChart::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintAll(painter);
  if (!hasFocus()) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(palette().color(QPalette::Highlight), kFocusWidth));
  painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

void SliceChart::paintAll(QPainter& painter) const {
  painter.setFont(font());
  painter.fillRect(rect(), palette().color(QPalette::Base));
  if (!m_tracks || m_tracks->empty()) return;
  paintAxis(painter);
  for (int t = 0; t < static_cast<int>(m_tracks->size()); ++t) paintTrack(painter, t, trackTop(t));
}

void SliceChart::paintAxis(QPainter& painter) const {
  const double wide = fontMetrics().horizontalAdvance(QStringLiteral("0000.0 ms")) * 1.6;
  const double step = niceStep(m_length, static_cast<int>(width() / wide));
  const QColor grid = look::colorsFor(palette()).grid;
  for (double time = std::ceil(m_start / step) * step; time <= m_start + m_length; time += step) {
    const double x = xOf(time);
    painter.setPen(grid);
    painter.drawLine(QPointF(x, kMargin), QPointF(x, height() - kMargin));
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QPointF(x + 3, kMargin + fontMetrics().ascent()),
                     models::millisecondsText(time / 1e3));
  }
}

void SliceChart::paintTrack(QPainter& painter, int index, double top) const {
  const SliceTrack& track = (*m_tracks)[static_cast<std::size_t>(index)];
  painter.setPen(palette().color(QPalette::Text));
  painter.drawText(QPointF(kMargin + 2, top + fontMetrics().ascent() + kRowPadding / 2),
                   tr("%1 · %2").arg(track.title, models::millisecondsText(track.endUs / 1e3)));
  std::vector<double> painted(static_cast<std::size_t>(track.depths), -1);
  for (int s = 0; s < static_cast<int>(track.slices.size()); ++s) {
    const QRectF box = boxOf({index, s});
    if (box.right() < 0 || box.left() > width()) continue;
    // What ends within a pixel that is painted already would not be seen.
    double& last =
        painted[static_cast<std::size_t>(track.slices[static_cast<std::size_t>(s)].depth)];
    const bool isMarked = m_current == Place{index, s} ||
                          standsFor(track.slices[static_cast<std::size_t>(s)], m_node);
    if (!isMarked && box.right() < last + 0.5) continue;
    last = std::max(last, box.right());
    paintSlice(painter, {index, s}, box);
  }
}

void SliceChart::paintSlice(QPainter& painter, Place place, const QRectF& box) const {
  const SliceTrack& track = (*m_tracks)[static_cast<std::size_t>(place.track)];
  const ChartSlice& slice = *sliceAt(place);
  const look::Colors colors = look::colorsFor(palette());
  const QColor base = track.isCompiled ? colors.compiled : colors.eager;
  QColor fill = base;
  fill.setAlphaF(place.slice % 2 == 0 ? 0.30F : 0.18F);
  const bool isCurrent = m_current == place;
  const bool isMarked = isCurrent || standsFor(slice, m_node);
  const QRectF shown(std::max(box.left(), -2.0), box.top(),
                     std::min(box.right(), width() + 2.0) - std::max(box.left(), -2.0),
                     box.height());
  painter.setBrush(fill);
  painter.setPen(box.width() > 3 ? QPen(base, 1) : QPen(Qt::NoPen));
  painter.drawRect(QRectF(shown.left(), shown.top(), std::max(1.0, shown.width()), shown.height()));
  if (isMarked) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette().color(QPalette::Highlight), isCurrent ? 3 : 2));
    painter.drawRect(shown.adjusted(-1, 0, 1, 0));
  }
  const QRectF inside = shown.adjusted(3, 0, -3, 0);
  if (inside.width() < fontMetrics().averageCharWidth() * 3) return;
  painter.setPen(palette().color(QPalette::Text));
  painter.drawText(
      inside, Qt::AlignVCenter | Qt::AlignLeft,
      fontMetrics().elidedText(slice.name, Qt::ElideRight, static_cast<int>(inside.width())));
}

QString SliceChart::textOf(Place place) const {
  const ChartSlice* slice = sliceAt(place);
  if (!slice) return {};
  const SliceTrack& track = (*m_tracks)[static_cast<std::size_t>(place.track)];
  QString text = tr("%1: %2 · %3, %4 % of the step, from %5 on")
                     .arg(track.title, slice->name, models::millisecondsText(slice->us / 1e3))
                     .arg(slice->us / track.endUs * 100, 0, 'f', 1)
                     .arg(models::millisecondsText(slice->startUs / 1e3));
  if (!slice->node.isEmpty()) text += tr(" · node %1").arg(slice->node);
  if (slice->nodes.size() > 1) text += tr(" and %1 more").arg(slice->nodes.size() - 1);
  return text;
}

QString SliceChart::currentText() const {
  return textOf(m_current);
}

void SliceChart::setCurrent(Place place, bool isShown) {
  if (m_current == place) return;
  m_current = place;
  if (const ChartSlice* slice = sliceAt(place); slice && isShown)
    show(slice->startUs + slice->us / 2);
  setAccessibleDescription(currentText());
  update();
  Q_EMIT currentChanged();
}

/// Pans as far as needed.
void SliceChart::show(double time) {
  if (time >= m_start && time <= m_start + m_length) return;
  m_start = std::clamp(time - m_length / 2, 0.0, std::max(0.0, endOfAll() - m_length));
}

void SliceChart::markNode(const QString& node) {
  if (m_node == node) return;
  m_node = node;
  update();
  if (!m_tracks || node.isEmpty()) return;
  if (const ChartSlice* current = sliceAt(m_current); current && standsFor(*current, node)) return;
  for (int t = 0; t < static_cast<int>(m_tracks->size()); ++t) {
    const auto& slices = (*m_tracks)[static_cast<std::size_t>(t)].slices;
    for (int s = 0; s < static_cast<int>(slices.size()); ++s)
      if (standsFor(slices[static_cast<std::size_t>(s)], node)) return setCurrent({t, s}, true);
  }
}

void SliceChart::step(int direction) {
  if (!m_tracks || m_tracks->empty()) return;
  Place place = m_current.track < 0 ? Place{0, direction > 0 ? -1 : 0} : m_current;
  const auto sizeOf = [this](int track) {
    return static_cast<int>((*m_tracks)[static_cast<std::size_t>(track)].slices.size());
  };
  place.slice += direction;
  while (place.slice < 0 || place.slice >= sizeOf(place.track)) {
    place.track += direction;
    if (place.track < 0 || place.track >= static_cast<int>(m_tracks->size())) return;
    place.slice = direction > 0 ? 0 : sizeOf(place.track) - 1;
  }
  setCurrent(place, true);
}

void SliceChart::zoom(double factor, double at) {
  const double end = endOfAll();
  const double length = std::clamp(m_length / factor, kMinLengthUs, end);
  m_start = std::clamp(at - (at - m_start) * length / m_length, 0.0, end - length);
  m_length = length;
  update();
}

void SliceChart::pan(double share) {
  m_start = std::clamp(m_start + share * m_length, 0.0, std::max(0.0, endOfAll() - m_length));
  update();
}

void SliceChart::chooseCurrent() {
  if (const ChartSlice* slice = sliceAt(m_current); slice && !slice->node.isEmpty())
    Q_EMIT nodeChosen(slice->node);
}

void SliceChart::keyPressEvent(QKeyEvent* event) {
  const ChartSlice* slice = sliceAt(m_current);
  const double center = m_start + m_length / 2;
  const double middle = slice ? slice->startUs + slice->us / 2 : center;
  const double at = middle >= m_start && middle <= m_start + m_length ? middle : center;
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_W: zoom(kKeyFactor, at); break;
    case Qt::Key_Minus:
    case Qt::Key_S: zoom(1 / kKeyFactor, at); break;
    case Qt::Key_Left:
    case Qt::Key_A: pan(-kPanShare); break;
    case Qt::Key_Right:
    case Qt::Key_D: pan(kPanShare); break;
    case Qt::Key_Period: step(1); break;
    case Qt::Key_Comma: step(-1); break;
    case Qt::Key_Home:
    case Qt::Key_0: showAll(); break;
    case Qt::Key_Return:
    case Qt::Key_Enter: chooseCurrent(); break;
    default: QWidget::keyPressEvent(event);
  }
}

void SliceChart::wheelEvent(QWheelEvent* event) {
  const QPoint turned = event->angleDelta();
  if (event->modifiers() & Qt::ShiftModifier || std::abs(turned.x()) > std::abs(turned.y())) {
    pan((turned.x() != 0 ? -turned.x() : -turned.y()) / 120.0 * kPanShare);
  } else {
    zoom(std::pow(kWheelFactor, turned.y() / 120.0), timeAt(event->position().x()));
  }
  event->accept();
}

void SliceChart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  m_pressedAt = event->position();
  m_pressedStart = m_start;
  m_dragging = false;
}

void SliceChart::mouseMoveEvent(QMouseEvent* event) {
  if (!(event->buttons() & Qt::LeftButton)) return;
  constexpr double kClickRadius = 4;
  const double moved = event->position().x() - m_pressedAt.x();
  if (!m_dragging && std::abs(moved) < kClickRadius) return;
  m_dragging = true;
  m_start = m_pressedStart;
  pan(-moved / std::max(1, width() - 2 * kMargin));
}

void SliceChart::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || m_dragging) return;
  setCurrent(placeAt(event->position()), false);
  chooseCurrent();
}

bool SliceChart::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  QToolTip::showText(help->globalPos(), textOf(placeAt(help->pos())), this);
  return true;
}

QByteArray SliceChart::asSvg() const {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setSize(size());
  generator.setViewBox(rect());
  generator.setTitle(accessibleName());
  QPainter painter(&generator);
  paintAll(painter);
  painter.end();
  return bytes;
}

QString SliceChart::asCsv() const {
  models::TableModel model;
  if (m_tracks) model.setTable(models::sliceTable(m_tracks));
  std::vector<int> rows(static_cast<std::size_t>(model.rowCount()));
  std::iota(rows.begin(), rows.end(), 0);
  return models::commaSeparated(model, rows);
}

bool SliceChart::exportTo(const QString& path) {
  if (path.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
    QPixmap picture(size() * kPictureScale);
    picture.setDevicePixelRatio(kPictureScale);
    QPainter painter(&picture);
    paintAll(painter);
    painter.end();
    return picture.save(path, "PNG");
  }
  const bool isCsv = path.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive);
  return shared::writeExport(this, path, isCsv ? asCsv().toUtf8() : asSvg());
}

void SliceChart::exportWithDialog() {
  const QString path = shared::askForExportFile(
      this, tr("Export %1").arg(accessibleName()),
      tr("SVG drawings (*.svg);;PNG pictures (*.png);;Comma-separated values (*.csv)"));
  if (!path.isEmpty()) exportTo(path);
}

}  // namespace views::plot
