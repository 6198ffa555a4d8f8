#include "tests/support/run_schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/base/check.h"
#include "core/passes/decompositions/decompose.h"
#include "core/schedule/make_schedule.h"
#include "tests/support/graph_from_text.h"
#include "tests/support/loop_nests.h"

namespace tests {
namespace {

using namespace core::schedule;
using core::ir::TensorMeta;

/// Calls `visit(storage offset)` for every element, in row-major order.
template <typename Visit>
void forEachElement(const TensorMeta& meta, std::int64_t offset, Visit&& visit) {
  const auto sizes = meta.sizeHints();
  const auto strides = meta.strideHints();
  std::vector<std::int64_t> position(sizes.size(), 0);
  for (std::int64_t left = meta.numel(); left > 0; --left) {
    std::int64_t at = offset;
    for (std::size_t d = 0; d < sizes.size(); ++d) at += position[d] * strides[d];
    visit(static_cast<std::size_t>(at));
    for (std::size_t d = sizes.size(); d-- > 0;) {
      if (++position[d] < sizes[d]) break;
      position[d] = 0;
    }
  }
}

class ScheduleRun {
 public:
  explicit ScheduleRun(const Schedule& schedule)
      : m_schedule(schedule), m_arena(static_cast<std::size_t>(schedule.arenaBytes)) {
    for (const Buffer& buffer : schedule.buffers)
      m_own.emplace_back(buffer.kind == BufferKind::Arena ? 0
                                                          : static_cast<std::size_t>(buffer.bytes));
  }

  void run() {
    for (const Step& step : m_schedule.steps) {
      CORE_CHECK(!std::holds_alternative<ExternStep>(step), "an extern step in a test");
      if (const auto* kernel = std::get_if<KernelStep>(&step))
        runKernelStep(m_schedule.groups[static_cast<std::size_t>(kernel->group)]);
      if (const auto* copy = std::get_if<CopyStep>(&step)) {
        Elements elements = read(copy->source);
        write(copy->destination, elements);
      }
    }
  }

  Elements read(const BufferView& view) {
    const Bytes bytes = load(view.buffer);
    Elements elements;
    forEachElement(view.meta, view.offset, [&](std::size_t at) {
      elements.push_back(elementAt(bytes, view.meta.dtype, at));
    });
    return elements;
  }

  void write(const BufferView& view, const Elements& elements) {
    Bytes bytes = load(view.buffer);
    std::size_t next = 0;
    CORE_CHECK(static_cast<std::int64_t>(elements.size()) == view.meta.numel(),
               "an input of the wrong length");
    forEachElement(view.meta, view.offset, [&](std::size_t at) {
      setElement(bytes, view.meta.dtype, at, elements[next++]);
    });
    store(view.buffer, bytes);
  }

 private:
  void runKernelStep(const FusionGroup& group) {
    std::vector<Bytes> arguments;
    for (const BufferView& view : group.buffers) arguments.push_back(load(view.buffer));
    interpret(group.nest, arguments);
    for (std::size_t i = 0; i < arguments.size(); ++i)
      if (group.nest.buffers[i].access == BufferAccess::Write)
        store(group.buffers[i].buffer, arguments[i]);
  }

  Bytes load(int index) const {
    const auto [begin, end] = arenaRange(index);
    return end > begin ? Bytes(m_arena.begin() + begin, m_arena.begin() + end)
                       : m_own[static_cast<std::size_t>(index)];
  }

  void store(int index, const Bytes& bytes) {
    const auto [begin, end] = arenaRange(index);
    if (end > begin)
      std::copy(bytes.begin(), bytes.end(), m_arena.begin() + begin);
    else
      m_own[static_cast<std::size_t>(index)] = bytes;
  }

  std::pair<std::ptrdiff_t, std::ptrdiff_t> arenaRange(int index) const {
    const Buffer& buffer = m_schedule.buffers[static_cast<std::size_t>(index)];
    if (buffer.kind != BufferKind::Arena) return {0, 0};
    return {buffer.arenaOffset, buffer.arenaOffset + buffer.bytes};
  }

  const Schedule& m_schedule;
  Bytes m_arena;
  std::vector<Bytes> m_own;  ///< by buffer; empty for arena buffers
};

}  // namespace

Schedule scheduleOf(std::string_view text, Decompose decompose) {
  core::ir::GraphPtr graph = support::graphFromText(text);
  if (decompose == Decompose::Yes) graph = core::passes::decomposeForFusion(graph).graph;
  auto schedule = makeSchedule(graph, {});
  CORE_CHECK(schedule.has_value(), schedule ? std::string() : schedule.error().message);
  return std::move(*schedule);
}

std::vector<Elements> runSchedule(const Schedule& schedule, std::vector<Elements>& inputs) {
  ScheduleRun run(schedule);
  const auto& placeholders = schedule.graph->placeholders();
  CORE_CHECK(inputs.size() == placeholders.size(), "one input per placeholder");
  for (std::size_t i = 0; i < inputs.size(); ++i)
    run.write(*schedule.places[placeholders[i].index], inputs[i]);
  run.run();
  std::vector<Elements> outputs;
  for (const core::ir::Argument& output : schedule.graph->outputs())
    outputs.push_back(output.isNode() ? run.read(*schedule.places[output.node().index])
                                      : Elements{});
  for (std::size_t i = 0; i < inputs.size(); ++i)
    inputs[i] = run.read(*schedule.places[placeholders[i].index]);
  return outputs;
}

std::vector<Elements> runText(std::string_view text, std::vector<Elements> inputs,
                              Decompose decompose) {
  return runSchedule(scheduleOf(text, decompose), inputs);
}

Elements randomElements(std::size_t count, unsigned seed, double low, double high) {
  std::mt19937 generator(seed);
  Elements elements(count);
  for (double& element : elements)
    element = low + (high - low) * (static_cast<double>(generator()) / 4294967295.0);
  return elements;
}

double largestDifference(const Elements& a, const Elements& b) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (a.size() != b.size()) return kInfinity;
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (a[i] == b[i]) continue;
    const double difference = std::fabs(a[i] - b[i]) / std::max(1.0, std::fabs(b[i]));
    if (std::isnan(difference)) return kInfinity;
    largest = std::max(largest, difference);
  }
  return largest;
}

}  // namespace tests
