// The legend explains what the picture has, and nothing else.

#include <QTest>

#include "tests/support/watched_application.h"
#include "tests/views/graph/graph_models.h"
#include "views/graph/legend.h"

using namespace views::graph;

namespace {

QStringList textsOf(const core::layout::GraphGeometry& geometry) {
  QStringList texts;
  for (const LegendEntry& entry : legendOf(geometry)) texts << entry.text;
  return texts;
}

}  // namespace

class TestLegend : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aPartitionedGraphExplainsSavedTensors() {
    const auto geometry = support::geometryOf(support::blockChain(3), true);
    QCOMPARE(textsOf(*geometry),
             (QStringList{"Forward operator", "Backward operator, on the row of its forward",
                          "Saved tensor, with its bytes"}));
  }

  void collapsedModulesAreExplainedOnlyWhereThereAreSome() {
    const auto geometry = support::geometryOf(support::blockChain(3), false);
    QVERIFY(textsOf(*geometry).contains(QStringLiteral("Module, double-click to open")));
  }

  void withoutAPartitionNothingIsSaved() {
    auto model = support::blockChain(3);
    model.partition.reset();
    const QStringList texts = textsOf(*support::geometryOf(model, true));
    QVERIFY(texts.contains(QStringLiteral("Crosses; nothing decided yet")));
    QVERIFY(!texts.contains(QStringLiteral("Saved tensor, with its bytes")));
  }

  void itIsAsHighAsItsLinesNeed() {
    views::shared::SelectionHub hub;
    const GraphCanvas canvas(&hub, views::shared::GraphKind::Joint);
    Legend legend(&canvas);
    legend.setEntries(legendOf(*support::geometryOf(support::blockChain(3), false)));
    QVERIFY(legend.heightForWidth(250) > legend.heightForWidth(2000));
    for (const LegendEntry& entry : legend.entries())
      QVERIFY(legend.accessibleDescription().contains(entry.text));
  }
};

WATCHED_TEST_MAIN(TestLegend)
#include "tst_legend.moc"
