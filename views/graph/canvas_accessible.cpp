#include "views/graph/canvas_accessible.h"

#include <QAccessibleWidget>

#include "views/graph/graph_canvas.h"

namespace views::graph {
namespace {

QAccessibleInterface* makeInterface(const QString&, QObject* object) {
  auto* canvas = qobject_cast<GraphCanvas*>(object);
  return canvas ? new QAccessibleWidget(canvas, QAccessible::Canvas) : nullptr;
}

}  // namespace

void describeCanvasToReaders() {
  static const bool isInstalled = [] {
    QAccessible::installFactory(makeInterface);
    return true;
  }();
  static_cast<void>(isInstalled);
}

}  // namespace views::graph
