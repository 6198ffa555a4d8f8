#pragma once

// The code of an object file as instructions.

#include <string>

#include "core/base/result.h"
#include "core/jit/assembly.h"
#include "core/jit/host_target.h"

namespace core::jit {

/// Decodes the code of `object`, which compileToObject() made for `target`, and finds its loops.
/// Calls name the function where the object does. Errors: KernelCompileFailed for an object that
/// cannot be read.
Result<Assembly> disassemble(const std::string& object, const HostTarget& target);

}  // namespace core::jit
