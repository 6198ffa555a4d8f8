#include "views/pages/compare_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include "views/models/model_tables.h"
#include "views/models/run_tables.h"
#include "views/pages/data_table.h"
#include "views/pages/run_page.h"
#include "views/pages/runs_panel.h"
#include "views/pages/sweep_panel.h"

namespace views::pages {

ComparePage::ComparePage(QWidget* parent) : StagePage(PageId::Compare, parent) {
  m_runs = new RunsPanel(this);
  m_tabs = new QTabWidget(this);
  m_tabs->setAccessibleName(tr("What is compared"));
  m_tabs->addTab(buildThisRun(), tr("&This Run"));
  m_tabs->addTab(m_runs, tr("&Kept Runs"));
  m_sweep = new SweepPanel(this);
  m_tabs->addTab(m_sweep, tr("&What If"));
  setContent(m_tabs);
}

void ComparePage::bringForward(QWidget* tab) {
  m_tabs->setCurrentWidget(tab);
  m_tabWanted = true;
  update();
}

void ComparePage::showRuns() {
  bringForward(m_runs);
}

void ComparePage::showSweep() {
  bringForward(m_sweep);
}

QWidget* ComparePage::buildThisRun() {
  auto* content = new QWidget(this);
  m_sentence = headingLabel(QString(), content);
  m_sentence->setWordWrap(true);
  m_check = plainLabel(QString(), content);
  m_check->setWordWrap(true);
  m_run = new QPushButton(tr("Run both (F9)"), content);
  connect(m_run, &QPushButton::clicked, this, [this] { Q_EMIT intended(Intent::Run); });
  m_numbers = new DataTable(tr("Forward, backward and eager in numbers"), content);
  m_timing = new DataTable(tr("Eager and compiled"), content);
  m_checks = new DataTable(tr("Check per tensor"), content);

  auto* top = new QSplitter(Qt::Horizontal, content);
  top->addWidget(m_numbers);
  top->addWidget(m_timing);
  top->setSizes({540, 540});
  auto* both = new QSplitter(Qt::Vertical, content);
  both->addWidget(top);
  both->addWidget(m_checks);
  both->setSizes({420, 320});
  auto* layout = new QVBoxLayout(content);
  layout->addWidget(m_sentence);
  layout->addWidget(m_check);
  layout->addWidget(m_run, 0, Qt::AlignLeft);
  layout->addWidget(both, 1);
  return content;
}

std::optional<Notice> ComparePage::missing(const Snapshot& snapshot) const {
  if (m_tabWanted || (snapshot.record() && snapshot.record()->partition)) return std::nullopt;
  return explain(
      snapshot, {tr("Nothing to compare yet"), tr("Run both, eager and compiled, to compare them."),
                 tr("Run both (F9)"), Intent::Run});
}

void ComparePage::refresh(const Snapshot& snapshot) {
  const auto* record = snapshot.record();
  if (record) {
    m_runs->setModel(QString::fromStdString(record->model.name));
    m_sweep->setDimensions(models::dimensionNames(record->model));
  }
  const auto measurement = record ? record->measurement : nullptr;
  const bool measured = measurement != nullptr;
  m_sentence->setText(measured ? models::speedupSentence(*measurement)
                               : tr("Sizes are known; times and the check come with a run."));
  m_check->setText(measured ? checkSentence(measurement->check) : QString());
  m_check->setVisible(measured);
  m_run->setVisible(!measured || snapshot.measurementStale);
  m_run->setEnabled(!snapshot.busy);
  m_numbers->setTable(models::comparisonTable(snapshot.index));
  m_timing->setTable(models::timingTable(measurement));
  m_checks->setTable(models::checkTable(measurement));
  m_timing->setVisible(measured);
  m_checks->setVisible(measured);
}

}  // namespace views::pages
