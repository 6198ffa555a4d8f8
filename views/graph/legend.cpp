#include "views/graph/legend.h"

#include <QPainter>
#include <algorithm>

namespace views::graph {
namespace {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::EdgeKind;
using core::layout::GraphGeometry;
using core::layout::Lane;
using core::layout::Picture;

constexpr int kLine = 20;
constexpr int kPadding = 6;
constexpr int kSample = 44;
constexpr int kColumnGap = 16;

void paintLine(QPainter& painter, QPointF at, const QColor& color, double width,
               const QList<qreal>& dashes) {
  QPen pen(color, width);
  if (!dashes.isEmpty()) pen.setDashPattern(dashes);
  painter.setPen(pen);
  painter.drawLine(at - QPointF(18, 0), at + QPointF(18, 0));
}

void paintSample(QPainter& painter, QPointF at, const LaneColors& lane, const GraphPalette& colors,
                 Qt::PenStyle style) {
  painter.setPen(QPen(lane.accent, 1.3, style));
  painter.setBrush(colors.box);
  painter.drawRoundedRect(QRectF(at.x() - 16, at.y() - 6, 32, 12), 3, 3);
}

void paintModule(QPainter& painter, QPointF at, const LaneColors& lane) {
  painter.setPen(QPen(lane.accent, 1.3));
  painter.setBrush(lane.fill);
  painter.drawRoundedRect(QRectF(at.x() - 14, at.y() - 4, 32, 12), 3, 3);
  painter.drawRoundedRect(QRectF(at.x() - 16, at.y() - 6, 32, 12), 3, 3);
}

/// What the entries are made for.
struct Contents {
  bool lane[core::layout::kLanes] = {};
  bool edge[5] = {};
  bool hasModules = false;
  bool hasSavedBoxes = false;
};

Contents contentsOf(const GraphGeometry& geometry) {
  Contents contents;
  for (const Box& box : geometry.boxes) {
    contents.lane[static_cast<int>(box.lane)] = true;
    contents.hasModules |= box.kind == BoxKind::Module;
    contents.hasSavedBoxes |= box.saved;
  }
  for (const Edge& edge : geometry.edges) contents.edge[static_cast<int>(edge.kind)] = true;
  return contents;
}

LegendEntry laneEntry(const GraphGeometry& geometry, Lane lane, const QString& text) {
  const Picture picture = geometry.picture;
  return {text, [picture, lane](QPainter& p, const GraphPalette& c, QPointF at) {
            const auto style = lane == Lane::Recomputed ? Qt::DashLine : Qt::SolidLine;
            paintSample(p, at, c.lane(picture, lane), c, style);
          }};
}

void addBoxEntries(const GraphGeometry& geometry, const Contents& contents,
                   std::vector<LegendEntry>& entries) {
  const bool isBackward = geometry.picture == Picture::Backward;
  if (contents.lane[0])
    entries.push_back(
        laneEntry(geometry, Lane::Forward,
                  isBackward ? Legend::tr("Backward operator") : Legend::tr("Forward operator")));
  if (contents.lane[2])
    entries.push_back(laneEntry(geometry, Lane::Backward,
                                Legend::tr("Backward operator, on the row of its forward")));
  if (contents.lane[1])
    entries.push_back(
        laneEntry(geometry, Lane::Recomputed, Legend::tr("Recomputed in the backward")));
  if (contents.hasModules)
    entries.push_back(
        {Legend::tr("Module, double-click to open"),
         [](QPainter& p, const GraphPalette& c, QPointF at) { paintModule(p, at, c.forward); }});
  // Beside lines with the same mark it would say nothing new.
  const bool hasNets = contents.edge[static_cast<int>(EdgeKind::Saved)] ||
                       contents.edge[static_cast<int>(EdgeKind::Crossing)];
  if (contents.hasSavedBoxes && !hasNets)
    entries.push_back(
        {Legend::tr("Saved for the backward"), [](QPainter& p, const GraphPalette& c, QPointF at) {
           paintDiamond(p, at, 5, c.saved, true);
         }});
}

void addEdgeEntries(const Contents& contents, std::vector<LegendEntry>& entries) {
  const auto add = [&](EdgeKind kind, const QString& text, auto paint) {
    if (contents.edge[static_cast<int>(kind)]) entries.push_back({text, paint});
  };
  add(EdgeKind::Saved, Legend::tr("Saved tensor, with its bytes"),
      [](QPainter& p, const GraphPalette& c, QPointF at) {
        paintLine(p, at, c.saved, 2.2, {});
        paintDiamond(p, at, 5, c.saved, true);
      });
  add(EdgeKind::Crossing, Legend::tr("Crosses; nothing decided yet"),
      [](QPainter& p, const GraphPalette& c, QPointF at) {
        paintLine(p, at, c.saved, 2, {7, 3});
        paintDiamond(p, at, 5, c.saved, false);
      });
  add(EdgeKind::SavedStatic, Legend::tr("Parameter read again (no memory)"),
      [](QPainter& p, const GraphPalette& c, QPointF at) {
        paintLine(p, at, c.resident, 1.2, {4, 3});
        paintDiamond(p, at, 5, c.resident, false);
      });
  add(EdgeKind::Recompute, Legend::tr("Original and its copy (no data)"),
      [](QPainter& p, const GraphPalette& c, QPointF at) {
        paintLine(p, at, c.recomputed.accent, 1.4, {1.5, 2.5});
        paintRecomputeMark(p, at, 4.6, c.recomputed.accent);
      });
}

}  // namespace

std::vector<LegendEntry> legendOf(const GraphGeometry& geometry) {
  const Contents contents = contentsOf(geometry);
  std::vector<LegendEntry> entries;
  addBoxEntries(geometry, contents, entries);
  addEdgeEntries(contents, entries);
  return entries;
}

Legend::Legend(const GraphCanvas* canvas, QWidget* parent) : QWidget(parent), m_canvas(canvas) {
  setAccessibleName(tr("Legend of the graph"));
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void Legend::setEntries(std::vector<LegendEntry> entries) {
  m_entries = std::move(entries);
  QStringList words;
  for (const LegendEntry& entry : m_entries) words << entry.text;
  setAccessibleDescription(words.join(QStringLiteral("; ")));
  updateGeometry();
  update();
}

int Legend::columns(int width) const {
  int widest = 0;
  for (const LegendEntry& entry : m_entries)
    widest = std::max(widest, fontMetrics().horizontalAdvance(entry.text));
  const int column = widest + kSample + 2 * kPadding + kColumnGap;
  return std::clamp(width / column, 1, std::max(1, static_cast<int>(m_entries.size())));
}

int Legend::heightForWidth(int width) const {
  const int count = static_cast<int>(m_entries.size());
  const int across = columns(width);
  return (count + across - 1) / across * kLine + 2 * kPadding;
}

QSize Legend::sizeHint() const {
  return {200, heightForWidth(std::max(200, width()))};
}

void Legend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const GraphPalette& colors = m_canvas->colors();
  painter.fillRect(rect(), colors.background);
  painter.setPen(QPen(colors.edge, 0.8));
  painter.drawLine(0, 0, width(), 0);
  const int across = columns(width());
  const int column = width() / across;
  for (std::size_t i = 0; i < m_entries.size(); ++i) {
    const int x = static_cast<int>(i) % across * column;
    const double y = kPadding + (static_cast<int>(i) / across + 0.5) * kLine;
    m_entries[i].paint(painter, colors, QPointF(x + kPadding + kSample / 2.0, y));
    painter.setPen(colors.text);
    painter.drawText(
        QRectF(x + 2 * kPadding + kSample, y - kLine / 2.0, column - 2 * kPadding - kSample, kLine),
        Qt::AlignVCenter | Qt::AlignLeft, m_entries[i].text);
  }
}

}  // namespace views::graph
