#include "views/pages/difference_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QVBoxLayout>

#include "views/models/partition_difference.h"
#include "views/pages/data_table.h"

namespace views::pages {

using models::Reference;

namespace {
constexpr std::array<Reference, 3> kReferences = {Reference::Previous, Reference::PyTorchDefault,
                                                  Reference::Kept};
}  // namespace

DifferencePanel::DifferencePanel(shared::SelectionHub* hub, QWidget* parent)
    : QWidget(parent), m_hub(hub) {
  m_reference = new QComboBox(this);
  m_reference->addItems({tr("the partition before"), tr("PyTorch's default"), tr("the kept one")});
  m_reference->setAccessibleName(tr("Partition to compare with"));
  auto* label = new QLabel(tr("Compare &with"), this);
  label->setBuddy(m_reference);
  auto* keep = new QPushButton(tr("&Keep this one"), this);
  keep->setToolTip(tr("Remembers the shown partition, to compare later ones with it"));
  m_summary = plainLabel(QString(), this);
  m_summary->setAccessibleName(tr("What moved"));
  m_figures = new DataTable(tr("Figures of both partitions"), this);
  m_moved = new DataTable(tr("Values that moved"), this);
  m_figures->setEmptyText(tr("Figures come with a partition to compare with."));
  m_moved->setEmptyText(tr("No value changed its fate."));
  m_moved->followSelection(m_hub, shared::GraphKind::Joint);
  auto* row = new QHBoxLayout;
  row->addWidget(label);
  row->addWidget(m_reference);
  row->addWidget(keep);
  row->addSpacing(12);
  row->addWidget(m_summary, 1);
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(m_figures);
  both->addWidget(m_moved);
  both->setSizes({520, 430});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 2, 0, 0);
  layout->addLayout(row);
  layout->addWidget(both, 1);
  connect(m_reference, &QComboBox::activated, this, [this](int index) {
    Q_EMIT referenceChosen(kReferences[static_cast<std::size_t>(index)]);
  });
  connect(keep, &QPushButton::clicked, this, &DifferencePanel::keepWanted);
}

void DifferencePanel::setSnapshot(const Snapshot& snapshot) {
  const models::PartitionStudy& study = *snapshot.study;
  const models::PartitionPtr now = snapshot.record() ? snapshot.record()->partition : nullptr;
  const QSignalBlocker blocker(m_reference);
  m_reference->setCurrentIndex(static_cast<int>(study.reference));
  const auto measured = [&](const models::PartitionPtr& partition) {
    return partition ? models::measuredPeak(study.measured, partition->options) : std::nullopt;
  };
  const std::array peaks = {measured(study.other), measured(now)};
  if (study.other == m_before && now == m_after && peaks == m_peaks && now) return;
  m_peaks = peaks;
  m_before = study.other;
  m_after = now;
  const QString title = models::referenceTitle(study.reference);
  if (!m_before || !now) {
    m_summary->setText(study.reference == Reference::Kept
                           ? tr("Nothing was kept yet: keep a partition, then change it.")
                           : tr("There is nothing to compare with yet."));
    m_figures->setTable({});
    m_moved->setTable({});
    return;
  }
  const auto difference = std::make_shared<const models::PartitionDifference>(
      models::partitionDifference(m_before, now));
  m_summary->setText(tr("%1 saved, %2 recomputed · moved: %3")
                         .arg(now->savedTensors.size())
                         .arg(now->recomputed.size())
                         .arg(difference->moved.size()));
  m_figures->setTable(models::figuresTable(m_before, title, now, study.measured));
  m_moved->setTable(models::movedTable(difference, title));
}

QString DifferencePanel::summary() const {
  return m_summary->text();
}

}  // namespace views::pages
