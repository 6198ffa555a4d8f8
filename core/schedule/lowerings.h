#pragma once

// The operators that have a loop form.

#include <span>
#include <string_view>
#include <vector>

#include "core/schedule/op_emitter.h"

namespace core::schedule {

enum class LoweringKind {
  Pointwise,  ///< each element of the result from elements of the operands
  Reduction,  ///< over dimensions of the first argument
};

struct Lowering {
  std::string_view target;
  /// The value of the result at e.out(); may call e.refuse().
  Expr (*emit)(OpEmitter& e);
  LoweringKind kind = LoweringKind::Pointwise;
};

/// The lowering of an operator; null if it has none.
const Lowering* findLowering(std::string_view target);

/// Every operator that has one, sorted.
std::vector<std::string_view> loweredTargets();

/// For each dimension of the first argument of a reduction, whether it is reduced.
std::vector<bool> reducedDims(const ir::Graph& graph, const ir::Node& node);

// The tables, one a file.
std::span<const Lowering> arithmeticLowerings();
std::span<const Lowering> comparisonLowerings();
std::span<const Lowering> activationLowerings();
std::span<const Lowering> activationGradientLowerings();
std::span<const Lowering> reductionLowerings();
std::span<const Lowering> gatherLowerings();
std::span<const Lowering> creationLowerings();
std::span<const Lowering> placementLowerings();

}  // namespace core::schedule
