#pragma once

// The table of operators that Help shows: what a trace does with each, and what a kernel can.

#include <string>
#include <vector>

#include "core/trace/operator_coverage.h"

namespace core::pipeline {

/// What the compiler makes of a node with this operator.
enum class KernelForm {
  None,       ///< nothing: the operator never stands in a graph
  View,       ///< no code: readers look through it
  Pointwise,  ///< a loop, fused with its neighbours
  Reduction,  ///< a loop that sums up, fused with what it reads and what reads it
  Library,    ///< a call in LibTorch
};

struct OperatorRow {
  trace::OperatorCoverage coverage;
  bool isDecomposed = false;  ///< rewritten into simpler operators before fusion, where it fits
  KernelForm form = KernelForm::None;
  std::string reason;  ///< of a refusal, or of a library call that is not decomposed
};

/// "ours", "LibTorch's", "of its parts", "none".
const char* shapeWord(trace::ShapeSource source);
/// "recorded", "taken apart", "made functional", "replaced", "kept whole", "refused".
const char* treatmentWord(trace::Treatment treatment);
/// "-", "decomposed", "left out": what `--decompositions core` does.
const char* coreWord(trace::InCoreTable core);
/// "-", "view", "pointwise", "reduction", "library".
const char* formWord(KernelForm form);

}  // namespace core::pipeline
