#pragma once

// The steps that an opened model can be compiled to, for the tests of this folder.

#include <memory>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/codegen/write_cpu_kernel.h"
#include "core/ir/attribute_inputs.h"
#include "core/jit/jit_module.h"
#include "core/partition/partition_joint.h"
#include "core/passes/decompositions/decompose.h"
#include "core/schedule/make_schedule.h"
#include "tests/support/opened_model.h"

namespace support {

enum class Build { ExternOnly, Kernels };

inline core::torch::ExecutableHalf buildHalf(const core::ir::GraphPtr& partitioned, Build build) {
  const core::ir::GraphPtr graph = core::ir::attributesToInputs(partitioned).graph;
  core::torch::ExecutableHalf half;
  if (build == Build::ExternOnly) {
    half.schedule =
        std::make_shared<core::schedule::Schedule>(core::schedule::makeExternSchedule(graph));
    return half;
  }
  const auto decomposed = core::passes::decomposeForFusion(graph);
  half.schedule = std::make_shared<core::schedule::Schedule>(
      valueOf(core::schedule::makeSchedule(decomposed.graph, {})));
  std::vector<core::codegen::KernelSource> sources;
  for (const auto& group : half.schedule->groups) {
    sources.push_back(valueOf(core::codegen::writeCpuKernel(group.nest)));
  }
  half.kernels = valueOf(valueOf(core::jit::openCpuCompiler())->build(sources, {}, {}));
  return half;
}

inline core::torch::ExecutableStep compile(core::torch::TorchModel& model, core::run::Mode mode,
                                           const core::partition::PartitionOptions& options,
                                           Build build) {
  const core::torch::TraceResult traced = model.trace({mode}, {});
  CORE_CHECK(!traced.error, traced.error ? traced.error->message : std::string());
  core::torch::ExecutableStep step;
  step.joint = traced.joint;
  step.partition = std::make_shared<core::partition::Partition>(
      valueOf(core::partition::partition(*traced.joint, options, {})));
  step.forward = buildHalf(step.partition->forward, build);
  step.backward = buildHalf(step.partition->backward, build);
  return step;
}

inline core::partition::PartitionOptions minCut(double budget = 1) {
  core::partition::PartitionOptions options;
  options.budget = budget;
  return options;
}

}  // namespace support
