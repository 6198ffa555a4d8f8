#pragma once

// Parameters, buffers and constants: names, shapes and places in the archive; no bytes are read.

#include "core/load/loaded_model.h"
#include "core/load/pt2_archive.h"

namespace core::load {

/// Fills `model.storages` and `model.weights` from the archive's two configurations, and checks
/// them: every tensor lies inside its record, and every parameter, buffer and constant of the
/// program's signature is there with the shape that the graph gives it. Throws ReadFailure.
void readWeights(const Pt2Archive& archive, const StageContext& context, LoadedModel& model);

}  // namespace core::load
