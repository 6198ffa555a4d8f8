#pragma once

// Runs an exported program operator by operator through LibTorch's dispatcher, on any device: the
// tracer runs it on meta tensors, eager runs on real ones.

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/load/exported_program.h"
#include "core/trace/region_modes_torch.h"
#include "core/trace/scalar_operators_torch.h"

namespace core::trace {

/// Where one argument of a call comes from. Slots are the program's values, numbered.
struct ArgumentPlan {
  enum class Kind { Constant, Slot, Tensors, OptionalTensors, Integers, Device, FloatType };
  Kind kind = Kind::Constant;
  c10::IValue constant;  ///< Constant and FloatType
  int slot = -1;
  bool wrapNumber = false;             ///< Slot: a number where the operator wants a tensor
  std::vector<int> slots;              ///< list kinds; -1 is an absent element, or a literal
  std::vector<std::int64_t> literals;  ///< Integers: the elements without a slot
};

/// One step of a prepared program.
struct Instruction {
  enum class Kind { Call, Scalar, Copy, EnterRegion, LeaveRegion };
  Kind kind = Kind::Call;
  const load::ExportNode* node = nullptr;
  int visit = -1;  ///< number of the node in execution order, sub-graphs inlined
  std::optional<c10::OperatorHandle> op;
  const ScalarOperator* scalar = nullptr;
  RegionMode region;
  std::vector<ArgumentPlan> arguments;
  /// Slots per result; a result that is a list has one slot per element. -1: not used.
  std::vector<std::vector<int>> results;
  std::vector<int> lastUses;  ///< slots that no later instruction reads
};

/// A program resolved against the dispatcher: operators looked up, arguments bound by name with
/// defaults filled in, names replaced by slots, no_grad and autocast regions inlined.
struct PreparedProgram {
  std::shared_ptr<const load::ExportedProgram> program;
  std::vector<Instruction> instructions;
  std::vector<const load::ExportNode*> visits;  ///< by visit number
  std::vector<int> inputSlots;                  ///< per graph input; -1: a constant
  std::vector<ArgumentPlan> outputs;            ///< user outputs, in order
  int slotCount = 0;
};

/// Errors: UnsupportedOp for operators that LibTorch does not have and for higher-order operators,
/// with the module and the source line.
Result<PreparedProgram> prepareProgram(std::shared_ptr<const load::ExportedProgram> program);

struct InterpretOptions {
  c10::Device device = c10::kCPU;
  /// Floating dtypes written in the program become float64 (a reference run in higher precision).
  bool floatAsDouble = false;
  /// Called before each node of the program, with its visit number.
  std::function<void(int visit, const load::ExportNode&)> onNode;
  /// Called after each operator call of the program, with its results.
  std::function<void(const load::ExportNode&, const std::vector<c10::IValue>&)> onResults;
};

/// Runs the program under the caller's autograd mode. `inputs` has one tensor per graph input
/// (undefined for constants). Returns one value per user output: a tensor, a number or None.
/// Errors: UnsupportedOp or Torch with operator, module and source line; Cancelled.
Result<std::vector<c10::IValue>> interpret(const PreparedProgram& prepared,
                                           const std::vector<at::Tensor>& inputs,
                                           const InterpretOptions& options,
                                           const StageContext& context);

/// " in module 'layer1.0' (torch.nn…), at net.py:41: `x = f(y)`"; as much as is known.
std::string nodeLocation(const load::ExportNode& node);

}  // namespace core::trace
