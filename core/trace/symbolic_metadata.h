#pragma once

// The part of the fit that describes outputs and tangents.

#include <vector>

#include "core/trace/sample_fitter.h"

namespace core::trace {

/// The metadata of sample 0 with the sizes of outputs and tangents as expressions.
ir::ViewAndMutationMeta fittedMetadata(const std::vector<SymbolSample>& samples,
                                       SampleFitter& fitter);

/// Fills in which dimensions of the user outputs are symbolic, from the graph.
void markDynamicDimensions(ir::JointGraph& joint);

}  // namespace core::trace
