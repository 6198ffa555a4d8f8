#include "views/pages/memory_panel.h"

#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include "views/models/partition_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/plot/memory_chart.h"

namespace views::pages {

MemoryPanel::MemoryPanel(shared::SelectionHub* hub, QWidget* parent)
    : QWidget(parent), m_hub(hub), m_chart(new plot::MemoryChart(this)) {
  m_step = plainLabel(QString(), this);
  m_step->setAccessibleName(tr("The call under the cursor"));
  m_step->setWordWrap(true);
  m_alive = new DataTable(tr("Alive at the cursor"), this);
  m_alive->setEmptyText(tr("Nothing is alive beside the inputs."));
  m_alive->followSelection(hub, shared::GraphKind::Joint);
  auto* side = new QWidget(this);
  auto* sideLayout = new QVBoxLayout(side);
  sideLayout->setContentsMargins(0, 0, 0, 0);
  sideLayout->setSpacing(2);
  sideLayout->addWidget(m_step);
  sideLayout->addWidget(m_alive, 1);
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(m_chart);
  both->addWidget(side);
  both->setStretchFactor(0, 1);
  both->setSizes({560, 380});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(both);
  connect(m_chart, &plot::MemoryChart::cursorMoved, this, &MemoryPanel::showStep);
  connect(m_chart, &plot::MemoryChart::stepChosen, this, &MemoryPanel::selectStep);
}

void MemoryPanel::setSnapshot(const Snapshot& snapshot) {
  const models::PartitionStudy& study = *snapshot.study;
  if (study.timeline == m_timeline && m_timeline) return;
  m_timeline = study.timeline;
  const bool isOther =
      study.other && snapshot.record() && study.other != snapshot.record()->partition;
  m_chart->setTimeline(study.timeline, isOther ? study.otherTimeline : nullptr,
                       models::referenceTitle(study.reference));
  if (m_timeline && m_chart->cursor() < 0) m_chart->setCursorStep(m_timeline->peakStep);
  showStep(m_chart->cursor());
}

void MemoryPanel::showStep(int step) {
  m_alive->setTable(models::aliveTable(m_timeline, step));
  if (!m_timeline || step < 0) return m_step->clear();
  const auto& it = m_timeline->steps[static_cast<std::size_t>(step)];
  m_step->setText(tr("Call %1 of %2, %3: %4 · %5 alive, in %6 pieces")
                      .arg(step)
                      .arg(m_timeline->steps.size())
                      .arg(it.inBackward ? tr("backward") : tr("forward"),
                           models::showable(it.name), models::bytesText(it.bytes))
                      .arg(m_alive->shownRows()));
}

void MemoryPanel::selectStep(int step) {
  const auto& it = m_timeline->steps[static_cast<std::size_t>(step)];
  m_hub->selectNode(shared::GraphKind::Joint, QString::fromStdString(it.name));
}

}  // namespace views::pages
