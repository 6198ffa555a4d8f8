#pragma once

// What the forward does to its inputs and how its outputs relate to them (aot-behaviour 4.6).

#include <ATen/core/Tensor.h>

#include <vector>

#include "core/base/result.h"
#include "core/ir/joint_graph.h"
#include "core/trace/traced_function_torch.h"

namespace core::trace {

struct ForwardMetadata {
  ir::ViewAndMutationMeta meta;
  std::vector<at::Tensor> tangents;  ///< meta tensors, one per expected incoming gradient
  std::vector<int> baseOutputs;      ///< per intermediate base: the first output that is its view
  std::vector<bool> touched;         ///< per primal: some call writes or reshapes it
  /// Primals that need a gradient, are reshaped in place, and have their old geometry in the end.
  std::vector<int> reshapedForAWhile;
};

/// Runs the forward once, recorded into `recorder`, under the caller's grad mode, and reads off
/// mutations, output kinds and expected tangents. Errors are those of TracedFunction::run.
Result<ForwardMetadata> collectMetadata(const TracedFunction& function, Recorder& recorder);

/// Whether a backward is to be traced: some output needs a gradient (aliases of inputs that need
/// one themselves do not count), or an input that needs one is written where autograd sees it.
bool needsBackward(const ir::ViewAndMutationMeta& meta);

/// The output's cotangent is an input of the joint graph.
bool hasTangent(const ir::OutputInfo& output);
bool hasTangent(const ir::InputInfo& input);

/// "PlainAOTOutput(idx=0)" and its relatives.
std::string outputDescriptor(int index);
std::string baseDescriptor(int outputOfBase);
std::string mutationDescriptor(const Primal& primal);

}  // namespace core::trace
