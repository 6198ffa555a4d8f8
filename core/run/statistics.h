#pragma once

// Summaries of timing samples. Pure numbers; no clock, no LibTorch.

#include <cstdint>
#include <vector>

#include "core/run/measurement.h"

namespace core::run {

/// The p-quantile (p in [0, 1]) of `values`, linearly interpolated between neighbours as NumPy
/// does; 0 if there are none.
double quantile(std::vector<double> values, double p);
double median(const std::vector<double>& values);

/// Fills median, p10, p90, min and iqr from the samples.
void summarize(Timing& timing);

/// Ratio of medians, eager over compiled, with a 95 % bootstrap interval over rounds: sample i of
/// both was taken in round i, one right after the other. Drift of the machine's speed is removed
/// from both first if the rounds show any (statistics.cpp). The same samples give the same
/// interval. Samples beyond the shorter list do not count; without samples, or with one that took
/// no time, the ratio is 1 and no difference is shown.
Speedup speedupOf(const std::vector<double>& eagerMs, const std::vector<double>& compiledMs);

}  // namespace core::run
