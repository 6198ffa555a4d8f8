#pragma once

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {

/// The fused attention of CUDA devices.
void addCudaAttention(MetaLibrary& library);

}  // namespace core::trace::meta
