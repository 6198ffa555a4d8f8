// Text and lines can be told from what is behind them, in both themes.

#include <QTest>
#include <cmath>

#include "views/graph/graph_palette.h"

using namespace views::graph;
using core::layout::EdgeKind;
using core::layout::Lane;

namespace {

double luminance(const QColor& color) {
  const auto part = [](double c) {
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
  const double first = luminance(a) + 0.05;
  const double second = luminance(b) + 0.05;
  return std::max(first, second) / std::min(first, second);
}

}  // namespace

class TestGraphPalette : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void contrastIsEnough_data() {
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
  }

  void contrastIsEnough() {
    QFETCH(const bool, isDark);
    const GraphPalette& palette = isDark ? GraphPalette::dark() : GraphPalette::light();
    for (const QColor& text : {palette.text, palette.muted}) {
      QVERIFY(contrast(text, palette.box) >= 4.5);
      QVERIFY(contrast(text, palette.background) >= 4.5);
      for (const Lane lane : {Lane::Forward, Lane::Recomputed, Lane::Backward})
        QVERIFY(contrast(text, palette.lane(lane).fill) >= 4.5);
    }
    for (const Lane lane : {Lane::Forward, Lane::Recomputed, Lane::Backward}) {
      const LaneColors& colors = palette.lane(lane);
      QVERIFY(contrast(colors.accent, colors.tint) >= 3);
      for (const EdgeKind kind : {EdgeKind::Data, EdgeKind::Saved, EdgeKind::SavedStatic,
                                  EdgeKind::Crossing, EdgeKind::Recompute})
        QVERIFY(contrast(palette.edgeColor(kind), colors.tint) >= 3);
      for (const QColor& mark : {palette.selection, palette.hover, palette.found})
        QVERIFY(contrast(mark, colors.tint) >= 3);
    }
  }

  void theThemeFollowsTheWidgets() {
    QPalette widgets;
    widgets.setColor(QPalette::Window, QColor(20, 20, 24));
    QCOMPARE(&GraphPalette::suiting(widgets), &GraphPalette::dark());
    widgets.setColor(QPalette::Window, QColor(240, 240, 240));
    QCOMPARE(&GraphPalette::suiting(widgets), &GraphPalette::light());
  }
};

QTEST_APPLESS_MAIN(TestGraphPalette)
#include "tst_graph_palette.moc"
