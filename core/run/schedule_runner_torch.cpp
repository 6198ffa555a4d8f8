// All that can be known before the first run is prepared: the boxed arguments of every extern call,
// a tensor for every value in the arena (its address never changes), and the pointers of every
// kernel. A run then only follows the steps. Buffers that LibTorch allocates are let go after the
// last step that reads them.

#include "core/run/schedule_runner_torch.h"

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/check.h"
#include "core/ir/op_table.h"
#include "core/run/device_clock_torch.h"
#include "core/run/run_kernel.h"
#include "core/torch/flat_tensors_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

using schedule::BufferKind;
using schedule::BufferView;

/// Same sizes, and same strides wherever a stride means something. A workspace has its own.
bool hasGeometry(const at::Tensor& tensor, const ir::TensorMeta& meta) {
  if (isWorkspace(meta)) return tensor.scalar_type() == at::kByte;
  if (tensor.dim() != meta.rank()) return false;
  const bool isEmpty = tensor.numel() == 0;
  for (std::int64_t i = 0; i < tensor.dim(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    if (tensor.size(i) != meta.sizes[k].hint()) return false;
    const bool counts = !isEmpty && tensor.size(i) != 1;
    if (counts && tensor.stride(i) != meta.strides[k].hint()) return false;
  }
  return true;
}

/// A copy of `tensor` with the strides of `meta`.
at::Tensor relaid(const at::Tensor& tensor, const ir::TensorMeta& meta) {
  TORCH_CHECK(tensor.sizes() == at::IntArrayRef(meta.sizeHints()), "a tensor of sizes ",
              tensor.sizes(), " stands where the graph has ", at::IntArrayRef(meta.sizeHints()));
  at::Tensor copy = torch::emptyLike(meta, tensor.device());
  copy.copy_(tensor);
  return copy;
}

}  // namespace

ArenaPtr allocateArena(std::int64_t bytes, c10::Device device) {
  if (bytes <= 0) return nullptr;
  if (!device.is_cpu()) {
    const at::Tensor memory =
        at::empty({bytes}, at::TensorOptions().dtype(at::kByte).device(device));
    return ArenaPtr(static_cast<std::byte*>(memory.data_ptr()), [memory](std::byte*) {});
  }
  return ArenaPtr(allocateBytes(static_cast<std::size_t>(bytes)),
                  [](std::byte* address) { std::free(address); });
}

bool drawsRandomNumbers(const schedule::Schedule& schedule) {
  return std::any_of(schedule.steps.begin(), schedule.steps.end(), [&](const schedule::Step& step) {
    const auto* call = std::get_if<schedule::ExternStep>(&step);
    return call && ir::drawsRandomNumbers(schedule.graph->node(call->node));
  });
}

ScheduleRunner::ScheduleRunner(std::shared_ptr<const schedule::Schedule> schedule,
                               std::vector<codegen::BuiltKernel> kernels, RunPlace place)
    : m_schedule(std::move(schedule)),
      m_kernels(std::move(kernels)),
      m_place(std::move(place)),
      m_status(at::zeros({1}, at::TensorOptions().dtype(at::kInt).device(m_place.device))) {
  CORE_CHECK(m_kernels.size() == m_schedule->groups.size(), "a kernel is missing or one too many");
  const std::size_t steps = m_schedule->steps.size();
  m_calls.resize(steps);
  m_kernelArgs.resize(steps);
  m_dying.resize(steps);
  m_tensors.resize(m_schedule->buffers.size());
  prepareReleases();
  for (std::size_t i = 0; i < steps; ++i) {
    if (const auto* call = std::get_if<schedule::ExternStep>(&m_schedule->steps[i])) {
      const ir::Node& node = graph().node(call->node);
      m_calls[i].emplace(graph(), node, m_place.device);
    } else if (const auto* kernel = std::get_if<schedule::KernelStep>(&m_schedule->steps[i])) {
      m_kernelArgs[i].emplace();
      prepareKernel(*kernel, *m_kernelArgs[i]);
    }
  }
  prepareFixedTensors();
}

const BufferView* ScheduleRunner::outputPlace(std::size_t output) const {
  const ir::Argument& argument = graph().outputs()[output];
  if (!argument.isNode()) return nullptr;
  const auto& place = m_schedule->places[argument.node().index];
  return place ? &*place : nullptr;
}

