#pragma once

// Nests of every kind that a generator of kernels must get right, small enough for the plain
// interpreter.

#include <vector>

#include "tests/support/loop_nests.h"

namespace tests {

struct KernelCase {
  core::schedule::LoopNest nest;
  Tolerance tolerance;
};

/// Each nest has a name of its own.
const std::vector<KernelCase>& kernelSet();

}  // namespace tests
