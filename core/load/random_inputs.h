#pragma once

// Inputs for a model that brings none.

#include <cstdint>

#include "core/load/loaded_model.h"

namespace core::load {

/// One tensor per user input with the sizes and strides that the program recorded (dense, offset 0)
/// and its own storage: floats are drawn from a normal distribution; integers are 0 or 1, so that
/// they are valid as indices and class numbers of nearly every model. Deterministic in `seed`.
/// Errors: InvalidArgument for an input that is not a tensor, FormatUnsupported for dtypes that
/// have no random values here.
Result<InputSet> randomInputs(const LoadedModel& model, std::uint64_t seed);

}  // namespace core::load