void ScheduleRunner::prepareReleases() {
  std::vector<bool> isReturned(m_schedule->buffers.size(), false);
  for (std::size_t i = 0; i < graph().outputs().size(); ++i) {
    if (const BufferView* place = outputPlace(i)) {
      isReturned[static_cast<std::size_t>(place->buffer)] = true;
    }
  }
  for (std::size_t i = 0; i < m_schedule->buffers.size(); ++i) {
    const schedule::Buffer& described = m_schedule->buffers[i];
    const bool isOurs =
        described.kind == BufferKind::External || described.kind == BufferKind::GraphInput;
    if (!isOurs || isReturned[i] || described.lastStep < 0) continue;
    m_dying.at(static_cast<std::size_t>(described.lastStep)).push_back(static_cast<int>(i));
  }
}

std::byte* ScheduleRunner::arenaAddress(const BufferView& view) const {
  return m_place.arena.get() + buffer(view.buffer).arenaOffset +
         view.offset * ir::dtypeBytes(view.meta.dtype);
}

void ScheduleRunner::prepareKernel(const schedule::KernelStep& step, PreparedKernel& prepared) {
  const auto group = static_cast<std::size_t>(step.group);
  const auto& views = m_schedule->groups[group].buffers;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const bool fixed = buffer(views[i].buffer).kind == BufferKind::Arena;
    prepared.pointers.push_back(fixed ? arenaAddress(views[i]) : nullptr);
    if (!fixed) prepared.moving.push_back(i);
  }
  prepared.pointers.push_back(m_status.data_ptr());
}

void ScheduleRunner::prepareFixedTensors() {
  m_fixed.resize(m_schedule->places.size());
  for (std::size_t i = 0; i < m_schedule->places.size(); ++i) {
    const auto& place = m_schedule->places[i];
    if (!place || buffer(place->buffer).kind != BufferKind::Arena) continue;
    m_fixed[i] = arenaTensor(*place);
  }
}

std::vector<at::Tensor> ScheduleRunner::run(std::vector<at::Tensor> inputs) {
  const at::AutoDispatchBelowADInplaceOrView belowAutograd;
  const KeptMemoryScope keptMemory(m_place.blocks);
  for (at::Tensor& tensor : m_tensors) tensor.reset();  // of a run that failed
  if (m_observer) m_observer->began(inputs);
  bindInputs(std::move(inputs));
  for (std::size_t i = 0; i < m_schedule->steps.size(); ++i) {
    std::visit([&](const auto& step) { runStep(i, step); }, m_schedule->steps[i]);
    if (m_observer) m_observer->ran(i);
    for (const int dead : m_dying[i]) storageOf(dead).reset();
  }
  std::vector<at::Tensor> outputs = std::exchange(m_keptOutputs, {});
  outputs.resize(graph().outputs().size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].defined() && outputPlace(i)) {
      outputs[i] = tensorOf(graph().outputs()[i].node());
    }
  }
  for (at::Tensor& tensor : m_tensors) tensor.reset();
  if (m_place.device.is_cpu()) checkIndices();
  return outputs;
}

void ScheduleRunner::checkIndices() {
  const bool failed = m_place.device.is_cpu() ? *m_status.const_data_ptr<std::int32_t>() != 0
                                              : m_status.item<std::int32_t>() != 0;
  if (failed) m_status.zero_();
  TORCH_CHECK_INDEX(!failed, "a generated kernel was given an index out of range");
}

void ScheduleRunner::bindInputs(std::vector<at::Tensor> inputs) {
  const auto& placeholders = graph().placeholders();
  CORE_CHECK(inputs.size() == placeholders.size(), "a schedule got another number of inputs");
  for (std::size_t i = 0; i < m_schedule->buffers.size(); ++i) {
    const schedule::Buffer& described = m_schedule->buffers[i];
    if (described.kind != BufferKind::GraphInput) continue;
    const auto input = static_cast<std::size_t>(described.input);
    const ir::TensorMeta& meta = *graph().node(placeholders[input]).tensor();
    at::Tensor tensor = std::move(inputs[input]);
    TORCH_CHECK(tensor.defined(), "the input '", described.name, "' is missing");
    // Views in the graph count their offsets from the input's first element.
    if (!hasGeometry(tensor, meta)) tensor = relaid(tensor, meta);
    m_tensors[i] = std::move(tensor);
  }
}

