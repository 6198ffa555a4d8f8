#include "views/models/partition_study.h"

#include <algorithm>

namespace views::models {

PartitionPlace placeOf(const core::partition::PlanFigures& figures) {
  return {figures.savedBytes, figures.peakBytes, figures.recomputeSeconds};
}

PartitionPlace placeOf(const core::partition::Partition& partition) {
  return {partition.savedBytesTotal, partition.peakBytes, partition.recomputeSeconds};
}

std::optional<std::int64_t> measuredPeak(const std::vector<MeasuredRun>& runs,
                                         const core::partition::PartitionOptions& options) {
  const auto last = std::find_if(runs.rbegin(), runs.rend(), [&](const MeasuredRun& run) {
    return run.options == options && run.peakBytes > 0;
  });
  if (last == runs.rend()) return std::nullopt;
  return last->peakBytes;
}

QString referenceTitle(Reference reference) {
  switch (reference) {
    case Reference::Previous: return QStringLiteral("before");
    case Reference::PyTorchDefault: return QStringLiteral("PyTorch default");
    case Reference::Kept: return QStringLiteral("kept");
  }
  return QString();
}

}  // namespace views::models
