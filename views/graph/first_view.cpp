#include "views/graph/first_view.h"

#include <algorithm>
#include <limits>

namespace views::graph {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::GraphGeometry;
using core::layout::Picture;

namespace {

constexpr double kMargin = 24;  // device pixels, at each side
// Second lines are 11 units high: 8 pixels can be read.
constexpr double kReadable = 8.0 / 11;
// Both columns side by side say more than second lines, as long as titles are painted.
constexpr double kSmallestMirrored = 0.25;
constexpr double kStep = 1.04;

struct Columns {
  double left = std::numeric_limits<double>::max();
  double right = std::numeric_limits<double>::lowest();
  double width() const { return right - left; }
  double middle() const { return (left + right) / 2; }
};

/// What the boxes that begin above `bottom` take of the width. Frames may reach out of the screen.
Columns columnsAbove(const GraphGeometry& geometry, double bottom) {
  Columns columns;
  for (const Box& box : geometry.boxes) {
    if (box.kind == BoxKind::Frame || box.rect.y > bottom) continue;
    columns.left = std::min(columns.left, double(box.rect.x));
    columns.right = std::max(columns.right, double(box.rect.right()));
  }
  return columns;
}

}  // namespace

FirstView firstView(const GraphGeometry& geometry, QSizeF device) {
  const Box* first = nullptr;
  for (const Box& box : geometry.boxes)
    if (box.kind != BoxKind::Frame && (!first || box.rect.y < first->rect.y)) first = &box;
  if (!first) return {{double(geometry.bounds.centerX()), double(geometry.bounds.y)}, 1};
  const double top = first->rect.y;
  const double room = std::max(1.0, device.width() - 2 * kMargin);
  const double smallest = geometry.picture == Picture::Mirrored ? kSmallestMirrored : kReadable;
  for (double scale = 1; scale >= smallest; scale /= kStep) {
    const Columns columns = columnsAbove(geometry, top + device.height() / scale);
    if (columns.width() * scale <= room) return {{columns.middle(), top}, scale};
  }
  const Columns row = columnsAbove(geometry, first->rect.bottom());
  return {{std::min(row.middle(), row.left + room / kReadable / 2), top}, kReadable};
}

}  // namespace views::graph
