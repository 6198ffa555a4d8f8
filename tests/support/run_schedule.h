#pragma once

// Runs schedules without LibTorch: kernels are interpreted, in an arena laid out as planned.

#include <string>
#include <string_view>
#include <vector>

#include "core/schedule/schedule.h"

namespace tests {

/// The elements of a tensor in row-major order of its indices.
using Elements = std::vector<double>;

/// The graph that `text` describes, scheduled; with `decompose`, after the fusion decompositions.
enum class Decompose { No, Yes };
core::schedule::Schedule scheduleOf(std::string_view text, Decompose decompose = Decompose::No);

/// Runs the steps on `inputs`, one per placeholder, and returns the outputs. Fails the process on
/// extern steps. After the run, `inputs` holds what copy steps wrote.
std::vector<Elements> runSchedule(const core::schedule::Schedule& schedule,
                                  std::vector<Elements>& inputs);
std::vector<Elements> runText(std::string_view text, std::vector<Elements> inputs,
                              Decompose decompose = Decompose::No);

/// `count` numbers in [low, high], the same for the same seed.
Elements randomElements(std::size_t count, unsigned seed, double low = -2, double high = 2);

/// The largest |a - b| / max(1, |b|); infinite if the lengths differ or only one is NaN.
double largestDifference(const Elements& a, const Elements& b);

}  // namespace tests
