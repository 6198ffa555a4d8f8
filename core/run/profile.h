#pragma once

// Where the time of one step goes, eager and compiled. Plain data; no LibTorch.

#include <cstdint>
#include <string>
#include <vector>

#include "core/ir/graph.h"

namespace core::run {

/// One operator of eager, or one step of a compiled schedule.
struct ProfileSlice {
  std::string name;  ///< "aten::mm", "MmBackward0", "fused_gelu", "aten.mm.default"
  std::string node;  ///< of the joint graph; empty if none is known
  bool inBackward = false;
  double startUs = 0;  ///< from the beginning of the step
  double durationUs = 0;
  std::int64_t sequence = -1;             ///< autograd's number from the step's first; eager only
  std::vector<std::string> members = {};  ///< of a kernel: all its nodes, in their order
};

struct StepProfile {
  double wallUs = 0;  ///< forward, loss and backward
  std::vector<ProfileSlice> slices;

  /// Share of the wall time that the slices account for, in [0, 1].
  double covered() const;
};

/// The fastest of several steps of each.
struct Profile {
  StepProfile eager;
  StepProfile compiled;
};

/// All slices of one name.
struct ProfileTotal {
  std::string name;
  int count = 0;
  double us = 0;
};

/// The longest first.
std::vector<ProfileTotal> totalsByName(const StepProfile& profile);

/// Fills `node` of eager's slices by their sequence numbers: of a forward operator the node that
/// carries its name, of a backward one the first with its number.
void linkToGraph(StepProfile& eager, const ir::Graph& joint);

/// Both steps in Chrome's trace format, which Perfetto reads: a process each, with a thread for the
/// forward and one for the backward.
std::string chromeTrace(const Profile& profile);

}  // namespace core::run
