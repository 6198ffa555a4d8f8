#pragma once

// Partitions of one joint graph, one after the other, for a person who drags the budget: only what
// the eye sees, and what all of them share is made once.

#include <memory>
#include <mutex>

#include "core/base/stage_context.h"
#include "core/partition/prepared_joint.h"

namespace core::partition {

/// May be used by several threads; they wait for each other.
class PartitionSketcher {
 public:
  explicit PartitionSketcher(std::shared_ptr<const ir::JointGraph> joint);

  const std::shared_ptr<const ir::JointGraph>& joint() const { return m_joint; }

  /// What partition() gives for `options`, without `forward` and `backward`, `decisions`, `solves`
  /// and `knapsacks`. Errors: as partition().
  Result<Partition> sketch(const PartitionOptions& options, const StageContext& context);

 private:
  Result<void> prepareFor(const PartitionOptions& options);

  std::mutex m_mutex;
  std::shared_ptr<const ir::JointGraph> m_joint;
  PreparedJointPtr m_prepared;
  PartitionOptions m_preparedFor;  ///< pins and modules count
};

}  // namespace core::partition
