// The only file compiled with -fopenmp: at::parallel_for is a template that runs on one thread
// without it.

#include "core/run/run_kernel.h"

#include <ATen/Parallel.h>

namespace core::run {

void runKernel(const codegen::BuiltKernel& kernel, void* const* buffers) {
  if (kernel.units <= kernel.grain) {
    kernel.function(buffers, 0, kernel.units);
    return;
  }
  at::parallel_for(0, kernel.units, kernel.grain, [&](std::int64_t begin, std::int64_t end) {
    kernel.function(buffers, begin, end);
  });
}

}  // namespace core::run
