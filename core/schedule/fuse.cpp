// Problem: which loop nests to put into one kernel, so that fewer values travel through memory.
// Idea: greedy, as Inductor and XLA do it. Start with a unit per node. In rounds:
//   1. candidates: pairs of units where one reads the other, or (if no further apart than a window)
//      where both read the same value. They come from each value's list of readers; there is no
//      scan over all pairs;
//   2. order them by the bytes that no longer move: a read for each shared value, and the write too
//      where nobody else reads it;
//   3. merge from the best down, if a common domain exists (fusion_domain.cpp), no other unit lies
//      on a path between the two, and the kernel stays within its limits.
// The rounds end when nothing was merged. Ties go to the pair that comes first in the graph.
// A kernel takes its loops from its reductions, so which fusions come first matters. Three phases:
// what only one unit reads goes into that unit (a sum over columns keeps the formula that only it
// needs); then everything but reductions over columns, so that the row kernels of normalizations,
// softmax and their gradients are whole; then everything.
// Cost: O(rounds * reads * path search); rounds grow with the logarithm of the longest chain.

#include "core/schedule/fuse.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/check.h"
#include "core/schedule/emit_group.h"
#include "core/schedule/lowerings.h"
#include "core/schedule/step_order.h"

namespace core::schedule {
namespace {

constexpr std::size_t kMaxNodes = 64;
constexpr int kMaxOps = 256;
constexpr std::uint32_t kWindow = 64;
constexpr std::int64_t kMinSharedBytes = 10;

struct Unit {
  std::vector<ir::NodeId> members;  ///< in graph order
  std::vector<std::string> reasons;
  bool isKernel = false;
  bool isAlive = true;
};

enum class Phase { Swallow, Rows, All };

struct Candidate {
  int a = -1;
  int b = -1;
  std::int64_t savedBytes = 0;
  bool reads = false;        ///< one reads the other
  bool isSwallowed = false;  ///< nobody else reads anything of the producer
  ir::NodeId largestShared;  ///< a value that both read
  std::int64_t largestSharedBytes = 0;
};

std::string bytesText(std::int64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " bytes";
  const bool isLarge = bytes >= 1024 * 1024;
  const double amount = static_cast<double>(bytes) / (isLarge ? 1024.0 * 1024.0 : 1024.0);
  const auto tenths = static_cast<std::int64_t>(amount * 10 + 0.5);
  std::string text = std::to_string(tenths / 10);
  text += "." + std::to_string(tenths % 10);
  return text + (isLarge ? " MiB" : " KiB");
}

class Fuser {
 public:
  Fuser(const LoweredGraph& lowered, const FusionOptions& options)
      : m_lowered(lowered),
        m_apart(options.apart.begin(), options.apart.end()),
        m_accumulates(options.accumulates),
        m_after(successors(lowered)),
        m_unitOf(lowered.nodes.size(), -1) {
    for (const ir::Node& node : lowered.graph->nodes()) {
      const NodeRole role = lowered.at(node.id).role;
      if (role == NodeRole::None) continue;
      m_unitOf[node.id.index] = static_cast<int>(m_units.size());
      m_units.push_back({{node.id}, {}, role == NodeRole::Kernel, true});
    }
  }

  Result<Fusion> run(const StageContext& context) {
    for (const Phase phase : {Phase::Swallow, Phase::Rows, Phase::All}) {
      m_phase = phase;
      while (mergeRound()) CORE_TRY_VOID(context.checkCancelled("schedule"));
    }
    Fusion fusion;
    for (Unit& unit : m_units) {
      if (!unit.isAlive || !unit.isKernel) continue;
      auto domain = findDomain(m_lowered, unit.members, m_accumulates);
      CORE_CHECK(std::holds_alternative<FusionDomain>(domain), "a fused group lost its domain");
      fusion.groups.push_back({std::get<FusionDomain>(std::move(domain)), std::move(unit.reasons)});
    }
    const auto first = [](const FusedGroup& group) { return group.domain.members.front(); };
    std::sort(fusion.groups.begin(), fusion.groups.end(),
              [&](const FusedGroup& a, const FusedGroup& b) { return first(a) < first(b); });
    fusion.refusals = refusals();
    return fusion;
  }

