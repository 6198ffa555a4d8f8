#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "core/jit/jit_module.h"
#include "core/torch/torch_module.h"

namespace engine {

int versionCommand() {
  std::printf("aot-engine %s\n", AOT_VERSION);
  const auto torch = core::torch::openTorchModule(0);
  std::printf("LibTorch %s\n", torch ? (*torch)->torchVersion().c_str() : "not available");
  std::printf("CUDA %s\n", torch ? (*torch)->cudaVersion().c_str() : "none");
  const auto compiler = core::jit::openCpuCompiler();
  std::printf("compiler %s\n", compiler ? (*compiler)->compilerVersion().c_str() : "not available");
  if (!torch) return fail(torch.error());
  return compiler ? kDone : fail(compiler.error());
}

}  // namespace engine
