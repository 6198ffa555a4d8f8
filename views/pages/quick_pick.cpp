#include "views/pages/quick_pick.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/shared/fuzzy_match.h"

namespace views::pages {

namespace {

constexpr int kWidth = 720;
constexpr int kHeight = 440;
constexpr int kWidestText = 330;
enum PickColumn { TextColumn, DetailColumn, NoteColumn, ColumnCount };

// A match in the sentence counts, but any match in the text itself is better.
constexpr int kDetailScore = -1000;

std::optional<int> scoreOf(const QString& typed, const PickEntry& entry) {
  if (const auto score = shared::fuzzyScore(typed, entry.text)) return score;
  const QStringList words = typed.split(QChar(' '), Qt::SkipEmptyParts);
  const bool all = std::all_of(words.begin(), words.end(), [&entry](const QString& word) {
    return entry.text.contains(word, Qt::CaseInsensitive) ||
           entry.detail.contains(word, Qt::CaseInsensitive);
  });
  return all ? std::optional(kDetailScore) : std::nullopt;
}

}  // namespace

QuickPick::QuickPick(const QString& title, const QString& placeholder, QWidget* parent)
    : QDialog(parent),
      m_line(new QLineEdit(this)),
      m_list(new QTreeWidget(this)),
      m_state(plainLabel(QString(), this)) {
  setWindowTitle(title);
  resize(kWidth, kHeight);
  m_line->setPlaceholderText(placeholder);
  m_line->setAccessibleName(placeholder);
  m_line->installEventFilter(this);
  m_list->setAccessibleName(title);
  m_list->setColumnCount(ColumnCount);
  m_list->setHeaderHidden(true);
  m_list->setRootIsDecorated(false);
  m_list->setUniformRowHeights(true);
  m_list->setAllColumnsShowFocus(true);
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_list->header()->setStretchLastSection(false);
  m_list->header()->setSectionResizeMode(DetailColumn, QHeaderView::Stretch);
  m_state->setAccessibleName(tr("Number of entries"));
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(m_line);
  layout->addWidget(m_list, 1);
  layout->addWidget(m_state);
  connect(m_line, &QLineEdit::textChanged, this, &QuickPick::refill);
  connect(m_list, &QTreeWidget::itemActivated, this, &QuickPick::pickCurrent);
}

void QuickPick::setEntries(QList<PickEntry> entries) {
  m_entries = std::move(entries);
  refill();
}

void QuickPick::setTyped(const QString& text) {
  m_line->setText(text);
}

void QuickPick::refill() {
  std::vector<std::pair<int, const PickEntry*>> hits;
  const QString typed = m_line->text();
  for (const PickEntry& entry : std::as_const(m_entries)) {
    if (const auto score = scoreOf(typed, entry)) hits.emplace_back(*score, &entry);
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  m_list->clear();
  const auto shown = std::min<std::size_t>(hits.size(), kMostRows);
  for (std::size_t i = 0; i < shown; ++i) addRow(*hits[i].second);
  if (shown > 0) m_list->setCurrentItem(m_list->topLevelItem(0));
  fitColumns();
  m_state->setText(hits.empty() ? tr("Nothing fits. Type fewer letters.")
                                : tr("%1 of %2").arg(hits.size()).arg(m_entries.size()));
}

void QuickPick::addRow(const PickEntry& entry) {
  using models::showable;
  auto* item = new QTreeWidgetItem(m_list);
  item->setText(TextColumn, showable(entry.text.toStdString()));
  item->setText(DetailColumn, showable(entry.detail.toStdString()));
  item->setText(NoteColumn, entry.note);
  item->setTextAlignment(NoteColumn, Qt::AlignRight | Qt::AlignVCenter);
  item->setData(TextColumn, Qt::UserRole, entry.key);
  if (!entry.detail.isEmpty()) item->setToolTip(DetailColumn, entry.detail.toHtmlEscaped());
  if (!entry.enabled) {
    // Still reachable by the arrows, so that its reason can be read and heard.
    for (int column = 0; column < ColumnCount; ++column) {
      item->setForeground(column, palette().brush(QPalette::Disabled, QPalette::Text));
    }
    item->setData(NoteColumn, Qt::UserRole, true);
  }
}

void QuickPick::fitColumns() {
  m_list->resizeColumnToContents(TextColumn);
  m_list->resizeColumnToContents(NoteColumn);
  m_list->setColumnWidth(TextColumn, std::min(m_list->columnWidth(TextColumn) + 12, kWidestText));
}

QStringList QuickPick::shownKeys() const {
  QStringList keys;
  for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
    keys << m_list->topLevelItem(i)->data(TextColumn, Qt::UserRole).toString();
  }
  return keys;
}

QString QuickPick::stateText() const {
  return m_state->text();
}

void QuickPick::pickCurrent() {
  const QTreeWidgetItem* item = m_list->currentItem();
  if (!item) return;
  if (item->data(NoteColumn, Qt::UserRole).toBool()) {
    m_state->setText(item->text(DetailColumn));
    return;
  }
  const QString key = item->data(TextColumn, Qt::UserRole).toString();
  accept();
  Q_EMIT picked(key);
}

bool QuickPick::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_line || event->type() != QEvent::KeyPress) return false;
  switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: QApplication::sendEvent(m_list, event); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: pickCurrent(); return true;
    default: return false;
  }
}

void QuickPick::showEvent(QShowEvent* event) {
  QDialog::showEvent(event);
  m_line->setFocus();
  fitColumns();
}

}  // namespace views::pages