 private:
  const ir::Graph& graph() const { return *m_lowered.graph; }
  Unit& unit(int index) { return m_units[static_cast<std::size_t>(index)]; }
  int unitOfValue(ir::NodeId root) const { return m_unitOf[m_lowered.producer(root).index]; }

  // --- candidates

  /// Kernel units that read a value, each once, in graph order.
  std::vector<int> readingKernels(ir::NodeId root) {
    std::vector<int> units;
    for (const ir::NodeId reader : m_lowered.at(root).readers) {
      const int index = m_unitOf[reader.index];
      const bool isNew = std::find(units.begin(), units.end(), index) == units.end();
      if (index >= 0 && unit(index).isKernel && isNew) units.push_back(index);
    }
    return units;
  }

  bool isReadOnlyBy(ir::NodeId root, int a, int b) const {
    const auto& readers = m_lowered.at(root).readers;
    return std::all_of(readers.begin(), readers.end(), [&](ir::NodeId reader) {
      const int index = m_unitOf[reader.index];
      return index >= 0 && (index == a || index == b);
    });
  }

  using CandidateMap = std::map<std::pair<int, int>, Candidate>;

  static Candidate& candidateFor(CandidateMap& all, int a, int b) {
    Candidate& candidate = all[{std::min(a, b), std::max(a, b)}];
    candidate.a = std::min(a, b);
    candidate.b = std::max(a, b);
    return candidate;
  }

  std::vector<Candidate> candidates() {
    CandidateMap all;
    for (const ir::Node& node : graph().nodes()) {
      if (!node.tensor() || m_lowered.at(node.id).root != node.id) continue;
      const std::int64_t bytes = node.tensor()->bytes();
      const int producer = unitOfValue(node.id);
      const std::vector<int> readers = readingKernels(node.id);
      for (std::size_t i = 0; i < readers.size(); ++i) {
        if (producer >= 0 && unit(producer).isKernel && readers[i] != producer) {
          Candidate& vertical = candidateFor(all, producer, readers[i]);
          vertical.reads = true;
          vertical.isSwallowed |= isSwallowedBy(producer, readers[i]);
          vertical.savedBytes += isReadOnlyBy(node.id, producer, readers[i]) ? 2 * bytes : bytes;
        }
        if (i == 0 || readers[i] == producer || readers[i - 1] == producer) continue;
        Candidate& horizontal = candidateFor(all, readers[i - 1], readers[i]);
        horizontal.savedBytes += bytes;
        if (bytes <= horizontal.largestSharedBytes) continue;
        horizontal.largestSharedBytes = bytes;
        horizontal.largestShared = node.id;
      }
    }
    std::vector<Candidate> sorted;
    for (const auto& [pair, candidate] : all)
      if (isAllowedNow(candidate) && !m_failed.contains(pair) && isWorthTrying(candidate))
        sorted.push_back(candidate);
    std::stable_sort(sorted.begin(), sorted.end(), [](const Candidate& a, const Candidate& b) {
      return a.savedBytes > b.savedBytes;
    });
    return sorted;
  }

  bool isAllowedNow(const Candidate& candidate) {
    switch (m_phase) {
      case Phase::Swallow: return candidate.isSwallowed;
      case Phase::Rows: return !reducesColumns(candidate.a) && !reducesColumns(candidate.b);
      case Phase::All: break;
    }
    return true;
  }

  /// Whether only `reader` reads what `producer` makes. What leads to a single number is left to
  /// the kernels that its parts come from: they have more threads.
  bool isSwallowedBy(int producer, int reader) {
    if (makesOneNumber(reader)) return false;
    const auto& members = unit(producer).members;
    return std::all_of(members.begin(), members.end(),
                       [&](ir::NodeId member) { return isReadOnlyBy(member, producer, reader); });
  }

  bool makesOneNumber(int index) {
    const auto& members = unit(index).members;
    return std::any_of(members.begin(), members.end(), [&](ir::NodeId member) {
      return m_lowered.at(member).access.isReduction && graph().node(member).tensor()->numel() == 1;
    });
  }

  /// Whether a unit has a reduction that leaves the last dimension of its argument alone.
  bool reducesColumns(int index) {
    const auto& members = unit(index).members;
    return std::any_of(members.begin(), members.end(), [&](ir::NodeId member) {
      const ir::Node& node = graph().node(member);
      return m_lowered.at(member).access.isReduction && !reducedDims(graph(), node).back();
    });
  }

