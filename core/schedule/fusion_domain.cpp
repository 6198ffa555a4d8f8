// Problem: several nodes, each a loop nest over axes of its own; can one nest compute them all?
// Idea: unification. Wherever one member reads another, the index of the read and the index of the
// value must be the same position of the common domain, so their axes are united, dimension by
// dimension; a reshape between them splits axes into a common refinement. Members that read the
// same value from memory are tied too, if that contradicts nothing: the maximum of a row and the
// sum over its exponentials should run over the row together. What remains are the axes of the
// domain. Then:
//   - every reduction must run over the same axes (inner), and exist once per position of the rest
//     (outer); or, beside those, it sums over some of the outer axes and exists for every inner
//     position (an accumulated column sum), which leaves fewer independent positions;
//   - every value that goes to memory must be made once: at each outer position (row level), or at
//     each outer and inner position (element level).
// A read at a gathered position unites the other dimensions only.
// Cost: linear in the reads of the members.

#include "core/schedule/fusion_domain.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/schedule/lowerings.h"

namespace core::schedule {
namespace {

constexpr std::int64_t kFewRows = 8;
constexpr std::int64_t kLongRow = 32768;
constexpr int kExpensive = 8;             ///< additions
constexpr std::int64_t kManyRepeats = 8;  ///< computations of one element
constexpr std::int64_t kFewestSlots = 8;
constexpr std::int64_t kMostRowsOfSlot = 1024;  ///< added up in single precision
constexpr std::int64_t kFewestColumns = 32;
constexpr std::int64_t kMostSums = 32768;  ///< that a slot holds, of all columns and members

using AxisSet = std::set<int>;

FusionFailure failure(const char* rule, std::string sentence) {
  return {rule, std::move(sentence)};
}

class DomainFinder {
 public:
  DomainFinder(const LoweredGraph& lowered, const std::vector<ir::NodeId>& members,
               std::vector<bool> isAccumulated)
      : m_lowered(lowered) {
    m_domain.members = members;
    m_domain.isAccumulated = std::move(isAccumulated);
  }

  std::variant<FusionDomain, FusionFailure> run() {
    appendAxes();
    if (!uniteReads()) return m_failure;
    tieSharedReads();
    if (!resolveMembers() || !splitLevels() || !checkStores() || !checkRepeats()) return m_failure;
    return std::move(m_domain);
  }

 private:
  const ir::Graph& graph() const { return *m_lowered.graph; }
  const std::string& name(ir::NodeId id) const { return graph().node(id).name; }
  std::size_t memberIndex(ir::NodeId id) const {
    const auto found = std::lower_bound(m_domain.members.begin(), m_domain.members.end(), id);
    const bool isMember = found != m_domain.members.end() && *found == id;
    return isMember ? static_cast<std::size_t>(found - m_domain.members.begin())
                    : m_domain.members.size();
  }
  bool fail(const char* rule, std::string sentence) {
    m_failure = failure(rule, std::move(sentence));
    return false;
  }

  void appendAxes() {
    for (const ir::NodeId id : m_domain.members) {
      const NodeAccess& access = m_lowered.at(id).access;
      m_shifts.push_back(m_domain.space.append(access.space));
      m_domain.out.push_back(shifted(access.out, m_shifts.back()));
      m_domain.in.push_back(shifted(access.in, m_shifts.back()));
    }
  }

  bool uniteReads() {
    for (std::size_t i = 0; i < m_domain.members.size(); ++i)
      for (const OperandRead& read : m_lowered.at(m_domain.members[i]).access.reads) {
        const std::size_t producer = memberIndex(read.root);
        if (producer < m_domain.members.size() && !uniteRead(i, producer, read)) return false;
      }
    return true;
  }

