#include "views/pages/run_page.h"

#include <QLabel>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "core/run/cautions.h"
#include "views/look/theme.h"
#include "views/models/how_measured.h"
#include "views/models/run_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/pages/entries_panel.h"
#include "views/pages/profile_panel.h"
#include "views/pages/step_search_panel.h"
#include "views/plot/sample_chart.h"

namespace views::pages {

using core::run::Measurement;

namespace {

void setColor(QLabel* label, const QColor& color) {
  QPalette palette = label->palette();
  palette.setColor(QPalette::WindowText, color);
  label->setPalette(palette);
}

}  // namespace

QString checkSentence(const core::run::CheckResult& check) {
  const auto failed = std::count_if(check.tensors.begin(), check.tensors.end(),
                                    [](const auto& tensor) { return !tensor.passed; });
  QString text = check.passed
                     ? RunPage::tr("✓ Check passed: %1 compared with eager")
                           .arg(models::countedText(static_cast<std::int64_t>(check.tensors.size()),
                                                    RunPage::tr("tensor")))
                     : RunPage::tr("✕ Check failed: %1 of %2 off eager's values")
                           .arg(failed)
                           .arg(models::countedText(static_cast<std::int64_t>(check.tensors.size()),
                                                    RunPage::tr("tensor")));
  if (check.worst >= 0 && check.worst < static_cast<int>(check.tensors.size())) {
    const auto& worst = check.tensors[static_cast<std::size_t>(check.worst)];
    text += RunPage::tr(" · worst: %1, max relative %2")
                .arg(models::showable(worst.tensor), models::smallNumberText(worst.maxRel));
    // A large relative difference means little where eager's own rounding is as large.
    if (worst.rmseEager > 0)
      text += RunPage::tr(" (error against float64: compiled %1, eager %2)")
                  .arg(models::smallNumberText(worst.rmseCompiled),
                       models::smallNumberText(worst.rmseEager));
  }
  return text;
}

QString cautionText(const Measurement& measurement) {
  QStringList lines;
  for (const std::string& caution : core::run::cautions(measurement))
    lines += QStringLiteral("! ") + QString::fromStdString(caution);
  return lines.join(QChar('\n'));
}

RunPage::RunPage(shared::SelectionHub* hub, QWidget* parent) : StagePage(PageId::Run, parent) {
  auto* content = new QWidget(this);
  auto* layout = new QVBoxLayout(content);
  layout->addWidget(buildHead());
  layout->addWidget(buildButtons());
  buildTabs(hub);
  layout->addWidget(m_tabs, 1);
  setContent(content);
}

QWidget* RunPage::buildButtons() {
  auto* row = new QWidget(this);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  const auto add = [&](const QString& text, const QString& tip, Intent intent) {
    auto* button = new QPushButton(text, row);
    button->setToolTip(tip);
    connect(button, &QPushButton::clicked, this, [this, intent] { Q_EMIT intended(intent); });
    layout->addWidget(button);
    m_buttons << button;
  };
  add(tr("Run both (F9)"), tr("Checks the compiled step against eager, then times both"),
      Intent::Run);
  add(tr("Profile (Shift+F9)"), tr("Records where the time of a step goes, eager and compiled"),
      Intent::Profile);
  add(tr("Find the First Difference (Ctrl+F9)"),
      tr("Compares every value of the compiled step with eager's"), Intent::FindDifference);
  layout->addStretch(1);
  return row;
}

void RunPage::buildTabs(shared::SelectionHub* hub) {
  m_profile = new ProfilePanel(hub, this);
  m_search = new StepSearchPanel(hub, this);
  m_tabs = new QTabWidget(this);
  m_tabs->setAccessibleName(tr("Parts of the run"));
  m_tabs->addTab(buildFigures(), tr("&Figures"));
  m_tabs->addTab(m_profile, tr("&Profile"));
  m_tabs->addTab(m_search, tr("First &Difference"));
  connect(m_search, &StepSearchPanel::graphWanted, this, &RunPage::graphWanted);
}

void RunPage::showProfile() {
  m_tabs->setCurrentWidget(m_profile);
}

void RunPage::showSearch() {
  m_tabs->setCurrentWidget(m_search);
}

QWidget* RunPage::buildHead() {
  auto* head = new QWidget(this);
  m_speedup = headingLabel(QString(), head);
  QFont large = m_speedup->font();
  large.setPointSizeF(large.pointSizeF() * 1.3);
  m_speedup->setFont(large);
  m_check = plainLabel(QString(), head);
  m_conditions = plainLabel(QString(), head);
  m_cautions = plainLabel(QString(), head);
  auto* layout = new QVBoxLayout(head);
  layout->setContentsMargins(0, 0, 0, 0);
  for (QLabel* label : {m_speedup, m_check, m_conditions, m_cautions}) {
    label->setWordWrap(true);
    layout->addWidget(label);
  }
  return head;
}

QWidget* RunPage::buildFigures() {
  m_chart = new plot::SampleChart(this);
  m_chart->setAccessibleName(tr("Samples of eager and compiled steps"));
  m_timing = new DataTable(tr("Times and memory"), this);
  m_checks = new DataTable(tr("Check per tensor"), this);
  m_compile = new DataTable(tr("Compile time"), this);
  m_entries = new EntriesPanel(this);
  auto* top = new QSplitter(Qt::Horizontal, this);
  top->addWidget(m_chart);
  top->addWidget(m_timing);
  top->setSizes({500, 560});
  auto* tabs = new QTabWidget(this);
  tabs->setAccessibleName(tr("Tables of the run"));
  tabs->addTab(m_checks, tr("Check per tensor"));
  tabs->addTab(m_compile, tr("Compile time"));
  tabs->addTab(m_entries, tr("Compiled entries"));
  m_how = plainLabel(QString(), this);
  m_how->setAccessibleName(tr("How measured"));
  m_how->setWordWrap(true);
  m_how->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  m_how->setMargin(8);
  tabs->addTab(m_how, tr("&How measured"));
  auto* both = new QSplitter(Qt::Vertical, this);
  both->addWidget(top);
  both->addWidget(tabs);
  both->setSizes({460, 300});
  return both;
}

std::optional<Notice> RunPage::missing(const Snapshot& snapshot) const {
  if (snapshot.record() && snapshot.record()->measurement) return std::nullopt;
  if (snapshot.profile || snapshot.search) return std::nullopt;
  return explain(snapshot, {tr("No run yet"),
                            tr("Compile the step, compare its values with eager's, then time both "
                               "in turn. This runs the model's operators."),
                            tr("Run both (F9)"), Intent::Run});
}

void RunPage::refresh(const Snapshot& snapshot) {
  for (QPushButton* button : std::as_const(m_buttons)) button->setEnabled(!snapshot.busy);
  m_profile->setSnapshot(snapshot);
  m_search->setSnapshot(snapshot);
  showFigures(snapshot);
}

void RunPage::showFigures(const Snapshot& snapshot) {
  const auto measurement = snapshot.record() ? snapshot.record()->measurement : nullptr;
  m_check->setVisible(measurement != nullptr);
  m_conditions->setVisible(measurement != nullptr);
  m_cautions->setVisible(measurement != nullptr);
  m_chart->setMeasurement(measurement);
  m_timing->setTable(models::timingTable(measurement));
  m_checks->setTable(models::checkTable(measurement));
  m_compile->setTable(models::compileTimeTable(measurement));
  m_entries->setEntries(snapshot.record() ? snapshot.record()->entries : nullptr, snapshot.busy);
  m_how->setText(measurement ? models::howMeasured(*measurement).join(QChar('\n')) : QString());
  m_timing->setToolTip(m_how->text());
  if (!measurement) return m_speedup->setText(tr("Nothing was timed yet."));
  showVerdict(*measurement);
  QString conditions =
      tr("True for: %1 · %2 · %3 threads · budget %4")
          .arg(measurement->mode == core::run::Mode::Train ? tr("training step") : tr("inference"),
               models::showable(measurement->device))
          .arg(measurement->threads)
          .arg(measurement->budget);
  if (snapshot.measurementStale) {
    conditions =
        tr("○ Stale: the options have changed since. Press F9 to measure again.   ") + conditions;
  }
  m_conditions->setText(conditions);
}

void RunPage::showVerdict(const Measurement& measurement) {
  const look::Colors colors = look::colorsFor(palette());
  m_speedup->setText(models::speedupSentence(measurement));
  m_check->setText(checkSentence(measurement.check));
  setColor(m_check, measurement.check.passed ? colors.good : colors.bad);
  const QString cautions = cautionText(measurement);
  m_cautions->setText(cautions);
  m_cautions->setVisible(!cautions.isEmpty());
  setColor(m_cautions, colors.caution);
}

QString RunPage::verdictText() const {
  return m_speedup->text();
}

}  // namespace views::pages
