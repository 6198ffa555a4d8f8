#pragma once

// The module path of the selection: model › layers.0 › conv1. Each part selects its module.

#include <QWidget>

#include "core/layout/graph_geometry.h"

class QHBoxLayout;

namespace views::graph {

class Breadcrumbs : public QWidget {
  Q_OBJECT

 public:
  explicit Breadcrumbs(QWidget* parent = nullptr);

  /// The module calls around `call` (an index into the geometry's modules), or the model alone
  /// (-1).
  void showCall(const core::layout::GraphGeometry& geometry, int call);

 Q_SIGNALS:
  /// A part was chosen; empty: the model.
  void chosen(const QString& moduleKey);

 private:
  void addPart(const QString& text, const QString& key);

  QHBoxLayout* m_layout;
};

}  // namespace views::graph
