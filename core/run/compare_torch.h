#pragma once

// Whether a compiled tensor is as right as eager's (reliability §12.6 of the design).

#include <ATen/core/Tensor.h>

#include <string>

#include "core/run/measurement.h"

namespace core::run {

/// The same tensor of three runs.
struct TensorTriple {
  std::string name;
  at::Tensor compiled;
  at::Tensor eager;
  at::Tensor reference;  ///< eager in float64; undefined if there is none
  /// Values of this size and below are noise: gradients that are zero in exact arithmetic are
  /// judged on the scale of the others.
  double noise = 0;
  /// Rounding error of what the tensor was computed from, relative to it; 0 for full precision.
  double roundoff = 0;
};

/// Passes if sizes, dtype, strides and the places of NaN and infinities are equal and either every
/// element is close to eager's (1e-4 relative, and 1e-5 of the largest), or the compiled error
/// against float64 is at most twice eager's (three times for half precision and for fewer than
/// 1,000 elements). Integers must be equal. Where the inputs were rounded, a root mean square of
/// the error up to `roundoff` times that of eager passes too.
TensorCheck compareTensors(const TensorTriple& tensors);

/// The largest magnitude of a finite element; 0 for an undefined or empty tensor.
double largestMagnitude(const at::Tensor& tensor);

}  // namespace core::run
