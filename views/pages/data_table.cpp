#include "views/pages/data_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStyledItemDelegate>
#include <algorithm>
#include <numeric>

#include "views/shared/export_dialog.h"

namespace views::pages {

namespace {
constexpr int kWidestColumn = 240;
constexpr int kNarrowestText = 100;  ///< a name cut shorter says too little
constexpr int kRowsMeasured = 200;

/// Where text is too long for its cell, a name is cut in its middle, because the end of a module's
/// path says most, and a sentence at its end.
class CutText : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    const bool isSentence = option->text.contains(QChar(' '));
    option->textElideMode = isSentence ? Qt::ElideRight : Qt::ElideMiddle;
  }
};
}  // namespace

NodeFilterProxy::NodeFilterProxy(QObject* parent) : QSortFilterProxyModel(parent) {
  setSortRole(models::SortRole);
}

void NodeFilterProxy::setAccept(Accept accept) {
  m_accept = std::move(accept);
  invalidateFilter();
}

void NodeFilterProxy::setWords(const QString& words) {
  m_words = words.split(QChar(' '), Qt::SkipEmptyParts);
  invalidateFilter();
}

bool NodeFilterProxy::hasWords(int row, const QModelIndex& parent) const {
  return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) {
    for (int column = 0; column < sourceModel()->columnCount(parent); ++column) {
      const QString cell = sourceModel()->index(row, column, parent).data().toString();
      if (cell.contains(word, Qt::CaseInsensitive)) return true;
    }
    return false;
  });
}

bool NodeFilterProxy::filterAcceptsRow(int row, const QModelIndex& parent) const {
  if (!m_words.isEmpty() && !hasWords(row, parent)) return false;
  if (!m_accept) return true;
  const QModelIndex first = sourceModel()->index(row, 0, parent);
  const QString name = first.data(models::NodeNameRole).toString();
  const QString other = first.data(models::OtherNameRole).toString();
  // No name is not the name of a node: a search that hides what it finds would keep such rows.
  if (name.isEmpty() && other.isEmpty()) return true;
  return (!name.isEmpty() && m_accept(name)) || (!other.isEmpty() && m_accept(other));
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
  setItemDelegate(new CutText(this));
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  horizontalHeader()->setStretchLastSection(true);
  horizontalHeader()->setResizeContentsPrecision(kRowsMeasured);
  horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  setSortingEnabled(true);
  setEmptyText(tr("There is nothing to list."));
  connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          &DataTable::onCurrentChanged);
  connect(horizontalHeader(), &QHeaderView::sectionResized, this, &DataTable::onColumnResized);
  buildActions();
}

void DataTable::buildActions() {
  setContextMenuPolicy(Qt::ActionsContextMenu);
  const auto add = [this](const QString& text, const QKeySequence& key, auto method) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, method);
    addAction(action);
  };
  add(tr("&Copy Rows"), QKeySequence::Copy, &DataTable::copySelection);
  add(tr("Select &All"), QKeySequence::SelectAll, &DataTable::selectAll);
  add(tr("&Export as CSV…"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_E),
      &DataTable::exportWithDialog);
}

void DataTable::setTable(models::Table table) {
  const QScopedValueRollback<bool> guard(m_following, true);
  m_model->setTable(std::move(table));
  measureColumns();
  showSelection();
}

void DataTable::setEmptyText(const QString& text) {
  m_emptyText = text;
  viewport()->update();
}

QString DataTable::emptyReason() const {
  if (m_proxy->rowCount() > 0) return {};
  return m_model->rowCount() > 0 ? tr("No row passes the search.") : m_emptyText;
}

void DataTable::paintEvent(QPaintEvent* event) {
  QTableView::paintEvent(event);
  const QString reason = emptyReason();
  if (accessibleDescription() != reason) setAccessibleDescription(reason);
  if (reason.isEmpty()) return;
  QPainter painter(viewport());
  painter.setPen(palette().color(QPalette::Disabled, QPalette::Text));
  painter.drawText(viewport()->rect().adjusted(12, 6, -12, -6),
                   Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, reason);
}

