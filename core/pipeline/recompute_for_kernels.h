#pragma once

// What a step with kernels of its own computes again although a partition alone would save it.

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/ir/joint_graph.h"
#include "core/partition/partition.h"
#include "core/pipeline/compile_options.h"

namespace core::pipeline {

/// The names, in graph order, of values of a joint graph that cost a kernel nothing to compute
/// again, because it reads what they are made of anyway and has the row at hand:
/// - a log-softmax that only losses and its own gradient read (saving it would write, in single
///   precision, as many values as there are logits); on a GPU only, because on a CPU the
///   exponentials cost more than the memory;
/// - a layer norm that only pointwise operators read.
/// The partitioner weighs operators one by one and bans all reductions from being computed again,
/// so it cannot see that.
std::vector<std::string> valuesToRecompute(const ir::Graph& joint, ir::DeviceType device);

/// The partition that the options ask for; where it is for generated kernels, those values are
/// computed again. Errors: those of partition::partition().
Result<partition::Partition> partitionForKernels(const ir::JointGraph& joint,
                                                 const CompileOptions& options, ir::Device device,
                                                 const StageContext& context);

}  // namespace core::pipeline
