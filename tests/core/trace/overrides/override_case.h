#pragma once

// Calls of overridden operators with small arguments.

#include <ATen/ATen.h>
#include <ATen/core/stack.h>

#include <functional>
#include <string>
#include <vector>

namespace overridetest {

struct OverrideCase {
  std::string name;
  std::string op;  ///< "lstm.input"
  std::function<torch::jit::Stack()> arguments;
};

/// Cases whose override has to give what the CPU's own operator gives, values and gradients.
std::vector<OverrideCase> equalCases();

}  // namespace overridetest
