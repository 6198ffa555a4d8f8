#pragma once

// The files of `trace --json` and `partition --json`: joint graphs and their partitions.

#include <map>
#include <string>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/partition/partition.h"

namespace core::load {

/// What a file says about the model as a whole.
struct CaptureHeader {
  std::string name;
  std::string loss = "mean_square";
  std::string device = "cpu";
  std::map<int, std::vector<int>> dynamicDims{};  ///< user input -> its symbolic dimensions
};

/// One joint graph and what was made of it.
struct CaptureSection {
  std::string kind = "none";  ///< the decompositions
  const ir::JointGraph* joint = nullptr;
  std::vector<const partition::Partition*> partitions{};
  double traceSeconds = 0;
};

/// Everything: readCaptureFile() gives the joint graphs back.
std::string captureJson(const CaptureHeader& header, const std::vector<CaptureSection>& sections);

/// Only the partitions.
std::string partitionsJson(const CaptureHeader& header,
                           const std::vector<CaptureSection>& sections);

}  // namespace core::load