bool ScheduleRunner::isInArena(const at::Tensor& tensor) const {
  if (!m_place.arena || !tensor.has_storage()) return false;
  const auto* address = static_cast<const std::byte*>(tensor.storage().data());
  return address >= m_place.arena.get() && address < m_place.arena.get() + m_schedule->arenaBytes;
}

void* ScheduleRunner::addressOf(const BufferView& view, int step) {
  at::Tensor& tensor = storageOf(view.buffer);
  const schedule::Buffer& described = buffer(view.buffer);
  if (!tensor.defined() && described.inPlaceOf >= 0) tensor = storageOf(described.inPlaceOf);
  if (!tensor.defined()) {
    CORE_CHECK(described.firstStep == step,
               "the buffer '" + described.name + "' is read before it is written");
    const std::int64_t count = described.bytes / ir::dtypeBytes(described.dtype);
    const at::ScalarType dtype = torch::scalarType(described.dtype);
    // The short way to a CPU tensor: there are small kernels that take no longer than the long one.
    tensor = m_place.device.is_cpu()
                 ? at::detail::empty_cpu({count}, dtype)
                 : at::empty({count}, at::TensorOptions().dtype(dtype).device(m_place.device));
  }
  return static_cast<std::byte*>(tensor.data_ptr()) + view.offset * ir::dtypeBytes(view.meta.dtype);
}

at::Tensor ScheduleRunner::arenaTensor(const BufferView& view) const {
  const auto options =
      at::TensorOptions().dtype(torch::scalarType(view.meta.dtype)).device(m_place.device);
  const std::vector<std::int64_t> sizes = view.meta.sizeHints();
  const std::vector<std::int64_t> strides = view.meta.strideHints();
  return at::for_blob(arenaAddress(view), sizes)
      .strides(strides)
      .options(options)
      .target_device(m_place.device)
      .make_tensor();
}

at::Tensor ScheduleRunner::tensorAt(const BufferView& view) {
  if (buffer(view.buffer).kind == BufferKind::Arena) return arenaTensor(view);
  const at::Tensor& base = storageOf(view.buffer);
  CORE_CHECK(base.defined(),
             "the buffer '" + buffer(view.buffer).name + "' is read before it is written");
  const at::ScalarType dtype = torch::scalarType(view.meta.dtype);
  if (view.offset == 0 && base.scalar_type() == dtype && hasGeometry(base, view.meta)) return base;
  const std::int64_t start = base.storage_offset() *
                             static_cast<std::int64_t>(base.element_size()) /
                             ir::dtypeBytes(view.meta.dtype);
  at::Tensor tensor =
      at::detail::make_tensor<c10::TensorImpl>(c10::TensorImpl::VIEW, c10::Storage(base.storage()),
                                               base.key_set(), c10::scalarTypeToTypeMeta(dtype));
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(view.meta.sizeHints(),
                                                      view.meta.strideHints(), start + view.offset);
  return tensor;
}

at::Tensor ScheduleRunner::tensorOf(ir::NodeId node) {
  if (m_fixed[node.index].defined()) return m_fixed[node.index];
  const auto& place = m_schedule->places[node.index];
  CORE_CHECK(place.has_value(), "'" + graph().node(node).name + "' is not in memory");
  return tensorAt(*place);
}

void ScheduleRunner::runStep(std::size_t index, const schedule::KernelStep& step) {
  const auto group = static_cast<std::size_t>(step.group);
  const auto& views = m_schedule->groups[group].buffers;
  PreparedKernel& prepared = *m_kernelArgs[index];
  for (const std::size_t moving : prepared.moving) {
    prepared.pointers[moving] = addressOf(views[moving], static_cast<int>(index));
  }
  if (m_place.device.is_cpu()) {
    runKernel(m_kernels[group], prepared.pointers.data());
  } else {
    launch(m_schedule->groups[group], m_kernels[group], prepared.pointers);
  }
}

