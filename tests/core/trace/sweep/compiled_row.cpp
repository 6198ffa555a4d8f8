#include "tests/core/trace/sweep/compiled_row.h"

#include "core/run/model_runner_torch.h"
#include "tests/core/run/run_model.h"

namespace sweep {
namespace {

using namespace core;

void note(const core::torch::ExecutableHalf& half, std::set<std::string>& fused) {
  for (const auto& group : half.schedule->groups)
    for (const ir::NodeId node : group.nodes) fused.insert(half.schedule->graph->node(node).target);
}

std::string difference(const Program& program, const trace::PreparedProgram& prepared,
                       const core::torch::ExecutableStep& step) {
  const run::ModelRunner runner(*program.model, program.inputs, prepared);
  const auto check = runner.check(step, {}, {});
  if (check) return check->passed ? std::string() : check->sentence;
  const bool isEagers = check.error().message.find("eager") != std::string::npos ||
                        check.error().code == ErrorCode::InvalidArgument;
  return isEagers ? std::string() : check.error().message;
}

}  // namespace

CompiledOutcome compileAndCheck(const Program& program, const trace::PreparedProgram& prepared,
                                const core::torch::TraceResult& traced) {
  CompiledOutcome outcome;
  try {
    partition::PartitionOptions options;
    options.partitioner = partition::PartitionerKind::Default;
    core::torch::ExecutableStep step;
    step.joint = traced.joint;
    step.partition = std::make_shared<partition::Partition>(
        support::valueOf(partition::partition(*traced.joint, options, {})));
    step.forward = support::buildHalf(step.partition->forward, support::Build::Kernels);
    step.backward = support::buildHalf(step.partition->backward, support::Build::Kernels);
    note(step.forward, outcome.fused);
    note(step.backward, outcome.fused);
    if (!outcome.fused.empty()) outcome.difference = difference(program, prepared, step);
  } catch (const std::exception& failure) {
    outcome.difference = failure.what();
  }
  return outcome;
}

}  // namespace sweep
