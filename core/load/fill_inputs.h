#pragma once

// The inputs of a step, some of them filled as a person asked.

#include <optional>

#include "core/load/input_fill.h"
#include "core/load/loaded_model.h"
#include "core/load/random_inputs.h"

namespace core::load {

struct WantedInputs {
  InputFills fills;
  DimensionSizes dims;
  std::uint64_t seed = 0;
};

/// The inputs of `given`, else the model's examples where they have the wanted sizes, else random
/// ones; then every input with a fill is filled, in its own storage and with the strides that stand
/// there. A file's sizes also set the symbolic dimensions. Errors: as parseInputFill(),
/// readTensorFile() and randomInputs(); InvalidArgument for an input that does not exist, for a
/// file's shape or dtype that does not fit, and for a gradient of integers.
Result<InputSet> fillInputs(const LoadedModel& model, const WantedInputs& wanted,
                            std::optional<InputSet> given);

}  // namespace core::load
