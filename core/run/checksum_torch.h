#pragma once

// Fingerprints of tensors.

#include <ATen/core/Tensor.h>

#include <optional>

#include "core/run/measurement.h"

namespace core::run {

/// Sums in float64 over the elements in row-major order; empty for an undefined tensor.
std::optional<Checksum> checksumOf(const at::Tensor& tensor);

}  // namespace core::run