  bool uniteRead(std::size_t reader, std::size_t producer, const OperandRead& read) {
    const std::string& from = name(m_domain.members[producer]);
    const std::string& to = name(m_domain.members[reader]);
    if (!read.isMapped)
      return fail("index", "`" + to + "` reads `" + from + "` in an order that no loop follows.");
    const LoopIndex index = shifted(read.index, m_shifts[reader]);
    const auto sizes = graph().node(read.root).tensor()->sizeHints();
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      if (sizes[d] == 1 || index[d].isIndirect()) continue;
      const auto position = m_domain.space.axesOfWholeDim(index[d], sizes[d]);
      if (!position)
        return fail("index", "`" + to + "` reads only a part of `" + from +
                                 "`, or reads it in another order than it is made.");
      const auto own = m_domain.space.axesOfWholeDim(m_domain.out[producer][d], sizes[d]);
      if (!own || !m_domain.space.unite(*own, *position)) return failDomain(from, to);
    }
    return true;
  }

  /// A read of a value that no member computes.
  struct MemoryRead {
    ir::NodeId root;
    LoopIndex index;
  };

  /// Larger values first: they say more about the loops.
  std::vector<MemoryRead> memoryReads() const {
    std::vector<MemoryRead> reads;
    for (std::size_t i = 0; i < m_domain.members.size(); ++i)
      for (const OperandRead& read : m_lowered.at(m_domain.members[i]).access.reads)
        if (read.isMapped && memberIndex(read.root) == m_domain.members.size())
          reads.push_back({read.root, shifted(read.index, m_shifts[i])});
    const auto elements = [&](const MemoryRead& read) {
      return graph().node(read.root).tensor()->numel();
    };
    std::stable_sort(reads.begin(), reads.end(), [&](const MemoryRead& a, const MemoryRead& b) {
      const std::int64_t sizeA = elements(a);
      const std::int64_t sizeB = elements(b);
      return sizeA != sizeB ? sizeA > sizeB : a.root < b.root;
    });
    return reads;
  }

  void tieSharedReads() {
    const std::vector<MemoryRead> reads = memoryReads();
    for (std::size_t i = 1; i < reads.size(); ++i)
      if (reads[i - 1].root == reads[i].root) tie(reads[i - 1], reads[i]);
  }

  /// Unites the axes of two reads, unless a member would then meet one axis twice.
  void tie(const MemoryRead& a, const MemoryRead& b) {
    AxisSpace& space = m_domain.space;
    if (space.resolved(a.index) == space.resolved(b.index)) return;
    AxisSpace trial = space;
    const auto sizes = graph().node(a.root).tensor()->sizeHints();
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      if (sizes[d] == 1) continue;
      const auto axesA = trial.axesOfWholeDim(a.index[d], sizes[d]);
      const auto axesB = trial.axesOfWholeDim(b.index[d], sizes[d]);
      if (!axesA || !axesB || !trial.unite(*axesA, *axesB)) return;
    }
    for (std::size_t i = 0; i < m_domain.members.size(); ++i)
      if (!hasDistinctAxes(trial.resolved(ownAxes(i)))) return;
    space = std::move(trial);
  }

  bool failDomain(const std::string& from, const std::string& to) {
    return fail("different domain",
                "`" + from + "` and `" + to + "` run over loops of different shape.");
  }

  static AxisSet axesOf(const LoopIndex& index) {
    AxisSet axes;
    for (const DimIndex& dim : index)
      for (const AxisTerm& term : dim.terms) axes.insert(term.axis);
    return axes;
  }

  /// The index over all axes of a member: of its result, or of a reduction's argument.
  const LoopIndex& ownAxes(std::size_t member) const {
    const bool isReduction = m_lowered.at(m_domain.members[member]).access.isReduction;
    return isReduction ? m_domain.in[member] : m_domain.out[member];
  }

  /// A node that meets one axis twice would compute a diagonal only.
  static bool hasDistinctAxes(const LoopIndex& index) {
    std::size_t count = 0;
    for (const DimIndex& dim : index) count += dim.terms.size();
    return axesOf(index).size() == count;
  }

  bool resolveMembers() {
    for (std::size_t i = 0; i < m_domain.members.size(); ++i) {
      m_domain.out[i] = m_domain.space.resolved(m_domain.out[i]);
      m_domain.in[i] = m_domain.space.resolved(m_domain.in[i]);
      m_axes.push_back(axesOf(ownAxes(i)));
      if (!hasDistinctAxes(ownAxes(i)))
        return fail("index", "A value is read both as it is and transposed.");
    }
    return true;
  }

