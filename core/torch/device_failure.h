#pragma once

// CUDA errors after which a process cannot use the GPU any more. No LibTorch.

#include <string>

namespace core::torch {

/// Whether an error code of CUDA's runtime leaves the process unusable until it is started again:
/// an illegal address, a failed assertion on the device and their like. The runtime's header says
/// so of each.
bool isStickyCudaError(int code);

/// Remembers the first sticky error of this process.
void noteCudaError(int code, const std::string& text);

/// The first sticky error; empty while the GPU can be used.
std::string stickyCudaError();

}  // namespace core::torch
