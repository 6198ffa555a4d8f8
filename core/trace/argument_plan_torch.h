#pragma once

// From an argument as the file writes it to the value that a schema wants.

#include <ATen/core/jit_type.h>

#include <string>
#include <unordered_map>

#include "core/base/result.h"
#include "core/load/exported_program.h"
#include "core/trace/program_interpreter_torch.h"

namespace core::trace {

/// Slots by value name, of one graph.
using SlotNames = std::unordered_map<std::string, int>;

/// How to make `argument` for a schema argument of `type`: numbers become wrapped-number tensors
/// where a tensor is wanted, integers become floats where floats are. Errors: UnsupportedOp for
/// kinds that are not read, ArchiveCorrupt for names that nothing defines.
Result<ArgumentPlan> planArgument(const load::ExportArgument& argument, const c10::TypePtr& type,
                                  const SlotNames& names);

}  // namespace core::trace
