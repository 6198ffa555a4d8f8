#pragma once

// One eager step with all that it computed: what the replay of a joint graph is held to.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/ir/joint_graph.h"
#include "core/load/loaded_model.h"
#include "core/torch/bind_weights_torch.h"
#include "core/torch/module_options.h"
#include "core/trace/program_interpreter_torch.h"

namespace core::run {

/// What a value of the program is called: position of its node, position among the results.
using ValueKey = std::pair<int, int>;
struct ValueKeyHash {
  std::size_t operator()(const ValueKey& key) const {
    return std::hash<std::int64_t>()((std::int64_t{key.first} << 16) ^ key.second);
  }
};

struct EagerValue {
  at::Tensor copy;
  std::vector<std::int64_t> strides;  ///< of the value itself
};

/// All that eager did.
struct EagerRun {
  std::unordered_map<ValueKey, EagerValue, ValueKeyHash> values;
  std::vector<at::Tensor> primals;  ///< after the run, as perPrimal gives them
  std::vector<at::Tensor> outputs;
  std::vector<at::Tensor> gradients;  ///< per primal; undefined where there is none
  std::vector<std::size_t> firstOf;   ///< per primal: the first that is the same tensor
  std::vector<std::uint64_t> draws;   ///< fingerprints of its random numbers

  /// Undefined if eager has no such value.
  at::Tensor value(const ValueKey& key) const;
};

/// Graph inputs by primal; undefined for a primal that no graph input is as a whole.
std::vector<at::Tensor> perPrimal(const ir::JointGraph& joint,
                                  const std::vector<at::Tensor>& graphInputs);

/// What one eager step reads.
struct EagerStepOf {
  const load::LoadedModel& model;
  const load::InputSet& inputs;
  const trace::PreparedProgram& program;
  const ir::JointGraph& joint;
  const std::vector<at::Tensor>& tangents;  ///< one per traced tangent; none: forward only
};

/// Runs the program on the CPU from fresh copies and differentiates with the tangents. Throws
/// c10::Error where an operator has no kernel for the precision.
Result<EagerRun> runEagerValues(const EagerStepOf& step, const torch::RunOptions& options,
                                torch::Precision precision, const StageContext& context);

}  // namespace core::run
