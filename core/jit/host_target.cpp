#include "core/jit/host_target.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/Support/Host.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace core::jit {
namespace {

/// Whether kernels are to do without 512-bit vectors, as on a CPU that has none.
bool isHeldTo256Bits() {
  const char* bits = std::getenv("AOT_CPU_VECTORS");
  return bits && std::string_view(bits) == "256";
}

}  // namespace

HostTarget detectHostTarget() {
  HostTarget target;
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  if (target.cpu == "generic") target.cpu = "x86-64";

  llvm::StringMap<bool> features;
  llvm::sys::getHostCPUFeatures(features);
  if (isHeldTo256Bits())
    for (auto& feature : features)
      if (feature.first().startswith("avx512")) feature.second = false;
  for (const auto& feature : features)
    target.features.push_back((feature.second ? "+" : "-") + feature.first().str());
  std::sort(target.features.begin(), target.features.end());

  const bool has256 = features.lookup("avx2");
  target.canRunKernels = has256 && features.lookup("fma") && features.lookup("f16c");
  target.has512BitVectors = features.lookup("avx512f") && features.lookup("avx512bw") &&
                            features.lookup("avx512dq") && features.lookup("avx512vl");
  target.description = target.cpu;
  target.description += target.has512BitVectors ? ", 512-bit vectors"
                        : has256                ? ", 256-bit vectors"
                                                : ", 128-bit vectors";
  return target;
}

}  // namespace core::jit
