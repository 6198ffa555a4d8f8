#pragma once

// The interface of libaot_torch_cuda, the module that holds what needs CUDA's headers: PyTorch's
// CUDA graphs. It can be opened only where libtorch_cuda is; libaot_torch opens it when a graph is
// first wanted.

#include <memory>

namespace core::torch {

/// What the current stream was given between two calls, to be given to it again at once. Its memory
/// comes from a pool of its own, and PyTorch's generator draws anew in every replay.
class StreamGraph {
 public:
  virtual ~StreamGraph() = default;

  /// From here on work that is issued to the current stream, which must not be the default one, is
  /// recorded instead of run. Throws c10::Error.
  virtual void begin() = 0;
  /// Ends the recording and makes it ready. Throws c10::Error if something was issued that cannot
  /// be recorded: a wait for a value, or an allocation outside of the pool.
  virtual void end() = 0;
  /// Issues all of it to the current stream.
  virtual void replay() = 0;
  /// Kernels that one replay launches.
  virtual int kernels() const = 0;
};

/// The module's one exported symbol, `aotNewStreamGraph`.
using NewStreamGraph = StreamGraph* (*)();

}  // namespace core::torch
