#pragma once

// What is shown and written of a joint graph, wherever it came from: a trace, or a log.

#include <map>
#include <string>
#include <vector>

#include "app/engine/engine_options.h"
#include "core/base/result.h"
#include "core/ir/joint_graph.h"
#include "core/partition/partition.h"

namespace engine {

/// A joint graph with its partitions.
struct JointToShow {
  std::string name;
  std::string loss = "mean_square";
  std::string decompositions = "none";
  std::map<int, std::vector<int>> dynamicDims;  ///< user input -> its symbolic dimensions
  const core::ir::JointGraph* joint = nullptr;
  const std::vector<core::partition::Partition>* partitions = nullptr;
  double traceSeconds = 0;
};

/// Whether the options ask for graphs or tables on stdout instead of a summary.
bool printsGraphs(const EngineOptions& options);

/// The graphs as PyTorch prints them (--text) and the sequence numbers (--table), as far as asked
/// for. The halves are those of the last partition.
void printGraphs(const JointToShow& shown, const EngineOptions& options);

/// The files that the options name: --json, and a log that tlparse reads in the folder of
/// --torch-trace. Errors: FileNotFound.
core::Result<void> writeTrace(const JointToShow& shown, const EngineOptions& options);

}  // namespace engine
