#pragma once

// Every partition that a budget can reach, as points of a chart: memory against recompute time.

#include <optional>
#include <vector>

#include "core/base/stage_context.h"
#include "core/partition/prepared_joint.h"

namespace core::partition {

/// How one gets to a point: by `budget`, or (empty budget) by `peakLimit` = its peak bytes.
struct ParetoPoint {
  std::optional<double> budget;
  PlanFigures figures;
  bool onSavedFront = false;  ///< no point has fewer saved bytes and less time
  bool onPeakFront = false;   ///< no point has a lower peak and less time
  /// The values that the cut saves, of the graph as cleanUp() leaves it.
  std::vector<ir::NodeId> saved = {};
};

enum class PeakPlans { Without, With };

struct ParetoCurve {
  std::vector<ParetoPoint> points;                    ///< fewest saved bytes first
  PlanFigures present;                                ///< of the options that were given
  PlanFigures pytorchDefault;                         ///< default partitioner, no pins
  PlanFigures pytorchMinCut;                          ///< min-cut with budget 1, no pins
  CostModelKind timeModel = CostModelKind::Roofline;  ///< of all recompute seconds
  double seconds = 0;                                 ///< that it took to compute
};

/// All points under the pins, solver and cost model of `present`; its partitioner, budgets and peak
/// limit only decide where the present mark is. With peak plans: the points of the peak-limited
/// search as well. A graph without backward has no points. Errors as partition()'s.
Result<ParetoCurve> paretoCurve(const ir::JointGraph& joint, const PartitionOptions& present,
                                const StageContext& context,
                                PeakPlans peakPlans = PeakPlans::Without);

}  // namespace core::partition