  bool splitLevels() {
    for (std::size_t i = 0; i < m_domain.members.size(); ++i)
      if (m_domain.isAccumulated[i] && !addAccumulation(i)) return false;
    AxisSet needed;
    for (std::size_t i = 0; i < m_domain.members.size(); ++i) {
      const bool isReduction = m_lowered.at(m_domain.members[i]).access.isReduction;
      if (isReduction && !m_domain.isAccumulated[i] && !addReduction(i)) return false;
      if (isReduction || isStored(m_lowered, m_domain.members, m_domain.members[i]))
        needed.insert(m_axes[i].begin(), m_axes[i].end());
    }
    if (m_inner.empty()) m_inner = m_columns;
    for (const int axis : needed)
      (m_inner.contains(axis) ? m_domain.inner : m_domain.outer).push_back(axis);
    m_outer = AxisSet(m_domain.outer.begin(), m_domain.outer.end());
    return true;
  }

  AxisSet reducedAxes(std::size_t member) const {
    AxisSet reduced = m_axes[member];
    for (const int axis : axesOf(m_domain.out[member])) reduced.erase(axis);
    return reduced;
  }

  /// A sum over columns: its columns are the axes behind the last one that it reduces.
  bool addAccumulation(std::size_t member) {
    const AxisSet reduced = reducedAxes(member);
    if (m_folded.empty()) m_folded = reduced;
    if (reduced != m_folded)
      return fail("different domain", "Sums over columns run over different rows.");
    AxisSet columns;
    for (const DimIndex& dim : m_domain.in[member])
      for (const AxisTerm& term : dim.terms)
        reduced.contains(term.axis) ? columns.clear() : void(columns.insert(term.axis));
    if (m_columns.empty()) m_columns = columns;
    ++m_accumulations;
    return true;
  }

  bool addReduction(std::size_t member) {
    const AxisSet reduced = reducedAxes(member);
    const std::string& own = name(m_domain.members[member]);
    if (m_firstReduction.empty()) {
      m_firstReduction = own;
      m_inner = reduced;
    }
    if (reduced == m_inner) return true;
    return fail("different domain",
                "`" + m_firstReduction + "` and `" + own + "` reduce over different loops.");
  }

  bool checkStores() {
    bool storesElements = false;
    for (std::size_t i = 0; i < m_domain.members.size(); ++i) {
      const ir::NodeId id = m_domain.members[i];
      const bool isReduction = m_lowered.at(id).access.isReduction;
      const AxisSet axes = axesOf(m_domain.out[i]);
      AxisSet all = m_outer;
      all.insert(m_inner.begin(), m_inner.end());
      if (m_domain.isAccumulated[i]) {
        if (m_axes[i] != all || !fitsSlots()) return failRepeated(id);
        continue;
      }
      if (isReduction && axes != m_outer) return failRepeated(id);
      if (!isStored(m_lowered, m_domain.members, id)) continue;
      if (axes != m_outer && axes != all) return failRepeated(id);
      if (axes == all && !m_inner.empty()) storesElements = true;
    }
    if (storesElements && count(m_outer) < kFewRows && count(m_inner) >= kLongRow)
      return fail("too little parallelism",
                  "`" + m_firstReduction +
                      "` reduces nearly everything to a few numbers: one "
                      "kernel for it and its neighbours would leave the other cores idle.");
    return true;
  }

  /// Whether the folded axes are outer ones, and leave work for all threads and sums that fit
  /// beside a row.
  bool fitsSlots() const {
    const bool isOuter =
        std::includes(m_outer.begin(), m_outer.end(), m_folded.begin(), m_folded.end());
    const std::int64_t rows = count(m_folded);
    const std::int64_t columns = count(m_inner);
    return isOuter && rows <= kMostRowsOfSlot && count(m_outer) / rows >= kFewestSlots &&
           columns >= kFewestColumns && columns * m_accumulations <= kMostSums;
  }