  bool isWorthTrying(const Candidate& candidate) {
    if (candidate.reads) return true;
    const std::uint32_t endOfA = unit(candidate.a).members.back().index;
    const std::uint32_t beginOfB = unit(candidate.b).members.front().index;
    const std::uint32_t endOfB = unit(candidate.b).members.back().index;
    const std::uint32_t beginOfA = unit(candidate.a).members.front().index;
    const std::uint32_t distance = beginOfB > endOfA   ? beginOfB - endOfA
                                   : beginOfA > endOfB ? beginOfA - endOfB
                                                       : 0;
    return candidate.savedBytes >= kMinSharedBytes && distance <= kWindow;
  }

  // --- merging

  bool mergeRound() {
    bool merged = false;
    std::set<int> touched;
    for (const Candidate& candidate : candidates()) {
      if (touched.contains(candidate.a) || touched.contains(candidate.b)) continue;
      if (tryMerge(candidate)) {
        touched.insert({candidate.a, candidate.b});
        merged = true;
      } else {
        m_failed.insert({candidate.a, candidate.b});
      }
    }
    return merged;
  }

  std::vector<ir::NodeId> mergedMembers(int a, int b) {
    std::vector<ir::NodeId> members;
    std::merge(unit(a).members.begin(), unit(a).members.end(), unit(b).members.begin(),
               unit(b).members.end(), std::back_inserter(members));
    return members;
  }

  /// Empty if the two may be one kernel, else why not.
  std::optional<FusionFailure> whyNot(const std::vector<ir::NodeId>& members, int a, int b) {
    for (const ir::NodeId member : members)
      if (m_apart.contains(graph().node(member).name))
        return FusionFailure{"apart",
                             "`" + graph().node(member).name + "` is to be a kernel of its own."};
    const std::string& nameA = graph().node(unit(a).members.front()).name;
    const std::string& nameB = graph().node(unit(b).members.front()).name;
    int ops = 0;
    for (const ir::NodeId member : members) ops += m_lowered.at(member).access.ops;
    if (members.size() > kMaxNodes || ops > kMaxOps)
      return FusionFailure{"too many operations", "Together with `" + nameA + "`, `" + nameB +
                                                      "` would make a kernel of " +
                                                      std::to_string(ops) + " operations."};
    if (const auto between = unitBetween(a, b))
      return FusionFailure{"path", "`" + graph().node(unit(*between).members.front()).name +
                                       "` must run between `" + nameA + "` and `" + nameB + "`."};
    auto domain = findDomain(m_lowered, members, m_accumulates);
    if (auto* failure = std::get_if<FusionFailure>(&domain)) return std::move(*failure);
    if (readsMembersAtGatheredPositions(members) && !canEmit(std::get<FusionDomain>(domain)))
      return FusionFailure{"gather",
                           "A value would be needed at positions that are only known "
                           "while the kernel runs."};
    return std::nullopt;
  }

  bool readsMembersAtGatheredPositions(const std::vector<ir::NodeId>& members) const {
    for (const ir::NodeId member : members)
      for (const OperandRead& read : m_lowered.at(member).access.reads)
        if (std::binary_search(members.begin(), members.end(), read.root) &&
            std::any_of(read.index.begin(), read.index.end(),
                        [](const DimIndex& dim) { return dim.isIndirect(); }))
          return true;
    return false;
  }

  bool canEmit(const FusionDomain& domain) const {
    const PlaceOf anyPlace = [&](ir::NodeId id) {
      return BufferView{static_cast<int>(id.index), *graph().node(id).tensor(), 0};
    };
    return emitGroup(m_lowered, domain, anyPlace).has_value();
  }

  bool tryMerge(const Candidate& candidate) {
    std::vector<ir::NodeId> members = mergedMembers(candidate.a, candidate.b);
    if (whyNot(members, candidate.a, candidate.b)) return false;
    Unit merged{std::move(members), {}, true, true};
    for (const int part : {candidate.a, candidate.b}) {
      Unit& old = unit(part);
      old.isAlive = false;
      merged.reasons.insert(merged.reasons.end(), old.reasons.begin(), old.reasons.end());
    }
    merged.reasons.push_back(reasonFor(candidate));
    for (const ir::NodeId member : merged.members)
      m_unitOf[member.index] = static_cast<int>(m_units.size());
    m_units.push_back(std::move(merged));
    return true;
  }

