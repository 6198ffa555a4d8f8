#include "core/run/profile_gaps.h"

#include <algorithm>

namespace core::run {
namespace {

double endOf(const ProfileSlice& slice) {
  return slice.startUs + slice.durationUs;
}

bool isInside(double begin, double end, const TimeSpan& span) {
  return span.begin <= begin && end <= span.end;
}

/// The times that no slice covers, in order. The slices are in order of time.
std::vector<TimeSpan> gapsOf(const StepProfile& step) {
  std::vector<TimeSpan> gaps;
  double end = 0;
  for (const ProfileSlice& slice : step.slices) {
    if (slice.startUs > end) gaps.push_back({end, slice.startUs});
    end = std::max(end, endOf(slice));
  }
  if (step.wallUs > end) gaps.push_back({end, step.wallUs});
  return gaps;
}

/// The gaps, cut where the step turned to something else.
std::vector<TimeSpan> cutAt(const std::vector<TimeSpan>& gaps, const std::vector<double>& turns) {
  std::vector<TimeSpan> pieces;
  for (TimeSpan gap : gaps) {
    for (const double turn : turns) {
      if (turn <= gap.begin || turn >= gap.end) continue;
      pieces.push_back({gap.begin, turn});
      gap.begin = turn;
    }
    pieces.push_back(gap);
  }
  return pieces;
}

class GapNames {
 public:
  GapNames(const StepProfile& step, const StepPhases& phases) : m_phases(phases) {
    m_backwardBegin = step.wallUs;
    for (const ProfileSlice& slice : step.slices)
      if (slice.inBackward) m_backwardBegin = std::min(m_backwardBegin, slice.startUs);
    for (const CompiledCall& call : phases.compiledCalls)
      if (call.whole.begin >= phases.forwardEnd)
        m_backwardBegin = std::min(m_backwardBegin, call.whole.begin);
  }

  ProfileSlice sliceOf(const TimeSpan& gap) const {
    ProfileSlice slice;
    slice.name = nameOf(gap);
    slice.inBackward = gap.begin >= m_phases.forwardEnd &&
                       (gap.end >= m_backwardBegin || slice.name != "(dispatch)");
    slice.startUs = gap.begin;
    slice.durationUs = gap.end - gap.begin;
    return slice;
  }

 private:
  std::string nameOf(const TimeSpan& gap) const {
    for (const CompiledCall& call : m_phases.compiledCalls)
      if (isInside(gap.begin, gap.end, call.whole))
        return isInside(gap.begin, gap.end, call.kernels) ? "(launch gap)" : "(runtime wrapper)";
    return gap.end <= m_backwardBegin && !startsBackward(gap) ? "(dispatch)" : "(autograd engine)";
  }

  /// Behind the loss the engine is at work before its first node.
  bool startsBackward(const TimeSpan& gap) const {
    return gap.begin >= m_phases.forwardEnd && gap.end == m_backwardBegin;
  }

  const StepPhases& m_phases;
  double m_backwardBegin = 0;
};

void sortByStart(std::vector<ProfileSlice>& slices) {
  std::stable_sort(slices.begin(), slices.end(), [](const ProfileSlice& a, const ProfileSlice& b) {
    return a.startUs < b.startUs;
  });
}

}  // namespace

bool isBetweenOperators(const ProfileSlice& slice) {
  return slice.name.starts_with('(');
}

double shareInOperators(const StepProfile& step) {
  double sum = 0;
  for (const ProfileSlice& slice : step.slices)
    if (!isBetweenOperators(slice)) sum += slice.durationUs;
  return step.wallUs > 0 ? std::min(1.0, sum / step.wallUs) : 0;
}

std::vector<CompiledCall> compiledCalls(const StepProfile& compiled,
                                        const std::vector<ProfileSlice>& operators,
                                        double forwardEnd) {
  std::vector<CompiledCall> calls;
  const auto add = [&](const TimeSpan& whole) {
    CompiledCall call{whole, {whole.end, whole.begin}};
    for (const ProfileSlice& step : compiled.slices) {
      if (!isInside(step.startUs, endOf(step), whole)) continue;
      call.kernels.begin = std::min(call.kernels.begin, step.startUs);
      call.kernels.end = std::max(call.kernels.end, endOf(step));
    }
    if (call.kernels.begin < call.kernels.end) calls.push_back(call);
  };
  add({0, forwardEnd});
  for (const ProfileSlice& op : operators)
    if (op.inBackward) add({op.startUs, endOf(op)});
  return calls;
}

void addOperatorsAround(StepProfile& compiled, const std::vector<ProfileSlice>& operators) {
  std::vector<ProfileSlice> steps = compiled.slices;
  sortByStart(steps);
  for (const ProfileSlice& op : operators) {
    // Steps follow each other, so the first that ends behind the operator's begin decides.
    const auto step =
        std::partition_point(steps.begin(), steps.end(),
                             [&](const ProfileSlice& one) { return endOf(one) <= op.startUs; });
    if (step == steps.end() || step->startUs >= endOf(op)) compiled.slices.push_back(op);
  }
  sortByStart(compiled.slices);
}

void nameGaps(StepProfile& step, const StepPhases& phases) {
  sortByStart(step.slices);
  std::vector<double> turns{phases.forwardEnd};
  for (const CompiledCall& call : phases.compiledCalls)
    turns.insert(turns.end(),
                 {call.whole.begin, call.kernels.begin, call.kernels.end, call.whole.end});
  std::sort(turns.begin(), turns.end());
  const GapNames names(step, phases);
  std::vector<ProfileSlice> gaps;
  for (const TimeSpan& gap : cutAt(gapsOf(step), turns)) gaps.push_back(names.sliceOf(gap));
  step.slices.insert(step.slices.end(), gaps.begin(), gaps.end());
  sortByStart(step.slices);
}

}  // namespace core::run
