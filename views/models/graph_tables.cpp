#include "views/models/graph_tables.h"

#include "views/models/column_makers.h"
#include "views/models/node_columns.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::ir::Node;
using core::partition::SavedTensor;
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

QString savedKindText(const SavedTensor& saved) {
  switch (saved.kind) {
    case core::partition::SavedKind::StaticInput: return QStringLiteral("static input");
    case core::partition::SavedKind::Input: return QStringLiteral("input");
    case core::partition::SavedKind::Activation: return QStringLiteral("activation");
  }
  return QString();
}

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

Table savedTensorTable(const RecordIndexPtr& index) {
  const auto& record = index->record();
  if (!record || !record->partition || !index->joint()) return {};
  const auto partition = record->partition;
  const auto saved = [partition](int row) -> const SavedTensor& {
    return partition->savedTensors[static_cast<std::size_t>(row)];
  };
  const auto module = [index, saved](int row) {
    const auto id = index->joint()->find(saved(row).name);
    return id ? moduleText(index->joint()->node(*id).meta.anyModule()) : QString();
  };
  const auto why = [index, saved](int row) {
    const ValueDecision* decision = index->decision(saved(row).name);
    if (decision) return showable(decision->sentence);
    return saved(row).kind == core::partition::SavedKind::Activation
               ? QString()
               : QStringLiteral("an input of the step: keeping it costs no memory");
  };
  Table table;
  table.rows = static_cast<int>(partition->savedTensors.size());
  table.nodeName = [saved](int row) { return QString::fromStdString(saved(row).name); };
  table.columns = {
      numberColumn(1),
      textColumn(QStringLiteral("◆ tensor"),
                 [saved](int row) { return showable(saved(row).name); }),
      textColumn(QStringLiteral("value"), [saved](int row) { return valueText(saved(row).meta); }),
      bytesColumn(QStringLiteral("bytes"), [saved](int row) { return saved(row).bytes; }),
      textColumn(QStringLiteral("kind"), [saved](int row) { return savedKindText(saved(row)); }),
      textColumn(QStringLiteral("shares storage with"),
                 [saved](int row) {
                   if (saved(row).aliasOfInput) return showable(*saved(row).aliasOfInput);
                   return saved(row).sharesStorageWithEarlier ? QStringLiteral("an earlier row")
                                                              : QString();
                 }),
      textColumn(QStringLiteral("module"), module),
      textColumn(QStringLiteral("why"), why),
  };
  return table;
}

Table recomputedTable(const RecordIndexPtr& index) {
  const auto& record = index->record();
  if (!record || !record->partition || !index->joint()) return {};
  auto nodes = std::make_shared<std::vector<const Node*>>();
  for (const std::string& name : record->partition->recomputed) {
    if (const auto id = index->joint()->find(name)) nodes->push_back(&index->joint()->node(*id));
  }
  const NodeAt node = [index, nodes](int row) { return (*nodes)[static_cast<std::size_t>(row)]; };
  Table table;
  table.rows = static_cast<int>(nodes->size());
  table.nodeName = [node](int row) { return QString::fromStdString(node(row)->name); };
  table.columns = {
      numberColumn(1),
      nameColumn(QStringLiteral("↻ value"), node),
      opColumn(QStringLiteral("op"), node),
      valueColumn(node),
      bytesColumn(QStringLiteral("bytes not saved"),
                  [node](int row) { return node(row)->bytes(); }),
      moduleColumn(node),
      decisionColumn(index, node),
  };
  return table;
}

}  // namespace views::models
