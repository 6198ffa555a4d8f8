#pragma once

// Executes one schedule on real tensors: kernels through their function pointers, other operators
// through the dispatcher with autograd off, copies into inputs.

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <vector>

#include "core/codegen/kernel.h"
#include "core/run/call_plan_torch.h"
#include "core/run/kept_memory_torch.h"
#include "core/schedule/schedule.h"

namespace core::run {

/// Memory for the arena buffers of one step; forward and backward use the same.
using ArenaPtr = std::shared_ptr<std::byte>;

/// 64-byte aligned; null for 0 bytes.
ArenaPtr allocateArena(std::int64_t bytes);

class ScheduleRunner {
 public:
  /// Prepares every call and every fixed address. `arena` holds at least schedule->arenaBytes.
  /// `kernels` has one kernel per schedule group. What a run allocates comes from `blocks`. Throws
  /// c10::Error for calls that cannot be made.
  ScheduleRunner(std::shared_ptr<const schedule::Schedule> schedule,
                 std::vector<codegen::BuiltKernel> kernels, ArenaPtr arena, KeptBlocksPtr blocks);

  /// Runs all steps. `inputs` has one tensor per placeholder, undefined for symbolic scalars; it is
  /// taken over, so that the last reader frees it. Returns one tensor per graph output, undefined
  /// for None and for numbers. Throws c10::Error.
  std::vector<at::Tensor> run(std::vector<at::Tensor> inputs);

  const ir::Graph& graph() const { return *m_schedule->graph; }
  const schedule::Schedule& schedule() const { return *m_schedule; }
  /// Some operator draws random numbers.
  bool isRandom() const { return m_isRandom; }

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
  void* addressOf(const schedule::BufferView& view);
  at::Tensor tensorAt(const schedule::BufferView& view);
  at::Tensor tensorOf(ir::NodeId node);
  std::vector<at::Tensor> callExtern(const CallPlan& call, const ir::Node& node);
  void keepResult(int buffer, const ir::TensorMeta& meta, at::Tensor result);
  const ir::TensorMeta& resultMeta(const ir::Node& node, std::size_t index) const;

  std::shared_ptr<const schedule::Schedule> m_schedule;
  std::vector<codegen::BuiltKernel> m_kernels;
  ArenaPtr m_arena;
  KeptBlocksPtr m_blocks;
  std::vector<std::optional<CallPlan>> m_calls;             ///< by step; extern steps only
  std::vector<std::optional<PreparedKernel>> m_kernelArgs;  ///< by step; kernel steps only
  std::vector<std::vector<int>> m_dying;                    ///< by step: buffers to let go
  std::vector<at::Tensor> m_fixed;        ///< by node: tensors in the arena, made once
  std::vector<at::Tensor> m_tensors;      ///< by buffer: what holds it in this run
  std::vector<at::Tensor> m_keptOutputs;  ///< by output: copies made before a write
  std::vector<c10::IValue> m_stack;
  std::int32_t m_status = 0;  ///< set by kernels that found an index out of range
  bool m_isRandom = false;
};

}  // namespace core::run
