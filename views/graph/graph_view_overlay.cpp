// The choice of an overlay, and what follows from it: marks on the boxes and lines in the legend.

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QToolBar>
#include <QToolButton>

#include "views/graph/graph_view.h"
#include "views/graph/overlay_paint.h"

namespace views::graph {

void GraphView::buildOverlays() {
  m_overlayButton = new QToolButton(this);
  m_overlayButton->setPopupMode(QToolButton::InstantPopup);
  m_overlayButton->setAccessibleName(tr("Overlay"));
  m_overlayButton->setToolTip(tr("Colour the boxes by what they cost or what becomes of them"));
  auto* menu = new QMenu(m_overlayButton);
  m_overlayActions = new QActionGroup(this);
  for (const OverlayKind kind :
       {OverlayKind::None, OverlayKind::Time, OverlayKind::Bytes, OverlayKind::Flops,
        OverlayKind::Fate, OverlayKind::Kernels, OverlayKind::EagerTime, OverlayKind::CompiledTime,
        OverlayKind::Error}) {
    const QString name = overlayName(kind);
    QAction* action = addAction(tr("Overlay: %1").arg(name), {},
                                tr("Overlay of the boxes: %1").arg(name.toLower()),
                                [this, kind] { setOverlay(kind); });
    action->setCheckable(true);
    action->setChecked(kind == m_overlay);
    action->setData(static_cast<int>(kind));
    m_overlayActions->addAction(action);
    menu->addAction(action);
  }
  m_overlayButton->setMenu(menu);
  m_overlayButton->setText(tr("Overlay"));
  m_toolbar->addWidget(m_overlayButton);
}

void GraphView::setOverlay(OverlayKind kind) {
  m_overlay = kind;
  for (QAction* action : m_overlayActions->actions())
    if (action->data().toInt() == static_cast<int>(kind)) action->setChecked(true);
  // Colours without their meaning would be a riddle.
  if (kind != OverlayKind::None && !m_legendAction->isChecked()) m_legendAction->setChecked(true);
  applyOverlay();
}

void GraphView::setFigures(std::shared_ptr<const KernelLabels> kernels,
                           std::shared_ptr<const Measured> measured) {
  if (kernels == m_kernels && measured == m_measured) return;
  m_kernels = std::move(kernels);
  m_measured = std::move(measured);
  if (m_overlay != OverlayKind::None) applyOverlay();
}

void GraphView::applyOverlay() {
  if (!m_geometry) return;
  std::vector<LegendEntry> entries = legendOf(*m_geometry);
  std::shared_ptr<const Overlay> overlay;
  if (m_overlay != OverlayKind::None) {
    overlay = std::make_shared<const Overlay>(makeOverlay(
        m_overlay, *m_geometry, {m_request.joint, m_request.partition, m_kernels, m_measured}));
    auto own = overlayLegend(*overlay);
    entries.insert(entries.begin(), own.begin(), own.end());
  }
  m_legend->setEntries(std::move(entries));
  m_canvas->setOverlay(std::move(overlay));
}

}  // namespace views::graph
