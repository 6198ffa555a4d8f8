#pragma once

// What a program can observe of a step's tensors besides their values: whose memory they share,
// what autograd says of them, and which inputs were written. A compiled step must leave it all as
// eager does (aot-behaviour §2.2 of the design).

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

#include "core/run/step_torch.h"

namespace core::run {

/// Of one output or graph input, in words that two runs can compare.
struct TensorFacts {
  std::string name;   ///< "output:0", "input:1", "buffer:mean", "parameter:w"
  at::Tensor tensor;  ///< undefined where an output is no tensor
  bool requiresGrad = false;
  bool isLeaf = true;
  bool written = false;  ///< graph inputs only
  /// A result of unbind or the like. Autograd forbids writes to it in eager, and compiled graphs
  /// hide what such pieces share, as PyTorch's do: memory and writes are not compared.
  bool isPieceOfSplit = false;
  /// "input:0 itself", "a view of input:0 at element 3"; empty for memory of its own.
  std::string memory;
  /// The autograd node of a view of an input that was not written ("ViewBackward0"); else "a node",
  /// or empty without one.
  std::string gradNode;
};

/// Outputs first, then the inputs of the graph, in order.
std::vector<TensorFacts> factsOf(const torch::BoundTensors& bound, const StepTensors& step);

/// Makes all that autograd says equal: inference asks for no gradients.
void ignoreAutograd(std::vector<TensorFacts>& facts);

/// Why `compiled` differs from `eager`, as a phrase for a sentence; empty if it does not.
std::string factsDifference(const TensorFacts& compiled, const TensorFacts& eager);

/// What writes to a step's outputs did.
struct WriteEffects {
  std::vector<bool> refused;  ///< per output: PyTorch forbids to write it
  std::vector<at::Tensor>
      changes;  ///< per fact: how often each element was written, -1: unknown; may be undefined
};

/// Adds 2 in place to every floating-point output, as a caller might: it shows whether aliases and
/// autograd know of each other. Of elements too large to show the addition nothing is known.
/// `skip`: per fact, not to be written.
WriteEffects writeToOutputs(std::vector<TensorFacts>& facts, const std::vector<bool>& skip);

}  // namespace core::run
