#pragma once

// Inputs for a model that brings none.

#include <cstdint>
#include <map>
#include <string>

#include "core/load/loaded_model.h"

namespace core::load {

/// Sizes of symbolic dimensions by the program's names for them ("s77").
using DimensionSizes = std::map<std::string, std::int64_t>;

/// One tensor per user input with the sizes and strides that the program recorded (dense, offset 0)
/// and its own storage: floats are drawn from a normal distribution; integers are 0 or 1, so that
/// they are valid as indices and class numbers of nearly every model. Deterministic in `seed`.
/// Symbolic dimensions have the sizes of the example inputs, or those in `dims`. Errors:
/// InvalidArgument for an input that is not a tensor, and for a dimension that does not exist or
/// may not have that size; FormatUnsupported for dtypes that have no random values here.
Result<InputSet> randomInputs(const LoadedModel& model, std::uint64_t seed,
                              const DimensionSizes& dims = {});

}  // namespace core::load
