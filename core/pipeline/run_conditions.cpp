#include "core/pipeline/run_conditions.h"

#include <fstream>

#include "core/base/sha256.h"
#include "core/ir/graph_text.h"
#include "core/torch/torch_module.h"

namespace core::pipeline {
namespace {

/// Short, and still the same for equal graphs only.
std::string graphHash(const CompileRecord& record) {
  constexpr std::size_t kDigits = 16;
  return record.joint ? sha256(ir::graphText(*record.joint->graph)).substr(0, kDigits)
                      : std::string();
}

std::string processorName(const CompileRecord& record) {
  if (record.measurement && record.measurement->gpu) return record.measurement->gpu->name;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

history::RunConditions runConditions(const CompileRecord& record, const std::string& program) {
  const auto torch = torch::openTorchModule(0);
  const std::string version = torch ? (*torch)->torchVersion() : std::string("unknown");
  return {record.model.name,
          graphHash(record),
          processorName(record),
          program + ", LibTorch " + version,
          {}};
}

}  // namespace core::pipeline
