#pragma once

// What the window computes beside the shown partition: the curve of all that can be reached, memory
// over program order, and another partition to compare with.

#include <QMetaType>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "core/partition/memory_timeline.h"
#include "core/partition/pareto_curve.h"
#include "core/partition/partition.h"

namespace views::models {

using PartitionPtr = std::shared_ptr<const core::partition::Partition>;
using TimelinePtr = std::shared_ptr<const core::partition::MemoryTimeline>;
using CurvePtr = std::shared_ptr<const core::partition::ParetoCurve>;

/// Where a partition stands in the chart of memory against time.
struct PartitionPlace {
  std::int64_t savedBytes = 0;
  std::int64_t peakBytes = 0;
  double recomputeSeconds = 0;  ///< as estimated
};

PartitionPlace placeOf(const core::partition::PlanFigures& figures);
PartitionPlace placeOf(const core::partition::Partition& partition);

/// A run of a partition: memory as measured, at the partition's estimated recompute time.
struct MeasuredRun {
  PartitionPlace place;
  double medianMs = 0;         ///< of a compiled step
  std::int64_t peakBytes = 0;  ///< measured; 0: the run did not tell
  core::partition::PartitionOptions options = {};
};

/// The peak that the last run of a partition with these options measured, if there was one.
std::optional<std::int64_t> measuredPeak(const std::vector<MeasuredRun>& runs,
                                         const core::partition::PartitionOptions& options);

/// What the shown partition is compared with.
enum class Reference { Previous, PyTorchDefault, Kept };

/// "before", "PyTorch default", "kept": the title of a column.
QString referenceTitle(Reference reference);

struct PartitionStudy {
  CurvePtr curve;
  QString curveProblem;  ///< why there is no curve
  bool curveBusy = false;
  TimelinePtr timeline;  ///< of the shown partition
  Reference reference = Reference::Previous;
  PartitionPtr other;  ///< the partition that `reference` means; null: there is none yet
  TimelinePtr otherTimeline;
  std::vector<MeasuredRun> measured;
};

using PartitionStudyPtr = std::shared_ptr<const PartitionStudy>;

}  // namespace views::models
