#pragma once

// The text form of ViewAndMutationMeta: for people, for `trace --text`, and for goldens.
//
//   training
//   input 0: MUTATED_OUT_GRAPH data non_leaf requires_grad
//   output 0: alias_of_input 0 requires_grad
//   tangent 0: f32[4, 6] TangentAOTInput(output=PlainAOTOutput(idx=1))
//   intermediate bases: 1

#include <string>

#include "core/ir/joint_graph.h"

namespace core::ir {

/// One line per input, output and tangent, in order; lines without news (no intermediate base, no
/// change of the grad mode) are left out.
std::string metadataText(const ViewAndMutationMeta& metadata);

}  // namespace core::ir
