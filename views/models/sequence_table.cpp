#include "views/models/sequence_table.h"

#include <algorithm>
#include <limits>

#include "core/ir/sequence_table.h"
#include "views/models/column_makers.h"
#include "views/models/node_columns.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::ir::Graph;
using core::ir::Node;
using core::ir::NodeId;

namespace {

constexpr std::int64_t kAfterAll = std::numeric_limits<std::int64_t>::max();

/// One call of each side.
struct CallPair {
  std::optional<std::int64_t> number;
  QString exportedOp;
  const Node* forward = nullptr;
  const Node* backward = nullptr;
};

std::vector<CallPair> callPairs(const Graph& graph) {
  std::vector<CallPair> pairs;
  for (const core::ir::SequenceRow& row : core::ir::sequenceTable(graph)) {
    const auto at = [&graph](const std::vector<NodeId>& side, std::size_t i) {
      return i < side.size() ? &graph.node(side[i]) : nullptr;
    };
    for (std::size_t i = 0; i < std::max(row.forward.size(), row.backward.size()); ++i) {
      pairs.push_back(
          {row.number, showable(row.exportedOp), at(row.forward, i), at(row.backward, i)});
    }
  }
  return pairs;
}

Column numberTextColumn(std::function<const CallPair&(int)> at) {
  Column column = textColumn(QStringLiteral("seq"), [at](int row) {
    return at(row).number ? QString::number(*at(row).number) : QStringLiteral("–");
  });
  column.alignment = Alignment::Number;
  column.sortKey = [at](int row) {
    return QVariant(static_cast<qlonglong>(at(row).number.value_or(kAfterAll)));
  };
  return column;
}

}  // namespace

Table sequenceTable(const RecordIndexPtr& index) {
  if (!index->joint()) return {};
  const auto rows = std::make_shared<const std::vector<CallPair>>(callPairs(*index->joint()));
  const auto at = [rows](int row) -> const CallPair& {
    return (*rows)[static_cast<std::size_t>(row)];
  };
  const NodeAt forward = [index, at](int row) { return at(row).forward; };
  const NodeAt backward = [index, at](int row) { return at(row).backward; };
  const NodeAt either = [index, at](int row) {
    return at(row).forward ? at(row).forward : at(row).backward;
  };
  const auto nameOf = [](const NodeAt& node) {
    return
        [node](int row) { return node(row) ? QString::fromStdString(node(row)->name) : QString(); };
  };
  Table table;
  table.rows = static_cast<int>(rows->size());
  table.nodeName = nameOf(forward);
  table.otherName = nameOf(backward);
  table.columns = {
      numberTextColumn(at),
      textColumn(QStringLiteral("exported op"), [at](int row) { return at(row).exportedOp; }),
      nameColumn(QStringLiteral("forward"), forward),
      opColumn(QStringLiteral("forward op"), forward),
      nameColumn(QStringLiteral("backward"), backward),
      opColumn(QStringLiteral("backward op"), backward),
      moduleColumn(either),
      sourceColumn(either),
  };
  return table;
}

}  // namespace views::models
