#pragma once

// Which devices this machine can run a model on, and what CUDA lacks if it cannot be used.

#include <string>
#include <vector>

#include "core/gpu/gpu.h"

namespace core::pipeline {

/// A piece that a run on a GPU needs.
struct DevicePiece {
  std::string name;     ///< "driver", "LibTorch", "NVRTC"
  std::string version;  ///< "CUDA 13.0"; empty where it is missing
  std::string missing;  ///< what is missing and how to get it; empty if nothing is
};

struct DeviceReport {
  std::vector<gpu::DeviceFacts> gpus;
  std::vector<DevicePiece> pieces;

  /// Why no run on a GPU is possible, in a sentence; empty if one is.
  std::string cudaProblem() const;
};

/// Looks at driver, LibTorch and NVRTC. LibTorch is opened if it is not yet, with CUDA where that
/// is there.
DeviceReport reportDevices();

}  // namespace core::pipeline
