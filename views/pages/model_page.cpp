#include "views/pages/model_page.h"

#include <QLabel>
#include <QSplitter>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include "views/models/compile_tree_model.h"
#include "views/models/model_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

namespace {

QWidget* titled(DataTable* table, QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(headingLabel(table->accessibleName(), box));
  layout->addWidget(table, 1);
  return box;
}

QString factsOf(const core::pipeline::ModelSummary& model) {
  if (!model.compiles.empty()) {
    return ModelPage::tr(
               "A log of torch.compile with %1 compiles: it has graphs, but no weights to run")
        .arg(model.compiles.size());
  }
  std::int64_t elements = 0;
  std::int64_t bytes = 0;
  std::int64_t trained = 0;
  for (const auto& parameter : model.parameters) {
    if (!parameter.isParameter) continue;
    elements += parameter.meta.numel();
    bytes += parameter.meta.bytes();
    if (parameter.requiresGrad) ++trained;
  }
  return ModelPage::tr(
             "%1 on disk · written by torch %2 · %3 parameter elements, %4 · %5 "
             "parameters want a gradient")
      .arg(models::bytesText(static_cast<std::int64_t>(model.fileBytes)),
           model.torchVersion.empty() ? ModelPage::tr("of unknown version")
                                      : models::showable(model.torchVersion),
           models::countText(elements), models::bytesText(bytes), models::countText(trained));
}

}  // namespace

ModelPage::ModelPage(QWidget* parent) : StagePage(PageId::Model, parent) {
  auto* content = new QWidget(this);
  m_title = headingLabel(QString(), content);
  QFont large = m_title->font();
  large.setPointSizeF(large.pointSizeF() * 1.4);
  m_title->setFont(large);
  m_facts = plainLabel(QString(), content);
  m_facts->setWordWrap(true);
  auto* layout = new QVBoxLayout(content);
  layout->addWidget(m_title);
  layout->addWidget(m_facts);
  layout->addWidget(buildTables(), 1);
  setContent(content);
}

QWidget* ModelPage::buildTables() {
  buildCompiles();
  m_inputs = new DataTable(tr("Inputs"), this);
  m_outputs = new DataTable(tr("Outputs"), this);
  m_parameters = new DataTable(tr("Parameters and buffers"), this);
  m_operators = new DataTable(tr("Operators"), this);
  m_stages = new DataTable(tr("Stages"), this);
  m_unsupported = new DataTable(tr("Unsupported operators"), this);

  auto* left = new QSplitter(Qt::Vertical, this);
  left->addWidget(titled(m_inputs, left));
  left->addWidget(titled(m_outputs, left));
  left->addWidget(titled(m_operators, left));
  left->setStretchFactor(2, 2);
  m_tabs = new QTabWidget(this);
  m_tabs->setAccessibleName(tr("Tables of the model"));
  m_tabs->addTab(m_parameters, QString());
  m_tabs->addTab(m_stages, tr("Stages"));
  m_tabs->addTab(m_unsupported, QString());
  m_tabs->setTabVisible(m_tabs->addTab(m_compileTree, tr("Compiles of the log")), false);
  auto* both = new QSplitter(Qt::Horizontal, this);
  both->addWidget(left);
  both->addWidget(m_tabs);
  both->setStretchFactor(0, 2);
  both->setStretchFactor(1, 3);
  both->setSizes({400, 600});
  return both;
}

void ModelPage::buildCompiles() {
  m_compiles = new models::CompileTreeModel(this);
  m_compileTree = new QTreeView(this);
  m_compileTree->setAccessibleName(tr("Compiles of the trace log"));
  m_compileTree->setModel(m_compiles);
  m_compileTree->setAlternatingRowColors(true);
  m_compileTree->setToolTip(tr("Enter or a double click shows a compile"));
  connect(m_compileTree, &QTreeView::activated, this, [this](const QModelIndex& index) {
    const QModelIndex first = index.siblingAtColumn(0);
    if (!first.data(models::CanOpenRole).toBool()) return;
    Q_EMIT compileChosen(first.data(models::CompileIdRole).toString());
  });
}

void ModelPage::showCompiles(const core::pipeline::CompileRecord& record) {
  const bool isLog = !record.model.compiles.empty();
  const int tab = m_tabs->indexOf(m_compileTree);
  const bool wasLog = m_tabs->isTabVisible(tab);
  m_compiles->setRecord(&record);
  m_compileTree->expandAll();
  for (int column = 0; column + 1 < m_compiles->columnCount(); ++column) {
    m_compileTree->resizeColumnToContents(column);
  }
  m_compileTree->setCurrentIndex(m_compiles->shownIndex());
  m_tabs->setTabVisible(tab, isLog);
  if (isLog && !wasLog) m_tabs->setCurrentIndex(tab);
}

std::optional<Notice> ModelPage::missing(const Snapshot& snapshot) const {
  if (snapshot.record()) return std::nullopt;
  return explain(snapshot,
                 {tr("The model was not read yet"), QString(), tr("Read it"), Intent::Reload});
}

void ModelPage::refresh(const Snapshot& snapshot) {
  const auto& record = snapshot.index->record();
  m_title->setText(models::showable(record->model.name));
  m_facts->setText(factsOf(record->model));
  m_inputs->setTable(models::portTable(record, models::Port::Inputs));
  m_outputs->setTable(models::portTable(record, models::Port::Outputs));
  m_parameters->setTable(models::parameterTable(record));
  m_operators->setTable(models::opCountTable(record));
  m_stages->setTable(models::stageTable(record));
  m_unsupported->setTable(models::unsupportedTable(record));
  showCompiles(*record);
  m_tabs->setTabText(
      0, tr("Parameters and buffers (%1)")
             .arg(models::countText(static_cast<std::int64_t>(record->model.parameters.size()))));
  m_tabs->setTabText(
      2, tr("Unsupported (%1)")
             .arg(models::countText(static_cast<std::int64_t>(record->model.unsupported.size()))));
}

}  // namespace views::pages
