#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "core/base/json_writer.h"
#include "core/pipeline/device_report.h"

namespace engine {
namespace {

using core::JsonWriter;
using core::pipeline::DevicePiece;
using core::pipeline::DeviceReport;

std::string capabilityText(int capability) {
  return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
}

void printReport(const DeviceReport& report) {
  std::printf("cpu\n");
  for (const core::gpu::DeviceFacts& gpu : report.gpus)
    std::printf("cuda:%d  %s, compute capability %s, %d multiprocessors, %s, %s of L2\n",
                gpu.ordinal, gpu.name.c_str(), capabilityText(gpu.capability).c_str(),
                gpu.multiprocessors, bytesText(gpu.memory).c_str(), bytesText(gpu.l2).c_str());
  for (const DevicePiece& piece : report.pieces)
    std::printf("%s: %s\n", piece.name.c_str(),
                piece.missing.empty() ? piece.version.c_str() : piece.missing.c_str());
}

std::string reportJson(const DeviceReport& report) {
  JsonWriter json(1, 3);
  json.beginObject().key("cuda_devices").beginArray();
  for (const core::gpu::DeviceFacts& gpu : report.gpus)
    json.beginObject()
        .member("device", "cuda:" + std::to_string(gpu.ordinal))
        .member("name", gpu.name)
        .member("capability", capabilityText(gpu.capability))
        .member("multiprocessors", gpu.multiprocessors)
        .member("memory_bytes", gpu.memory)
        .member("l2_bytes", gpu.l2)
        .endObject();
  json.endArray().key("pieces").beginArray();
  for (const DevicePiece& piece : report.pieces)
    json.beginObject()
        .member("name", piece.name)
        .member("version", piece.version)
        .member("missing", piece.missing)
        .endObject();
  return json.endArray().member("cuda_problem", report.cudaProblem()).endObject().take();
}

}  // namespace

int devicesCommand(const EngineOptions& options) {
  const DeviceReport report = core::pipeline::reportDevices();
  printReport(report);
  const auto written = writeFile(options.json, reportJson(report));
  return written ? kDone : fail(written.error());
}

}  // namespace engine
