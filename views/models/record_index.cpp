#include "views/models/record_index.h"

#include <QStringList>
#include <algorithm>
#include <map>

#include "core/codegen/kernel_work.h"
#include "core/codegen/source_lines.h"
#include "core/partition/cost_model.h"
#include "core/partition/recompute_cost.h"

namespace views::models {

using core::ir::NodeId;
using core::ir::NodeKind;
using core::ir::PartitionerTag;
using core::pipeline::CompiledHalf;

namespace {

/// Names in the partitioned graph of nodes of the scheduled graph, in graph order, once each.
std::vector<std::string> originNames(const CompiledHalf& half, const std::vector<NodeId>& nodes) {
  std::vector<NodeId> origins;
  for (const NodeId id : nodes) {
    if (id.index >= half.origin.origins.size()) continue;
    const auto& of = half.origin.of(id);
    origins.insert(origins.end(), of.begin(), of.end());
  }
  std::sort(origins.begin(), origins.end());
  origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
  std::vector<std::string> names;
  for (const NodeId id : origins) {
    if (id.index < half.graph->size()) names.push_back(half.graph->node(id).name);
  }
  return names;
}

void addGeneratedStep(KernelEntry& entry, const CompiledHalf& half, int group) {
  const auto& fusion = half.schedule.groups[static_cast<std::size_t>(group)];
  entry.kind = StepKind::Generated;
  entry.name = fusion.nest.name;
  entry.nodes = originNames(half, fusion.nodes);
  entry.reasons = fusion.reasons;
  entry.nest = &fusion.nest;
  const core::codegen::KernelWork work = core::codegen::workOf(fusion.nest);
  entry.readBytes = work.readBytes;
  entry.writtenBytes = work.writtenBytes;
  entry.operations = work.operations;
  if (static_cast<std::size_t>(group) < half.kernels.size()) {
    entry.source = &half.kernels[static_cast<std::size_t>(group)];
  }
}

void addCallStep(KernelEntry& entry, const CompiledHalf& half, NodeId id) {
  const auto& node = half.schedule.graph->node(id);
  entry.name = node.target;
  entry.nodes = originNames(half, {id});
  entry.writtenBytes = node.bytes();
  entry.operations = core::partition::flopCount(*half.schedule.graph, node);
  core::ir::forEachInput(
      node, [&](NodeId input) { entry.readBytes += half.schedule.graph->node(input).bytes(); });
}

KernelEntry makeEntry(Half which, const CompiledHalf& half, int step) {
  KernelEntry entry;
  entry.half = which;
  entry.step = step;
  const auto& description = half.schedule.steps[static_cast<std::size_t>(step)];
  if (const auto* kernel = std::get_if<core::schedule::KernelStep>(&description)) {
    addGeneratedStep(entry, half, kernel->group);
  } else if (const auto* call = std::get_if<core::schedule::ExternStep>(&description)) {
    entry.kind = StepKind::Extern;
    addCallStep(entry, half, call->node);
    entry.reasons = {call->reason};
  } else if (const auto* copy = std::get_if<core::schedule::CopyStep>(&description)) {
    entry.kind = StepKind::Copy;
    addCallStep(entry, half, copy->node);
    entry.reasons = {"writes a mutated input back"};
  }
  return entry;
}

}  // namespace

QString halfText(Half half) {
  return half == Half::Forward ? QStringLiteral("forward") : QStringLiteral("backward");
}

QString stepKindText(StepKind kind) {
  switch (kind) {
    case StepKind::Generated: return QStringLiteral("generated");
    case StepKind::Extern: return QStringLiteral("extern");
    case StepKind::Copy: return QStringLiteral("copy");
  }
  return QString();
}

QString KernelEntry::label() const {
  return (half == Half::Forward ? QChar('F') : QChar('B')) + QString::number(step + 1);
}

double KernelEntry::estimatedMs() const {
  const core::partition::MachinePeaks peaks;
  const double moving = static_cast<double>(readBytes + writtenBytes) / peaks.bytesPerSecond;
  return (std::max(moving, operations / peaks.flopsPerSecond) + peaks.secondsPerCall) * 1e3;
}

bool KernelEntry::isLimitedByMemory() const {
  const core::partition::MachinePeaks peaks;
  return static_cast<double>(readBytes + writtenBytes) / peaks.bytesPerSecond >
         operations / peaks.flopsPerSecond;
}

RecordIndex::RecordIndex(CompileRecordPtr record) : m_record(std::move(record)) {
  if (!m_record) return;
  indexPartition();
  if (m_record->forward) indexHalf(Half::Forward, *m_record->forward);
  if (m_record->backward) indexHalf(Half::Backward, *m_record->backward);
  indexMirrors();
}

const core::ir::Graph* RecordIndex::joint() const {
  return m_record && m_record->joint ? m_record->joint->graph.get() : nullptr;
}

std::vector<std::vector<std::string>> RecordIndex::nodesOfLines(int kernel) const {
  const KernelEntry& entry = m_kernels[static_cast<std::size_t>(kernel)];
  if (!entry.source || !entry.nest) return {};
  const CompiledHalf& half = entry.half == Half::Forward ? *m_record->forward : *m_record->backward;
  std::vector<std::vector<std::string>> lines;
  for (const auto& nodes : core::codegen::nodesOfLines(*entry.source, *entry.nest))
    lines.push_back(originNames(half, nodes));
  return lines;
}

void RecordIndex::indexPartition() {
  const auto* partition = m_record->partition.get();
  if (!partition) return;
  for (const auto& decision : partition->decisions) m_decisions.emplace(decision.name, &decision);
  for (const auto& saved : partition->savedTensors) m_saved.emplace(saved.name, &saved);
  for (const auto& name : partition->recomputed) m_recomputed.emplace(name, true);
}

void RecordIndex::indexHalf(Half half, const CompiledHalf& compiled) {
  if (!compiled.graph || !compiled.schedule.graph) return;
  for (int step = 0; step < static_cast<int>(compiled.schedule.steps.size()); ++step) {
    const int position = static_cast<int>(m_kernels.size());
    m_kernels.push_back(makeEntry(half, compiled, step));
    for (const std::string& name : m_kernels.back().nodes) {
      m_kernelsByNode[name].push_back(position);
    }
  }
  const auto nameOf = [&](NodeId id) {
    const auto names = originNames(compiled, {id});
    return names.empty() ? compiled.schedule.graph->node(id).name : names.front();
  };
  for (const auto& refusal : compiled.schedule.refusals) {
    m_refusals.push_back(
        {half, nameOf(refusal.producer), nameOf(refusal.consumer), refusal.rule, refusal.sentence});
  }
}

// A forward node and its backward share autograd's sequence number. Several nodes of a side may
// have it; the last of the forward and the first of the backward face each other.
void RecordIndex::indexMirrors() {
  const core::ir::Graph* graph = joint();
  if (!graph) return;
  std::map<std::int64_t, std::pair<const core::ir::Node*, const core::ir::Node*>> pairs;
  for (const auto& node : graph->nodes()) {
    if (!node.isCall() || !node.meta.sequenceNumber) continue;
    auto& [forward, backward] = pairs[*node.meta.sequenceNumber];
    if (!isBackward(node)) {
      forward = &node;
    } else if (!backward) {
      backward = &node;
    }
  }
  for (const auto& node : graph->nodes()) {
    if (!node.isCall() || !node.meta.sequenceNumber) continue;
    const auto& [forward, backward] = pairs[*node.meta.sequenceNumber];
    const core::ir::Node* other = isBackward(node) ? forward : backward;
    if (other) m_mirrors.emplace(node.name, other->name);
  }
}

const core::partition::ValueDecision* RecordIndex::decision(std::string_view name) const {
  const auto found = m_decisions.find(name);
  return found == m_decisions.end() ? nullptr : found->second;
}

const core::partition::SavedTensor* RecordIndex::saved(std::string_view name) const {
  const auto found = m_saved.find(name);
  return found == m_saved.end() ? nullptr : found->second;
}

bool RecordIndex::isRecomputed(std::string_view name) const {
  return m_recomputed.find(name) != m_recomputed.end();
}

bool RecordIndex::isBackward(const core::ir::Node& node) const {
  if (m_record && m_record->partition && m_record->partition->forward &&
      m_record->partition->backward && node.isCall()) {
    return !m_record->partition->forward->find(node.name) &&
           m_record->partition->backward->find(node.name).has_value();
  }
  return node.meta.tag == PartitionerTag::IsBackward ||
         node.meta.tag == PartitionerTag::MustBeInBackward;
}

QString RecordIndex::partText(const core::ir::Node& node) const {
  if (node.kind == NodeKind::Output) return QStringLiteral("output");
  const QString mark = saved(node.name)          ? QStringLiteral(" ◆")
                       : isRecomputed(node.name) ? QStringLiteral(" ↻")
                                                 : QString();
  if (node.kind == NodeKind::Placeholder) return QStringLiteral("input") + mark;
  return (isBackward(node) ? QStringLiteral("bwd") : QStringLiteral("fwd")) + mark;
}

std::vector<int> RecordIndex::kernelsOf(std::string_view name) const {
  const auto found = m_kernelsByNode.find(std::string(name));
  return found == m_kernelsByNode.end() ? std::vector<int>() : found->second;
}

QString RecordIndex::kernelText(std::string_view name) const {
  QStringList labels;
  for (const int kernel : kernelsOf(name)) {
    labels << m_kernels[static_cast<std::size_t>(kernel)].label();
  }
  return labels.join(QStringLiteral(", "));
}

std::string RecordIndex::mirrorOf(std::string_view name) const {
  const auto found = m_mirrors.find(name);
  return found == m_mirrors.end() ? std::string() : std::string(found->second);
}

}  // namespace views::models
