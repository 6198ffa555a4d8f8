// What a graph launches reads and writes fixed addresses: inputs, weights and gradients stay where
// they were when it was recorded, and all that the step allocates comes from a pool that belongs to
// the graph. The backward runs on this thread while recording, since its own threads would issue to
// streams that are not being recorded. The step runs before on the same stream, so that libraries
// have made their handles and workspaces.

#include "core/run/captured_step_torch.h"

#include <ATen/ATen.h>
#include <c10/core/AutogradState.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>

#include <filesystem>

#include "core/run/device_clock_torch.h"
#include "core/torch/cuda/stream_graph.h"
#include "core/torch/guard_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

constexpr int kWarmUps = 3;

/// The module lies beside this one.
torch::NewStreamGraph findModule() {
  Dl_info own{};
  if (dladdr(reinterpret_cast<const void*>(&findModule), &own) == 0) return nullptr;
  const auto folder = std::filesystem::path(own.dli_fname).parent_path();
  void* handle = dlopen((folder / "libaot_torch_cuda.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return nullptr;
  return reinterpret_cast<torch::NewStreamGraph>(dlsym(handle, "aotNewStreamGraph"));
}

Result<std::unique_ptr<torch::StreamGraph>> newGraph() {
  static const torch::NewStreamGraph make = findModule();
  if (make) return std::unique_ptr<torch::StreamGraph>(make());
  return Error{ErrorCode::DeviceUnavailable,
               "CUDA graphs need libaot_torch_cuda.so beside libaot_torch.so; run ./dev build.",
               {},
               {}};
}

/// The backward on this thread, while it lives.
class OneThread {
 public:
  OneThread() : m_before(c10::AutogradState::get_tls_state().get_multithreading_enabled()) {
    c10::AutogradState::get_tls_state().set_multithreading_enabled(false);
  }
  ~OneThread() { c10::AutogradState::get_tls_state().set_multithreading_enabled(m_before); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  bool m_before;
};

}  // namespace

CapturedStep::CapturedStep(torch::BoundTensors& bound, StepFunction step,
                           const torch::RunOptions& options)
    : m_bound(bound), m_step(std::move(step)), m_options(options) {}

CapturedStep::~CapturedStep() = default;

Result<std::unique_ptr<CapturedStep>> CapturedStep::capture(torch::BoundTensors& bound,
                                                            StepFunction step,
                                                            const torch::RunOptions& options) {
  std::unique_ptr<CapturedStep> captured(new CapturedStep(bound, std::move(step), options));
  CORE_TRY(captured->m_graph, newGraph());
  CORE_TRY_VOID(
      torch::guardTorch("The step cannot be one CUDA graph", [&] { return captured->record(); }));
  return captured;
}

Result<void> CapturedStep::record() {
  const c10::Device device = torch::torchDevice(m_options.device);
  const OneThread oneThread;
  // Work that was issued before may still use memory that has become this step's since then.
  synchronize(device);
  const c10::StreamGuard stream(
      c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device));
  for (int i = 0; i < kWarmUps; ++i) {
    CORE_TRY(m_tensors, m_step(Memory::Ignore));
  }
  m_tensors = {};
  m_bound.restoreState();
  synchronize(device);
  m_graph->begin();
  Result<StepTensors> recorded = m_step(Memory::Measure);
  if (!recorded) {
    // What the step says of itself tells more than that its recording is spoilt.
    (void)torch::guardTorch("Recording", [&] { m_graph->end(); });
    return recorded.error();
  }
  m_graph->end();
  m_tensors = std::move(*recorded);
  synchronize(device);
  return {};
}

void CapturedStep::replay() {
  at::manual_seed(m_options.seed);
  m_graph->replay();
}

int CapturedStep::kernels() const {
  return m_graph->kernels();
}

}  // namespace core::run
