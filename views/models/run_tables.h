#pragma once

// Tables of kernels and of measurements.

#include "core/run/measurement.h"
#include "core/run/step_search.h"
#include "views/models/record_index.h"
#include "views/models/table_model.h"

namespace views::models {

using MeasurementPtr = std::shared_ptr<const core::run::Measurement>;

/// The steps of both halves: generated kernels, extern calls and copies, in execution order.
Table kernelTable(const RecordIndexPtr& index);
/// Neighbours that were not fused, with the rule and the sentence.
Table refusalTable(const RecordIndexPtr& index);

/// One row per tensor: passed, errors against eager and against float64, reason.
Table checkTable(const MeasurementPtr& measurement);
/// Eager and compiled side by side: median, spread, memory. Rows are figures.
Table timingTable(const MeasurementPtr& measurement);
/// Every value that a search compared, with its largest differences.
Table comparedValueTable(const std::shared_ptr<const core::run::StepSearch>& search);
/// Where compile time went.
Table compileTimeTable(const MeasurementPtr& measurement);

/// Forward, backward and eager compared in numbers; what is not known yet is left out.
Table comparisonTable(const RecordIndexPtr& index);

/// "1.56× faster, 95 % interval 1.54 to 1.58", or why no speed-up is shown. Never a speed-up
/// without a passed check.
QString speedupSentence(const core::run::Measurement& measurement);

}  // namespace views::models
