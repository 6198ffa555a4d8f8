#pragma once

// The nodes of a joint graph with what a filter can ask of them.

#include <memory>
#include <string>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/partition/partition.h"
#include "views/shared/filter.h"

namespace views::shared {

class FilterSubjects {
 public:
  FilterSubjects() = default;
  /// `partition` may be null: then nothing is saved or recomputed, and fwd and bwd follow from what
  /// depends on the tangents.
  FilterSubjects(std::shared_ptr<const core::ir::JointGraph> joint,
                 std::shared_ptr<const core::partition::Partition> partition);

  /// All nodes but the output, in graph order.
  const std::vector<FilterSubject>& all() const { return m_subjects; }
  /// Names of the nodes that match, in graph order.
  std::vector<std::string> matching(const Filter& filter) const;

 private:
  std::shared_ptr<const core::ir::JointGraph> m_joint;
  std::vector<FilterSubject> m_subjects;
};

}  // namespace views::shared
