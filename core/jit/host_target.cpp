#include "core/jit/host_target.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/Support/Host.h>

#include <algorithm>

namespace core::jit {

HostTarget detectHostTarget() {
  HostTarget target;
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  if (target.cpu == "generic") target.cpu = "x86-64";

  llvm::StringMap<bool> features;
  llvm::sys::getHostCPUFeatures(features);
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
