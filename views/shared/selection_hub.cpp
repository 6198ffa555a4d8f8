#include "views/shared/selection_hub.h"

namespace views::shared {

void SelectionHub::select(const Selection& selection) {
  if (selection == m_selection) return;
  m_selection = selection;
  Q_EMIT selectionChanged(m_selection);
}

void SelectionHub::setFilter(const QString& text) {
  if (text == m_filter) return;
  m_filter = text;
  Q_EMIT filterChanged(m_filter);
}

void SelectionHub::setFilterMode(FilterMode mode) {
  if (mode == m_mode) return;
  m_mode = mode;
  Q_EMIT filterChanged(m_filter);
}

void SelectionHub::reset() {
  setFilter({});
  select({});
}

}  // namespace views::shared
