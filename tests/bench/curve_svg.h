#pragma once

// Peak against recompute time: PyTorch's budgets and the peak-limited search in one chart.

#include <string>

#include "core/partition/pareto_curve.h"

namespace bench {

/// Prints, for each plan that a budget leads to, the lowest peak of the search within its time.
void comparePeaks(const core::partition::ParetoCurve& curve);

/// The chart as a picture.
std::string curveSvg(const core::partition::ParetoCurve& curve);

}  // namespace bench
