#include "views/pages/runs_panel.h"

#include <QCheckBox>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

using core::history::KeptRun;

RunsPanel::RunsPanel(QWidget* parent) : QWidget(parent) {
  m_table = new DataTable(tr("Kept runs"), this);
  auto* top = new QWidget(this);
  auto* topLayout = new QVBoxLayout(top);
  topLayout->setContentsMargins(0, 0, 0, 0);
  topLayout->addWidget(buildButtons());
  topLayout->addWidget(m_table, 1);
  auto* both = new QSplitter(Qt::Vertical, this);
  both->addWidget(top);
  both->addWidget(buildComparison());
  both->setSizes({320, 320});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 4, 4, 0);
  layout->addWidget(both);
  connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &RunsPanel::enableButtons);
  setRuns({});
}

QWidget* RunsPanel::buildButtons() {
  auto* row = new QWidget(this);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  m_compare = new QPushButton(tr("&Compare the Two Selected"), row);
  m_lastWeek = new QPushButton(tr("Compare with Last &Week"), row);
  m_lastWeek->setToolTip(
      tr("With the newest run of the same model that is at least seven days older"));
  auto* refresh = new QPushButton(tr("Read &Again"), row);
  refresh->setToolTip(tr("Runs that the command line kept are in the same list"));
  m_onlyThis = new QCheckBox(tr("Only &this model"), row);
  connect(m_compare, &QPushButton::clicked, this, [this] {
    const auto ids = selectedRuns();
    if (ids.size() == 2) Q_EMIT comparisonWanted(ids[0], ids[1]);
  });
  connect(m_lastWeek, &QPushButton::clicked, this, [this] {
    const auto ids = selectedRuns();
    if (!ids.empty()) Q_EMIT lastWeekWanted(ids.back());
  });
  connect(refresh, &QPushButton::clicked, this, &RunsPanel::refreshWanted);
  connect(m_onlyThis, &QCheckBox::toggled, this, &RunsPanel::showRuns);
  for (QWidget* widget : std::initializer_list<QWidget*>{m_compare, m_lastWeek, refresh})
    layout->addWidget(widget);
  layout->addStretch(1);
  layout->addWidget(m_onlyThis);
  return row;
}

QWidget* RunsPanel::buildComparison() {
  auto* box = new QWidget(this);
  m_sentence = headingLabel(QString(), box);
  m_regressions = plainLabel(QString(), box);
  m_figures = new DataTable(tr("Both runs in figures"), box);
  m_parts = new DataTable(tr("Both runs by module and kernel"), box);
  auto* tables = new QSplitter(Qt::Horizontal, box);
  tables->addWidget(m_figures);
  tables->addWidget(m_parts);
  tables->setSizes({460, 660});
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  for (QLabel* label : {m_sentence, m_regressions}) {
    label->setWordWrap(true);
    layout->addWidget(label);
  }
  layout->addWidget(tables, 1);
  return box;
}

void RunsPanel::setRuns(std::vector<KeptRun> runs) {
  const std::vector<std::int64_t> selected = selectedRuns();
  m_all = std::make_shared<const std::vector<KeptRun>>(std::move(runs));
  showRuns();
  selectRuns(selected);
  if (m_all->empty())
    m_sentence->setText(
        tr("No run is kept yet. Run both (F9) measures the model and keeps the "
           "result here."));
  else if (m_figures->model().rowCount() == 0)
    m_sentence->setText(tr("Select two runs (Ctrl+click, or Shift+↓) to compare them."));
}

void RunsPanel::setModel(const QString& model) {
  if (m_model == model) return;
  m_model = model;
  if (m_onlyThis->isChecked()) showRuns();
}

void RunsPanel::showRuns() {
  m_shown = m_all;
  if (m_onlyThis->isChecked()) {
    auto some = std::make_shared<std::vector<KeptRun>>();
    const std::string model = m_model.toStdString();
    std::copy_if(m_all->begin(), m_all->end(), std::back_inserter(*some),
                 [&](const KeptRun& run) { return run.conditions.model == model; });
    m_shown = some;
  }
  m_table->setTable(models::keptRunTable(m_shown));
  enableButtons();
}

std::vector<std::int64_t> RunsPanel::selectedRuns() const {
  std::vector<std::int64_t> ids;
  for (const int row : m_table->selectedSourceRows())
    ids.push_back((*m_shown)[static_cast<std::size_t>(row)].id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

void RunsPanel::selectRuns(const std::vector<std::int64_t>& ids) {
  std::vector<int> rows;
  for (std::size_t row = 0; row < m_shown->size(); ++row)
    if (std::find(ids.begin(), ids.end(), (*m_shown)[row].id) != ids.end())
      rows.push_back(static_cast<int>(row));
  m_table->selectSourceRows(rows);
  enableButtons();
}

void RunsPanel::enableButtons() {
  const std::size_t count = selectedRuns().size();
  m_compare->setEnabled(count == 2);
  m_lastWeek->setEnabled(count == 1);
}

void RunsPanel::showPair(models::RunPair pair) {
  const auto shared = std::make_shared<const models::RunPair>(std::move(pair));
  QStringList lines{models::showable(shared->comparison.sentence(shared->before))};
  for (const std::string& difference : shared->comparison.differences)
    lines << QStringLiteral("! ") + models::showable(difference);
  m_sentence->setText(lines.join(QChar('\n')));
  m_figures->setTable(models::comparedFigureTable(shared));
  m_parts->setTable(models::comparedPartTable(shared));
  QString regressions = QString::fromStdString(core::history::regressionSentence(shared->parts));
  if (shared->parts.empty())
    regressions =
        tr("Which kernels changed is known once both runs have a profile (Shift+F9 after "
           "a run).");
  m_regressions->setText(regressions);
}

void RunsPanel::showProblem(const QString& sentence) {
  m_sentence->setText(sentence);
}

QString RunsPanel::sentence() const {
  return m_sentence->text();
}

}  // namespace views::pages
