#pragma once

// Executes one schedule on real tensors: kernels through their function pointers, other operators
// through the dispatcher with autograd off, copies into inputs.

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <vector>

#include "core/codegen/kernel.h"
#include "core/gpu/gpu.h"
#include "core/run/call_plan_torch.h"
#include "core/run/kept_memory_torch.h"
#include "core/schedule/schedule.h"

namespace core::run {

/// Memory for the arena buffers of one step; forward and backward use the same.
using ArenaPtr = std::shared_ptr<std::byte>;

/// 64-byte aligned, from the allocator of `device`; null for 0 bytes.
ArenaPtr allocateArena(std::int64_t bytes, c10::Device device);

/// Some operator draws random numbers.
bool drawsRandomNumbers(const schedule::Schedule& schedule);

/// Where a schedule runs.
struct RunPlace {
  c10::Device device = c10::kCPU;
  std::shared_ptr<const gpu::Gpu> gpu;  ///< launches the kernels; null on the CPU
  ArenaPtr arena;                       ///< on the device; at least schedule->arenaBytes
  ArenaPtr workspace;                   ///< for the launches of one kernel at a time; null: none
  KeptBlocksPtr blocks;                 ///< where CPU tensors that a run makes come from
};

/// Sees a run from within.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// Before the first step, with the tensors by placeholder. May throw.
  virtual void began(const std::vector<at::Tensor>& inputs) = 0;
  /// After a step, while all that it read is still there. May throw, and may write to results.
  virtual void ran(std::size_t step) = 0;
};

class ScheduleRunner {
 public:
  /// Prepares every call and every fixed address. `kernels` has one kernel per schedule group,
  /// built for the place. Throws c10::Error for calls that cannot be made.
  ScheduleRunner(std::shared_ptr<const schedule::Schedule> schedule,
                 std::vector<codegen::BuiltKernel> kernels, RunPlace place);

  /// Runs all steps. `inputs` has one tensor per placeholder, undefined for symbolic scalars; it is
  /// taken over, so that the last reader frees it. Returns one tensor per graph output, undefined
  /// for None and for numbers. Throws c10::Error.
  std::vector<at::Tensor> run(std::vector<at::Tensor> inputs);

  /// Throws c10::IndexError if a generated kernel of the runs so far was given an index out of
  /// range. On a GPU it waits for them, and `run` itself does not look.
  void checkIndices();
  c10::Device device() const { return m_place.device; }

  const ir::Graph& graph() const { return *m_schedule->graph; }
  const schedule::Schedule& schedule() const { return *m_schedule; }
  /// From now on runs are seen by `observer`, which must outlive them; null: by nobody.
  void observe(RunObserver* observer) { m_observer = observer; }
  /// The value of a node that lies in memory at this point of a run.
  at::Tensor tensorOf(ir::NodeId node);
  /// Some operator draws random numbers.
  bool isRandom() const { return drawsRandomNumbers(*m_schedule); }

 private:
  struct PreparedKernel {
    std::vector<void*> pointers;      ///< fixed ones; null where a buffer is new in each run
    std::vector<std::size_t> moving;  ///< positions of the null ones
  };

  void prepareKernel(const schedule::KernelStep& step, PreparedKernel& prepared);
  void prepareFixedTensors();
  void prepareReleases();
  void bindInputs(std::vector<at::Tensor> inputs);
  void runStep(std::size_t index, const schedule::KernelStep& step);
  void runStep(std::size_t index, const schedule::ExternStep& step);
  void runStep(std::size_t index, const schedule::CopyStep& step);

  const schedule::Buffer& buffer(int index) const {
    return m_schedule->buffers[static_cast<std::size_t>(index)];
  }
  at::Tensor& storageOf(int index) { return m_tensors[static_cast<std::size_t>(index)]; }
  std::byte* arenaAddress(const schedule::BufferView& view) const;
  /// Where a graph output lies; null if it is no tensor.
  const schedule::BufferView* outputPlace(std::size_t output) const;
  void keepReturnedFrom(const schedule::CopyStep& step);
  bool isInArena(const at::Tensor& tensor) const;
  /// Of an argument of the kernel in `step`, which makes the buffers that it is the first to write.
  void* addressOf(const schedule::BufferView& view, int step);
  void launch(const schedule::FusionGroup& group, const codegen::BuiltKernel& kernel,
              std::vector<void*>& pointers);
  at::Tensor arenaTensor(const schedule::BufferView& view) const;
  at::Tensor tensorAt(const schedule::BufferView& view);
  std::vector<at::Tensor> callExtern(const CallPlan& call, const ir::Node& node);
  void keepResult(int buffer, const ir::TensorMeta& meta, at::Tensor result);
  const ir::TensorMeta& resultMeta(const ir::Node& node, std::size_t index) const;

  std::shared_ptr<const schedule::Schedule> m_schedule;
  std::vector<codegen::BuiltKernel> m_kernels;
  RunPlace m_place;
  std::vector<std::optional<CallPlan>> m_calls;             ///< by step; extern steps only
  std::vector<std::optional<PreparedKernel>> m_kernelArgs;  ///< by step; kernel steps only
  std::vector<std::vector<int>> m_dying;                    ///< by step: buffers to let go
  std::vector<at::Tensor> m_fixed;        ///< by node: tensors in the arena, made once
  std::vector<at::Tensor> m_tensors;      ///< by buffer: what holds it in this run
  std::vector<at::Tensor> m_keptOutputs;  ///< by output: copies made before a write
  std::vector<c10::IValue> m_stack;
  at::Tensor m_status;  ///< one i32, set by kernels that found an index out of range
  RunObserver* m_observer = nullptr;
};

}  // namespace core::run
