#pragma once

// Look-ups over a CompileRecord that many views need: a node's fate, its saved tensor, its kernel.
// Built once per record, then shared and immutable.

#include <QString>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/pipeline/compile_record.h"

namespace views::models {

using core::pipeline::CompileRecordPtr;

enum class Half { Forward, Backward };
enum class StepKind { Generated, Extern, Copy };

/// "forward", "backward".
QString halfText(Half half);
/// "generated", "extern", "copy".
QString stepKindText(StepKind kind);

/// One step of a compiled half, as the kernels page lists it.
struct KernelEntry {
  Half half = Half::Forward;
  int step = 0;  ///< position in its schedule
  StepKind kind = StepKind::Generated;
  std::string name;                ///< the kernel's name, or the extern operator
  std::vector<std::string> nodes;  ///< names in the partitioned graph, in its order
  std::vector<std::string> reasons;
  std::int64_t readBytes = 0;
  std::int64_t writtenBytes = 0;
  double operations = 0;  ///< scalar evaluations of a kernel, FLOPs by formula of a call
  const core::schedule::LoopNest* nest = nullptr;       ///< of a generated kernel
  const core::codegen::KernelSource* source = nullptr;  ///< of a generated kernel, if written

  /// "K3", "B12": short, unique, the mark in tables and in the inspector.
  QString label() const;
  /// By a roofline of a modest CPU core (partition::MachinePeaks), in milliseconds.
  double estimatedMs() const;
  /// Whether that roofline says that moving the bytes takes longer than the operations.
  bool isLimitedByMemory() const;
};

/// A refused fusion with the names of its ends in the partitioned graph.
struct RefusalEntry {
  Half half = Half::Forward;
  std::string producer;
  std::string consumer;
  std::string rule;
  std::string sentence;
};

class RecordIndex {
 public:
  /// `record` may be null: then every look-up is empty.
  explicit RecordIndex(CompileRecordPtr record);

  const CompileRecordPtr& record() const { return m_record; }
  const core::ir::Graph* joint() const;
  /// For each line of the kernel's source, the names of the nodes it computes; empty for a step
  /// without one.
  std::vector<std::vector<std::string>> nodesOfLines(int kernel) const;

  const core::partition::ValueDecision* decision(std::string_view name) const;
  const core::partition::SavedTensor* saved(std::string_view name) const;
  bool isRecomputed(std::string_view name) const;
  /// True for nodes of the backward that are not also in the forward.
  bool isBackward(const core::ir::Node& node) const;
  /// "fwd", "fwd ◆" (saved), "fwd ↻" (recomputed), "bwd", "input", "output".
  QString partText(const core::ir::Node& node) const;

  const std::vector<KernelEntry>& kernels() const { return m_kernels; }
  const std::vector<RefusalEntry>& refusals() const { return m_refusals; }
  /// Positions in kernels() of the steps that compute `name`; empty if unknown.
  std::vector<int> kernelsOf(std::string_view name) const;
  /// "K3, B12", or "".
  QString kernelText(std::string_view name) const;
  /// The node on the other side with the same sequence number nearest in name; empty if none.
  std::string mirrorOf(std::string_view name) const;

 private:
  void indexPartition();
  void indexHalf(Half half, const core::pipeline::CompiledHalf& compiled);
  void indexMirrors();

  CompileRecordPtr m_record;
  std::unordered_map<std::string_view, const core::partition::ValueDecision*> m_decisions;
  std::unordered_map<std::string_view, const core::partition::SavedTensor*> m_saved;
  std::unordered_map<std::string_view, bool> m_recomputed;
  std::vector<KernelEntry> m_kernels;
  std::vector<RefusalEntry> m_refusals;
  std::unordered_map<std::string, std::vector<int>> m_kernelsByNode;
  std::unordered_map<std::string_view, std::string_view> m_mirrors;
};

using RecordIndexPtr = std::shared_ptr<const RecordIndex>;

}  // namespace views::models
