#include "core/run/benchmark_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/run/statistics.h"

namespace core::run {
namespace {

constexpr double kSampleMs = 1;
constexpr int kMaxRepeats = 1'000;

/// Samples of one variant.
class Sampler {
 public:
  Sampler(Variant& variant, Timing& timing, const torch::RunOptions& options)
      : m_variant(variant), m_timing(timing), m_options(options) {}

  /// Runs the step `warmups` times, then finds how often it fits into a sample.
  Result<void> warmUp(int warmups) {
    double fastest = 0;
    for (int i = 0; i < std::max(warmups, 1); ++i) {
      CORE_TRY(const double milliseconds, runOnce());
      fastest = i == 0 ? milliseconds : std::min(fastest, milliseconds);
    }
    const double fitting = std::ceil(kSampleMs / std::max(fastest, kSampleMs / kMaxRepeats));
    m_repeats = std::clamp(static_cast<int>(fitting), 1, kMaxRepeats);
    return {};
  }

  Result<void> measureMemory() {
    m_variant.bound.restoreState();
    CORE_TRY(const StepTensors step,
             runStep(m_variant.bound, m_variant.forward, m_options, Memory::Measure));
    m_timing.peakBytes = step.peakBytes;
    m_timing.savedBytes = m_options.mode == Mode::Train ? step.savedBytes : 0;
    if (m_variant.compiled) m_timing.peakBytes += m_variant.compiled->arenaBytes();
    return {};
  }

  Result<void> sample() {
    m_variant.bound.restoreState();
    double total = 0;
    double forward = 0;
    double backward = 0;
    for (int i = 0; i < m_repeats; ++i) {
      CORE_TRY(const double milliseconds, runOnce());
      total += milliseconds;
      if (!m_variant.compiled) continue;
      forward += m_variant.compiled->times().forward * 1e3;
      backward += m_variant.compiled->times().backward * 1e3;
    }
    m_timing.samplesMs.push_back(total / m_repeats);
    m_forwardMs.push_back(forward / m_repeats);
    m_backwardMs.push_back(backward / m_repeats);
    m_spentMs += total;
    return {};
  }

  bool wantsMore(const torch::BenchOptions& options) const {
    const int taken = static_cast<int>(m_timing.samplesMs.size());
    if (taken >= options.minSamples) return false;
    return taken < std::max(options.minSamples / 3, 1) || m_spentMs < options.maxSeconds * 1e3;
  }

  double forwardMs() const { return median(m_forwardMs); }
  double backwardMs() const { return median(m_backwardMs); }

 private:
  /// Milliseconds of one step, its tensors freed within.
  Result<double> runOnce() {
    const auto start = std::chrono::steady_clock::now();
    {
      CORE_TRY(const StepTensors step,
               runStep(m_variant.bound, m_variant.forward, m_options, Memory::Ignore));
    }
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
  }

  Variant& m_variant;
  Timing& m_timing;
  const torch::RunOptions& m_options;
  int m_repeats = 1;
  double m_spentMs = 0;
  std::vector<double> m_forwardMs, m_backwardMs;
};

}  // namespace

Result<void> timeAlternately(Variant& eager, Variant& compiled, const torch::BenchOptions& options,
                             const StageContext& context, Measurement& measurement) {
  Sampler eagerSampler(eager, measurement.eager, options.run);
  Sampler compiledSampler(compiled, measurement.compiled, options.run);
  context.progress(0, "Measure: warm-up");
  CORE_TRY_VOID(eagerSampler.warmUp(options.warmups));
  CORE_TRY_VOID(compiledSampler.warmUp(options.warmups));
  CORE_TRY_VOID(eagerSampler.measureMemory());
  CORE_TRY_VOID(compiledSampler.measureMemory());
  for (int i = 0; eagerSampler.wantsMore(options) || compiledSampler.wantsMore(options); ++i) {
    CORE_TRY_VOID(context.checkCancelled("measure"));
    context.progress(static_cast<double>(i) / std::max(options.minSamples, 1),
                     "Measure: sample " + std::to_string(i + 1));
    // Whoever goes first finds the caches as the other left them; take turns.
    Sampler& first = i % 2 == 0 ? eagerSampler : compiledSampler;
    Sampler& second = i % 2 == 0 ? compiledSampler : eagerSampler;
    CORE_TRY_VOID(first.sample());
    CORE_TRY_VOID(second.sample());
  }
  summarize(measurement.eager);
  summarize(measurement.compiled);
  measurement.compiledForwardMs = compiledSampler.forwardMs();
  measurement.compiledBackwardMs = compiledSampler.backwardMs();
  if (measurement.check.passed) {
    measurement.speedup = speedupOf(measurement.eager.samplesMs, measurement.compiled.samplesMs);
  }
  return {};
}

void describeStep(const torch::ExecutableStep& step, const torch::RunOptions& options,
                  Measurement& measurement) {
  measurement.mode = options.mode;
  measurement.threads = at::get_num_threads();
  if (step.partition) measurement.budget = step.partition->options.budget;
  for (const torch::ExecutableHalf* half : {&step.forward, &step.backward}) {
    if (!half->schedule) continue;
    for (const schedule::Step& each : half->schedule->steps) {
      measurement.kernels += std::holds_alternative<schedule::KernelStep>(each) ? 1 : 0;
      measurement.externCalls += std::holds_alternative<schedule::ExternStep>(each) ? 1 : 0;
    }
  }
}

}  // namespace core::run
