#include "core/pipeline/device_report.h"

#include "core/gpu/device_state.h"
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

Result<run::GpuConditions> gpuConditions(ir::Device device, const CompileOptions& options) {
  run::GpuConditions conditions;
  if (const auto state = gpu::readDeviceState(device.index)) {
    conditions.smClockMHz = state->smClockMHz;
    conditions.memoryClockMHz = state->memoryClockMHz;
    conditions.temperature = state->temperature;
    conditions.watts = state->watts;
    conditions.throttling = state->throttling;
  }
  if (const auto devices = gpu::listDevices())
    conditions.name = devices->at(static_cast<std::size_t>(device.index)).name;
  CORE_TRY(torch::TorchModule * module, moduleFor(options));
  CORE_TRY(conditions.ceilings, module->measureCeilings(device));
  return conditions;
}

}  // namespace core::pipeline
