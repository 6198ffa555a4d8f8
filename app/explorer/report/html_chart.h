#pragma once

#include <QString>

#include "core/run/measurement.h"

namespace explorer {

/// The samples of eager and compiled as an inline SVG: one row each, a dot per sample, a bar at the
/// median. Empty if nothing was timed.
QString sampleChartSvg(const core::run::Measurement& measurement);

}  // namespace explorer
