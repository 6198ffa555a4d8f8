#include "app/explorer/navigation/last_used.h"

#include <QApplication>

#include "views/graph/graph_view.h"
#include "views/pages/data_table.h"

namespace explorer {

namespace {

bool isInView(const QWidget* widget) {
  for (; widget; widget = widget->parentWidget()) {
    if (qobject_cast<const views::graph::GraphView*>(widget) ||
        qobject_cast<const views::pages::DataTable*>(widget)) {
      return true;
    }
  }
  return false;
}

}  // namespace

LastUsed::LastUsed(QWidget* window) : QObject(window) {
  connect(qApp, &QApplication::focusChanged, this, [this, window](QWidget*, QWidget* now) {
    if (now && now->window() == window && isInView(now)) m_focus = now;
  });
}

}  // namespace explorer
