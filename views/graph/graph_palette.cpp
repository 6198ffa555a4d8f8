#include "views/graph/graph_palette.h"

namespace views::graph {

using core::layout::EdgeKind;
using core::layout::Lane;

const LaneColors& GraphPalette::lane(Lane which) const {
  switch (which) {
    case Lane::Forward: return forward;
    case Lane::Recomputed: return recomputed;
    case Lane::Backward: return backward;
  }
  return forward;
}

const LaneColors& GraphPalette::lane(core::layout::Picture picture, core::layout::Lane lane) const {
  return picture == core::layout::Picture::Backward ? backward : this->lane(lane);
}

QColor GraphPalette::edgeColor(EdgeKind kind) const {
  switch (kind) {
    case EdgeKind::Data: return edge;
    case EdgeKind::Crossing:
    case EdgeKind::Saved: return saved;
    case EdgeKind::SavedStatic: return resident;
    case EdgeKind::Recompute: return recomputed.accent;
  }
  return edge;
}

const GraphPalette& GraphPalette::light() {
  static const GraphPalette palette{
      .background = QColor(0xfbfcfd),
      .box = QColor(0xffffff),
      .text = QColor(0x1c2430),
      .muted = QColor(0x566174),
      .frame = QColor(70, 96, 140, 14),
      .edge = QColor(0x71819a),
      .saved = QColor(0x15805a),
      .resident = QColor(0x7b8798),
      .gutter = QColor(0xf1f6f4),
      .selection = QColor(0x1565d8),
      .hover = QColor(0x3f83e0),
      .found = QColor(0xb87400),
      .heat = QColor(0xc2417c),
      .forward = {QColor(0xf1f5fb), QColor(0xe3ecf9), QColor(0x4b78bd)},
      .recomputed = {QColor(0xf6f2fb), QColor(0xece3f7), QColor(0x8257bd)},
      .backward = {QColor(0xfcf6ee), QColor(0xf9ebd8), QColor(0xb3701f)},
  };
  return palette;
}

const GraphPalette& GraphPalette::dark() {
  static const GraphPalette palette{
      .background = QColor(0x14171c),
      .box = QColor(0x242b36),
      .text = QColor(0xe9edf3),
      .muted = QColor(0xaab4c3),
      .frame = QColor(190, 210, 245, 12),
      .edge = QColor(0x8494ad),
      .saved = QColor(0x48c492),
      .resident = QColor(0x8b97a8),
      .gutter = QColor(0x161f1d),
      .selection = QColor(0x6cb0ff),
      .hover = QColor(0x8fc3ff),
      .found = QColor(0xf5c542),
      .heat = QColor(0xf0689e),
      .forward = {QColor(0x181e29), QColor(0x26354d), QColor(0x7ba8e8)},
      .recomputed = {QColor(0x1e1a28), QColor(0x362a4b), QColor(0xb896ee)},
      .backward = {QColor(0x221d17), QColor(0x42331f), QColor(0xdfa053)},
  };
  return palette;
}

const GraphPalette& GraphPalette::suiting(const QPalette& palette) {
  return palette.color(QPalette::Window).lightness() < 128 ? dark() : light();
}

}  // namespace views::graph
