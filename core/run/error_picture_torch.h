#pragma once

// How far the elements of a compiled tensor are from eager's.

#include <ATen/core/Tensor.h>

#include "core/run/step_search.h"

namespace core::run {

/// Both of the same sizes. Integers and booleans are compared as numbers; of complex numbers the
/// real and the imaginary parts.
ErrorPicture errorPicture(const at::Tensor& compiled, const at::Tensor& eager);

}  // namespace core::run
