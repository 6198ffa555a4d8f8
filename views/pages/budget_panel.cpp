#include "views/pages/budget_panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <cmath>

#include "views/models/measured_cost.h"
#include "views/models/partition_difference.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

using core::partition::CostModelKind;
using core::partition::PartitionerKind;

namespace {
constexpr int kSliderSteps = 100;
}

BudgetPanel::BudgetPanel(QWidget* parent) : QWidget(parent) {
  buildControls();
  m_figures = plainLabel(QString(), this);
  m_figures->setWordWrap(true);
  m_figures->setAccessibleName(tr("Figures of the partition"));
  // A preview is one line, the figures are two: what is below must not move under the pointer.
  m_figures->setMinimumHeight(2 * fontMetrics().lineSpacing() + 2);
  m_figures->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  auto* row = new QHBoxLayout;
  auto* partitionerLabel = new QLabel(tr("&Partitioner"), this);
  partitionerLabel->setBuddy(m_partitioner);
  auto* budgetLabel = new QLabel(tr("&Budget"), this);
  budgetLabel->setBuddy(m_slider);
  row->addWidget(partitionerLabel);
  row->addWidget(m_partitioner);
  auto* costLabel = new QLabel(tr("&Cost by"), this);
  costLabel->setBuddy(m_cost);
  row->addWidget(costLabel);
  row->addWidget(m_cost);
  row->addSpacing(16);
  row->addWidget(budgetLabel);
  row->addWidget(m_slider, 1);
  row->addWidget(m_value);
  row->addSpacing(16);
  row->addWidget(m_limit);
  row->addWidget(m_clearPins);
  m_state = plainLabel(QString(), this);
  m_state->setAccessibleName(tr("State of the partition"));
  row->addWidget(m_state);
  layout->addLayout(row);
  layout->addWidget(m_figures);
}

void BudgetPanel::buildControls() {
  m_partitioner = new QComboBox(this);
  m_partitioner->addItem(tr("min-cut"));
  m_partitioner->addItem(tr("default"));
  m_partitioner->setToolTip(
      tr("min-cut saves the fewest bytes that avoid expensive recomputation; default saves all "
         "that the backward reads"));
  m_cost = buildCost();
  m_slider = new QSlider(Qt::Horizontal, this);
  m_slider->setRange(0, kSliderSteps);
  m_slider->setPageStep(10);
  m_slider->setAccessibleName(tr("Memory budget"));
  m_slider->setToolTip(
      tr("Share of the activation memory that may be kept: 1 recomputes only what "
         "is free, 0 saves as little as possible"));
  m_value = new QDoubleSpinBox(this);
  m_value->setRange(0, 1);
  m_value->setSingleStep(0.05);
  m_value->setDecimals(2);
  m_value->setAccessibleName(tr("Memory budget as a number"));
  m_clearPins = new QPushButton(this);
  m_limit = new QPushButton(this);
  m_limit->setToolTip(tr("The limit on the peak decides, not the budget; removes the limit"));
  connect(m_partitioner, &QComboBox::activated, this, [this](int index) {
    Q_EMIT partitionerChosen(index == 0 ? PartitionerKind::MinCut : PartitionerKind::Default);
  });
  connect(m_slider, &QSlider::valueChanged, this,
          [this](int value) { Q_EMIT budgetChosen(static_cast<double>(value) / kSliderSteps); });
  connect(m_value, &QDoubleSpinBox::valueChanged, this, &BudgetPanel::budgetChosen);
  connect(m_limit, &QPushButton::clicked, this, [this] { Q_EMIT budgetChosen(m_value->value()); });
  connect(m_clearPins, &QPushButton::clicked, this, &BudgetPanel::pinsCleared);
}

/// The items are in the order of CostModelKind.
QComboBox* BudgetPanel::buildCost() {
  auto* cost = new QComboBox(this);
  cost->addItems({tr("FLOPs"), tr("roofline"), tr("profile")});
  cost->setAccessibleName(tr("What recomputing costs"));
  cost->setItemData(0, tr("operations by formula, as PyTorch counts them"), Qt::ToolTipRole);
  cost->setItemData(1, tr("seconds estimated for a modest CPU core"), Qt::ToolTipRole);
  cost->setItemData(2, tr("seconds that each operator took in the last profile of eager"),
                    Qt::ToolTipRole);
  connect(cost, &QComboBox::activated, this, &BudgetPanel::chooseCost);
  return cost;
}

