#pragma once

// Which attention kernel PyTorch takes on a CUDA device.

#include <ATen/core/Tensor.h>

namespace core::trace::overrides {

enum class AttentionKernel { Math, Flash, Efficient, Cudnn };

struct AttentionCall {
  at::Tensor query, key, value;
  at::Tensor mask;  ///< undefined: none
  double dropout = 0;
  bool causal = false;
  bool groupsQueries = false;
};

/// As ATen's sdp_utils decides for a device of this compute capability (90 for 9.0), with
/// cuDNN 9.19 and all kernels allowed. Only geometry and dtypes are looked at.
AttentionKernel cudaAttentionKernel(const AttentionCall& call, int capability);

}  // namespace core::trace::overrides
