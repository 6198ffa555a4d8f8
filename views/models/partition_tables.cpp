#include "views/models/partition_tables.h"

#include <algorithm>

#include "views/models/column_makers.h"
#include "views/models/node_columns.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::ir::Graph;
using core::ir::Node;
using core::partition::MemoryKind;
using core::partition::MemoryRange;
using core::partition::ModuleBudget;
using core::partition::Partition;
using core::partition::PartitionOptions;
using core::partition::SavedTensor;
using core::partition::ValueDecision;

namespace {

constexpr std::size_t kMaxNamed = 3;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> readersIn(const Graph& graph, const std::string& name) {
  std::vector<std::string> readers;
  const auto id = graph.find(name);
  if (!id) return readers;
  for (const core::ir::NodeId user : graph.users(*id)) readers.push_back(graph.node(user).name);
  return readers;
}

/// "mm_2, mm_4, add_1 and 5 more".
QString listed(const std::vector<std::string>& names) {
  QStringList shown;
  for (std::size_t i = 0; i < std::min(names.size(), kMaxNamed); ++i) shown << showable(names[i]);
  QString text = shown.join(QStringLiteral(", "));
  if (names.size() > kMaxNamed)
    text += QStringLiteral(" and %1 more").arg(names.size() - kMaxNamed);
  return text;
}

QString allListed(const std::vector<std::string>& names) {
  QStringList shown;
  for (const std::string& name : names) shown << showable(name);
  return shown.join(QStringLiteral(", "));
}

/// From where a value is made in the forward to its last reader in the backward, in calls.
struct Lifetime {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

Lifetime lifetimeOf(const Partition& partition, const std::string& name) {
  Lifetime lifetime;
  const auto made = partition.forward->find(name);
  if (made) lifetime.first = made->index;
  const auto taken = partition.backward->find(name);
  if (!taken) return lifetime;
  for (const core::ir::NodeId user : partition.backward->users(*taken)) {
    lifetime.last = std::max<std::int64_t>(lifetime.last, user.index);
  }
  return lifetime;
}

Column lifetimeColumn(const PartitionPtr& partition, std::function<const std::string&(int)> name) {
  Column column = textColumn(QStringLiteral("lifetime"), [partition, name](int row) {
    const Lifetime lifetime = lifetimeOf(*partition, name(row));
    return QStringLiteral("fwd %1 – bwd %2").arg(lifetime.first).arg(lifetime.last);
  });
  column.sortKey = [partition, name](int row) {
    const Lifetime lifetime = lifetimeOf(*partition, name(row));
    const auto forward = static_cast<std::int64_t>(partition->forward->size());
    return QVariant(static_cast<qlonglong>(forward - lifetime.first + lifetime.last));
  };
  column.toolTip = [](int) {
    return QStringLiteral(
        "From its place in the forward to its last reader's place in the backward");
  };
  return column;
}

Column pinColumn(const PartitionPtr& partition, std::function<const std::string&(int)> name) {
  return textColumn(QStringLiteral("pin"),
                    [partition, name](int row) { return pinText(partition->options, name(row)); });
}

Column readersColumn(const PartitionPtr& partition, std::function<const std::string&(int)> name) {
  Column column = textColumn(QStringLiteral("consumers"), [partition, name](int row) {
    return listed(readersIn(*partition->backward, name(row)));
  });
  column.toolTip = [partition, name](int row) {
    return allListed(readersIn(*partition->backward, name(row)));
  };
  return column;
}

QString memoryKindText(MemoryKind kind) {
  switch (kind) {
    case MemoryKind::Temporary: return QStringLiteral("temporary");
    case MemoryKind::Saved: return QStringLiteral("◆ saved");
    case MemoryKind::Output: return QStringLiteral("output");
    case MemoryKind::Recomputed: return QStringLiteral("↻ recomputed");
    case MemoryKind::Gradient: return QStringLiteral("gradient");
  }
  return QString();
}

Column savedWhyColumn(const RecordIndexPtr& index, std::function<const SavedTensor&(int)> saved) {
  return textColumn(QStringLiteral("why"), [index, saved](int row) {
    const ValueDecision* decision = index->decision(saved(row).name);
    if (decision) return showable(decision->sentence);
    return saved(row).kind == core::partition::SavedKind::Activation
               ? QStringLiteral("the form in which a saved value waits for the backward")
               : QStringLiteral("an input of the step: keeping it costs no memory");
  });
}

Column sharesColumn(std::function<const SavedTensor&(int)> saved) {
  return textColumn(QStringLiteral("shares storage with"), [saved](int row) {
    if (saved(row).aliasOfInput) return showable(*saved(row).aliasOfInput);
    return saved(row).sharesStorageWithEarlier ? QStringLiteral("an earlier row") : QString();
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

QString pinText(const PartitionOptions& options, const std::string& name) {
  if (contains(options.save, name)) return QStringLiteral("saved");
  return contains(options.recompute, name) ? QStringLiteral("recomputed") : QString();
}

Table savedTensorTable(const RecordIndexPtr& index) {
  const auto& record = index->record();
  if (!record || !record->partition || !index->joint()) return {};
  const PartitionPtr partition = record->partition;
  const auto saved = [partition](int row) -> const SavedTensor& {
    return partition->savedTensors[static_cast<std::size_t>(row)];
  };
  const auto name = [saved](int row) -> const std::string& { return saved(row).name; };
  const NodeAt node = [index, name](int row) {
    const auto id = index->joint()->find(name(row));
    return id ? &index->joint()->node(*id) : nullptr;
  };
  Table table;
  table.rows = static_cast<int>(partition->savedTensors.size());
  table.nodeName = [name](int row) { return QString::fromStdString(name(row)); };
  table.columns = {
      numberColumn(1),
      textColumn(QStringLiteral("◆ tensor"), [name](int row) { return showable(name(row)); }),
      bytesColumn(QStringLiteral("bytes"), [saved](int row) { return saved(row).bytes; }),
      pinColumn(partition, name),
      textColumn(QStringLiteral("kind"), [saved](int row) { return savedKindText(saved(row)); }),
      savedWhyColumn(index, saved),
      textColumn(QStringLiteral("shape"), [saved](int row) { return shapeText(saved(row).meta); }),
      textColumn(QStringLiteral("dtype"), [saved](int row) { return dtypeText(saved(row).meta); }),
      opColumn(QStringLiteral("producer"), node),
      readersColumn(partition, name),
      lifetimeColumn(partition, name),
      sharesColumn(saved),
      moduleColumn(node),
  };
  return table;
}

Table recomputedTable(const RecordIndexPtr& index) {
  const auto& record = index->record();
  if (!record || !record->partition || !index->joint()) return {};
  const PartitionPtr partition = record->partition;
  auto nodes = std::make_shared<std::vector<const Node*>>();
  for (const std::string& name : partition->recomputed) {
    if (const auto id = index->joint()->find(name)) nodes->push_back(&index->joint()->node(*id));
  }
  const NodeAt node = [index, nodes](int row) { return (*nodes)[static_cast<std::size_t>(row)]; };
  const auto name = [node](int row) -> const std::string& { return node(row)->name; };
  const auto why = [index, name](int row) {
    const ValueDecision* decision = index->decision(name(row));
    return decision ? showable(decision->sentence) : QString();
  };
  Table table;
  table.rows = static_cast<int>(nodes->size());
  table.nodeName = [name](int row) { return QString::fromStdString(name(row)); };
  table.columns = {
      numberColumn(1),
      nameColumn(QStringLiteral("↻ value"), node),
      opColumn(QStringLiteral("op"), node),
      valueColumn(node),
      bytesColumn(QStringLiteral("bytes not saved"),
                  [node](int row) { return node(row)->bytes(); }),
      pinColumn(partition, name),
      moduleColumn(node),
      textColumn(QStringLiteral("why"), why),
  };
  return table;
}

Table aliveTable(const TimelinePtr& timeline, int step) {
  if (!timeline || step < 0 || step >= static_cast<int>(timeline->steps.size())) return {};
  const auto alive = std::make_shared<const std::vector<int>>(timeline->aliveAt(step));
  const auto at = [timeline, alive](int row) -> const MemoryRange& {
    const int range = (*alive)[static_cast<std::size_t>(row)];
    return timeline->ranges[static_cast<std::size_t>(range)];
  };
  Column lifetime = textColumn(QStringLiteral("from – to"), [at](int row) {
    return QStringLiteral("%1 – %2").arg(at(row).firstStep).arg(at(row).lastStep);
  });
  lifetime.sortKey = [at](int row) { return QVariant(at(row).firstStep); };
  Table table;
  table.rows = static_cast<int>(alive->size());
  table.nodeName = [at](int row) { return QString::fromStdString(at(row).name); };
  table.columns = {
      textColumn(QStringLiteral("alive"), [at](int row) { return showable(at(row).name); }),
      bytesColumn(QStringLiteral("bytes"), [at](int row) { return at(row).bytes; }),
      textColumn(QStringLiteral("kind"), [at](int row) { return memoryKindText(at(row).kind); }),
      lifetime,
  };
  return table;
}

Table moduleBudgetTable(const PartitionOptions& options) {
  const auto budgets = std::make_shared<const std::vector<ModuleBudget>>(options.moduleBudgets);
  const auto at = [budgets](int row) -> const ModuleBudget& {
    return (*budgets)[static_cast<std::size_t>(row)];
  };
  Column budget = textColumn(QStringLiteral("budget"),
                             [at](int row) { return QString::number(at(row).budget, 'f', 2); });
  budget.alignment = Alignment::Number;
  budget.sortKey = [at](int row) { return QVariant(at(row).budget); };
  Table table;
  table.rows = static_cast<int>(budgets->size());
  table.columns = {
      textColumn(QStringLiteral("module"), [at](int row) { return showable(at(row).module); }),
      budget,
  };
  return table;
}

}  // namespace views::models
