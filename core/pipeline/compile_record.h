#pragma once

// All that the explorer shows of one compiled model: a record per stage, made by the pipeline, sent
// over the protocol, painted by the views. Plain immutable data.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/codegen/kernel.h"
#include "core/ir/joint_graph.h"
#include "core/ir/origin_map.h"
#include "core/partition/partition.h"
#include "core/run/entry_record.h"
#include "core/run/measurement.h"
#include "core/schedule/schedule.h"

namespace core::pipeline {

enum class Stage { Load, Trace, Partition, Schedule, Codegen, Build, Run, Measure };

/// "load", "trace" ...
const char* stageName(Stage stage);

/// What one stage did.
struct StageRecord {
  Stage stage = Stage::Load;
  double seconds = 0;
  std::string summary;  ///< "258 nodes, 97 in the backward"
  std::vector<LogEntry> log;
  std::optional<Error> error;
};

struct ModelInput {
  std::string name;
  ir::TensorMeta meta;
};

struct ModelParameter {
  std::string name;
  ir::TensorMeta meta;
  bool isParameter = true;
  bool requiresGrad = false;
};

/// A node that could not be traced, or would not be.
struct UnsupportedNode {
  std::string target;
  std::string module;
  std::string source;  ///< "net.py:41"
  std::string reason;
};

/// One compile of a trace log, as a list of compiles shows it.
struct CompileOfLog {
  std::string id;  ///< "0/1": frame and its compile
  std::string rank;
  std::string function;
  std::string source;               ///< "net.py:9"
  std::vector<std::string> graphs;  ///< "joint", "forward (text only)"
  bool canOpen = false;             ///< it has a joint or inference graph that was read
  bool isShown = false;             ///< the one that stands in this record
  std::string reason;               ///< why it was compiled again, or where its graph breaks
};

/// What `inspect` says: everything known before any operator runs.
struct ModelSummary {
  std::string path;
  std::string name;
  std::uint64_t fileBytes = 0;
  std::string torchVersion;
  std::vector<ModelInput> inputs;
  std::vector<ModelInput> outputs;
  std::vector<ModelParameter> parameters;
  std::vector<std::pair<std::string, int>> opCounts;  ///< most frequent first
  std::vector<ir::ModuleScope> modules;
  std::vector<UnsupportedNode> unsupported;
  std::vector<CompileOfLog> compiles;  ///< of a trace log, in its order; empty for a model
};

/// One half (forward or backward) of the compiled step.
struct CompiledHalf {
  ir::GraphPtr graph;    ///< as partitioned
  ir::OriginMap origin;  ///< scheduled graph -> `graph`
  schedule::Schedule schedule;
  std::vector<codegen::KernelSource> kernels;  ///< one per schedule.groups entry
};

/// Parts are present as far as the pipeline got.
struct CompileRecord {
  ModelSummary model;
  std::vector<StageRecord> stages;
  std::shared_ptr<const ir::JointGraph> joint;
  std::shared_ptr<const partition::Partition> partition;
  std::shared_ptr<const CompiledHalf> forward;
  std::shared_ptr<const CompiledHalf> backward;
  std::shared_ptr<const run::Measurement> measurement;
  /// The entries of the model, from a built step on; null before and for a log.
  std::shared_ptr<const run::EntriesRecord> entries;
};

using CompileRecordPtr = std::shared_ptr<const CompileRecord>;

}  // namespace core::pipeline
