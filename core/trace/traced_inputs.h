#pragma once

// The inputs of the traced function: which primals there are, and how the inputs of the exported
// graph are made from them (repeated and overlapping inputs are merged).

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ir/joint_graph.h"
#include "core/load/loaded_model.h"

namespace core::trace {

/// One input of the joint graph.
struct Primal {
  ir::TensorMeta meta;
  std::int64_t storageOffset = 0;
  bool requiresGrad = false;
  bool isLeaf = true;
  bool isState = false;  ///< a parameter, buffer or constant: free to save
  std::string descriptor;
  int storage = 0;                ///< equal numbers share memory
  std::int64_t storageBytes = 0;  ///< of the whole storage
  int object = 0;                 ///< equal numbers are the very same tensor
};

struct TracedInputs {
  std::vector<Primal> primals;
  std::vector<std::string> parameterOrder;
  std::vector<std::string> bufferOrder;  ///< with lifted constants, in the program's order
  /// Constants that are no primals, see attributeConstants(); their graph inputs and geometries.
  struct Constant {
    std::size_t input = 0;
    ir::TensorMeta meta;
  };
  std::vector<Constant> constants;
  /// One per input of the exported graph; `primal` is -1 for an input that is no tensor, and for
  /// one of `constants`.
  std::vector<ir::InputBinding> bindings;
  /// Inputs were merged: then no input counts as static, as in PyTorch.
  bool merged = false;
};

/// Parameters, buffers, then user inputs, each in the program's order. Errors: InvalidArgument for
/// inputs that do not fit the program, with the input's name.
Result<TracedInputs> tracedInputs(const load::LoadedModel& model, const load::InputSet& inputs);

/// Without the later positions of a tensor that is passed repeatedly and mutated. `mutated` has one
/// entry per primal.
TracedInputs withoutDuplicates(const TracedInputs& inputs, const std::vector<bool>& mutated);

/// Primals that overlap, one of them mutated, become views of one base, which comes first. Errors:
/// UnsupportedOp if members differ in dtype.
Result<TracedInputs> withSyntheticBases(const TracedInputs& inputs,
                                        const std::vector<bool>& mutated);

/// Storage numbers by primal, counted from 0; empty if no two primals share one.
std::vector<int> primalStorages(const TracedInputs& inputs);

}  // namespace core::trace
