#include "core/run/cautions.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace core::run {
namespace {

// The bars of torch.utils.benchmark: a spread above a tenth is worth a warning, above a quarter a
// strong one.
constexpr double kNoisy = 0.10;
constexpr double kVeryNoisy = 0.25;
constexpr std::size_t kFewSamples = 10;
/// Cores. A desktop at rest stays below.
constexpr double kBusyOthers = 0.25;

std::string text(const char* format, double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

void addSpread(const Measurement& measurement, std::vector<std::string>& sentences) {
  double spread = 0;
  for (const Timing* timing : {&measurement.eager, &measurement.compiled}) {
    if (timing->medianMs > 0) spread = std::max(spread, timing->iqrMs / timing->medianMs);
  }
  if (spread <= kNoisy) return;
  sentences.push_back(std::string(spread > kVeryNoisy ? "Very noisy" : "Noisy") +
                      ": the interquartile range is " + text("%.0f", spread * 100) +
                      " % of the median.");
}

void addSamples(const Measurement& measurement, std::vector<std::string>& sentences) {
  const std::size_t samples =
      std::min(measurement.eager.samplesMs.size(), measurement.compiled.samplesMs.size());
  if (samples >= kFewSamples) return;
  sentences.push_back("Few samples: " + std::to_string(samples) +
                      " of each. Give the measurement more time.");
}

void addLoad(const MachineLoad& load, std::vector<std::string>& sentences) {
  if (load.otherCores > kBusyOthers) {
    sentences.push_back("Other programs used " + text("%.1f", load.otherCores) + " of " +
                        std::to_string(load.cores) + " cores meanwhile.");
  }
  if (load.stolenCores > kBusyOthers) {
    sentences.push_back("The host took " + text("%.1f", load.stolenCores) + " of " +
                        std::to_string(load.cores) + " cores away from this virtual machine.");
  }
  if (load.throttles > 0) {
    sentences.push_back("The processor was slowed down " + std::to_string(load.throttles) +
                        " times because it was too hot.");
  }
}

}  // namespace

std::vector<std::string> cautions(const Measurement& measurement) {
  std::vector<std::string> sentences;
  addSpread(measurement, sentences);
  addSamples(measurement, sentences);
  addLoad(measurement.load, sentences);
  if (measurement.speedup && measurement.speedup->driftRemoved) {
    sentences.push_back(
        "The machine's speed drifted during the run; the ratio compares neighbouring samples.");
  }
  return sentences;
}

std::optional<double> stepsToPayBack(const Measurement& measurement) {
  if (!measurement.speedup || measurement.speedup->verdict != Verdict::Faster) return std::nullopt;
  const double won = measurement.eager.medianMs - measurement.compiled.medianMs;
  if (won <= 0) return std::nullopt;
  return std::ceil(measurement.compile.totalMs / won);
}

}  // namespace core::run
