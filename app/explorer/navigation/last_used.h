#pragma once

// Which view of a kind a person used last. Actions of a menu or of the palette act on it, although
// the focus is somewhere else by then.

#include <QList>
#include <QPointer>
#include <QWidget>

namespace explorer {

class LastUsed : public QObject {
  Q_OBJECT

 public:
  /// Follows the focus within `window`; dialogs in front of it do not count.
  explicit LastUsed(QWidget* window);

  /// The visible view of that kind inside `area` that had the focus last, else the first visible
  /// one; null if there is none.
  template <typename View>
  View* find(const QWidget* area) const {
    View* first = nullptr;
    const QList<View*> views = area->findChildren<View*>();
    for (View* view : views) {
      if (!view->isVisible()) continue;
      if (m_focus && (view == m_focus || view->isAncestorOf(m_focus))) return view;
      if (!first) first = view;
    }
    return first;
  }

 private:
  QPointer<QWidget> m_focus;
};

}  // namespace explorer
