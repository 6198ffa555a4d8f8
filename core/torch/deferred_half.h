#pragma once

// A half that is built when it is first needed. PyTorch compiles a backward at its first call, so
// that a model which is only evaluated never pays for one (aot-behaviour §4.8).

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/torch/module_options.h"

namespace core::torch {

/// Used by one thread at a time.
class DeferredHalf {
 public:
  /// Builds the kernels of the half; ends with Cancelled when it is stopped.
  using Build = std::function<Result<ExecutableHalf>(const StageContext& context)>;

  explicit DeferredHalf(Build build) : m_build(std::move(build)) {}

  /// The half, built by the first call that succeeds. Errors: those of the build.
  Result<ExecutableHalf> get(const StageContext& context) {
    if (m_half) return *m_half;
    const auto start = std::chrono::steady_clock::now();
    CORE_TRY(m_half, m_build(context));
    m_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    m_build = nullptr;
    return *m_half;
  }

  /// Null before it is built.
  const ExecutableHalf* built() const { return m_half ? &*m_half : nullptr; }
  /// That building took; 0 before.
  double seconds() const { return m_seconds; }

 private:
  Build m_build;
  std::optional<ExecutableHalf> m_half;
  double m_seconds = 0;
};

}  // namespace core::torch
