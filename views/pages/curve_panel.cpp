#include "views/pages/curve_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/plot/budget_chart.h"

namespace views::pages {

using plot::MemoryAxis;

CurvePanel::CurvePanel(QWidget* parent)
    : QWidget(parent), m_axis(new QComboBox(this)), m_chart(new plot::BudgetChart(this)) {
  m_axis->addItem(tr("Saved bytes"));
  m_axis->addItem(tr("Simulated peak"));
  m_axis->setAccessibleName(tr("What the chart counts as memory"));
  m_axis->setToolTip(
      tr("The budget limits saved bytes; what a step needs at once is the peak of both halves"));
  m_chart->setToolTip(QString());
  auto* label = new QLabel(tr("Me&mory"), this);
  label->setBuddy(m_axis);
  auto* hint = plainLabel(tr("drag, or ← →"), this);
  hint->setEnabled(false);
  auto* row = new QHBoxLayout;
  row->addWidget(label);
  row->addWidget(m_axis);
  row->addStretch(1);
  row->addWidget(hint);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(3);
  layout->addLayout(row);
  layout->addWidget(m_chart, 1);
  connect(m_axis, &QComboBox::currentIndexChanged, this, [this](int index) {
    m_chart->setAxis(index == 0 ? MemoryAxis::SavedBytes : MemoryAxis::Peak);
  });
  connect(m_chart, &plot::BudgetChart::pointPreviewed, this,
          [this](int index) { Q_EMIT pointPreviewed(point(index)); });
  connect(m_chart, &plot::BudgetChart::pointChosen, this,
          [this](int index) { Q_EMIT pointChosen(point(index)); });
}

const core::partition::ParetoPoint& CurvePanel::point(int index) const {
  return m_curve->points[static_cast<std::size_t>(index)];
}

void CurvePanel::setSnapshot(const Snapshot& snapshot) {
  const models::PartitionStudy& study = *snapshot.study;
  m_curve = study.curve;
  plot::BudgetChartContent content;
  content.curve = study.curve;
  content.measured = study.measured;
  if (snapshot.record() && snapshot.record()->partition) {
    content.present = models::placeOf(*snapshot.record()->partition);
  }
  if (study.curveBusy && !study.curve) content.message = tr("Computing the curve…");
  if (!study.curveProblem.isEmpty()) {
    content.message = tr("✕ No curve: %1").arg(models::showable(study.curveProblem.toStdString()));
  }
  if (study.curve && study.curve->points.empty()) {
    content.message = tr("This graph has no backward: nothing is saved, and there is no choice.");
  }
  m_chart->setContent(std::move(content));
}

void CurvePanel::showPlace(const models::PartitionPlace& place) {
  m_chart->setPresent(place);
}

void CurvePanel::step(int by) {
  m_chart->step(by);
}

}  // namespace views::pages