  bool failRepeated(ir::NodeId id) {
    return fail("different domain",
                "`" + name(id) +
                    "` has fewer elements than the common loops: it would be computed "
                    "again and again.");
  }

  std::int64_t count(const AxisSet& axes) const {
    std::int64_t product = 1;
    for (const int axis : axes) product *= m_domain.space.size(axis);
    return product;
  }

  /// Values of fewer axes than the domain are computed once per use, unless they are at row level.
  bool checkRepeats() {
    AxisSet all = m_outer;
    all.insert(m_inner.begin(), m_inner.end());
    for (std::size_t i = 0; i < m_domain.members.size(); ++i) {
      const NodeAccess& access = m_lowered.at(m_domain.members[i]).access;
      if (access.isReduction || access.cost < kExpensive) continue;
      const bool isRowLevel = !m_inner.empty() && std::includes(m_outer.begin(), m_outer.end(),
                                                                m_axes[i].begin(), m_axes[i].end());
      AxisSet missing;
      std::set_difference(all.begin(), all.end(), m_axes[i].begin(), m_axes[i].end(),
                          std::inserter(missing, missing.end()));
      if (!isRowLevel && count(missing) >= kManyRepeats)
        return fail("repeated work", "`" + name(m_domain.members[i]) +
                                         "` is expensive and would be computed " +
                                         std::to_string(count(missing)) + " times per element.");
    }
    return true;
  }

  const LoweredGraph& m_lowered;
  FusionDomain m_domain;
  std::vector<int> m_shifts;    ///< by member: its first axis
  std::vector<AxisSet> m_axes;  ///< by member: of its result, or of a reduction's argument
  AxisSet m_outer;
  AxisSet m_inner;
  AxisSet m_folded;   ///< by accumulated sums
  AxisSet m_columns;  ///< of the first accumulated sum
  std::int64_t m_accumulations = 0;
  std::string m_firstReduction;
  FusionFailure m_failure;
};

/// A sum over leading dimensions that no other member reads, so that nobody waits for it.
bool isColumnSum(const LoweredGraph& lowered, const std::vector<ir::NodeId>& members,
                 ir::NodeId member) {
  const ir::Node& node = lowered.graph->node(member);
  if (!lowered.at(member).access.isReduction || !node.isCallTo("aten.sum.dim_IntList"))
    return false;
  const ir::DType dtype = node.tensor()->dtype;
  if (dtype != ir::DType::F32 && dtype != ir::DType::F64) return false;
  const auto& readers = lowered.at(member).readers;
  return !reducedDims(*lowered.graph, node).back() &&
         std::none_of(readers.begin(), readers.end(), [&](ir::NodeId reader) {
           return std::binary_search(members.begin(), members.end(), reader);
         });
}

}  // namespace

bool isStored(const LoweredGraph& lowered, const std::vector<ir::NodeId>& members,
              ir::NodeId member) {
  const auto& readers = lowered.at(member).readers;
  return std::any_of(readers.begin(), readers.end(), [&](ir::NodeId reader) {
    return !std::binary_search(members.begin(), members.end(), reader);
  });
}

std::variant<FusionDomain, FusionFailure> findDomain(const LoweredGraph& lowered,
                                                     const std::vector<ir::NodeId>& members,
                                                     bool accumulates) {
  std::vector<bool> isAccumulated(members.size(), false);
  if (accumulates) {
    for (std::size_t i = 0; i < members.size(); ++i)
      isAccumulated[i] = isColumnSum(lowered, members, members[i]);
    const bool hasAny = std::count(isAccumulated.begin(), isAccumulated.end(), true) > 0;
    auto domain = DomainFinder(lowered, members, isAccumulated).run();
    if (!hasAny || std::holds_alternative<FusionDomain>(domain)) return domain;
    isAccumulated.assign(members.size(), false);
  }
  return DomainFinder(lowered, members, std::move(isAccumulated)).run();
}

}  // namespace core::schedule
