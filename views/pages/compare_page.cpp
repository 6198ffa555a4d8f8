#include "views/pages/compare_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include "views/models/run_tables.h"
#include "views/pages/data_table.h"
#include "views/pages/run_page.h"

namespace views::pages {

ComparePage::ComparePage(QWidget* parent) : StagePage(PageId::Compare, parent) {
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
  setContent(content);
}

std::optional<Notice> ComparePage::missing(const Snapshot& snapshot) const {
  if (snapshot.record() && snapshot.record()->partition) return std::nullopt;
  return explain(
      snapshot, {tr("Nothing to compare yet"), tr("Run both, eager and compiled, to compare them."),
                 tr("Run both (F9)"), Intent::Run});
}

void ComparePage::refresh(const Snapshot& snapshot) {
  const auto measurement = snapshot.record()->measurement;
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
