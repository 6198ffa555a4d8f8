#pragma once

// The check that every program of this folder goes through: eager and compiled runs on equal
// copies of the inputs, compared in values, gradients, writes to inputs, versions, aliasing and
// what autograd says; then the outputs are written to and all is compared again (core/run/check).

#include <string>

#include "core/torch/torch_module.h"
#include "tests/aot/program_builder.h"

namespace support {

/// The program opened in the LibTorch module, with fixed numbers for its weights and inputs.
std::unique_ptr<core::torch::TorchModel> openProgram(ProgramBuilder& program);

/// Compiles the program with each partition (default, min-cut with budgets 1 and 0), for training
/// and for inference, and checks every step. Empty if all agree with eager; else what differs.
std::string differenceFromEager(ProgramBuilder& program);

/// The same with the min-cut partition alone, and with generated kernels wherever there are some.
std::string differenceOfKernels(ProgramBuilder& program);

}  // namespace support

/// Fails the test with what differs.
#define VERIFY_PROGRAM(program)                                      \
  do {                                                               \
    const std::string found = support::differenceFromEager(program); \
    QVERIFY2(found.empty(), found.c_str());                          \
  } while (false)
