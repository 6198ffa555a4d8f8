#pragma once

// Shape functions ("meta kernels") of the operators whose shape functions PyTorch has in Python
// only.

#include <string>
#include <vector>

namespace core::trace {

/// Registers our kernels for meta tensors with LibTorch, once a process; later calls do nothing.
/// To be called when the module is opened, before the first call on a meta tensor. They stay for
/// the life of the process and touch no other backend. Throws c10::Error if LibTorch refuses one.
void registerMetaKernels();

/// The operators that registerMetaKernels adds, sorted, as "native_layer_norm" or "where.self".
std::vector<std::string> ownMetaKernelNames();

}  // namespace core::trace
