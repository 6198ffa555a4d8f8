#include "views/graph/breadcrumbs.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <algorithm>

#include "core/layout/box_text.h"
#include "views/graph/graph_scene.h"

namespace views::graph {

Breadcrumbs::Breadcrumbs(QWidget* parent) : QWidget(parent), m_layout(new QHBoxLayout(this)) {
  m_layout->setContentsMargins(4, 0, 4, 0);
  m_layout->setSpacing(2);
  setAccessibleName(tr("Module path of the selection"));
}

void Breadcrumbs::addPart(const QString& text, const QString& key) {
  auto* button = new QToolButton(this);
  button->setText(text);
  button->setAutoRaise(true);
  button->setAccessibleName(tr("Select module %1").arg(text));
  connect(button, &QToolButton::clicked, this, [this, key] { Q_EMIT chosen(key); });
  m_layout->addWidget(button);
}

void Breadcrumbs::showCall(const core::layout::GraphGeometry& geometry, int call) {
  while (QLayoutItem* item = m_layout->takeAt(0)) {
    if (QWidget* part = item->widget()) {
      // A part may be the sender of the signal that led here: it is deleted later.
      part->hide();
      part->deleteLater();
    }
    delete item;
  }
  addPart(tr("model"), {});
  std::vector<int> path;
  for (int c = call; c >= 0; c = geometry.modules[c].parent) path.push_back(c);
  std::reverse(path.begin(), path.end());
  for (const int c : path) {
    const auto& module = geometry.modules[c];
    const std::string around =
        module.parent < 0 ? std::string() : geometry.modules[module.parent].path;
    m_layout->addWidget(new QLabel(QStringLiteral("›"), this));
    const std::string name = core::layout::relativePath(core::layout::callName(module), around);
    addPart(oneLine(name), QString::fromStdString(module.key));
  }
  m_layout->addStretch(1);
}

}  // namespace views::graph