  std::string reasonFor(const Candidate& candidate) {
    const std::string& a = graph().node(unit(candidate.a).members.front()).name;
    const std::string& b = graph().node(unit(candidate.b).members.front()).name;
    std::string text = "`" + a + "` and `" + b + "` run over the same loops";
    if (!candidate.reads)
      text += " and both read `" + graph().node(candidate.largestShared).name + "`";
    return text + ": " + bytesText(candidate.savedBytes) + " less to move.";
  }

  // --- paths

  /// A unit on a path from one to the other that is neither; empty if there is none.
  std::optional<int> unitBetween(int a, int b) {
    for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}})
      if (const auto found = firstStepOfPath(from, to)) return found;
    return std::nullopt;
  }

  std::optional<int> firstStepOfPath(int from, int to) {
    std::vector<bool> isSeen(m_units.size(), false);
    isSeen[static_cast<std::size_t>(from)] = true;
    for (const int next : followers(from))
      if (next != to && reaches(next, to, isSeen)) return next;
    return std::nullopt;
  }

  std::vector<int> followers(int index) {
    std::vector<int> result;
    for (const ir::NodeId member : unit(index).members)
      for (const ir::NodeId reader : m_after[member.index]) {
        const int next = m_unitOf[reader.index];
        if (next >= 0 && next != index &&
            std::find(result.begin(), result.end(), next) == result.end())
          result.push_back(next);
      }
    return result;
  }

  bool reaches(int start, int target, std::vector<bool>& isSeen) {
    std::vector<int> stack{start};
    while (!stack.empty()) {
      const int index = stack.back();
      stack.pop_back();
      if (index == target) return true;
      if (isSeen[static_cast<std::size_t>(index)]) continue;
      isSeen[static_cast<std::size_t>(index)] = true;
      for (const int next : followers(index)) stack.push_back(next);
    }
    return false;
  }

  // --- refusals

  std::vector<FusionRefusal> refusals() {
    std::vector<FusionRefusal> all;
    for (const ir::Node& node : graph().nodes()) {
      if (!node.tensor() || m_lowered.at(node.id).root != node.id) continue;
      const int producer = unitOfValue(node.id);
      if (producer < 0) continue;
      for (const ir::NodeId reader : m_lowered.at(node.id).readers) {
        const int consumer = m_unitOf[reader.index];
        if (consumer < 0 || consumer == producer) continue;
        FusionFailure failure = refusalFor(node.id, producer, reader, consumer);
        all.push_back({node.id, reader, std::move(failure.rule), std::move(failure.sentence)});
      }
    }
    return all;
  }

  FusionFailure refusalFor(ir::NodeId value, int producer, ir::NodeId reader, int consumer) {
    for (const ir::NodeId node : {m_lowered.producer(value), reader})
      if (m_lowered.at(node).role == NodeRole::Extern)
        return {"extern", "`" + graph().node(node).name +
                              "` is called in LibTorch: " + m_lowered.at(node).externReason + "."};
    if (m_lowered.at(reader).role == NodeRole::WriteBack)
      return {"write back", "`" + graph().node(reader).name +
                                "` copies into an input after the last read of it."};
    const auto failure = whyNot(mergedMembers(producer, consumer), producer, consumer);
    return failure.value_or(FusionFailure{"order", "Another fusion came first."});
  }

  const LoweredGraph& m_lowered;
  std::set<std::string> m_apart;
  bool m_accumulates = true;
  std::vector<std::vector<ir::NodeId>> m_after;
  std::vector<int> m_unitOf;
  std::vector<Unit> m_units;
  Phase m_phase = Phase::Swallow;
  std::set<std::pair<int, int>> m_failed;  ///< units never change, so a failure is for good
};

}  // namespace

Result<Fusion> fuse(const LoweredGraph& lowered, const FusionOptions& options,
                    const StageContext& context) {
  return Fuser(lowered, options).run(context);
}

}  // namespace core::schedule
