#include "core/history/compare_runs.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <tuple>

namespace core::history {
namespace {

std::string number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.2f", value);
  return buffer;
}

/// The intervals of two independent ratios, combined on the scale of logarithms, where both are
/// nearly normal.
run::Speedup ratioOf(const run::Speedup& after, const run::Speedup& before) {
  const auto below = [](const run::Speedup& s) { return std::log(s.median / s.low); };
  const auto above = [](const run::Speedup& s) { return std::log(s.high / s.median); };
  run::Speedup change;
  change.median = after.median / before.median;
  change.low = change.median * std::exp(-std::hypot(below(after), above(before)));
  change.high = change.median * std::exp(std::hypot(above(after), below(before)));
  if (change.low > 1) change.verdict = run::Verdict::Faster;
  if (change.high < 1) change.verdict = run::Verdict::Slower;
  return change;
}

std::vector<std::string> differencesOf(const RunConditions& before, const RunConditions& after) {
  std::vector<std::string> differences;
  const auto add = [&](const std::string& what, const std::string& a, const std::string& b) {
    if (a != b) differences.push_back(what + ": " + a + " before, " + b + " now");
  };
  add("model", before.model, after.model);
  if (before.graphHash != after.graphHash)
    differences.push_back("the joint graphs are not the same");
  add("processor", before.processor, after.processor);
  add("versions", before.versions, after.versions);
  add("settings", before.settings, after.settings);
  return differences;
}

}  // namespace

double ComparedFigure::ratio() const {
  return before > 0 && after > 0 ? after / before : 1;
}

std::string RunComparison::sentence(std::int64_t beforeId) const {
  const std::string since = " since run " + std::to_string(beforeId) + ".";
  if (!change) return "No change of speed is shown: a run did not pass its check.";
  const std::string interval =
      number(change->median) + "x [" + number(change->low) + ", " + number(change->high) + "]";
  switch (change->verdict) {
    case run::Verdict::Faster: return "Compiled gained " + interval + " over eager" + since;
    case run::Verdict::Slower: return "Compiled lost to eager, " + interval + "," + since;
    case run::Verdict::NoDifferenceShown: break;
  }
  return "No difference is shown, " + interval + "," + since;
}

RunComparison compareRuns(const KeptRun& before, const KeptRun& after) {
  const run::Measurement& a = before.measurement;
  const run::Measurement& b = after.measurement;
  const auto bytes = [](std::int64_t value) { return static_cast<double>(value); };
  RunComparison comparison;
  comparison.figures = {
      {"eager step", a.eager.medianMs, b.eager.medianMs, false},
      {"compiled step", a.compiled.medianMs, b.compiled.medianMs, false},
      {"compiled forward", a.compiledForwardMs, b.compiledForwardMs, false},
      {"compiled backward", a.compiledBackwardMs, b.compiledBackwardMs, false},
      {"compile time", a.compile.totalMs, b.compile.totalMs, false},
      {"eager peak", bytes(a.eager.peakBytes), bytes(b.eager.peakBytes), true},
      {"compiled peak", bytes(a.compiled.peakBytes), bytes(b.compiled.peakBytes), true},
      {"compiled saved", bytes(a.compiled.savedBytes), bytes(b.compiled.savedBytes), true},
  };
  std::stable_sort(comparison.figures.begin(), comparison.figures.end(),
                   [](const ComparedFigure& x, const ComparedFigure& y) {
                     return std::abs(std::log(x.ratio())) > std::abs(std::log(y.ratio()));
                   });
  if (a.speedup && b.speedup) comparison.change = ratioOf(*b.speedup, *a.speedup);
  comparison.differences = differencesOf(before.conditions, after.conditions);
  return comparison;
}

std::vector<ComparedPart> compareParts(const std::vector<run::PartTime>& before,
                                       const std::vector<run::PartTime>& after) {
  std::map<std::tuple<std::string, std::string, bool, bool>, ComparedPart> byName;
  const auto partOf = [&](const run::PartTime& part) -> ComparedPart& {
    const auto key = std::tuple(part.module, part.name, part.isCompiled, part.inBackward);
    return byName
        .try_emplace(key, ComparedPart{part.module, part.name, part.isCompiled, part.inBackward})
        .first->second;
  };
  for (const run::PartTime& part : before) partOf(part).beforeUs += part.us;
  for (const run::PartTime& part : after) partOf(part).afterUs += part.us;
  std::vector<ComparedPart> parts;
  for (auto& [key, part] : byName) parts.push_back(std::move(part));
  std::stable_sort(parts.begin(), parts.end(), [](const ComparedPart& x, const ComparedPart& y) {
    return std::abs(x.changeUs()) > std::abs(y.changeUs());
  });
  return parts;
}

std::string regressionSentence(const std::vector<ComparedPart>& parts) {
  constexpr int kMostNamed = 3;
  std::string sentence;
  int named = 0;
  for (const ComparedPart& part : parts) {
    if (!part.isCompiled || part.changeUs() <= 0 || named == kMostNamed) continue;
    sentence += named++ == 0 ? "Slower: " : ", ";
    sentence += part.name;
    if (!part.module.empty()) sentence += " in '" + part.module + "'";
    sentence += std::string(" (") + (part.inBackward ? "backward" : "forward") + ") by " +
                number(part.changeUs()) + " us";
  }
  return sentence.empty() ? sentence : sentence + ".";
}

}  // namespace core::history
