// Two panes of one graph: rows stay aligned, each has its own place from left to right.

#include <QSignalSpy>
#include <QTest>

#include "tests/support/watched_application.h"
#include "tests/views/graph/graph_models.h"
#include "views/graph/companion_pane.h"

using namespace views::graph;
using views::shared::GraphKind;
using views::shared::SelectionHub;

class TestCompanionPane : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_hub = std::make_unique<SelectionHub>();
    m_leader = std::make_unique<GraphCanvas>(m_hub.get(), GraphKind::Joint);
    m_pane = std::make_unique<CompanionPane>(m_leader.get(), m_hub.get(), GraphKind::Joint);
    for (GraphCanvas* canvas : {m_leader.get(), static_cast<GraphCanvas*>(m_pane.get())}) {
      canvas->resize(400, 500);
      canvas->QWidget::show();
    }
    showModel(12);
  }

  void cleanup() {
    m_pane.reset();
    m_leader.reset();
    m_hub.reset();
  }

  void itShowsTheSamePictureFromItsLastLane() {
    QCOMPARE(m_pane->scene(), m_leader->scene());
    const auto& lanes = m_leader->scene()->geometry().lanes;
    const double middle = (lanes.back().left + lanes.back().right) / 2.0;
    const QRectF visible = m_pane->viewport().visible();
    QVERIFY(visible.left() < middle && middle < visible.right());
    showModel(7);
    QCOMPARE(m_pane->scene(), m_leader->scene());
  }

  void rowsStayAlignedWhoeverMoves() {
    m_leader->zoomTo(1);
    const double x = m_pane->viewport().visible().center().x();
    m_leader->centerOn({0, 700});
    verifyAligned();
    QVERIFY(qAbs(m_pane->viewport().visible().center().x() - x) < 1e-6);
    m_pane->centerOn({x, 900});
    verifyAligned();
    m_pane->zoomTo(0.7);
    verifyAligned();
  }

  void marksAreTheSame() {
    m_leader->setFound({"sigmoid_3", "backward_3"}, Others::Paler);
    m_leader->grab();
    QCOMPARE(m_pane->foundBoxes(), m_leader->foundBoxes());
    QCOMPARE(m_pane->foundBoxes().size(), std::size_t(2));
  }

  void whatIsAskedHereIsAskedThere() {
    QSignalSpy toggles(m_leader.get(), &GraphCanvas::toggleRequested);
    Q_EMIT m_pane->toggleRequested(QStringLiteral("block3"));
    QCOMPARE(toggles.size(), 1);
  }

  void withoutAGraphItSaysTheSame() {
    m_leader->showMessage(QStringLiteral("No graph yet."));
    m_leader->grab();
    QVERIFY(!m_pane->scene());
    QCOMPARE(m_pane->accessibleDescription(), QStringLiteral("No graph yet."));
  }

 private:
  void showModel(int blocks) {
    m_leader->show(
        std::make_shared<GraphScene>(support::geometryOf(support::blockChain(blocks), true)));
    m_leader->grab();
  }
  void verifyAligned() {
    const Viewport& here = m_pane->viewport();
    const Viewport& there = m_leader->viewport();
    QCOMPARE(here.scale(), there.scale());
    QVERIFY(qAbs(here.visible().center().y() - there.visible().center().y()) < 1e-6);
  }

  std::unique_ptr<SelectionHub> m_hub;
  std::unique_ptr<GraphCanvas> m_leader;
  std::unique_ptr<CompanionPane> m_pane;
};

WATCHED_TEST_MAIN(TestCompanionPane)
#include "tst_companion_pane.moc"
