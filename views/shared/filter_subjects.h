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
  /// `facts` may be null: then nothing is known of kernels, costs and the like.
  FilterSubjects(std::shared_ptr<const core::ir::JointGraph> joint,
                 std::shared_ptr<const core::partition::Partition> partition,
                 std::shared_ptr<const NodeFactsByName> facts = nullptr);

  /// All nodes but the output, in graph order.
  const std::vector<FilterSubject>& all() const { return m_subjects; }
  /// Names of the nodes that match, in graph order.
  std::vector<std::string> matching(const Filter& filter) const;

 private:
  std::shared_ptr<const core::ir::JointGraph> m_joint;
  std::shared_ptr<const NodeFactsByName> m_facts;
  std::vector<FilterSubject> m_subjects;
  FilterScope m_sums;  ///< sums over the graph, nothing else
};

}  // namespace views::shared
