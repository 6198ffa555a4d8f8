#pragma once

// Partitions of one joint graph, one after the other, for a person who drags the budget: only what
// the eye sees, and what all of them share is made once.

#include <memory>
#include <mutex>

#include "core/partition/pareto_curve.h"

namespace core::partition {

/// May be used by several threads; they wait for each other.
class PartitionSketcher {
 public:
  explicit PartitionSketcher(std::shared_ptr<const ir::JointGraph> joint);

  const std::shared_ptr<const ir::JointGraph>& joint() const { return m_joint; }

  /// Remembers the plans of a curve of this joint graph: `options` are those that it was made for.
  /// A sketch of one of its points then needs no cut.
  void useCurve(std::shared_ptr<const ParetoCurve> curve, PartitionOptions options);

  /// What partition() gives for `options`, without `forward` and `backward`, `decisions`, `solves`
  /// and `knapsacks`. Where a known curve has a point with that very peak limit, it is that point.
  /// Errors: as partition().
  Result<Partition> sketch(const PartitionOptions& options, const StageContext& context);

 private:
  Result<void> prepareFor(const PartitionOptions& options);
  /// The point of the known curve that `options` ask for; null if there is none.
  const ParetoPoint* knownPoint(const PartitionOptions& options) const;
  Result<Partition> sketchOf(const std::vector<ir::NodeId>& saved, const PartitionOptions& options,
                             std::optional<std::int64_t> peakBytes) const;

  std::mutex m_mutex;
  std::shared_ptr<const ir::JointGraph> m_joint;
  PreparedJointPtr m_prepared;
  PartitionOptions m_preparedFor;  ///< pins and modules count
  std::shared_ptr<const ParetoCurve> m_curve;
  PartitionOptions m_curveOptions;
};

}  // namespace core::partition