/// GPU kernels read and write 16 bytes at a time. Memory that does not lie so, an input that begins
/// in the middle of its storage, takes the way over a copy.
void ScheduleRunner::launch(const schedule::FusionGroup& group, const codegen::BuiltKernel& kernel,
                            std::vector<void*>& pointers) {
  struct Copy {
    at::Tensor original, copy;
    bool isWritten;
  };
  std::vector<Copy> copies;
  for (std::size_t i = 0; i < group.buffers.size(); ++i) {
    if (reinterpret_cast<std::uintptr_t>(pointers[i]) % codegen::kCudaAlignment == 0) continue;
    const schedule::KernelBuffer& described = group.nest.buffers[i];
    const at::Tensor original = at::for_blob(pointers[i], {described.extent})
                                    .options(at::TensorOptions()
                                                 .dtype(torch::scalarType(described.dtype))
                                                 .device(m_place.device))
                                    .target_device(m_place.device)
                                    .make_tensor();
    const bool isWritten = described.access == schedule::BufferAccess::Write;
    copies.push_back({original, original.clone(), isWritten});
    pointers[i] = copies.back().copy.data_ptr();
  }
  const c10::Stream stream =
      c10::impl::VirtualGuardImpl(m_place.device.type()).getStream(m_place.device);
  const Result<void> launched =
      m_place.gpu->launch(kernel, pointers.data(), m_place.workspace.get(), stream.native_handle());
  // Work that failed before is told by LibTorch with its code.
  if (!launched) synchronize(m_place.device);
  TORCH_CHECK(launched, "the kernel '", kernel.name, "' failed: ", launched.error().message);
  for (const Copy& each : copies)
    if (each.isWritten) each.original.copy_(each.copy);
}

/// Calls the operator of an extern step; a failure names the node.
std::vector<at::Tensor> ScheduleRunner::callExtern(const CallPlan& call, const ir::Node& node) {
  try {
    call.call(m_stack, [&](ir::NodeId id) { return tensorOf(id); });
  } catch (const c10::OutOfMemoryError&) {
    throw;
  } catch (const c10::AcceleratorError&) {
    throw;
  } catch (const c10::Error& error) {
    TORCH_CHECK(false, "`", node.target, "` ('", node.name,
                "') failed: ", error.what_without_backtrace());
  }
  std::vector<at::Tensor> results = torch::flatTensors(m_stack);
  m_stack.clear();
  return results;
}

void ScheduleRunner::runStep(std::size_t index, const schedule::ExternStep& step) {
  const ir::Node& node = graph().node(step.node);
  std::vector<at::Tensor> results = callExtern(*m_calls[index], node);
  for (std::size_t i = 0; i < step.results.size(); ++i) {
    if (!step.results[i]) continue;
    TORCH_CHECK(i < results.size() && results[i].defined(), "`", node.target, "` gave no result ",
                i, " for '", node.name, "'");
    keepResult(*step.results[i], resultMeta(node, i), std::move(results[i]));
  }
}

const ir::TensorMeta& ScheduleRunner::resultMeta(const ir::Node& node, std::size_t index) const {
  if (node.tensor()) return *node.tensor();
  CORE_CHECK(node.tuple() && node.tuple()->elements[index],
             "'" + node.name + "' has no such result");
  return *node.tuple()->elements[index];
}

void ScheduleRunner::keepResult(int index, const ir::TensorMeta& meta, at::Tensor result) {
  const schedule::Buffer& described = buffer(index);
  if (described.kind == BufferKind::Arena) {
    tensorAt({index, meta, 0}).copy_(result);
    return;
  }
  // What the graph says about strides is what kernels were generated for.
  if (!hasGeometry(result, meta)) result = relaid(result, meta);
  // The caller keeps what is returned; the next run writes into the arena.
  if (described.kind == BufferKind::GraphOutput && isInArena(result)) result = relaid(result, meta);
  storageOf(index) = std::move(result);
}

void ScheduleRunner::runStep(std::size_t, const schedule::CopyStep& step) {
  keepReturnedFrom(step);
  tensorAt(step.destination).copy_(tensorAt(step.source));
}

/// A saved input that is about to be written is returned as it was.
void ScheduleRunner::keepReturnedFrom(const schedule::CopyStep& step) {
  m_keptOutputs.resize(graph().outputs().size());
  for (std::size_t i = 0; i < m_keptOutputs.size(); ++i) {
    const BufferView* place = outputPlace(i);
    const bool isWritten = place && place->buffer == step.destination.buffer &&
                           graph().outputs()[i].node() != step.node;
    if (isWritten) m_keptOutputs[i] = tensorAt(*place).clone();
  }
}

}  // namespace core::run
