#include "views/pages/profile_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QThread>
#include <QVBoxLayout>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/plot/roofline_chart.h"
#include "views/plot/saving_chart.h"
#include "views/plot/slice_chart.h"
#include "views/shared/export_dialog.h"

namespace views::pages {

using plot::SliceChart;

ProfilePanel::ProfilePanel(shared::SelectionHub* hub, QWidget* parent)
    : QWidget(parent), m_hub(hub), m_sentence(plainLabel(QString(), this)) {
  m_sentence->setWordWrap(true);
  auto* exportTrace = new QPushButton(tr("Export for &Perfetto…"), this);
  exportTrace->setToolTip(tr("Writes both steps in Chrome's trace format, which Perfetto reads"));
  connect(exportTrace, &QPushButton::clicked, this, &ProfilePanel::exportTrace);
  m_export = exportTrace;
  auto* head = new QHBoxLayout;
  head->addWidget(m_sentence, 1);
  head->addWidget(m_export);
  buildTabs();
  m_current = plainLabel(QString(), this);
  m_current->setAccessibleName(tr("The box under the cursor"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 4, 4, 0);
  layout->addLayout(head);
  layout->addWidget(m_tabs, 1);
  layout->addWidget(m_current);
  connectSelection();
}

void ProfilePanel::buildTabs() {
  m_timeline = new SliceChart(tr("Timeline of eager and compiled"), this);
  m_flame = new SliceChart(tr("Time by module"), this);
  m_operators = new DataTable(tr("Time by operator"), this);
  m_gaps = new DataTable(tr("Gaps between slices"), this);
  m_slices = new DataTable(tr("All slices"), this);
  m_tabs = new QTabWidget(this);
  m_tabs->setAccessibleName(tr("Views of the profile"));
  m_tabs->addTab(m_timeline, tr("&Timeline"));
  m_tabs->addTab(m_flame, tr("By &Module"));
  m_tabs->addTab(m_operators, tr("By &Operator"));
  m_layers = new DataTable(tr("Time and work by layer"), this);
  m_tabs->addTab(m_layers, tr("By La&yer"));
  m_tabs->addTab(buildSavings(), tr("&Saved by Group"));
  m_tabs->addTab(buildRoofline(), tr("&Roofline"));
  m_tabs->addTab(m_gaps, tr("&Gaps"));
  m_tabs->addTab(m_slices, tr("S&lices"));
}

QWidget* ProfilePanel::buildSavings() {
  m_savingChart = new plot::SavingChart(this);
  m_savings = new DataTable(tr("What compiled saved, by group"), this);
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(m_savingChart);
  both->addWidget(m_savings);
  both->setSizes({560, 560});
  return both;
}

QWidget* ProfilePanel::buildRoofline() {
  m_roofline = new plot::RooflineChart(this);
  m_work = new DataTable(tr("Slices and the machine's limits"), this);
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(m_roofline);
  both->addWidget(m_work);
  both->setSizes({520, 600});
  return both;
}

void ProfilePanel::setPeaks(const core::partition::MachinePeaks& peaks) {
  m_peaks = peaks;
  showWork();
}

void ProfilePanel::showWork() {
  std::shared_ptr<const std::vector<models::SliceWork>> work;
  if (m_profile)
    work = std::make_shared<const std::vector<models::SliceWork>>(
        models::sliceWork(*m_index, *m_profile));
  m_roofline->setWork(work, m_peaks, m_threads);
  m_work->setTable(models::workTable(work, m_peaks));
}

void ProfilePanel::connectSelection() {
  const auto choose = [this](const QString& node) {
    m_hub->selectNode(shared::GraphKind::Joint, node);
  };
  for (SliceChart* chart : {m_timeline, m_flame}) {
    connect(chart, &SliceChart::nodeChosen, this, choose);
    connect(chart, &SliceChart::currentChanged, this,
            [this, chart] { m_current->setText(chart->currentText()); });
    connect(m_hub, &shared::SelectionHub::selectionChanged, chart,
            [chart](const shared::Selection& selection) { chart->markNode(selection.primary()); });
  }
  connect(m_savingChart, &plot::SavingChart::nodeChosen, this, choose);
  connect(m_roofline, &plot::RooflineChart::nodeChosen, this, choose);
  for (DataTable* table : {m_layers, m_work, m_gaps, m_savings, m_slices})
    table->followSelection(m_hub, shared::GraphKind::Joint);
}

void ProfilePanel::setSnapshot(const Snapshot& snapshot) {
  showHead(snapshot);
  if (snapshot.profile == m_profile && snapshot.index == m_index) return;
  m_profile = snapshot.profile;
  m_index = snapshot.index;
  auto timeline =
      std::make_shared<const std::vector<models::SliceTrack>>(models::timelineTracks(m_profile));
  m_timeline->setTracks(timeline);
  m_flame->setTracks(std::make_shared<const std::vector<models::SliceTrack>>(
      models::flameTracks(m_profile, m_index)));
  models::SavingsPtr savings;
  if (m_profile)
    savings = std::make_shared<const std::vector<core::run::GroupSaving>>(
        core::run::groupSavings(*m_profile));
  m_savingChart->setSavings(savings);
  m_operators->setTable(models::operatorTimeTable(m_profile));
  m_gaps->setTable(models::gapTable(m_profile));
  m_savings->setTable(models::savingTable(savings));
  m_slices->setTable(models::sliceTable(timeline));
  m_layers->setTable(models::layerTable(std::make_shared<const std::vector<models::LayerFigures>>(
      models::layerFigures(*m_index, m_profile))));
  m_threads = snapshot.options.threads > 0 ? snapshot.options.threads : QThread::idealThreadCount();
  showWork();
}

void ProfilePanel::showHead(const Snapshot& snapshot) {
  QString text =
      tr("No profile yet. Profile (Shift+F9) runs the model's operators, eager and "
         "compiled, and records where the time of a step goes.");
  if (snapshot.profile) text = models::profileSentence(*snapshot.profile);
  if (snapshot.profileStale)
    text = tr("○ Stale: the options have changed since. Press Shift+F9.   ") + text;
  if (snapshot.busy) text = tr("The engine works… ") + (snapshot.profile ? text : QString());
  m_sentence->setText(text);
  m_tabs->setEnabled(snapshot.profile != nullptr);
  m_export->setVisible(snapshot.profile != nullptr);
}

void ProfilePanel::exportTrace() {
  shared::exportTextWithDialog(this, tr("Export the timeline for Perfetto"),
                               tr("Chrome trace (*.json)"),
                               QString::fromStdString(core::run::chromeTrace(*m_profile)));
}

}  // namespace views::pages
