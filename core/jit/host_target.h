#pragma once

// The machine that kernels are compiled for: this one.

#include <string>
#include <vector>

namespace core::jit {

struct HostTarget {
  std::string triple;
  std::string cpu;                    ///< LLVM's name; "x86-64" if LLVM 14 does not know the CPU
  std::vector<std::string> features;  ///< every feature of the CPU, as "+avx512f" or "-avx512fp16"
  bool has512BitVectors = false;
  bool canRunKernels = false;  ///< AVX2, fused multiply-add and conversion of half precision
  std::string description;     ///< "znver3, 512-bit vectors"
};

/// What the running CPU can do. LLVM 14 does not know newer CPUs by name, so all that counts is the
/// list of features, which is read from the CPU itself. AOT_CPU_VECTORS=256 in the environment
/// leaves out AVX-512, so that the code for other CPUs can be tested on this one.
HostTarget detectHostTarget();

}  // namespace core::jit
