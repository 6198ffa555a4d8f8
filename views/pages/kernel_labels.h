#pragma once

// What the graphs need to know of the generated kernels.

#include "views/graph/overlay.h"
#include "views/models/record_index.h"

namespace views::pages {

/// By node: the labels of the steps that compute it ("K3"); null without kernels.
std::shared_ptr<const graph::KernelLabels> kernelLabels(const models::RecordIndex& index);

}  // namespace views::pages
