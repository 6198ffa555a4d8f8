#include "app/engine/partition_output.h"

#include <cstdio>

#include "app/engine/command_output.h"
#include "core/load/capture/partition_writer.h"
#include "core/partition/partition_joint.h"

namespace engine {

using namespace core::partition;

core::Result<std::vector<Partition>> allPartitions(const core::ir::JointGraph& joint,
                                                   const EngineOptions& options,
                                                   const core::StageContext& context) {
  std::vector<PartitionOptions> wanted(1);
  wanted[0].partitioner = PartitionerKind::Default;
  wanted[0].quantize = options.compile.partition.quantize;
  wanted[0].offload = options.compile.partition.offload;
  if (options.compile.partition.partitioner == PartitionerKind::MinCut) {
    for (double budget : options.budgets) {
      wanted.push_back(options.compile.partition);
      wanted.back().budget = budget;
    }
  }
  std::vector<Partition> partitions;
  for (const PartitionOptions& one : wanted) {
    CORE_TRY(Partition made, partition(joint, one, context));
    partitions.push_back(std::move(made));
  }
  return partitions;
}

void printPartitions(const std::vector<Partition>& partitions) {
  std::printf("%-14s %6s %12s %12s %12s %10s %8s %8s %10s\n", "partition", "saved", "bytes",
              "new memory", "peak", "recomputed", "forward", "backward", "time");
  for (const Partition& one : partitions)
    std::printf("%-14s %6zu %12s %12s %12s %10zu %8zu %8zu %10s\n",
                core::load::variantName(one.options).c_str(), one.savedTensors.size(),
                bytesText(one.savedBytesTotal).c_str(), bytesText(one.savedBytesNewStorage).c_str(),
                bytesText(one.peakBytes).c_str(), one.recomputed.size(),
                one.forward ? one.forward->size() : 0, one.backward ? one.backward->size() : 0,
                millisecondsText(one.seconds * 1e3).c_str());
}

std::vector<const Partition*> pointersTo(const std::vector<Partition>& partitions) {
  std::vector<const Partition*> pointers;
  for (const Partition& one : partitions) pointers.push_back(&one);
  return pointers;
}

}  // namespace engine
