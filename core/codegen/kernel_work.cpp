#include "core/codegen/kernel_work.h"

#include <numeric>

#include "core/codegen/kernel_plan.h"

namespace core::codegen {

namespace {

using schedule::LoopOpKind;

double product(const std::vector<std::int64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), 1.0,
                         [](double a, std::int64_t b) { return a * static_cast<double>(b); });
}

}  // namespace

KernelWork workOf(const schedule::LoopNest& nest) {
  KernelPlan plan;
  plan.nest = nest;
  findLevels(plan);
  const double rows = product(nest.outer);
  const double points = rows * product(nest.inner);
  KernelWork work;
  for (std::size_t i = 0; i < nest.ops.size(); ++i) {
    // A reduction takes every element, and gives one value a row.
    if (nest.ops[i].kind == LoopOpKind::Reduce)
      work.operations += points;
    else if (nest.ops[i].kind == LoopOpKind::Compute)
      work.operations += plan.ops[i].isElement ? points : rows;
  }
  for (const schedule::KernelBuffer& buffer : nest.buffers) {
    const bool isWritten = buffer.access == schedule::BufferAccess::Write;
    (isWritten ? work.writtenBytes : work.readBytes) +=
        buffer.extent * ir::dtypeBytes(buffer.dtype);
  }
  return work;
}

}  // namespace core::codegen
