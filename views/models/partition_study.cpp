#include "views/models/partition_study.h"

namespace views::models {

PartitionPlace placeOf(const core::partition::PlanFigures& figures) {
  return {figures.savedBytes, figures.peakBytes, figures.recomputeSeconds};
}

PartitionPlace placeOf(const core::partition::Partition& partition) {
  return {partition.savedBytesTotal, partition.peakBytes, partition.recomputeSeconds};
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
