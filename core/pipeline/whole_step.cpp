#include "core/pipeline/whole_step.h"

#include "core/passes/decompositions/decompose.h"
#include "core/passes/whole_step.h"

namespace core::pipeline {

Result<torch::ExecutableHalf> buildWholeStep(const CompileRecord& record, const run::LossSpec& loss,
                                             const CompileOptions& options, KernelBackend& backend,
                                             const StageContext& context) {
  const partition::Partition& parts = *record.partition;
  CORE_TRY(ir::GraphPtr graph,
           passes::wholeStepGraph(*record.joint, *parts.forward, *parts.backward, loss.output));
  if (options.decompositions != Decompositions::None)
    graph = passes::decomposeForFusion(graph).graph;
  CORE_TRY(schedule::Schedule schedule,
           backend.schedule(graph, fusionOptions(options, backend), context));
  std::vector<codegen::KernelSource> sources;
  for (const schedule::FusionGroup& group : schedule.groups) {
    CORE_TRY(codegen::KernelSource source, backend.write(group.nest));
    sources.push_back(std::move(source));
  }
  torch::ExecutableHalf whole;
  CORE_TRY(whole.kernels, backend.build(sources, context));
  whole.schedule = std::make_shared<const schedule::Schedule>(std::move(schedule));
  return whole;
}

}  // namespace core::pipeline
