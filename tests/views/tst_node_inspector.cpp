#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QTreeWidget>

#include "tests/support/sample_record.h"
#include "tests/support/watched_application.h"
#include "views/pages/node_inspector.h"
#include "views/pages/side_panels.h"

using namespace views;
using namespace views::pages;

class TstNodeInspector : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void showsTheFactsOfTheSelectedNode();
  void linksSelectTheNeighbour();
  void pinsAreOfferedForForwardValuesOnly();
  void pinButtonsReportTheirMeaning();
  void moduleSelectionCountsItsNodes();
  void unknownNodeIsExplained();
  void moduleTreeFollowsTheSelection();
};

namespace {

SnapshotPtr sample() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->modelPath = QStringLiteral("/models/net.pt2");
  snapshot->index = std::make_shared<const models::RecordIndex>(
      support::sampleRecord(support::Filled::Everything));
  return snapshot;
}

QString fact(const NodeInspector& inspector, const QString& name) {
  for (const QLabel* label : inspector.findChildren<QLabel*>()) {
    if (label->accessibleName() == name) return label->text();
  }
  return QStringLiteral("no fact ") + name;
}

QTreeWidgetItem* link(const NodeInspector& inspector, const QString& name) {
  const auto items =
      inspector.findChild<QTreeWidget*>()->findItems(name, Qt::MatchExactly | Qt::MatchRecursive);
  return items.isEmpty() ? nullptr : items.front();
}

QPushButton* button(const NodeInspector& inspector, const QString& text) {
  for (QPushButton* candidate : inspector.findChildren<QPushButton*>()) {
    if (candidate->text() == text) return candidate;
  }
  return nullptr;
}

}  // namespace

void TstNodeInspector::showsTheFactsOfTheSelectedNode() {
  shared::SelectionHub hub;
  NodeInspector inspector(&hub);
  inspector.setSnapshot(sample());
  inspector.show();
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("relu"));
  QCOMPARE(inspector.shownName(), QStringLiteral("relu"));
  QCOMPARE(fact(inspector, "op"), QStringLiteral("aten.relu.default"));
  QCOMPARE(fact(inspector, "bytes"), QStringLiteral("2.00 KiB"));
  QCOMPARE(fact(inspector, "part"), QStringLiteral("fwd ◆"));
  QCOMPARE(fact(inspector, "fate"), QStringLiteral("saved"));
  QVERIFY(fact(inspector, "why").size() > 10);
  QVERIFY(fact(inspector, "kernel").contains(QStringLiteral("fused_relu")));
  QVERIFY(link(inspector, "mm"));
  QVERIFY(link(inspector, "mm_1"));
  QVERIFY(link(inspector, "threshold_backward"));
}

void TstNodeInspector::linksSelectTheNeighbour() {
  shared::SelectionHub hub;
  NodeInspector inspector(&hub);
  inspector.setSnapshot(sample());
  inspector.show();
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("relu"));
  auto* tree = inspector.findChild<QTreeWidget*>();
  Q_EMIT tree->itemActivated(link(inspector, "mm_1"), 0);
  QCOMPARE(hub.selection().primary(), QStringLiteral("mm_1"));
  QCOMPARE(inspector.shownName(), QStringLiteral("mm_1"));
}

void TstNodeInspector::pinsAreOfferedForForwardValuesOnly() {
  shared::SelectionHub hub;
  NodeInspector inspector(&hub);
  inspector.setSnapshot(sample());
  inspector.show();
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("relu"));
  QVERIFY(button(inspector, "&Save")->isVisible());
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("threshold_backward"));
  QVERIFY(!button(inspector, "&Save")->isVisible());
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("primals_1"));
  QVERIFY(!button(inspector, "&Save")->isVisible());
}

void TstNodeInspector::pinButtonsReportTheirMeaning() {
  shared::SelectionHub hub;
  NodeInspector inspector(&hub);
  inspector.setSnapshot(sample());
  inspector.show();
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("relu"));
  QVERIFY(button(inspector, "&Auto")->isChecked());
  QSignalSpy pinned(&inspector, &NodeInspector::pinned);
  button(inspector, "&Recompute")->click();
  QCOMPARE(pinned.count(), 1);
  QCOMPARE(pinned[0][0].toString(), QStringLiteral("relu"));
  QCOMPARE(pinned[0][1].value<Pin>(), Pin::Recompute);
}

void TstNodeInspector::moduleSelectionCountsItsNodes() {
  shared::SelectionHub hub;
  NodeInspector inspector(&hub);
  inspector.setSnapshot(sample());
  inspector.show();
  hub.selectModule(shared::GraphKind::Joint, QStringLiteral("act"));
  QCOMPARE(inspector.shownName(), QStringLiteral("act"));
  bool counted = false;
  for (const QLabel* label : inspector.findChildren<QLabel*>()) {
    counted |= label->isVisible() && label->text().contains(QStringLiteral("2 nodes"));
  }
  QVERIFY(counted);
}

void TstNodeInspector::unknownNodeIsExplained() {
  shared::SelectionHub hub;
  NodeInspector inspector(&hub);
  inspector.setSnapshot(sample());
  inspector.show();
  hub.selectNode(shared::GraphKind::Backward, QStringLiteral("made_later"));
  QCOMPARE(inspector.shownName(), QStringLiteral("Nothing is selected"));
}

void TstNodeInspector::moduleTreeFollowsTheSelection() {
  shared::SelectionHub hub;
  ModuleTree tree(&hub);
  tree.setSnapshot(sample());
  tree.show();
  hub.selectNode(shared::GraphKind::Joint, QStringLiteral("mm_1"));
  QCOMPARE(tree.currentIndex().data().toString(), QStringLiteral("fc2"));
  tree.setCurrentIndex(tree.model()->index(0, 0, tree.model()->index(0, 0)));
  QCOMPARE(hub.selection().module, QStringLiteral("fc1"));
}

WATCHED_TEST_MAIN(TstNodeInspector)
#include "tst_node_inspector.moc"
