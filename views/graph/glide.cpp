#include "views/graph/glide.h"

#include <algorithm>

namespace views::graph {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::GraphGeometry;

namespace {

// More than this many cannot be painted anew every few milliseconds.
constexpr std::size_t kMostBoxes = 800;
// Device pixels; below them a title is left out on the way.
constexpr double kSmallestTitledHeight = 12;
constexpr double kTitleMargin = 4;

bool isCall(const Box& box) {
  return box.kind == BoxKind::Module || box.kind == BoxKind::Frame;
}

/// The box of `other` that shows the same in the same lane, or what is around it; -1 if none does.
int counterpart(const GraphGeometry& other, const Box& box) {
  std::vector<int> candidates;
  if (isCall(box)) candidates = other.boxesOfModule(box.module);
  if (candidates.empty() && !box.nodes.empty()) candidates = other.boxesOf(box.nodes.front());
  const auto isSame = [&](int candidate) {
    const Box& it = other.boxes[candidate];
    return it.lane == box.lane && (!isCall(box) || it.module == box.module);
  };
  const auto found = std::find_if(candidates.begin(), candidates.end(), isSame);
  return found == candidates.end() ? -1 : *found;
}

QRectF onDevice(const Viewport& viewport, const Box& box) {
  const QRectF rect = toRectF(box.rect);
  return {viewport.toDevice(rect.topLeft()), rect.size() * viewport.scale()};
}

QRectF between(const QRectF& from, const QRectF& to, double progress) {
  const auto mix = [progress](double a, double b) { return a + (b - a) * progress; };
  return {mix(from.x(), to.x()), mix(from.y(), to.y()), mix(from.width(), to.width()),
          mix(from.height(), to.height())};
}

GlidingBox glidingBox(const GraphScene& scene, int box) {
  const Box& it = scene.geometry().boxes[box];
  GlidingBox gliding;
  gliding.kind = it.kind;
  gliding.lane = it.lane;
  gliding.depth = it.depth;
  gliding.title = scene.textOf(box).whole;
  return gliding;
}

std::vector<int> visibleBoxes(const GraphScene& scene, const Viewport& viewport) {
  return scene.geometry().boxIndex().query(toRect(viewport.visible()));
}

}  // namespace

void Glide::addArriving(const GraphScene& before, const Viewport& was, const GraphScene& after,
                        const Viewport& is) {
  for (const int box : visibleBoxes(after, is)) {
    const Box& it = after.geometry().boxes[box];
    GlidingBox gliding = glidingBox(after, box);
    gliding.to = onDevice(is, it);
    const int old = counterpart(before.geometry(), it);
    gliding.from = old < 0 ? gliding.to : onDevice(was, before.geometry().boxes[old]);
    gliding.opacityFrom = old < 0 ? 0 : 1;
    m_boxes.push_back(std::move(gliding));
  }
}

/// Boxes that another one takes in, or that are gone; others arrive themselves.
void Glide::addLeaving(const GraphScene& before, const Viewport& was, const GraphScene& after,
                       const Viewport& is) {
  for (const int box : visibleBoxes(before, was)) {
    const Box& it = before.geometry().boxes[box];
    const int next = counterpart(after.geometry(), it);
    if (next >= 0 && counterpart(before.geometry(), after.geometry().boxes[next]) == box) continue;
    GlidingBox gliding = glidingBox(before, box);
    gliding.from = onDevice(was, it);
    gliding.to = next < 0 ? gliding.from : onDevice(is, after.geometry().boxes[next]);
    gliding.opacityTo = 0;
    m_boxes.push_back(std::move(gliding));
  }
}

Glide::Glide(const GraphScene& before, const Viewport& was, const GraphScene& after,
             const Viewport& is)
    : m_picture(after.geometry().picture) {
  if (visibleBoxes(before, was).size() + visibleBoxes(after, is).size() > kMostBoxes) return;
  addArriving(before, was, after, is);
  addLeaving(before, was, after, is);
  // Frames lie below what they hold, outer ones below inner ones.
  std::stable_sort(m_boxes.begin(), m_boxes.end(), [](const GlidingBox& a, const GlidingBox& b) {
    const auto layer = [](const GlidingBox& box) {
      return std::pair(box.kind != BoxKind::Frame, box.depth);
    };
    return layer(a) < layer(b);
  });
}

void Glide::paint(QPainter& painter, const GraphPalette& palette, double progress) const {
  for (const GlidingBox& box : m_boxes) {
    const LaneColors& colors = palette.lane(m_picture, box.lane);
    const QRectF rect = between(box.from, box.to, progress);
    painter.setOpacity(box.opacityFrom + (box.opacityTo - box.opacityFrom) * progress);
    painter.setPen(QPen(colors.accent, 1));
    painter.setBrush(box.kind == BoxKind::Frame    ? palette.frame
                     : box.kind == BoxKind::Module ? colors.fill
                                                   : palette.box);
    painter.drawRect(rect);
    if (box.kind == BoxKind::Frame || rect.height() < kSmallestTitledHeight) continue;
    painter.setPen(palette.text);
    painter.drawText(rect.adjusted(kTitleMargin, 0, -kTitleMargin, 0), Qt::AlignCenter, box.title);
  }
  painter.setOpacity(1);
}

}  // namespace views::graph
