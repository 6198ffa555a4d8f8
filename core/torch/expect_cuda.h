#pragma once

namespace core::torch {

/// From here on LibTorch is opened with CUDA where that is there, whoever opens it: for a process
/// that serves requests whose device is not known yet. To be called before openTorchModule().
void expectCuda();

}  // namespace core::torch
