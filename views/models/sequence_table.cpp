#include "views/models/sequence_table.h"

#include <algorithm>
#include <map>

#include "views/models/column_makers.h"
#include "views/models/node_columns.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::ir::Node;

namespace {

struct SequenceRow {
  std::int64_t number = 0;
  const Node* forward = nullptr;
  const Node* backward = nullptr;
};

struct Sides {
  std::vector<const Node*> forward;
  std::vector<const Node*> backward;
};

std::vector<SequenceRow> sequenceRows(const RecordIndex& index) {
  std::map<std::int64_t, Sides> numbers;
  for (const Node& node : index.joint()->nodes()) {
    if (!node.isCall() || !node.meta.sequenceNumber) continue;
    Sides& sides = numbers[*node.meta.sequenceNumber];
    (index.isBackward(node) ? sides.backward : sides.forward).push_back(&node);
  }
  std::vector<SequenceRow> rows;
  for (const auto& [number, sides] : numbers) {
    const auto at = [](const std::vector<const Node*>& side, std::size_t i) {
      return i < side.size() ? side[i] : nullptr;
    };
    for (std::size_t i = 0; i < std::max(sides.forward.size(), sides.backward.size()); ++i) {
      rows.push_back({number, at(sides.forward, i), at(sides.backward, i)});
    }
  }
  return rows;
}

}  // namespace

Table sequenceTable(const RecordIndexPtr& index) {
  if (!index->joint()) return {};
  const auto rows = std::make_shared<const std::vector<SequenceRow>>(sequenceRows(*index));
  const auto at = [rows](int row) -> const SequenceRow& {
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
      countColumn(QStringLiteral("seq"), [at](int row) { return at(row).number; }),
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
