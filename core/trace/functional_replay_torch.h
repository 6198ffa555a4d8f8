#pragma once

// Stage 2: the recorded calls again, as pure functions: no writes, no aliasing left.

#include <ATen/core/Tensor.h>

#include <vector>

#include "core/trace/joint_capture_torch.h"

namespace core::trace {

struct FunctionalCapture {
  Recorder recorder;
  std::vector<at::Tensor> primals;  ///< the values that stand for the inputs
  std::vector<at::Tensor> tangents;
  std::vector<at::Tensor> outputs;  ///< forward outputs, then a gradient per primal if traced
  std::vector<ProgramResult> programResults;  ///< as the functional values that they became
};

/// Replays `capture` under functionalization, with autograd off, taking apart what is in
/// `result.recorder.decompositions`. Writes to inputs that stay in the graph end it as `copy_`
/// calls. Throws what LibTorch throws, after noting it in the recorder.
void replayFunctionally(const JointCapture& capture, const ForwardMetadata& metadata,
                        FunctionalCapture& result);

}  // namespace core::trace
