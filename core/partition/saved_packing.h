#pragma once

// The forms that saved tensors may have between the halves (aot-behaviour §3.9 of the design).

#include <cstdint>
#include <vector>

#include "core/ir/tensor_meta.h"

namespace core::partition {

/// PyTorch's options and defaults. Gradients become approximate.
struct Quantization {
  ir::DType dtype = ir::DType::F8E5M2;              ///< or F8E4M3
  std::vector<ir::DType> allowed{ir::DType::BF16};  ///< dtypes that are quantized
  std::int64_t leastBytes = std::int64_t{100} << 20;
  bool scale = true;            ///< by the largest magnitude along the last dimension
  bool excludePrimals = false;  ///< leave all inputs alone, not only parameters and buffers

  bool operator==(const Quantization&) const = default;
};

/// Which saved tensors wait in the CPU's memory.
struct Offload {
  std::int64_t leastBytes = 0;

  bool operator==(const Offload&) const = default;
};

}  // namespace core::partition
