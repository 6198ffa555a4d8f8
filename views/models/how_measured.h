#pragma once

// How the figures of a measurement came about, in sentences: what stands in the box beside them.

#include <QStringList>

#include "core/run/measurement.h"

namespace views::models {

/// A line each: what was run on what, how samples were taken, what the interval is, what memory
/// means, and what else the machine did.
QStringList howMeasured(const core::run::Measurement& measurement);

}  // namespace views::models
