// Operators that draw are tagged, but so are composites that reach one of them, and attention,
// which draws only with dropout. A call counts as a draw if the generator moved during it and no
// call inside it already counted.

#include "core/run/random_draws_torch.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/record_function.h>

#include <bit>
#include <string_view>
#include <utility>

namespace core::run {
namespace {

at::Tensor generatorState() {
  const at::DisableRecordFunctionGuard unobserved;
  return at::detail::getDefaultCPUGenerator().get_state();
}

/// FNV-1a over the elements as float32, in row-major order.
std::uint64_t fingerprint(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(at::kFloat).contiguous().view({-1});
  const float* values = flat.const_data_ptr<float>();
  std::uint64_t hash = 14695981039346656037u;
  for (std::int64_t i = 0; i < flat.numel(); ++i)
    hash = (hash ^ std::bit_cast<std::uint32_t>(values[i])) * 1099511628211u;
  return hash;
}

bool mayDraw(const at::RecordFunction& function) {
  const auto name = function.operator_name();
  if (!name) return false;
  const auto op = c10::Dispatcher::singleton().findOp(*name);
  return op && op->hasTag(at::Tag::nondeterministic_seeded);
}

/// The state of the generator when a call began.
struct CallStart : at::ObserverContext {
  at::Tensor generator;
  std::size_t drawsBefore = 0;
};

}  // namespace

struct DrawRecorder::State {
  std::vector<std::uint64_t> draws;
  at::CallbackHandle handle = 0;

  // Callbacks are plain functions.
  static thread_local State* current;

  static std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction& function) {
    if (!current || !mayDraw(function)) return nullptr;
    auto start = std::make_unique<CallStart>();
    start->generator = generatorState();
    start->drawsBefore = current->draws.size();
    return start;
  }

  static void leave(const at::RecordFunction& function, at::ObserverContext* context) {
    const auto* start = static_cast<CallStart*>(context);
    if (!current || !start || current->draws.size() > start->drawsBefore) return;
    const at::DisableRecordFunctionGuard unobserved;
    const at::NoGradGuard noGrad;
    if (at::equal(start->generator, generatorState())) return;
    std::uint64_t draw = 0;
    for (const c10::IValue& output : function.outputs())
      if (output.isTensor() && output.toTensor().defined())
        draw = std::rotl(draw, 1) ^ fingerprint(output.toTensor());
    current->draws.push_back(draw);
  }
};

thread_local DrawRecorder::State* DrawRecorder::State::current = nullptr;

DrawRecorder::DrawRecorder() : m_state(std::make_unique<State>()) {
  State::current = m_state.get();
  m_state->handle =
      at::addThreadLocalCallback(at::RecordFunctionCallback(&State::enter, &State::leave)
                                     .needsOutputs(true)
                                     .scopes({at::RecordScope::FUNCTION}));
}

DrawRecorder::~DrawRecorder() {
  at::removeCallback(m_state->handle);
  State::current = nullptr;
}

std::vector<std::uint64_t> DrawRecorder::take() {
  return std::exchange(m_state->draws, {});
}

}  // namespace core::run
