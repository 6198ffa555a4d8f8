#pragma once

// The operators that `--decompositions core` takes apart while a graph is recorded. Needs no
// LibTorch header: a stack is a vector of values.

#include <string>
#include <unordered_map>
#include <vector>

#include "core/trace/overrides/composite_overrides.h"

namespace core::trace {

/// Bodies by the address of the operator's registered schema.
using DecompositionTable = std::unordered_map<const c10::FunctionSchema*, Override>;

/// PyTorch's core ATen table (torch._decomp.core_aten_decompositions, 2.11) as far as we follow it:
/// each body makes the calls that PyTorch's makes, in the same order and with the same arguments.
/// What is left out is in not_decomposed.h. To be asked below autograd and functionalization.
/// Built on first use.
const DecompositionTable& coreDecompositions();

}  // namespace core::trace
