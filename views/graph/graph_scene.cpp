#include "views/graph/graph_scene.h"

#include <QFontMetricsF>
#include <algorithm>

namespace views::graph {

using core::layout::Badge;
using core::layout::BadgeKind;
using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::GraphGeometryPtr;
using core::layout::Lane;
using core::layout::Point;

namespace {

constexpr double kCornerRadius = 6;

/// Between rows a line turns as an S with vertical ends.
void addCurve(QPainterPath& path, const std::vector<Point>& line) {
  path.moveTo(line.front().x, line.front().y);
  for (std::size_t i = 1; i < line.size(); ++i) {
    const Point a = line[i - 1];
    const Point b = line[i];
    if (a.x == b.x) {
      path.lineTo(b.x, b.y);
    } else {
      const double middle = (a.y + b.y) / 2.0;
      path.cubicTo(a.x, middle, b.x, middle, b.x, b.y);
    }
  }
}

/// Right angles with round corners.
void addCorners(QPainterPath& path, const std::vector<Point>& line) {
  path.moveTo(line.front().x, line.front().y);
  for (std::size_t i = 1; i + 1 < line.size(); ++i) {
    const QPointF before(line[i - 1].x, line[i - 1].y);
    const QPointF corner(line[i].x, line[i].y);
    const QPointF after(line[i + 1].x, line[i + 1].y);
    const double in = QLineF(before, corner).length();
    const double out = QLineF(corner, after).length();
    const double radius = std::min({kCornerRadius, in / 2, out / 2});
    if (radius <= 0) continue;
    path.lineTo(corner + (before - corner) * (radius / in));
    path.quadTo(corner, corner + (after - corner) * (radius / out));
  }
  path.lineTo(line.back().x, line.back().y);
}

QString badgeText(const Badge& badge) {
  const QString text = oneLine(badge.text);
  switch (badge.kind) {
    case BadgeKind::Parameter:
    case BadgeKind::Buffer:
    case BadgeKind::Saved: return text;
    case BadgeKind::Gradient: return QStringLiteral("∂ ") + text;
    case BadgeKind::Mutation: return QStringLiteral("→ ") + text;
  }
  return text;
}

}  // namespace

QString oneLine(const std::string& text) {
  constexpr int kLongest = 256;
  QString clean = QString::fromUtf8(
      text.data(), static_cast<qsizetype>(std::min<std::size_t>(text.size(), 4 * kLongest)));
  for (QChar& c : clean) {
    const bool isPlain = c.isPrint() && c.category() != QChar::Other_Format;
    if (!isPlain && !c.isSurrogate()) c = QChar::ReplacementCharacter;
  }
  if (clean.size() > kLongest) clean = clean.left(kLongest - 1) + QChar(0x2026);
  return clean;
}

QRectF toRectF(const core::layout::Rect& rect) {
  return QRectF(rect.x, rect.y, rect.width, rect.height);
}

core::layout::Rect toRect(const QRectF& rect) {
  const QRect aligned = rect.toAlignedRect();
  return {aligned.x(), aligned.y(), aligned.width(), aligned.height()};
}

SceneFonts::SceneFonts() {
  // Scene units are pixels at 100 %: the painter's scale makes them follow the zoom.
  title.setPixelSize(13);
  title.setWeight(QFont::DemiBold);
  detail.setPixelSize(11);
  badge.setPixelSize(10);
}

bool hasMark(const Box& box) {
  return box.saved || box.kind == BoxKind::Module || box.lane == Lane::Recomputed;
}

GraphScene::GraphScene(GraphGeometryPtr geometry)
    : m_geometry(std::move(geometry)),
      m_texts(m_geometry->boxes.size()),
      m_paths(m_geometry->edges.size()) {
  for (std::size_t i = 0; i < m_geometry->boxes.size(); ++i)
    if (m_geometry->boxes[i].kind == BoxKind::Frame) m_frames.push_back(static_cast<int>(i));
  std::stable_sort(m_frames.begin(), m_frames.end(), [this](int a, int b) {
    return m_geometry->boxes[a].depth < m_geometry->boxes[b].depth;
  });
}

const BoxText& GraphScene::textOf(int box) const {
  auto& text = m_texts[box];
  if (!text) text = std::make_unique<BoxText>(makeText(m_geometry->boxes[box]));
  return *text;
}

const QPainterPath& GraphScene::pathOf(int edge) const {
  auto& path = m_paths[edge];
  if (!path) path = std::make_unique<QPainterPath>(makePath(m_geometry->edges[edge]));
  return *path;
}

BoxText GraphScene::makeText(const Box& box) const {
  const QFontMetricsF title(m_fonts.title);
  const QFontMetricsF detail(m_fonts.detail);
  const QFontMetricsF badge(m_fonts.badge);
  const double width = box.rect.width - kTextLeft - (hasMark(box) ? kTextRight : kTextLeft - 4);
  BoxText text;
  text.whole = oneLine(box.title);
  text.title = title.elidedText(text.whole, Qt::ElideMiddle, width);
  const double rest = box.kind == BoxKind::Frame ? width - title.horizontalAdvance(text.title) - 10
                                                 : box.rect.width - 2 * kTextLeft;
  text.detail = detail.elidedText(oneLine(box.detail), Qt::ElideMiddle, std::max(0.0, rest));
  double x = 0;
  const double room = box.rect.width - 2 * kTextLeft;
  for (std::size_t i = 0; i < box.badges.size(); ++i) {
    const QString shown = badge.elidedText(badgeText(box.badges[i]), Qt::ElideLeft, room / 2 - 12);
    x += badge.horizontalAdvance(shown) + 16;
    const bool isLast = i + 1 == box.badges.size();
    if (x > room - (isLast ? 0 : 24)) {
      text.badges.push_back(QStringLiteral("+%1").arg(box.badges.size() - i));
      break;
    }
    text.badges.push_back(shown);
  }
  return text;
}

QPainterPath GraphScene::makePath(const Edge& edge) const {
  QPainterPath path;
  for (const auto& line : edge.lines) {
    if (line.size() < 2) continue;
    edge.isNet ? addCorners(path, line) : addCurve(path, line);
  }
  return path;
}

}  // namespace views::graph
