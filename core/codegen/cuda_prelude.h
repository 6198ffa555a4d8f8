#pragma once

// The text that stands before a generated CUDA kernel: types, 16-byte accesses, conversions and
// the functions that the kernel uses. No header is included.

#include <set>
#include <string>

namespace core::codegen {

/// The types and the named pieces with all that they need, in a fixed order. An unknown name is a
/// bug.
std::string cudaPrelude(const std::set<std::string>& pieces);

}  // namespace core::codegen
