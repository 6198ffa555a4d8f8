#include "core/pipeline/device_report.h"

#include "core/pipeline/open_model.h"
#include "core/torch/torch_module.h"

namespace core::pipeline {
namespace {

std::string cudaText(int version) {
  return "CUDA " + std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

DevicePiece driverPiece(const Result<std::vector<gpu::DeviceFacts>>& devices) {
  if (!devices) return {"driver", {}, devices.error().message};
  return {"driver", devices->empty() ? "" : cudaText(devices->front().driverVersion), {}};
}

DevicePiece torchPiece() {
  const auto module = torch::openTorchModule(0, torch::OpenCuda::Required);
  if (!module) return {"LibTorch", {}, module.error().message};
  return {"LibTorch", (*module)->torchVersion() + " with CUDA " + (*module)->cudaVersion(), {}};
}

DevicePiece compilerPiece() {
  CompileOptions options;
  options.device = "cuda";
  const auto gpu = openGpuOf(options);
  if (!gpu) return {"NVRTC", {}, gpu.error().message};
  return {"NVRTC", (*gpu)->compilerVersion(), {}};
}

}  // namespace

std::string DeviceReport::cudaProblem() const {
  for (const DevicePiece& piece : pieces)
    if (!piece.missing.empty()) return piece.missing;
  return {};
}

DeviceReport reportDevices() {
  DeviceReport report;
  auto devices = gpu::listDevices();
  report.pieces.push_back(driverPiece(devices));
  if (devices) {
    report.gpus = std::move(*devices);
    report.pieces.push_back(torchPiece());
    report.pieces.push_back(compilerPiece());
  }
  return report;
}

}  // namespace core::pipeline
