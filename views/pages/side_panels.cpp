#include "views/pages/side_panels.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QTimer>
#include <QVBoxLayout>

#include "views/look/theme.h"
#include "views/models/model_tables.h"
#include "views/models/module_tree_model.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

namespace {
constexpr std::size_t kMaxLogEntries = 5000;
constexpr int kLogRedrawMs = 100;
constexpr int kClassColumnWidth = 78;
}  // namespace

ModuleTree::ModuleTree(shared::SelectionHub* hub, QWidget* parent)
    : QTreeView(parent), m_hub(hub), m_model(new models::ModuleTreeModel(this)) {
  setAccessibleName(tr("Modules"));
  setModel(m_model);
  setUniformRowHeights(true);
  setAlternatingRowColors(true);
  setIndentation(14);
  header()->setStretchLastSection(false);
  header()->setMinimumSectionSize(44);
  header()->setSectionResizeMode(QHeaderView::ResizeToContents);
  header()->setSectionResizeMode(models::ModuleTreeModel::NameColumn, QHeaderView::Stretch);
  // Long class names give way to the path, which tells modules apart.
  header()->setSectionResizeMode(models::ModuleTreeModel::ClassColumn, QHeaderView::Interactive);
  header()->resizeSection(models::ModuleTreeModel::ClassColumn, kClassColumnWidth);
  connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (m_following || !current.isValid()) return;
            const QString path = current.data(models::ModuleTreeModel::PathRole).toString();
            if (path.isEmpty()) return;
            m_hub->selectModule(m_hub->selection().graph, path);
          });
  connect(m_hub, &shared::SelectionHub::selectionChanged, this, &ModuleTree::showSelection);
}

void ModuleTree::setSnapshot(const SnapshotPtr& snapshot) {
  if (m_snapshot && m_snapshot->index == snapshot->index) return;
  m_snapshot = snapshot;
  const QScopedValueRollback<bool> guard(m_following, true);
  m_model->setIndex(snapshot->index);
  expandToDepth(1);
  showSelection();
}

void ModuleTree::showSelection() {
  if (!m_snapshot) return;
  const shared::Selection& selection = m_hub->selection();
  QString path = selection.module;
  const core::ir::Graph* graph = m_snapshot->index->joint();
  if (!selection.nodes.isEmpty() && graph) {
    const auto id = graph->find(selection.primary().toStdString());
    const auto* module = id ? graph->node(*id).meta.anyModule() : nullptr;
    path = module ? QString::fromStdString(module->path) : QString();
  }
  const QScopedValueRollback<bool> guard(m_following, true);
  const QModelIndex index = path.isEmpty() ? QModelIndex() : m_model->indexOfPath(path);
  setCurrentIndex(index);
  if (index.isValid()) scrollTo(index);
}

LogPanel::LogPanel(QWidget* parent) : QWidget(parent), m_table(new DataTable(tr("Log"), this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_table);
  redraw();
}

void LogPanel::append(const core::LogEntry& entry) {
  if (m_entries.size() == kMaxLogEntries) m_entries.erase(m_entries.begin());
  m_entries.push_back(entry);
  if (m_pending) return;
  m_pending = true;
  QTimer::singleShot(kLogRedrawMs, this, &LogPanel::redraw);
}

void LogPanel::redraw() {
  m_pending = false;
  m_table->setTable(models::logTable(m_entries));
  m_table->scrollToBottom();
}

Banner::Banner(QWidget* parent)
    : QFrame(parent), m_text(plainLabel(QString(), this)), m_action(new QPushButton(this)) {
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  m_text->setWordWrap(true);
  m_text->setAccessibleName(tr("What went wrong"));
  auto* copy = new QPushButton(tr("Copy report"), this);
  auto* close = new QPushButton(tr("Dismiss"), this);
  connect(m_action, &QPushButton::clicked, this, &Banner::actionWanted);
  connect(copy, &QPushButton::clicked, this, &Banner::copyReport);
  connect(close, &QPushButton::clicked, this, &Banner::clear);
  connect(close, &QPushButton::clicked, this, &Banner::dismissed);
  auto* layout = new QHBoxLayout(this);
  layout->addWidget(m_text, 1);
  layout->addWidget(m_action);
  layout->addWidget(copy);
  layout->addWidget(close);
  hide();
}

void Banner::showFailure(const QString& text, const QString& details, const QString& action) {
  const look::Colors colors = look::colorsFor(palette());
  QPalette own = m_text->palette();
  own.setColor(QPalette::WindowText, colors.bad);
  m_text->setPalette(own);
  m_text->setText(QStringLiteral("✕ ") + models::showable(text.toStdString()));
  m_details = details;
  m_action->setText(action);
  m_action->setVisible(!action.isEmpty());
  show();
}

void Banner::showOffer(const QString& text, const QString& action) {
  m_text->setPalette(palette());
  m_text->setText(models::showable(text.toStdString()));
  m_action->setText(action);
  m_action->setVisible(!action.isEmpty());
  show();
}

void Banner::clear() {
  m_text->clear();
  m_details.clear();
  hide();
}

QString Banner::text() const {
  return m_text->text();
}

void Banner::copyReport() {
  QApplication::clipboard()->setText(
      m_text->text() + QChar('\n') + m_details + QChar('\n') + QStringLiteral("AOT Explorer ") +
      QApplication::applicationVersion() + QStringLiteral(", Qt ") + QLatin1String(qVersion()));
}

}  // namespace views::pages
