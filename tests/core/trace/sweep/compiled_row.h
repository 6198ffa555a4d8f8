#pragma once

// A traced row as generated kernels, beside eager.

#include <set>
#include <string>

#include "core/torch/torch_module.h"
#include "core/trace/program_interpreter_torch.h"
#include "tests/core/trace/sweep/sample_row.h"

namespace sweep {

struct CompiledOutcome {
  std::string difference;       ///< from eager; empty if there is none
  std::set<std::string> fused;  ///< operators that became part of a kernel
};

/// Schedules, builds and runs both halves of a finished trace. Nothing is run where no operator
/// becomes a kernel.
CompiledOutcome compileAndCheck(const Program& program,
                                const core::trace::PreparedProgram& prepared,
                                const core::torch::TraceResult& traced);

}  // namespace sweep
