#pragma once

// What a trace is made for. It decides which kernels some operators have. No LibTorch.

namespace core::trace {

struct TraceTarget {
  bool isCuda = false;
  int capability = 90;  ///< of the CUDA device: 90 for 9.0
};

/// Of the trace that is being made on this thread; the CPU if none is.
const TraceTarget& traceTarget();

/// While it lives, traces on this thread are for `target`.
class TargetScope {
 public:
  explicit TargetScope(TraceTarget target);
  ~TargetScope();
  TargetScope(const TargetScope&) = delete;
  TargetScope& operator=(const TargetScope&) = delete;

 private:
  TraceTarget m_before;
};

}  // namespace core::trace
