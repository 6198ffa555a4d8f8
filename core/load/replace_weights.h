#pragma once

// Gives a model the weights of another file.

#include <string>

#include "core/base/result.h"
#include "core/load/loaded_model.h"

namespace core::load {

/// The model with every parameter and persistent buffer taken from a safetensors file, which stays
/// mapped. Names must agree; of weights that share their bytes (tied weights) one name is enough.
/// Buffers that a state dict leaves out (non-persistent ones, constants) keep their values. Errors:
/// those of readSafetensors(); InvalidArgument that lists the first names that are missing,
/// unexpected, or of another shape or dtype.
Result<LoadedModelPtr> withWeightsOf(const LoadedModelPtr& model, const std::string& path);

}  // namespace core::load
