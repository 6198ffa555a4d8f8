// Runs of equal module calls.
//
// Problem: a deep model is one block written down many times. Shown one by one, the blocks hide
// what surrounds them, and opening each to see that it is like the last is work for nothing.
//
// Idea: a call is described by what it computes and how, without names: its class, for every box
// inside the operator, the result's shape and how many boxes before it each input was made, and the
// same of the calls inside. Inputs from outside are all alike. Equal descriptions get one number. A
// run is a maximal row of calls with one number, in one module, with nothing executed between them;
// for that reason a call around the run depends on nothing that depends on it.
//
// Cost: the boxes of every call are looked at once: O(boxes × nesting).

#include "core/layout/repeats.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/layout/box_text.h"

namespace core::layout {
namespace {

constexpr int kFewestRepeats = 3;  // two are seen at a glance
constexpr int kOutside = -1;       // an input made before the call
constexpr int kEndOfBox = -2;

/// Places in the order of execution, [begin, end).
struct Stretch {
  int begin = -1;
  int end = -1;
};

struct Run {
  int first = 0;  ///< calls
  int last = 0;
  int count = 1;
};

/// "blocks." and "0" of "blocks.0".
std::pair<std::string, std::string> splitNumber(const std::string& path) {
  const auto last = path.find_last_not_of("0123456789");
  const auto begin = last == std::string::npos ? 0 : last + 1;
  return {path.substr(0, begin), path.substr(begin)};
}

/// The same whether the calls run forwards or, in a backward drawn alone, backwards.
std::string keyOfRun(std::string first, std::string last) {
  if (std::pair(last.size(), last) < std::pair(first.size(), first)) std::swap(first, last);
  const auto [list, from] = splitNumber(first);
  const auto [sameList, to] = splitNumber(last);
  if (list != sameList || from.empty() || to.empty()) return first + " … " + last;
  return list + '[' + from + '-' + to + ']';
}

class RepeatFinder {
 public:
  RepeatFinder(const Flow& flow, const Folding& folding, ModuleCalls& modules)
      : m_flow(flow), m_folding(folding), m_modules(modules) {}

  void run();

 private:
  void findPlaces();
  void describePlaces();
  void numberCalls();
  std::vector<int> describe(int call, const std::vector<std::vector<int>>& children) const;
  std::vector<Run> findRuns() const;
  void wrap(const std::vector<Run>& runs);

