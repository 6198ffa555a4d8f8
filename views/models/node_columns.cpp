#include "views/models/node_columns.h"

#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::ir::Node;

namespace {

Column nodeColumn(QString title, const NodeAt& node, QString (*text)(const Node&)) {
  return textColumn(std::move(title), [node, text](int row) {
    const Node* found = node(row);
    return found ? text(*found) : QString();
  });
}

}  // namespace

QString opText(const Node& node) {
  switch (node.kind) {
    case core::ir::NodeKind::Placeholder: return QStringLiteral("placeholder");
    case core::ir::NodeKind::Output: return QStringLiteral("output");
    case core::ir::NodeKind::Call:
    case core::ir::NodeKind::Attribute: return showable(node.target);
  }
  return QString();
}

Column nameColumn(QString title, const NodeAt& node) {
  return nodeColumn(std::move(title), node, [](const Node& it) { return showable(it.name); });
}

Column opColumn(QString title, const NodeAt& node) {
  return nodeColumn(std::move(title), node, [](const Node& it) { return opText(it); });
}

Column valueColumn(const NodeAt& node) {
  return nodeColumn(QStringLiteral("value"), node,
                    [](const Node& it) { return valueText(it.value); });
}

Column moduleColumn(const NodeAt& node) {
  return nodeColumn(QStringLiteral("module"), node,
                    [](const Node& it) { return moduleText(it.meta.anyModule()); });
}

Column sourceColumn(const NodeAt& node) {
  Column column = nodeColumn(QStringLiteral("source"), node,
                             [](const Node& it) { return sourceText(it.meta.source.get()); });
  column.toolTip = [node](int row) {
    const Node* found = node(row);
    return found && found->meta.source ? showable(found->meta.source->code) : QString();
  };
  return column;
}

}  // namespace views::models
