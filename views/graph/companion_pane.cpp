#include "views/graph/companion_pane.h"

#include <QEvent>
#include <QScopedValueRollback>

namespace views::graph {

CompanionPane::CompanionPane(GraphCanvas* leader, shared::SelectionHub* hub, shared::GraphKind kind,
                             QWidget* parent)
    : GraphCanvas(hub, kind, parent), m_leader(leader) {
  setAccessibleName(tr("Second pane of the graph"));
  leader->installEventFilter(this);
  connect(leader, &GraphCanvas::viewportChanged, this, [this] { link(*m_leader, *this); });
  connect(this, &GraphCanvas::viewportChanged, this, [this] { link(*this, *m_leader); });
  connect(this, &GraphCanvas::toggleRequested, leader, &GraphCanvas::toggleRequested);
  connect(this, &GraphCanvas::contextMenuRequested, leader, &GraphCanvas::contextMenuRequested);
  connect(this, &GraphCanvas::hovered, leader, &GraphCanvas::hovered);
}

void CompanionPane::link(const GraphCanvas& mover, GraphCanvas& follower) {
  if (m_isLinking || !isVisible() || !mover.scene() || mover.scene() != follower.scene()) return;
  const QScopedValueRollback<bool> linking(m_isLinking, true);
  const double x = follower.viewport().visible().center().x();
  if (follower.viewport().scale() != mover.viewport().scale())
    follower.zoomTo(mover.viewport().scale());
  follower.centerOn({x, mover.viewport().visible().center().y()});
}

void CompanionPane::takeLook() {
  const GraphScenePtr before = scene();
  copyLook(*m_leader);
  if (!scene() || scene() == before) return;
  {
    const QScopedValueRollback<bool> linking(m_isLinking, true);
    const auto& lanes = scene()->geometry().lanes;
    if (!lanes.empty()) centerOn({(lanes.back().left + lanes.back().right) / 2.0, 0});
  }
  link(*m_leader, *this);
}

/// Whatever changes the leader's look is painted there first.
bool CompanionPane::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_leader && event->type() == QEvent::Paint && isVisible()) takeLook();
  return GraphCanvas::eventFilter(watched, event);
}

void CompanionPane::showEvent(QShowEvent* event) {
  GraphCanvas::showEvent(event);
  takeLook();
  link(*m_leader, *this);
}

}  // namespace views::graph
