#include "views/pages/data_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QScopedValueRollback>

namespace views::pages {

namespace {
constexpr int kWidestColumn = 240;
constexpr int kRowsMeasured = 200;
}  // namespace

NodeFilterProxy::NodeFilterProxy(QObject* parent) : QSortFilterProxyModel(parent) {
  setSortRole(models::SortRole);
}

void NodeFilterProxy::setAccept(Accept accept) {
  m_accept = std::move(accept);
  invalidateFilter();
}

bool NodeFilterProxy::filterAcceptsRow(int row, const QModelIndex& parent) const {
  if (!m_accept) return true;
  const QString name = sourceModel()->index(row, 0, parent).data(models::NodeNameRole).toString();
  return name.isEmpty() || m_accept(name);
}

DataTable::DataTable(const QString& name, QWidget* parent)
    : QTableView(parent),
      m_model(new models::TableModel(this)),
      m_proxy(new NodeFilterProxy(this)) {
  setAccessibleName(name);
  m_proxy->setSourceModel(m_model);
  setModel(m_proxy);
  setStyleSheet(QStringLiteral("QTableView::item { padding: 0 5px; }"));
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setAlternatingRowColors(true);
  setShowGrid(false);
  setWordWrap(false);
  setTabKeyNavigation(false);
  setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  setTextElideMode(Qt::ElideRight);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  horizontalHeader()->setStretchLastSection(true);
  horizontalHeader()->setResizeContentsPrecision(kRowsMeasured);
  horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  setSortingEnabled(true);
  connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          &DataTable::onCurrentChanged);
}

void DataTable::setTable(models::Table table) {
  const QScopedValueRollback<bool> guard(m_following, true);
  m_model->setTable(std::move(table));
  fitColumns();
  showSelection();
}

void DataTable::fitColumns() {
  resizeColumnsToContents();
  for (int column = 0; column + 1 < m_proxy->columnCount(); ++column) {
    setColumnWidth(column, std::min(columnWidth(column) + 8, kWidestColumn));
  }
}

void DataTable::followSelection(shared::SelectionHub* hub, shared::GraphKind graph) {
  m_hub = hub;
  m_graph = graph;
  connect(hub, &shared::SelectionHub::selectionChanged, this, &DataTable::showSelection);
}

int DataTable::currentSourceRow() const {
  const QModelIndex current = m_proxy->mapToSource(currentIndex());
  return current.isValid() ? current.row() : -1;
}

void DataTable::selectSourceRow(int row) {
  const QModelIndex index = m_proxy->mapFromSource(m_model->index(row, 0));
  if (!index.isValid()) {
    selectionModel()->clear();
    return;
  }
  selectionModel()->setCurrentIndex(
      index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  scrollTo(index);
}

void DataTable::onCurrentChanged(const QModelIndex& current) {
  if (m_following) return;
  Q_EMIT rowChosen(m_proxy->mapToSource(current).row());
  const QString name = current.data(models::NodeNameRole).toString();
  if (m_hub && !name.isEmpty()) m_hub->selectNode(m_graph, name);
}

void DataTable::showSelection() {
  if (!m_hub || !m_model->table().nodeName) return;
  const QScopedValueRollback<bool> guard(m_following, true);
  const QString name = m_hub->selection().primary();
  const QString shown = currentIndex().data(models::NodeNameRole).toString();
  if (!name.isEmpty() && shown == name) return;
  selectSourceRow(m_model->rowOfNode(name));
}

void DataTable::copySelection() const {
  std::vector<int> rows;
  const QModelIndexList selected = selectionModel()->selectedRows();
  for (const QModelIndex& index : selected) rows.push_back(index.row());
  std::sort(rows.begin(), rows.end());
  if (!rows.empty()) QApplication::clipboard()->setText(models::tabSeparated(*m_proxy, rows));
}

void DataTable::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy)) {
    copySelection();
    return;
  }
  QTableView::keyPressEvent(event);
}

void DataTable::focusInEvent(QFocusEvent* event) {
  // Qt makes the first row current when the focus comes by Tab; that is not a person's choice.
  const QScopedValueRollback<bool> guard(m_following, true);
  QTableView::focusInEvent(event);
}

QLabel* plainLabel(const QString& text, QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setTextFormat(Qt::PlainText);
  label->setText(text);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

QLabel* headingLabel(const QString& text, QWidget* parent) {
  QLabel* label = plainLabel(text, parent);
  QFont font = label->font();
  font.setBold(true);
  label->setFont(font);
  return label;
}

}  // namespace views::pages