  const Flow& m_flow;
  const Folding& m_folding;
  ModuleCalls& m_modules;
  std::vector<int> m_nodeAt;              ///< per place: the flow node
  std::vector<int> m_placeOf;             ///< per flow node, or -1
  std::vector<int> m_operators;           ///< per place: number of operator and shape
  std::vector<std::vector<int>> m_reads;  ///< per place: where its inputs are made, or kOutside
  std::vector<Stretch> m_stretches;       ///< per call
  std::map<std::string, int> m_classes;
};

void RepeatFinder::findPlaces() {
  m_placeOf.assign(m_flow.nodes.size(), kOutside);
  m_stretches.resize(m_modules.calls.size());
  for (std::size_t i = 0; i < m_flow.nodes.size(); ++i) {
    const FlowNode& node = m_flow.nodes[i];
    const bool hasBox = node.lane == Lane::Forward && node.role == FlowRole::Call &&
                        !m_folding.isFolded(static_cast<int>(i));
    if (!hasBox) continue;
    const int place = static_cast<int>(m_nodeAt.size());
    m_placeOf[i] = place;
    m_nodeAt.push_back(static_cast<int>(i));
    for (int call = m_modules.callOf[i]; call >= 0; call = m_modules.calls[call].parent) {
      Stretch& stretch = m_stretches[call];
      if (stretch.begin < 0) stretch.begin = place;
      stretch.end = place + 1;
    }
  }
}

void RepeatFinder::describePlaces() {
  std::unordered_map<std::string, int> known;
  m_reads.resize(m_nodeAt.size());
  for (std::size_t place = 0; place < m_nodeAt.size(); ++place) {
    const FlowNode& node = m_flow.nodes[m_nodeAt[place]];
    const std::string text = node.node->target.str() + ' ' + shapeText(node.node->value);
    m_operators.push_back(known.emplace(text, static_cast<int>(known.size())).first->second);
    for (const int input : node.inputs)
      m_reads[place].push_back(
          m_placeOf[resolveInput(m_flow, m_folding, m_nodeAt[place], input).home]);
  }
}

std::vector<int> RepeatFinder::describe(int call,
                                        const std::vector<std::vector<int>>& children) const {
  const Stretch stretch = m_stretches[call];
  std::vector<int> words{m_classes.at(m_modules.calls[call].className)};
  for (int place = stretch.begin; place < stretch.end; ++place) {
    words.push_back(m_operators[place]);
    for (const int from : m_reads[place])
      words.push_back(from < stretch.begin ? kOutside : place - from);
    words.push_back(kEndOfBox);
  }
  for (const int child : children[call]) {
    words.push_back(m_stretches[child].begin - stretch.begin);
    words.push_back(m_modules.calls[child].structure);
  }
  return words;
}

/// Calls inside come after the call, so from the end their numbers are known.
void RepeatFinder::numberCalls() {
  std::vector<std::vector<int>> children(m_modules.calls.size());
  for (std::size_t c = 0; c < m_modules.calls.size(); ++c) {
    const ModuleCall& call = m_modules.calls[c];
    m_classes.emplace(call.className, static_cast<int>(m_classes.size()));
    if (call.parent >= 0) children[call.parent].push_back(static_cast<int>(c));
  }
  std::map<std::vector<int>, int> known;
  for (std::size_t c = m_modules.calls.size(); c-- > 0;) {
    const int number = static_cast<int>(known.size());
    m_modules.calls[c].structure =
        known.emplace(describe(static_cast<int>(c), children), number).first->second;
  }
}

std::vector<Run> RepeatFinder::findRuns() const {
  const auto& calls = m_modules.calls;
  std::map<int, Run> open;  // per module: the run that its last call belongs to
  std::vector<Run> runs;
  const auto close = [&runs](const Run& run) {
    if (run.count >= kFewestRepeats) runs.push_back(run);
  };
  for (std::size_t c = 0; c < calls.size(); ++c) {
    const int call = static_cast<int>(c);
    const auto [at, isFirst] = open.emplace(calls[c].parent, Run{call, call});
    if (isFirst) continue;
    Run& run = at->second;
    if (calls[c].structure == calls[run.last].structure &&
        m_stretches[c].begin == m_stretches[run.last].end) {
      run.last = call;
      ++run.count;
    } else {
      close(run);
      run = {call, call};
    }
  }
  for (const auto& [parent, run] : open) close(run);
  return runs;
}

void RepeatFinder::wrap(const std::vector<Run>& runs) {
  const std::vector<ModuleCall> before = std::move(m_modules.calls);
  std::vector<int> runOf(before.size(), -1);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    for (int c = runs[r].first; c <= runs[r].last; ++c)
      if (before[c].parent == before[runs[r].first].parent) runOf[c] = static_cast<int>(r);
  }
  std::vector<ModuleCall> after;
  std::vector<int> now(before.size(), -1);
  std::vector<int> wrapper(runs.size(), -1);
  const auto add = [&after](ModuleCall call, int parent) {
    call.parent = parent;
    call.depth = parent < 0 ? 1 : after[parent].depth + 1;
    after.push_back(std::move(call));
    return static_cast<int>(after.size()) - 1;
  };
  for (std::size_t c = 0; c < before.size(); ++c) {
    int parent = before[c].parent < 0 ? -1 : now[before[c].parent];
    const int r = runOf[c];
    if (r >= 0 && wrapper[r] < 0) {
      ModuleCall around;
      around.key = keyOfRun(before[c].key, before[runs[r].last].key);
      const auto dot = before[c].path.rfind('.');
      around.path = dot == std::string::npos ? std::string() : before[c].path.substr(0, dot);
      around.className = before[c].className;
      around.repeats = runs[r].count;
      wrapper[r] = add(std::move(around), parent);
    }
    now[c] = add(before[c], r >= 0 ? wrapper[r] : parent);
  }
  m_modules.calls = std::move(after);
  for (int& call : m_modules.callOf)
    if (call >= 0) call = now[call];
}

void RepeatFinder::run() {
  if (m_modules.calls.empty()) return;
  findPlaces();
  describePlaces();
  numberCalls();
  const std::vector<Run> runs = findRuns();
  if (!runs.empty()) wrap(runs);
}

}  // namespace

void findRepeats(const Flow& flow, const Folding& folding, ModuleCalls& modules) {
  RepeatFinder(flow, folding, modules).run();
}

}  // namespace core::layout
