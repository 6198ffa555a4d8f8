#include "core/run/benchmark_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "core/run/device_clock_torch.h"
#include "core/run/machine_load.h"
#include "core/run/statistics.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

constexpr double kSampleMs = 1;
constexpr int kMaxRepeats = 1'000;

/// Samples of one variant.
class Sampler {
 public:
  Sampler(Variant& variant, c10::Device device) : m_variant(variant), m_clock(device) {}

  /// Runs the step `warmups` times, then finds how often it fits into a sample.
  Result<void> warmUp(int warmups) {
    double fastest = 0;
    for (int i = 0; i < std::max(warmups, 1); ++i) {
      m_clock.start();
      CORE_TRY_VOID(m_variant.step());
      const double milliseconds = m_clock.stopMs();
      fastest = i == 0 ? milliseconds : std::min(fastest, milliseconds);
    }
    const double fitting = std::ceil(kSampleMs / std::max(fastest, kSampleMs / kMaxRepeats));
    m_variant.timing.stepsPerSample = std::clamp(static_cast<int>(fitting), 1, kMaxRepeats);
    return {};
  }

  Result<void> sample() {
    m_variant.restore();
    double forward = 0;
    double backward = 0;
    m_clock.start();
    for (int i = 0; i < m_variant.timing.stepsPerSample; ++i) {
      CORE_TRY_VOID(m_variant.step());
      if (!m_variant.compiled) continue;
      forward += m_variant.compiled->times().forward * 1e3;
      backward += m_variant.compiled->times().backward * 1e3;
    }
    const double total = m_clock.stopMs();
    m_variant.timing.samplesMs.push_back(total / m_variant.timing.stepsPerSample);
    m_forwardMs.push_back(forward / m_variant.timing.stepsPerSample);
    m_backwardMs.push_back(backward / m_variant.timing.stepsPerSample);
    m_spentMs += total;
    return {};
  }

  bool wantsMore(const torch::BenchOptions& options) const {
    const int taken = static_cast<int>(m_variant.timing.samplesMs.size());
    if (taken >= options.minSamples) return false;
    return taken < std::max(options.minSamples / 3, 1) || m_spentMs < options.maxSeconds * 1e3;
  }

  void finish(Measurement& measurement) const {
    summarize(m_variant.timing);
    if (!m_variant.compiled) return;
    measurement.compiledForwardMs = median(m_forwardMs);
    measurement.compiledBackwardMs = median(m_backwardMs);
  }

 private:
  Variant& m_variant;
  DeviceClock m_clock;
  double m_spentMs = 0;
  std::vector<double> m_forwardMs, m_backwardMs;
};

}  // namespace

Result<Variant> stepVariant(torch::BoundTensors& bound, const ForwardFunction& forward,
                            const CompiledStep* compiled, const torch::RunOptions& options,
                            Timing& timing) {
  const auto run = [&bound, &forward, &options](Memory memory) {
    return runStep(bound, forward, options, memory);
  };
  CORE_TRY(StepTensors warm, run(Memory::Ignore));
  warm = {};
  CORE_TRY(const StepTensors measured, run(Memory::Measure));
  timing.peakBytes = measured.peakBytes + (compiled ? compiled->arenaBytes() : 0);
  timing.savedBytes = options.mode == Mode::Train ? measured.savedBytes : 0;
  const auto step = [run]() -> Result<void> {
    CORE_TRY(const StepTensors tensors, run(Memory::Ignore));
    return {};
  };
  return Variant{step, [&bound] { bound.restoreState(); }, timing, compiled};
}

Result<void> timeInTurns(std::vector<Variant>& variants, const torch::BenchOptions& options,
                         const StageContext& context, Measurement& measurement) {
  const c10::Device device = torch::torchDevice(options.run.device);
  std::vector<Sampler> samplers;
  for (Variant& variant : variants) samplers.emplace_back(variant, device);
  context.progress(0, "Measure: warm-up");
  for (Sampler& sampler : samplers) CORE_TRY_VOID(sampler.warmUp(options.warmups));
  const auto wantsMore = [&](const Sampler& sampler) { return sampler.wantsMore(options); };
  const LoadMeter meter;
  for (std::size_t i = 0; std::any_of(samplers.begin(), samplers.end(), wantsMore); ++i) {
    CORE_TRY_VOID(context.checkCancelled("measure"));
    context.progress(static_cast<double>(i) / std::max(options.minSamples, 1),
                     "Measure: sample " + std::to_string(i + 1));
    // Whoever goes first finds the caches as the other left them; take turns.
    for (std::size_t k = 0; k < samplers.size(); ++k)
      CORE_TRY_VOID(samplers[(i + k) % samplers.size()].sample());
  }
  measurement.load = meter.load();
  for (const Sampler& sampler : samplers) sampler.finish(measurement);
  return {};
}

void describeStep(const torch::ExecutableStep& step, const torch::RunOptions& options,
                  Measurement& measurement) {
  measurement.mode = options.mode;
  measurement.device = ir::deviceName(options.device);
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
