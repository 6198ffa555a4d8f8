#pragma once

// What a compiled entry may depend on in one call: everything about the inputs but their values.

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/load/loaded_model.h"
#include "core/run/measurement.h"

namespace core::run {

/// One tensor among the user inputs.
struct TensorFacts {
  std::string name;    ///< the program's name of the input
  int graphInput = 0;  ///< its position among the inputs of the exported graph
  ir::TensorMeta meta;
  std::int64_t storageOffset = 0;  ///< in elements
  bool requiresGrad = false;
  int object = 0;   ///< equal numbers are the very same tensor
  int storage = 0;  ///< equal numbers share memory
};

struct CallFacts {
  std::vector<TensorFacts> tensors;
  bool gradEnabled = true;
  /// The inputs that are no tensors, "n == 3": a file is exported for their values, so they hold in
  /// every call (aot-behaviour §1 rows 12 and 14).
  std::vector<std::string> constants = {};
  /// What a program with branches and loops on data reads on its way, in order (ScriptWay).
  std::vector<std::string> decisions = {};
};

/// The facts of a call of `model` with `inputs`; gradients are enabled in Mode::Train. Errors:
/// InvalidArgument for inputs that do not fit the program.
Result<CallFacts> callFacts(const load::LoadedModel& model, const load::InputSet& inputs,
                            Mode mode);

}  // namespace core::run
