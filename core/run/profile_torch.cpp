// Eager is seen through LibTorch's own record functions, which every operator and every node of
// autograd pass by: it costs some tens of nanoseconds for each, where a profiler that stores shapes
// and stacks costs microseconds. On the CPU the backward runs in the thread that asked for it, so
// one thread sees all.

#include "core/run/profile_torch.h"

#include <ATen/SequenceNumber.h>
#include <ATen/record_function.h>

#include <string_view>

#include "core/run/profile_gaps.h"

namespace core::run {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

constexpr std::string_view kBackwardPrefix = "autograd::engine::evaluate_function: ";

/// Counts from the step's begin instead of `origin`.
void countFromBegin(std::vector<ProfileSlice>& slices, const StepTensors& step,
                    Clock::time_point origin) {
  for (ProfileSlice& slice : slices) slice.startUs -= microseconds(step.begin - origin);
}

}  // namespace

struct OperatorRecorder::State {
  Clock::time_point origin;
  std::uint64_t firstSequence = at::sequence_number::peek();
  int depth = 0;
  Clock::time_point outermost;
  std::vector<ProfileSlice> slices;
  at::CallbackHandle handle = 0;

  // Callbacks are plain functions.
  static thread_local State* current;

  static std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction&) {
    if (current && current->depth++ == 0) current->outermost = Clock::now();
    return nullptr;
  }

  static void leave(const at::RecordFunction& function, at::ObserverContext*) {
    if (!current || --current->depth > 0) return;
    const Clock::time_point now = Clock::now();
    std::string_view name = function.name();
    ProfileSlice slice;
    slice.inBackward = name.starts_with(kBackwardPrefix);
    if (slice.inBackward) name.remove_prefix(kBackwardPrefix.size());
    slice.name = name;
    slice.startUs = microseconds(current->outermost - current->origin);
    slice.durationUs = microseconds(now - current->outermost);
    const auto first = static_cast<std::int64_t>(current->firstSequence);
    if (function.seqNr() >= first) slice.sequence = function.seqNr() - first;
    current->slices.push_back(std::move(slice));
  }
};

thread_local OperatorRecorder::State* OperatorRecorder::State::current = nullptr;

OperatorRecorder::OperatorRecorder(Clock::time_point origin) : m_state(std::make_unique<State>()) {
  m_state->origin = origin;
  State::current = m_state.get();
  m_state->handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback(&State::enter, &State::leave)
          .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
}

OperatorRecorder::~OperatorRecorder() {
  at::removeCallback(m_state->handle);
  State::current = nullptr;
}

std::vector<ProfileSlice> OperatorRecorder::take() {
  return std::exchange(m_state->slices, {});
}

StepTimer::StepTimer(ScheduleRunner& runner, bool isBackward, Clock::time_point origin,
                     std::vector<ProfileSlice>& slices)
    : m_runner(runner), m_isBackward(isBackward), m_origin(origin), m_slices(slices) {
  m_runner.observe(this);
}

StepTimer::~StepTimer() {
  m_runner.observe(nullptr);
}

void StepTimer::began(const std::vector<at::Tensor>&) {
  m_last = Clock::now();
}

void StepTimer::ran(std::size_t step) {
  const Clock::time_point now = Clock::now();
  const schedule::Schedule& schedule = m_runner.schedule();
  const ir::Graph& graph = m_runner.graph();
  ProfileSlice slice;
  if (const auto* kernel = std::get_if<schedule::KernelStep>(&schedule.steps[step])) {
    const auto& group = schedule.groups[static_cast<std::size_t>(kernel->group)];
    slice.name = group.nest.name;
    slice.node = graph.node(group.nodes.back()).name;
    for (const ir::NodeId id : group.nodes) slice.members.push_back(graph.node(id).name);
  } else if (const auto* call = std::get_if<schedule::ExternStep>(&schedule.steps[step])) {
    slice.name = graph.node(call->node).target;
    slice.node = graph.node(call->node).name;
  } else {
    slice.name = "copy into an input";
    slice.node = graph.node(std::get<schedule::CopyStep>(schedule.steps[step]).node).name;
  }
  slice.inBackward = m_isBackward;
  slice.startUs = microseconds(m_last - m_origin);
  slice.durationUs = microseconds(now - m_last);
  m_slices.push_back(std::move(slice));
  m_last = Clock::now();
}

Result<StepProfile> profileEager(torch::BoundTensors& bound, const ForwardFunction& forward,
                                 const torch::RunOptions& options) {
  bound.restoreState();
  const auto origin = Clock::now();
  OperatorRecorder recorder(origin);
  CORE_TRY(const StepTensors ran, runStep(bound, forward, options, Memory::Ignore));
  StepProfile profile{ran.seconds * 1e6, recorder.take()};
  countFromBegin(profile.slices, ran, origin);
  nameGaps(profile, {microseconds(ran.forwardEnd - ran.begin), {}});
  return profile;
}

Result<StepProfile> profileCompiled(torch::BoundTensors& bound, CompiledStep& step,
                                    const ForwardFunction& forward,
                                    const torch::RunOptions& options) {
  bound.restoreState();
  StepProfile profile;
  const auto origin = Clock::now();
  const StepTimer inForward(step.forwardRunner(), false, origin, profile.slices);
  std::optional<StepTimer> inBackward;
  if (step.backwardRunner())
    inBackward.emplace(*step.backwardRunner(), true, origin, profile.slices);
  OperatorRecorder recorder(origin);
  CORE_TRY(const StepTensors ran, runStep(bound, forward, options, Memory::Ignore));
  std::vector<ProfileSlice> operators = recorder.take();
  profile.wallUs = ran.seconds * 1e6;
  countFromBegin(profile.slices, ran, origin);
  countFromBegin(operators, ran, origin);
  StepPhases phases{microseconds(ran.forwardEnd - ran.begin), {}};
  phases.compiledCalls = compiledCalls(profile, operators, phases.forwardEnd);
  addOperatorsAround(profile, operators);
  nameGaps(profile, phases);
  return profile;
}

}  // namespace core::run
