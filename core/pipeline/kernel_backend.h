#pragma once

// How schedules become kernels on one device: the CPU's way through clang, the GPU's through NVRTC.

#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/codegen/kernel.h"
#include "core/gpu/gpu.h"
#include "core/ir/graph.h"
#include "core/pipeline/compile_options.h"
#include "core/schedule/fuse.h"
#include "core/schedule/schedule.h"

namespace core::pipeline {

class KernelBackend {
 public:
  virtual ~KernelBackend() = default;

  /// The schedule of a half, whose groups this backend can write. Errors: Cancelled.
  virtual Result<schedule::Schedule> schedule(const ir::GraphPtr& graph,
                                              const schedule::FusionOptions& fusion,
                                              const StageContext& context) const = 0;
  /// Errors: UnsupportedOp.
  virtual Result<codegen::KernelSource> write(const schedule::LoopNest& nest) const = 0;
  /// One built kernel per source. Errors: CompilerMissing, KernelCompileFailed, DeviceUnavailable.
  virtual Result<std::vector<codegen::BuiltKernel>> build(
      const std::vector<codegen::KernelSource>& sources, const StageContext& context) = 0;
  /// What launches the built kernels; null on the CPU, and before the first build.
  virtual std::shared_ptr<const gpu::Gpu> gpu() const { return nullptr; }
  /// Whether values inside of kernels are rounded to half precision as eager PyTorch does, where
  /// the options leave it open.
  virtual bool roundsLikeEager() const = 0;
  /// Whether it can write LoopOpKind::Accumulate.
  virtual bool accumulates() const = 0;
  /// "C++", "CUDA C++".
  virtual const char* language() const = 0;
};

/// What the options and, where they leave it open, the backend say about fusion.
schedule::FusionOptions fusionOptions(const CompileOptions& options, const KernelBackend& backend);

/// A node to keep apart that is in none of the graphs was mistyped, or decomposed. Errors:
/// InvalidArgument.
Result<void> requireApartNodes(const CompileOptions& options,
                               const std::vector<ir::GraphPtr>& graphs);

/// The backend of the options' device. A GPU is needed only to build. Errors: InvalidArgument.
Result<std::unique_ptr<KernelBackend>> kernelBackend(const CompileOptions& options);

}  // namespace core::pipeline
