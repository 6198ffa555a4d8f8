#pragma once

// Turns a trace at the example sizes into one with symbolic sizes, by tracing at other sizes too.

#include <functional>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/load/loaded_model.h"
#include "core/trace/fit_symbols.h"

namespace core::trace {

/// Traces the program with such inputs.
using TraceAt = std::function<Result<JointGraphPtr>(const TracedInputs&)>;

/// The trace at the example inputs, and for each of its nodes the number of the program's node
/// whose operator computed the sizes among the arguments itself (-1: none did).
struct BaseTrace {
  JointGraphPtr joint;
  std::vector<int> sizesFrom;
};

/// `base`, the trace at `inputs`, with the model's symbolic dimensions as symbols. A symbol that
/// cannot be fitted stays the number it is in `inputs`; a remark names it, and why. Unchanged for a
/// model without symbols. Errors: Cancelled.
Result<JointGraphPtr> withSymbols(const load::LoadedModel& model, const TracedInputs& inputs,
                                  BaseTrace base, const TraceAt& traceAt,
                                  const StageContext& context);

}  // namespace core::trace
