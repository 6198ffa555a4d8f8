#include "core/gpu/compile_cuda.h"

#include <vector>

namespace core::gpu {
namespace {

/// Contraction to fused multiply-add is NVRTC's default; division, roots and denormals stay exact.
std::vector<std::string> compilerOptions(int capability) {
  return {"--gpu-architecture=sm_" + std::to_string(capability), "--std=c++17"};
}

std::string programLog(const NvrtcApi& nvrtc, NvrtcApi::Program program) {
  std::size_t size = 0;
  if (nvrtc.logSize(program, &size) != 0 || size <= 1) return "";
  std::string log(size, '\0');
  if (nvrtc.log(program, log.data()) != 0) return "";
  log.resize(size - 1);
  return log;
}

Error failed(const NvrtcApi& nvrtc, int result, std::string log) {
  return Error{
      ErrorCode::KernelCompileFailed,
      std::string("NVRTC did not compile a generated kernel: ") + nvrtc.errorString(result) + ".",
      std::move(log), ""};
}

Result<Cubin> compileProgram(const NvrtcApi& nvrtc, NvrtcApi::Program program, int capability) {
  const std::vector<std::string> options = compilerOptions(capability);
  std::vector<const char*> texts;
  for (const std::string& option : options) texts.push_back(option.c_str());
  const int compiled = nvrtc.compileProgram(program, static_cast<int>(texts.size()), texts.data());
  Cubin cubin{"", programLog(nvrtc, program)};
  if (compiled != 0) return failed(nvrtc, compiled, std::move(cubin.log));
  std::size_t size = 0;
  if (const int result = nvrtc.cubinSize(program, &size); result != 0)
    return failed(nvrtc, result, std::move(cubin.log));
  cubin.bytes.resize(size);
  if (const int result = nvrtc.cubin(program, cubin.bytes.data()); result != 0)
    return failed(nvrtc, result, std::move(cubin.log));
  return cubin;
}

}  // namespace

Result<Cubin> compileCuda(const NvrtcApi& nvrtc, const std::string& source, int capability) {
  NvrtcApi::Program program = nullptr;
  const int created =
      nvrtc.createProgram(&program, source.c_str(), "kernel.cu", 0, nullptr, nullptr);
  if (created != 0) return failed(nvrtc, created, "");
  Result<Cubin> cubin = compileProgram(nvrtc, program, capability);
  nvrtc.destroyProgram(&program);
  return cubin;
}

std::string compilerFingerprint(const NvrtcApi& nvrtc, int capability) {
  std::string text = "nvrtc " + std::to_string(nvrtc.major) + "." + std::to_string(nvrtc.minor);
  for (const std::string& option : compilerOptions(capability)) text += " " + option;
  return text;
}

}  // namespace core::gpu
