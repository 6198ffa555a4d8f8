#pragma once

// CUDA kernels on the CPU. The text that a GPU would get is compiled by the CPU's compiler behind a
// few lines that give the words of CUDA a meaning; each thread of a block is a fiber, and barriers
// and shuffles wait until every fiber of the block has come to the same one.

#include <string>
#include <vector>

#include "core/codegen/kernel.h"
#include "core/codegen/write_cuda_kernel.h"
#include "tests/support/loop_nests.h"

namespace tests {

/// A CUDA kernel, compiled for this CPU.
class CudaOnCpu {
 public:
  explicit CudaOnCpu(const core::codegen::KernelSource& source);

  /// Runs all launches on `buffers`; returns the status. Ends the process where threads of a block
  /// wait at different places, which would hang a GPU.
  int run(std::vector<Bytes>& buffers) const;
  /// What the compiler said; empty but for a defect.
  const std::string& log() const { return m_kernel.log; }

 private:
  core::codegen::KernelSource m_source;
  core::codegen::BuiltKernel m_kernel;
};

/// Runs the CUDA kernel of `nest` and the interpreter on equal random data; empty if every written
/// buffer agrees, else what differs.
std::string compareCudaWithInterpreter(const core::schedule::LoopNest& nest,
                                       Tolerance tolerance = {},
                                       const core::codegen::CudaTarget& target = {});

}  // namespace tests
