#pragma once

// One self-contained HTML page about a compiled model: no scripts, nothing fetched, light and dark.

#include <QString>

#include "views/pages/snapshot.h"

namespace explorer {

/// The report of what `snapshot` holds: model, stages, partition, kernels, check and measurement.
/// A part that was not reached is left out; a failure is stated first.
QString htmlReport(const views::pages::Snapshot& snapshot);

}  // namespace explorer
