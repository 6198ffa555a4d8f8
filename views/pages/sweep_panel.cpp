#include "views/pages/sweep_panel.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "core/history/sweep_plan.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/plot/sweep_chart.h"

namespace views::pages {

using core::history::PointState;
using plot::SweepFigure;

SweepPanel::SweepPanel(QWidget* parent) : QWidget(parent) {
  auto* head = new QWidget(this);
  auto* headLayout = new QHBoxLayout(head);
  headLayout->setContentsMargins(0, 0, 0, 0);
  headLayout->addWidget(buildFields(), 3);
  headLayout->addWidget(buildJob(), 2);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 4, 4, 0);
  layout->addWidget(head);
  layout->addWidget(buildResults(), 1);
  showCount();
  setResults(nullptr);
}

QWidget* SweepPanel::buildFields() {
  auto* box = new QWidget(this);
  auto* form = new QFormLayout(box);
  form->setContentsMargins(0, 0, 0, 0);
  const auto add = [&](const QString& title, const QString& option, const QString& hint,
                       const QString& text) {
    auto* edit = new QLineEdit(text, box);
    edit->setPlaceholderText(hint);
    edit->setClearButtonEnabled(true);
    connect(edit, &QLineEdit::textChanged, this, &SweepPanel::showCount);
    form->addRow(title, edit);
    m_fields.push_back({option, edit});
  };
  add(tr("&Budgets"), QStringLiteral("budget"), tr("not varied"), QStringLiteral("1,0.7,0.4,0"));
  add(tr("T&hreads"), QStringLiteral("threads"), tr("not varied, as 1,2,4"), QString());
  add(tr("Si&zes"), QStringLiteral("dim"), tr("not varied"), QString());
  add(tr("De&vices"), QStringLiteral("device"), tr("not varied, as cpu,cuda:0"), QString());
  m_count = plainLabel(QString(), box);
  m_count->setAccessibleName(tr("Number of points"));
  form->addRow(QString(), m_count);
  return box;
}

QWidget* SweepPanel::buildJob() {
  auto* box = new QWidget(this);
  const auto button = [&](const QString& text, const QString& tip) {
    auto* made = new QPushButton(text, box);
    made->setToolTip(tip);
    return made;
  };
  m_start = button(tr("&Start the Sweep"), tr("Measures every combination, each in a new process"));
  m_pause = button(tr("&Pause"), tr("Stops after the point that is being measured"));
  m_resume = button(tr("&Go on"), tr("Measures the points that are not done, failed ones too"));
  m_cancel = button(tr("&Cancel"), tr("Stops at once; points that are done are kept"));
  connect(m_start, &QPushButton::clicked, this, [this] { Q_EMIT startWanted(varied()); });
  connect(m_pause, &QPushButton::clicked, this, &SweepPanel::pauseWanted);
  connect(m_resume, &QPushButton::clicked, this,
          [this] { Q_EMIT resumeWanted(m_results->sweep.id); });
  connect(m_cancel, &QPushButton::clicked, this, &SweepPanel::cancelWanted);
  m_sweeps = new QComboBox(box);
  m_sweeps->setAccessibleName(tr("Sweeps that were begun"));
  m_sweeps->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  connect(m_sweeps, &QComboBox::activated, this, &SweepPanel::chooseSweep);
  m_progress = new QProgressBar(box);
  m_progress->setAccessibleName(tr("Points that are done"));
  m_sentence = plainLabel(QString(), box);
  m_sentence->setWordWrap(true);
  auto* buttons = new QHBoxLayout;
  for (QPushButton* each : {m_start, m_pause, m_resume, m_cancel}) buttons->addWidget(each);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addLayout(buttons);
  layout->addWidget(m_sweeps);
  layout->addWidget(m_progress);
  layout->addWidget(m_sentence);
  layout->addStretch(1);
  return box;
}

QWidget* SweepPanel::buildResults() {
  auto* left = new QWidget(this);
  m_across = new QComboBox(left);
  m_across->setAccessibleName(tr("Across"));
  m_figure = new QComboBox(left);
  m_figure->setAccessibleName(tr("Figure"));
  m_figure->addItem(tr("compiled time"), static_cast<int>(SweepFigure::CompiledTime));
  m_figure->addItem(tr("eager time"), static_cast<int>(SweepFigure::EagerTime));
  m_figure->addItem(tr("compiled peak memory"), static_cast<int>(SweepFigure::CompiledPeak));
  m_open = new QPushButton(tr("&Open this Point"), left);
  m_open->setToolTip(tr("Opens the model with the settings of the chosen point"));
  m_chart = new plot::SweepChart(left);
  auto* row = new QHBoxLayout;
  row->addWidget(m_figure);
  row->addWidget(new QLabel(tr("against"), left));
  row->addWidget(m_across);
  row->addStretch(1);
  row->addWidget(m_open);
  auto* leftLayout = new QVBoxLayout(left);
  leftLayout->setContentsMargins(0, 0, 0, 0);
  leftLayout->addLayout(row);
  leftLayout->addWidget(m_chart, 1);
  m_table = new DataTable(tr("Points of the sweep"), this);
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(left);
  both->addWidget(m_table);
  both->setSizes({520, 620});
  connect(m_across, &QComboBox::currentIndexChanged, this, &SweepPanel::showAxes);
  connect(m_figure, &QComboBox::currentIndexChanged, this, &SweepPanel::showAxes);
  connect(m_open, &QPushButton::clicked, this, &SweepPanel::openPoint);
  connect(m_chart, &plot::SweepChart::pointChosen, m_table, &DataTable::selectSourceRow);
  connect(m_table, &DataTable::rowChosen, this, &SweepPanel::setCurrentPoint);
  connect(m_table, &DataTable::doubleClicked, this, &SweepPanel::openPoint);
  return both;
}

