#pragma once

// What a reader must know before relying on a measurement.

#include <optional>
#include <string>
#include <vector>

#include "core/run/measurement.h"

namespace core::run {

/// Reasons to trust the times less, the weightiest first, a sentence each: spread, too few samples,
/// other programs on the machine, throttling, drift. Empty for a quiet run.
std::vector<std::string> cautions(const Measurement& measurement);

/// Steps after which the time spent compiling is won back; empty unless compiled is shown to be
/// faster.
std::optional<double> stepsToPayBack(const Measurement& measurement);

}  // namespace core::run
