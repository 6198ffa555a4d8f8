#pragma once

// What a profile says when it is asked: gaps, what compiled saved, time by module. Pure.

#include <string>
#include <vector>

#include "core/run/profile.h"

namespace core::run {

/// Time in which the step ran but no slice did: launching, allocating, autograd's bookkeeping.
struct LaunchGap {
  std::string before;  ///< name of the slice that ended; empty: the step began
  std::string after;   ///< of the one that began; empty: the step ended
  std::string node;    ///< of the one that began
  double startUs = 0;
  double us = 0;
};

/// All gaps of a step, the longest first.
std::vector<LaunchGap> launchGaps(const StepProfile& step);

/// A kernel or call of the compiled step beside the operators of eager that it stands for.
struct GroupSaving {
  std::string name;
  std::string node;  ///< of the compiled slice; else of eager's
  bool inBackward = false;
  int nodes = 0;       ///< that the group computes; 0: eager alone has these operators
  double eagerUs = 0;  ///< of eager's operators that are linked to one of the nodes
  double compiledUs = 0;

  double savedUs() const { return eagerUs - compiledUs; }
};

/// By what was saved, the most first. An operator of eager counts for the first group that computes
/// its node; those that are linked to no group stand in one entry for each half, with the name
/// "only in eager".
std::vector<GroupSaving> groupSavings(const Profile& profile);

/// What one name took in one module, in one half of one run.
struct PartTime {
  std::string module;  ///< path; may be empty
  std::string name;    ///< of the kernel or operator
  bool isCompiled = false;
  bool inBackward = false;
  int calls = 0;
  double us = 0;
};

/// All slices of both runs by module and name, in the order in which they first ran.
std::vector<PartTime> partTimes(const Profile& profile, const ir::Graph& joint);

/// A module and its part of the step.
struct ModuleTime {
  std::string path;                    ///< "layer1.0"; empty: the whole step
  double us = 0;                       ///< with everything below
  std::vector<ModuleTime> children;    ///< in the order of their first slice
  std::vector<std::size_t> ownSlices;  ///< indices of slices that belong to no child
};

/// The slices of a step by the module of their node in `joint`. Slices without a node, or whose
/// node has no module, belong to the whole step.
ModuleTime timeByModule(const StepProfile& step, const ir::Graph& joint);

}  // namespace core::run