void SweepPanel::setDimensions(const QStringList& names) {
  for (const Field& field : m_fields) {
    if (field.option != QStringLiteral("dim")) continue;
    field.edit->setEnabled(!names.isEmpty());
    field.edit->setPlaceholderText(names.isEmpty()
                                       ? tr("every dimension of this model is fixed")
                                       : tr("not varied, as %1=8,%1=16").arg(names.front()));
  }
}

QStringList SweepPanel::varied() const {
  QStringList entries;
  for (const Field& field : m_fields) {
    const QString values = field.edit->text().remove(QChar(' '));
    if (!values.isEmpty() && field.edit->isEnabled()) entries << field.option + QChar('=') + values;
  }
  return entries;
}

void SweepPanel::showCount() {
  std::vector<std::string> entries;
  for (const QString& entry : varied()) entries.push_back(entry.toStdString());
  const auto points = core::history::sweepSettings(entries);
  m_count->setText(points
                       ? models::countedText(static_cast<std::int64_t>(points->size()), tr("point"))
                       : models::showable(points.error().message));
  if (m_start) m_start->setEnabled(points.has_value() && !m_running);
}

void SweepPanel::setSweeps(const std::vector<core::history::Sweep>& sweeps) {
  const std::int64_t shown = m_results ? m_results->sweep.id : 0;
  m_sweeps->clear();
  for (const core::history::Sweep& sweep : sweeps) {
    const QString model = QString::fromStdString(sweep.model).section(QChar('/'), -1);
    m_sweeps->addItem(tr("sweep %1 · %2 · %3")
                          .arg(sweep.id)
                          .arg(models::showable(model.toStdString()), models::showable(sweep.when)),
                      QVariant::fromValue<qlonglong>(sweep.id));
  }
  m_sweeps->setCurrentIndex(m_sweeps->findData(QVariant::fromValue<qlonglong>(shown)));
}

void SweepPanel::chooseSweep(int index) {
  Q_EMIT sweepChosen(m_sweeps->itemData(index).toLongLong());
}

void SweepPanel::setResults(models::SweepPtr results) {
  const bool isOther = !m_results || !results || m_results->sweep.id != results->sweep.id;
  const int current = isOther ? -1 : m_table->currentSourceRow();
  m_results = std::move(results);
  if (isOther) fillAxes();
  m_table->setTable(models::sweepTable(m_results));
  m_chart->setResults(m_results);
  if (current >= 0) m_table->selectSourceRow(current);
  setCurrentPoint(current);
  showProgress();
}

void SweepPanel::setRunning(bool isRunning) {
  m_running = isRunning;
  showCount();
  showProgress();
}

void SweepPanel::showProgress() {
  const int all = m_results ? static_cast<int>(m_results->sweep.points.size()) : 0;
  const int done = m_results ? m_results->count(PointState::Done) : 0;
  const int failed = m_results ? m_results->count(PointState::Failed) : 0;
  m_progress->setRange(0, std::max(1, all));
  m_progress->setValue(done);
  m_pause->setEnabled(m_running);
  m_cancel->setEnabled(m_running);
  m_resume->setEnabled(!m_running && done < all);
  if (!m_results) {
    m_sentence->setText(
        tr("No sweep yet. Each point is measured as Run both does it; what is "
           "done is kept, whatever happens to the program."));
    return;
  }
  QString text = tr("%1 of %2 points are done").arg(done).arg(all);
  if (failed > 0) text += tr(", %1 failed").arg(failed);
  text += m_running ? tr("; measuring.") : done < all ? tr("; Go on measures the rest.") : tr(".");
  m_sentence->setText(text);
}

void SweepPanel::showProblem(const QString& sentence) {
  m_sentence->setText(sentence);
}

QString SweepPanel::sentence() const {
  return m_sentence->text();
}

void SweepPanel::fillAxes() {
  m_across->clear();
  m_across->addItem(tr("compiled peak memory"), QString());
  if (!m_results) return;
  for (const QString& option : models::variedOptions(*m_results)) m_across->addItem(option, option);
  m_across->setCurrentIndex(std::min(1, m_across->count() - 1));
}

void SweepPanel::showAxes() {
  m_chart->setAxes(m_across->currentData().toString(),
                   static_cast<SweepFigure>(m_figure->currentData().toInt()));
}

void SweepPanel::setCurrentPoint(int point) {
  m_chart->setCurrentPoint(point);
  m_open->setEnabled(point >= 0);
}

void SweepPanel::openPoint() {
  const int point = m_table->currentSourceRow();
  if (!m_results || point < 0) return;
  Q_EMIT pointOpened(
      QString::fromStdString(m_results->sweep.model),
      QString::fromStdString(m_results->sweep.points[static_cast<std::size_t>(point)].settings));
}

}  // namespace views::pages
