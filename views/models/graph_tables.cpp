#include "views/models/graph_tables.h"

#include "views/models/column_makers.h"
#include "views/models/node_columns.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::ir::Node;
using core::partition::ValueDecision;
using core::partition::ValueFate;

namespace {

Column decisionColumn(const RecordIndexPtr& index, const NodeAt& node) {
  return textColumn(QStringLiteral("why"), [index, node](int row) {
    const ValueDecision* decision = index->decision(node(row)->name);
    return decision ? showable(decision->sentence) : QString();
  });
}

}  // namespace

QString fateText(ValueFate fate) {
  switch (fate) {
    case ValueFate::Saved: return QStringLiteral("saved");
    case ValueFate::Recomputed: return QStringLiteral("recomputed");
    case ValueFate::ForwardOnly: return QStringLiteral("forward only");
    case ValueFate::BackwardOnly: return QStringLiteral("backward only");
  }
  return QString();
}

Table nodeTable(const RecordIndexPtr& index) {
  const core::ir::Graph* graph = index->joint();
  if (!graph) return {};
  const NodeAt node = [index, graph](int row) {
    return &graph->nodes()[static_cast<std::size_t>(row)];
  };
  Table table;
  table.rows = static_cast<int>(graph->size());
  table.nodeName = [node](int row) { return QString::fromStdString(node(row)->name); };
  table.columns = {
      numberColumn(0),
      nameColumn(QStringLiteral("name"), node),
      opColumn(QStringLiteral("op"), node),
      textColumn(QStringLiteral("part"),
                 [index, node](int row) { return index->partText(*node(row)); }),
      valueColumn(node),
      bytesColumn(QStringLiteral("bytes"), [node](int row) { return node(row)->bytes(); }),
      moduleColumn(node),
      sourceColumn(node),
      textColumn(QStringLiteral("kernel"),
                 [index, node](int row) { return index->kernelText(node(row)->name); }),
      decisionColumn(index, node),
  };
  return table;
}

}  // namespace views::models
