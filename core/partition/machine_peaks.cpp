#include "core/partition/machine_peaks.h"

// The best of several short rounds is taken: whatever else runs on the machine only makes a round
// slower. Sixteen independent accumulators hide the latency of a multiply-add; the vector type is
// as wide as AVX-512's registers, and each clone of the loop is compiled for one set of
// instructions.

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>

namespace core::partition {
namespace {

using Lanes = float __attribute__((vector_size(64)));
constexpr int kLanes = 16, kAccumulators = 8, kSteps = 20'000, kRounds = 20;
constexpr std::size_t kCopiedBytes = 16 << 20;

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((target_clones("avx512f", "avx2,fma", "default")))
#endif
float multiplyAdd(float factor, int steps) {
  Lanes sums[kAccumulators] = {};
  const Lanes factors = factor - Lanes{};
  for (int step = 0; step < steps; ++step)
    for (Lanes& sum : sums) sum = sum * factors + factors;
  float total = 0;
  for (const Lanes& sum : sums)
    for (int lane = 0; lane < kLanes; ++lane) total += sum[lane];
  return total;
}

template <typename Work>
double bestSeconds(Work&& work) {
  double best = 1;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    best = std::min(best, std::max(elapsed.count(), 1e-9));
  }
  return best;
}

}  // namespace

MachinePeaks measureMachinePeaks() {
  MachinePeaks peaks;
  volatile float sink = 0;
  const double compute = bestSeconds([&] { sink = sink + multiplyAdd(0.5F, kSteps); });
  peaks.flopsPerSecond = 2.0 * kLanes * kAccumulators * kSteps / compute;
  const auto from = std::make_unique<char[]>(kCopiedBytes);
  const auto to = std::make_unique<char[]>(kCopiedBytes);
  const double copy = bestSeconds([&] {
    std::memcpy(to.get(), from.get(), kCopiedBytes);
    sink = sink + static_cast<float>(to[kCopiedBytes / 2]);
  });
  peaks.bytesPerSecond = 2.0 * static_cast<double>(kCopiedBytes) / copy;
  return peaks;
}

}  // namespace core::partition
