#pragma once

namespace core::torch {

/// Replaces CPU kernels of LibTorch 2.11 that divide by a size that is zero, which ends the process
/// with SIGFPE: the gradient of batch norm on an empty batch, and the fused attention on no heads
/// or a length of zero. The replacement gives what the formula gives for no elements, refuses an
/// attention over no keys by name, and else calls LibTorch's kernel. Eager, traced and compiled
/// calls all go through it. Does nothing the second time.
void guardEmptyCalls();

}  // namespace core::torch
