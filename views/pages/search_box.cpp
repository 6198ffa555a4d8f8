#include "views/pages/search_box.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>

#include "views/look/theme.h"
#include "views/models/showable_text.h"

namespace views::pages {

namespace {
constexpr int kTypingMs = 120;
constexpr int kLineWidth = 300;
constexpr int kResultWidth = 130;
}  // namespace

SearchBox::SearchBox(shared::SelectionHub* hub, QWidget* parent)
    : QWidget(parent),
      m_hub(hub),
      m_snapshot(std::make_shared<const Snapshot>()),
      m_line(new QLineEdit(this)),
      m_result(plainLabel(QString(), this)),
      m_typing(new QTimer(this)) {
  m_line->setPlaceholderText(tr("Find: relu  op:mm  saved:yes  bytes:>1MiB"));
  m_line->setAccessibleName(tr("Find or filter nodes"));
  m_line->setClearButtonEnabled(true);
  m_line->setMinimumWidth(kLineWidth);
  m_line->setToolTip(tr(
      "Words, or key:value with name op module part dtype shape device group kernel pass source "
      "tag, saved recompute fused banned changed (yes, no), bytes time flops err fanout (>1MiB), "
      "user-of input-of within path:a..b; -term excludes, OR joins. Enter goes to the next "
      "match, Esc clears."));
  m_line->installEventFilter(this);
  m_result->setFixedWidth(kResultWidth);
  m_result->setAccessibleName(tr("Matches"));
  m_typing->setSingleShot(true);
  m_typing->setInterval(kTypingMs);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 4, 0);
  layout->addWidget(m_line);
  layout->addWidget(m_result);
  connect(m_line, &QLineEdit::textEdited, this, [this] { m_typing->start(); });
  connect(m_line, &QLineEdit::textChanged, this, [this](const QString& text) {
    if (text.isEmpty()) m_typing->start();
  });
  connect(m_typing, &QTimer::timeout, this, &SearchBox::takeText);
  connect(m_hub, &shared::SelectionHub::filterChanged, this, &SearchBox::showFilter);
}

void SearchBox::setSnapshot(const SnapshotPtr& snapshot) {
  const bool sameNodes = m_snapshot->index == snapshot->index;
  m_snapshot = snapshot;
  m_line->setEnabled(snapshot->index->joint() != nullptr);
  if (!sameNodes) showFilter(m_hub->filter());
}

void SearchBox::edit() {
  m_line->setFocus(Qt::ShortcutFocusReason);
  m_line->selectAll();
}

/// What was typed becomes the filter, if it can be read.
void SearchBox::takeText() {
  m_typing->stop();
  const FilterResult result = applyFilter(*m_snapshot, m_line->text());
  if (!result.error.isEmpty()) return showResult(result);
  m_hub->setFilter(m_line->text());
  showFilter(m_hub->filter());
}

void SearchBox::showFilter(const QString& text) {
  if (!m_line->hasFocus() && m_line->text() != text) m_line->setText(text);
  m_matches = applyFilter(*m_snapshot, text);
  showResult(m_matches);
}

void SearchBox::showResult(const FilterResult& result) {
  QPalette colors = palette();
  if (!result.error.isEmpty()) {
    colors.setColor(QPalette::WindowText, look::colorsFor(colors).bad);
  }
  m_result->setPalette(colors);
  const QString text = !result.error.isEmpty() ? result.error
                       : result.active         ? tr("%1 of %2")
                                             .arg(models::countText(result.names.size()),
                                                  models::countText(result.total))
                                       : QString();
  m_result->setText(text);
  m_result->setToolTip(text.toHtmlEscaped());
}

void SearchBox::goToMatch(int step) {
  const QStringList& names = m_matches.names;
  if (names.isEmpty()) return;
  const qsizetype current = names.indexOf(m_hub->selection().primary());
  const qsizetype next = current < 0 ? (step > 0 ? 0 : names.size() - 1)
                                     : (current + step + names.size()) % names.size();
  m_hub->selectNode(m_hub->selection().graph, names[next]);
}

bool SearchBox::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_line || event->type() != QEvent::KeyPress) return false;
  const auto* key = static_cast<QKeyEvent*>(event);
  if (key->key() == Qt::Key_Escape) {
    m_line->clear();
    takeText();
    return true;
  }
  if (key->key() != Qt::Key_Return && key->key() != Qt::Key_Enter) return false;
  takeText();
  goToMatch(key->modifiers() & Qt::ShiftModifier ? -1 : 1);
  return true;
}

QString SearchBox::resultText() const {
  return m_result->text();
}

}  // namespace views::pages
