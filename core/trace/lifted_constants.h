#pragma once

// Which tensor constants of a program stay attributes of their module.

#include <cstddef>
#include <vector>

#include "core/load/exported_program.h"

namespace core::trace {

/// Graph inputs that are constants of a submodule (`torch.tensor(2.0)` in its forward) and read by
/// `lift_fresh_copy` alone, in the order of the first reads. PyTorch's unlifted program keeps
/// tensors of the root as buffers, which become primals; those of submodules it leaves attributes,
/// which the joint graph reads by `get_attr`.
std::vector<std::size_t> attributeConstants(const load::ExportedProgram& program);

}  // namespace core::trace
