#include "core/ir/sequence_table.h"

#include <algorithm>
#include <array>
#include <map>

namespace core::ir {
namespace {

bool isBackward(const Node& node) {
  return node.meta.tag == PartitionerTag::IsBackward ||
         node.meta.tag == PartitionerTag::MustBeInBackward;
}

/// Fills what the row does not know yet.
void learnOrigin(SequenceRow& row, const NodeMeta& meta) {
  if (!row.module) row.module = meta.module ? meta.module : meta.forwardModule;
  if (!row.source) row.source = meta.source;
  if (row.exportedOp.empty()) row.exportedOp = meta.exportedOp;
}

/// "aten.addmm" of "aten.addmm.default"; other overloads keep their name.
std::string shortName(const std::string& target) {
  return target.ends_with(".default") ? std::string(opPacket(target)) : target;
}

std::string namesOf(const Graph& graph, const std::vector<NodeId>& nodes) {
  std::string text;
  for (const NodeId id : nodes) {
    const Node& node = graph.node(id);
    if (!text.empty()) text += ", ";
    text += shortName(node.target);
    if (node.meta.gradientAccumulation) text += " (gradient addition)";
  }
  return text;
}

std::string sourceText(const SequenceRow& row) {
  if (!row.source) return {};
  return row.source->file.substr(row.source->file.rfind('/') + 1) + ":" +
         std::to_string(row.source->line) + " " + row.source->code;
}

using Cells = std::array<std::string, 6>;

Cells cellsOf(const Graph& graph, const SequenceRow& row) {
  return {row.number ? std::to_string(*row.number) : "-",
          shortName(row.exportedOp),
          namesOf(graph, row.forward),
          namesOf(graph, row.backward),
          row.module ? row.module->path : std::string(),
          sourceText(row)};
}

}  // namespace

std::vector<SequenceRow> sequenceTable(const Graph& graph) {
  std::map<std::int64_t, SequenceRow> rows;
  SequenceRow outside;
  for (const Node& node : graph.nodes()) {
    if (!node.isCall() || node.target == "getitem") continue;
    SequenceRow& row = node.meta.sequenceNumber ? rows[*node.meta.sequenceNumber] : outside;
    row.number = node.meta.sequenceNumber;
    (isBackward(node) ? row.backward : row.forward).push_back(node.id);
  }
  std::vector<SequenceRow> table;
  for (auto& [number, row] : rows) table.push_back(std::move(row));
  if (!outside.forward.empty() || !outside.backward.empty()) table.push_back(std::move(outside));
  for (SequenceRow& row : table) {
    for (const NodeId id : row.forward) learnOrigin(row, graph.node(id).meta);
    for (const NodeId id : row.backward)
      if (!graph.node(id).meta.gradientAccumulation) learnOrigin(row, graph.node(id).meta);
  }
  return table;
}

std::string sequenceTableText(const Graph& graph) {
  std::vector<Cells> lines{{"seq", "call", "forward", "backward", "module", "source"}};
  for (const SequenceRow& row : sequenceTable(graph)) lines.push_back(cellsOf(graph, row));
  std::array<std::size_t, 6> widths{};
  for (const Cells& cells : lines)
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  std::string text;
  for (const Cells& cells : lines) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      line += cells[i];
      if (i + 1 < cells.size()) line.append(widths[i] - cells[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace core::ir
