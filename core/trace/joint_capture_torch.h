#pragma once

// Stage 1: forward and backward recorded in one go, mutations still in.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/trace/forward_metadata_torch.h"

namespace core::trace {

enum class CapturePhases { ForwardOnly, ForwardAndBackward };

struct JointCapture {
  Recorder recorder;
  std::size_t forwardCalls = 0;       ///< the first calls of the record are the forward's
  std::vector<at::Tensor> primals;    ///< the leaves
  std::vector<at::Tensor> geometry;   ///< of the primals before the program, which may change it
  std::vector<at::Tensor> arguments;  ///< what the program got: clones of those written outside
  std::vector<at::Tensor> tangents;   ///< as in ForwardMetadata
  std::vector<at::Tensor> forwardOutputs;  ///< mutated inputs, user outputs, intermediate bases
  std::vector<at::Tensor> gradients;       ///< one per primal, undefined where there is none
  std::int64_t lastSequence = 0;
  std::optional<Error> error;  ///< the record ends before the call that failed
};

/// Records the program, and with ForwardAndBackward autograd's backward of it from the tangents.
JointCapture captureJoint(const TracedFunction& function, const ForwardMetadata& metadata,
                          CapturePhases phases);

}  // namespace core::trace
