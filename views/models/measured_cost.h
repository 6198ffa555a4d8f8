#pragma once

// What a profile of eager says of the cost of computing a value again.

#include <memory>

#include "core/partition/cost_model.h"
#include "core/run/profile.h"

namespace views::models {

/// Seconds by joint node, the sum of its slices; null if no slice is linked to a node.
std::shared_ptr<const core::partition::CallProfile> measuredCalls(
    const core::run::StepProfile& eager);

}  // namespace views::models