void BudgetPanel::chooseCost(int index) {
  m_chosenCost.kind = static_cast<CostModelKind>(index);
  if (m_chosenCost.kind == CostModelKind::Profile && m_measured) m_chosenCost.profile = m_measured;
  Q_EMIT costChosen(m_chosenCost);
}

/// A profile can be chosen once there is one.
void BudgetPanel::showCost(const Snapshot& snapshot) {
  m_chosenCost = snapshot.options.partition.cost;
  if (m_profile != snapshot.profile) {
    m_profile = snapshot.profile;
    m_measured = m_profile ? models::measuredCalls(m_profile->eager) : nullptr;
  }
  auto* items = qobject_cast<QStandardItemModel*>(m_cost->model());
  const int last = static_cast<int>(CostModelKind::Profile);
  items->item(last)->setEnabled(m_measured || m_chosenCost.profile);
  m_cost->setCurrentIndex(static_cast<int>(m_chosenCost.kind));
  m_cost->setToolTip(m_measured ? tr("What computing a value again costs")
                                : tr("What computing a value again costs; profile the step to "
                                     "choose measured times"));
}

void BudgetPanel::setSnapshot(const SnapshotPtr& snapshot) {
  const auto& options = snapshot->options.partition;
  const QSignalBlocker sliderBlocker(m_slider);
  const QSignalBlocker valueBlocker(m_value);
  const bool minCut = options.partitioner == PartitionerKind::MinCut;
  m_partitioner->setCurrentIndex(minCut ? 0 : 1);
  m_slider->setValue(static_cast<int>(std::lround(options.budget * kSliderSteps)));
  m_value->setValue(options.budget);
  m_slider->setEnabled(minCut);
  showCost(*snapshot);
  m_value->setEnabled(minCut);
  m_limit->setVisible(minCut && options.peakLimit.has_value());
  if (options.peakLimit) {
    m_limit->setText(tr("peak limit %1 ✕").arg(models::bytesText(*options.peakLimit)));
  }
  const std::size_t pins = options.save.size() + options.recompute.size();
  m_clearPins->setText(tr("Remove %1 pins").arg(pins));
  m_clearPins->setVisible(pins > 0);
  m_state->setText(snapshot->partitioning ? tr("partitioning…") : QString());
  showFigures(*snapshot);
}

void BudgetPanel::showPreview(const QString& sentence) {
  m_figures->setText(tr("Preview: %1").arg(sentence));
}

void BudgetPanel::showFigures(const Snapshot& snapshot) {
  const auto* record = snapshot.record();
  if (!record || !record->partition) return m_figures->clear();
  const auto& partition = *record->partition;
  const auto measured = models::measuredPeak(snapshot.study->measured, partition.options);
  m_figures->setText(
      tr("◆ %1 saved in %2 tensors · activations %3, inputs %4, parameters %5 · new memory %6 · "
         "↻ %7 recomputed, %8, %9 by %10 · peak %11 simulated, %12")
          .arg(models::bytesText(partition.savedBytesTotal))
          .arg(partition.savedTensors.size())
          .arg(models::bytesText(partition.savedBytesActivations),
               models::bytesText(partition.savedBytesInputs),
               models::bytesText(partition.savedBytesStaticInputs),
               models::bytesText(partition.savedBytesNewStorage))
          .arg(partition.recomputed.size())
          .arg(
              models::operationsText(partition.recomputeFlops),
              models::millisecondsText(partition.recomputeSeconds * 1e3),
              models::timeModelText(partition.options), models::bytesText(partition.peakBytes),
              measured ? tr("%1 measured").arg(models::bytesText(*measured)) : tr("not measured")));
}

QString BudgetPanel::figures() const {
  return m_figures->text();
}

}  // namespace views::pages
