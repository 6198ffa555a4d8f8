#include "core/partition/no_cut.h"

#include <algorithm>

namespace core::partition {
namespace {

class PathWords {
 public:
  PathWords(const JointProblem& problem, const NodeClasses& classes, const Bans& bans)
      : m_problem(problem), m_classes(classes), m_bans(bans) {}

  /// "'x' cannot be recomputed, because it is an input of the graph": what holds for one node.
  std::string sentence(std::size_t i, bool isFirst, bool isLast, bool crossed) const {
    std::string rules;
    const auto add = [&](const std::string& rule) {
      rules += (rules.empty() ? "" : ", and ") + rule;
    };
    if (isFirst) add(whyNotRecomputed(i));
    if (crossed) add(whyNotSaved(i));
    if (isLast && !crossed) add(whyInBackward(i));
    if (rules.empty()) add("is on the way");
    return "'" + m_problem.graph->nodes()[i].name + "' " + rules;
  }

 private:
  std::string whyNotRecomputed(std::size_t i) const {
    if (m_problem.wishes[i].pinnedSave) return "is pinned to be saved";
    return "cannot be recomputed, because " + std::string(banReasonClause(m_bans[i]));
  }

  std::string whyNotSaved(std::size_t i) const {
    if (m_problem.overwritten[i]) return "cannot be saved, because the forward overwrites it";
    return "cannot be saved, because it is no tensor";
  }

  std::string whyInBackward(std::size_t i) const {
    if (m_problem.wishes[i].pinnedRecompute) return "is pinned to be recomputed";
    if (m_problem.wishes[i].mustRecompute()) return "is to be recomputed, as the model asks";
    if (m_classes.backwardDraws[i]) return "depends on random numbers of the backward";
    return "is computed in the backward";
  }

  const JointProblem& m_problem;
  const NodeClasses& m_classes;
  const Bans& m_bans;
};

}  // namespace

Error noCut(const JointProblem& problem, const NodeClasses& classes, const Bans& bans,
            const std::vector<int>& path) {
  const auto source = static_cast<int>(2 * problem.graph->size());
  std::vector<int> vertices;
  std::copy_if(path.begin(), path.end(), std::back_inserter(vertices),
               [&](int vertex) { return vertex < source; });
  const PathWords words(problem, classes, bans);
  std::string way, rules, last;
  for (std::size_t k = 0; k < vertices.size(); ++k) {
    const auto i = static_cast<std::size_t>(vertices[k] / 2);
    const bool crossed = k + 1 < vertices.size() && vertices[k + 1] / 2 == vertices[k] / 2;
    last = problem.graph->nodes()[i].name;
    way += (way.empty() ? "" : " -> ") + last;
    const bool isFirst = k == 0;
    if (crossed) ++k;
    rules +=
        (rules.empty() ? "" : "; ") + words.sentence(i, isFirst, k + 1 == vertices.size(), crossed);
  }
  return Error{ErrorCode::PartitionInfeasible,
               "No partition exists: nothing on the way " + way + " can be saved or recomputed (" +
                   rules + "). Remove a pin or a recompute tag.",
               {},
               last};
}

}  // namespace core::partition
