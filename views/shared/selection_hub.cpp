#include "views/shared/selection_hub.h"

namespace views::shared {
namespace {

// Long sessions must not grow without end; nobody walks back further.
constexpr qsizetype kLongestHistory = 200;

}  // namespace

void SelectionHub::select(const Selection& selection) {
  if (selection == m_selection) return;
  if (!selection.isEmpty()) {
    m_history.resize(m_position + 1);
    m_history.append(selection);
    if (m_history.size() > kLongestHistory) m_history.removeFirst();
    m_position = m_history.size() - 1;
  }
  announce(selection);
}

void SelectionHub::goBack() {
  if (!canGoBack()) return;
  --m_position;
  announce(m_history[m_position]);
}

void SelectionHub::goForward() {
  if (!canGoForward()) return;
  ++m_position;
  announce(m_history[m_position]);
}

void SelectionHub::setFilter(const QString& text) {
  if (text == m_filter) return;
  m_filter = text;
  Q_EMIT filterChanged(m_filter);
}

void SelectionHub::reset() {
  m_history.clear();
  m_position = -1;
  setFilter({});
  announce({});
}

void SelectionHub::announce(const Selection& selection) {
  const bool changed = selection != m_selection;
  m_selection = selection;
  if (changed) Q_EMIT selectionChanged(m_selection);
  Q_EMIT historyChanged();
}

}  // namespace views::shared
