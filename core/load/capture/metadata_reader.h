#pragma once

// The view-and-mutation metadata and the signature of a capture.

#include "core/ir/joint_graph.h"
#include "core/load/capture/value_reader.h"

namespace core::load {

Result<ir::ViewAndMutationMeta> readMetadata(Json metadata, const ValueReader& values);

/// `capture` is one member of `captures`; `userInputs` the document's `inputs.inputs` (may be
/// empty), which tells which user inputs share a storage.
Result<ir::JointSignature> readSignature(Json capture, const std::vector<Json>& userInputs,
                                         const ir::Graph& graph, const ValueReader& values);

}  // namespace core::load
