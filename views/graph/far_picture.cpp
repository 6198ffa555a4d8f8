#include "views/graph/far_picture.h"

#include <algorithm>
#include <array>

namespace views::graph {
namespace {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::EdgeKind;
using core::layout::GraphGeometry;
using core::layout::kLanes;
using core::layout::Lane;
using core::layout::LaneArea;
using core::layout::Point;
using core::layout::Rect;

QRgb mixed(const QColor& over, const QColor& under, double share) {
  const auto part = [share](int a, int b) { return static_cast<int>(a * share + b * (1 - share)); };
  return qRgb(part(over.red(), under.red()), part(over.green(), under.green()),
              part(over.blue(), under.blue()));
}

/// Maps the scene to pixels and fills rectangles, each at least one pixel large.
class Canvas {
 public:
  Canvas(const Rect& bounds, QSize pixels)
      : m_bounds(bounds),
        m_image(pixels, QImage::Format_RGB32),
        m_x(static_cast<double>(pixels.width()) / std::max(1, bounds.width)),
        m_y(static_cast<double>(pixels.height()) / std::max(1, bounds.height)) {}

  QImage& image() { return m_image; }
  void fill(const Rect& rect, QRgb color) {
    const int left = at(rect.x - m_bounds.x, m_x, m_image.width());
    const int top = at(rect.y - m_bounds.y, m_y, m_image.height());
    const int right = std::max(left + 1, at(rect.right() - m_bounds.x, m_x, m_image.width()));
    const int bottom = std::max(top + 1, at(rect.bottom() - m_bounds.y, m_y, m_image.height()));
    for (int y = top; y < std::min(bottom, m_image.height()); ++y) {
      auto* line = reinterpret_cast<QRgb*>(m_image.scanLine(y));
      std::fill(line + left, line + std::min(right, m_image.width()), color);
    }
  }

 private:
  static int at(int place, double scale, int most) {
    return std::clamp(static_cast<int>(place * scale), 0, most);
  }

  Rect m_bounds;
  QImage m_image;
  double m_x;
  double m_y;
};

void fillNets(Canvas& canvas, const GraphGeometry& geometry, const GraphPalette& palette) {
  const QRgb color = mixed(palette.saved, palette.background, 0.75);
  for (const Edge& edge : geometry.edges) {
    if (edge.kind != EdgeKind::Saved && edge.kind != EdgeKind::Crossing) continue;
    for (const auto& line : edge.lines) {
      for (std::size_t i = 1; i < line.size(); ++i) {
        const auto [left, right] = std::minmax(line[i - 1].x, line[i].x);
        const auto [top, bottom] = std::minmax(line[i - 1].y, line[i].y);
        canvas.fill({left, top, right - left, bottom - top}, color);
      }
    }
  }
}

}  // namespace

QImage farPicture(const GraphScene& scene, const GraphPalette& palette, QSize pixels) {
  const GraphGeometry& geometry = scene.geometry();
  Canvas canvas(geometry.bounds, pixels);
  canvas.image().fill(palette.background);
  std::array<QRgb, kLanes> op{}, module{};
  for (int lane = 0; lane < kLanes; ++lane) {
    const LaneColors& colors = palette.lane(geometry.picture, static_cast<Lane>(lane));
    op[lane] = mixed(colors.accent, colors.tint, 0.6);
    module[lane] = mixed(colors.accent, colors.tint, 0.9);
  }
  const Rect& bounds = geometry.bounds;
  for (const LaneArea& lane : geometry.lanes)
    canvas.fill({lane.left, bounds.y, lane.right - lane.left, bounds.height},
                palette.lane(geometry.picture, lane.lane).tint.rgb());
  fillNets(canvas, geometry, palette);
  for (const Box& box : geometry.boxes) {
    if (box.kind == BoxKind::Frame) continue;
    const int lane = static_cast<int>(box.lane);
    canvas.fill(box.rect, box.kind == BoxKind::Module ? module[lane] : op[lane]);
  }
  return canvas.image();
}

}  // namespace views::graph