void DataTable::measureColumns() {
  const bool sameColumns = static_cast<int>(m_wishes.size()) == m_proxy->columnCount();
  if (m_widthsAreChosen && sameColumns) return;
  m_widthsAreChosen = false;
  const QScopedValueRollback<bool> guard(m_fitting, true);
  resizeColumnsToContents();
  m_wishes.clear();
  for (int column = 0; column < m_proxy->columnCount(); ++column) {
    const int wanted = std::min(columnWidth(column) + 8, kWidestColumn);
    const auto& shown = m_model->table().columns[static_cast<std::size_t>(column)];
    const bool isNumber = shown.alignment == models::Alignment::Number;  // half of one is a lie
    const int title = horizontalHeader()->sectionSizeHint(column);
    m_wishes.push_back(
        {wanted, isNumber ? wanted : std::min(wanted, std::max(title, kNarrowestText))});
  }
  fitColumns();
}

void DataTable::fitColumns() {
  if (m_widthsAreChosen) return;
  const QScopedValueRollback<bool> guard(m_fitting, true);
  const std::vector<int> widths = fittedWidths(m_wishes, viewport()->width());
  for (std::size_t column = 0; column < widths.size(); ++column)
    setColumnWidth(static_cast<int>(column), widths[column]);
}

void DataTable::onColumnResized(int column) {
  const bool isStretched = column + 1 == m_proxy->columnCount();
  if (!m_fitting && !isStretched) m_widthsAreChosen = true;
}

void DataTable::resizeEvent(QResizeEvent* event) {
  QTableView::resizeEvent(event);
  fitColumns();
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

std::vector<int> DataTable::selectedSourceRows() const {
  std::vector<int> rows;
  for (const QModelIndex& index : selectionModel()->selectedRows())
    rows.push_back(m_proxy->mapToSource(index).row());
  return rows;
}

void DataTable::selectSourceRows(const std::vector<int>& rows) {
  QItemSelection selection;
  for (const int row : rows) {
    const QModelIndex index = m_proxy->mapFromSource(m_model->index(row, 0));
    if (index.isValid()) selection.select(index, index);
  }
  selectionModel()->select(selection,
                           QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void DataTable::onCurrentChanged(const QModelIndex& current) {
  if (m_following) return;
  Q_EMIT rowChosen(m_proxy->mapToSource(current).row());
  QString name = current.data(models::NodeNameRole).toString();
  if (name.isEmpty()) name = current.data(models::OtherNameRole).toString();
  if (m_hub && !name.isEmpty()) m_hub->selectNode(m_graph, name);
}

void DataTable::showSelection() {
  if (!m_hub || !m_model->table().nodeName) return;
  const QScopedValueRollback<bool> guard(m_following, true);
  const QString name = m_hub->selection().primary();
  const QModelIndex current = currentIndex();
  const bool isShown = current.data(models::NodeNameRole).toString() == name ||
                       current.data(models::OtherNameRole).toString() == name;
  if (!name.isEmpty() && isShown) return;
  selectSourceRow(m_model->rowOfNode(name));
}

void DataTable::copySelection() {
  std::vector<int> rows;
  const QModelIndexList selected = selectionModel()->selectedRows();
  for (const QModelIndex& index : selected) rows.push_back(index.row());
  std::sort(rows.begin(), rows.end());
  if (!rows.empty()) QApplication::clipboard()->setText(models::tabSeparated(*m_proxy, rows));
}

QString DataTable::shownAsCsv() const {
  std::vector<int> rows(static_cast<std::size_t>(m_proxy->rowCount()));
  std::iota(rows.begin(), rows.end(), 0);
  return models::commaSeparated(*m_proxy, rows);
}

void DataTable::exportWithDialog() {
  shared::exportTextWithDialog(this, tr("Export %1").arg(accessibleName()),
                               tr("Comma-separated values (*.csv)"), shownAsCsv());
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
