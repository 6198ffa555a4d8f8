#pragma once

// Which devices this machine can run a model on, and what CUDA lacks if it cannot be used.

#include <string>
#include <vector>

#include "core/gpu/gpu.h"
#include "core/pipeline/compile_options.h"
#include "core/run/measurement.h"

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

/// State and ceilings of a GPU; read right after samples, while the device is as warm as it was.
/// Errors: those of opening LibTorch and of measuring (DeviceUnavailable, OutOfMemory, Torch).
Result<run::GpuConditions> gpuConditions(ir::Device device, const CompileOptions& options);

}  // namespace core::pipeline
