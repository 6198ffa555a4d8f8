#pragma once

// Our own runs as a log in the form of TORCH_TRACE, for the tools that read those (tlparse).

#include <chrono>
#include <string>
#include <vector>

#include "core/ir/joint_graph.h"

namespace core::load {

/// One compile. `forward` and `backward` are null for an inference graph.
struct RunToLog {
  std::string model;
  const ir::JointGraph* joint = nullptr;
  ir::GraphPtr forward;
  ir::GraphPtr backward;
  /// "min_cut_information": a JSON document about the partition; empty: none was made.
  std::string minCutInformation;
  double seconds = 0;  ///< from the start of the trace to the end of the partition
  std::chrono::system_clock::time_point end;
  int process = 0;
};

/// The log of compiles "0/0", "1/0" ... Every record has the compile's id and, where it has a
/// payload, its MD5.
std::string traceLogText(const std::vector<RunToLog>& runs);

}  // namespace core::load
