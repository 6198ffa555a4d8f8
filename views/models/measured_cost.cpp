#include "views/models/measured_cost.h"

namespace views::models {

std::shared_ptr<const core::partition::CallProfile> measuredCalls(
    const core::run::StepProfile& eager) {
  core::partition::CallProfile calls;
  for (const core::run::ProfileSlice& slice : eager.slices)
    if (!slice.node.empty()) calls[slice.node] += slice.durationUs * 1e-6;
  if (calls.empty()) return nullptr;
  return std::make_shared<const core::partition::CallProfile>(std::move(calls));
}

}  // namespace views::models
