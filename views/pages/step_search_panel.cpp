#include "views/pages/step_search_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "views/models/run_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/plot/error_chart.h"

namespace views::pages {

using core::run::ErrorPicture;
using core::run::StepDifference;
using core::run::StepSearch;

namespace {

/// The difference that the panel is about: the node, else the kernel as a whole.
const StepDifference* found(const StepSearch& search) {
  if (search.first) return &*search.first;
  return search.kernel ? &*search.kernel : nullptr;
}

QString positionText(const std::vector<std::int64_t>& position) {
  QStringList indices;
  for (const std::int64_t index : position) indices << QString::number(index);
  return QStringLiteral("[%1]").arg(indices.join(QStringLiteral(", ")));
}

QString notFiniteText(const ErrorPicture& errors) {
  if (errors.notFinite.empty()) return {};
  QStringList positions;
  for (const auto& position : errors.notFinite) positions << positionText(position);
  return StepSearchPanel::tr(
             "NaN or infinite in one of both at %1. Compiled has %2 NaN and %3 "
             "infinities, eager %4 and %5.")
      .arg(positions.join(QStringLiteral(", ")))
      .arg(errors.compiledNans)
      .arg(errors.compiledInfinities)
      .arg(errors.eagerNans)
      .arg(errors.eagerInfinities);
}

}  // namespace

StepSearchPanel::StepSearchPanel(shared::SelectionHub* hub, QWidget* parent)
    : QWidget(parent),
      m_hub(hub),
      m_sentence(plainLabel(QString(), this)),
      m_notFinite(plainLabel(QString(), this)),
      m_show(new QPushButton(tr("Show the &Node in the Graph"), this)),
      m_chart(new plot::ErrorChart(this)),
      m_values(new DataTable(tr("Compared values"), this)) {
  m_sentence->setWordWrap(true);
  m_notFinite->setWordWrap(true);
  m_values->followSelection(hub, shared::GraphKind::Joint);
  connect(m_show, &QPushButton::clicked, this, [this] {
    selectNode();
    Q_EMIT graphWanted();
  });
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(m_chart);
  both->addWidget(m_values);
  both->setSizes({480, 620});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 4, 4, 0);
  layout->addWidget(m_sentence);
  layout->addWidget(m_notFinite);
  layout->addWidget(m_show, 0, Qt::AlignLeft);
  layout->addWidget(both, 1);
  showSearch();
}

void StepSearchPanel::setSnapshot(const Snapshot& snapshot) {
  if (snapshot.search == m_search && snapshot.searchStale == m_stale) return;
  const bool isNew = snapshot.search != m_search;
  m_search = snapshot.search;
  m_stale = snapshot.searchStale;
  showSearch();
  if (isNew) selectNode();
}

void StepSearchPanel::showSearch() {
  m_values->setTable(models::comparedValueTable(m_search));
  const StepDifference* difference = m_search ? found(*m_search) : nullptr;
  m_show->setVisible(difference != nullptr);
  const QString where = difference ? notFiniteText(difference->errors) : QString();
  m_notFinite->setText(where);
  m_notFinite->setVisible(!where.isEmpty());
  if (!m_search) {
    m_sentence->setText(
        tr("Not searched yet. Find the First Difference (Ctrl+F9) runs the step and "
           "compares every value with eager's."));
    return m_chart->clear();
  }
  const QString stale = m_stale ? tr("○ Stale: the options have changed since.   ") : QString();
  m_sentence->setText(stale + (difference ? QStringLiteral("✕ ") : QStringLiteral("✓ ")) +
                      models::showable(m_search->sentence()));
  if (difference)
    m_chart->setPicture(difference->errors,
                        tr("elements of %1").arg(models::showable(difference->node)));
  else
    m_chart->setPicture(plot::pictureOfValues(m_search->compared), tr("values of the step"));
}

void StepSearchPanel::selectNode() {
  const StepDifference* difference = m_search ? found(*m_search) : nullptr;
  if (!difference) return;
  m_hub->selectNode(shared::GraphKind::Joint, QString::fromStdString(difference->node));
}

QString StepSearchPanel::sentence() const {
  return m_sentence->text();
}

}  // namespace views::pages
