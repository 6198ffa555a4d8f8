#pragma once

// Finds the first step of a compiled half that computes something else than eager.

#include <ATen/core/Tensor.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/stage_context.h"
#include "core/run/schedule_runner_torch.h"
#include "core/run/step_search.h"

namespace core::run {

/// Watches the run of one half. Before the first step `reference`, the half's graph as the
/// partition has it, is computed node by node from the same inputs; after each step its results are
/// compared with that and then replaced by it, so that a step is never blamed for what an earlier
/// one did. Random operators draw the same numbers in both.
class StepSearcher final : public RunObserver {
 public:
  /// The arguments must outlive the object. Results go to `search`.
  StepSearcher(ScheduleRunner& runner, ir::GraphPtr reference, bool isBackward, StepSearch& search,
               const StageContext& context);
  ~StepSearcher() override;

  /// Throws what the operators throw, and c10::Error when cancelled.
  void began(const std::vector<at::Tensor>& inputs) override;
  void ran(std::size_t step) override;

 private:
  void replayReference();
  void computeValues();
  void computeNode(const ir::Node& node);
  at::Tensor valueOf(ir::NodeId id) const;
  std::vector<ir::NodeId> resultsOf(std::size_t step) const;
  void compare(std::size_t step, ir::NodeId node, const at::Tensor& compiled);
  StepDifference describe(std::size_t step, const ir::Node& node) const;

  ScheduleRunner& m_runner;
  ir::GraphPtr m_reference;
  bool m_isBackward;
  StepSearch& m_search;
  const StageContext& m_context;
  std::unordered_map<std::string, at::Tensor> m_known;  ///< of the reference, by name
  std::vector<std::vector<at::Tensor>> m_values;        ///< by node of the schedule's graph
};

}  // namespace core::run
