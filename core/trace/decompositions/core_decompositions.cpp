#include "core/trace/decompositions/core_decompositions.h"

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace {
namespace {

DecompositionTable buildTable() {
  namespace d = decompositions;
  DecompositionTable table;
  for (auto* enterFamily :
       {d::enterActivations, d::enterActivationGradients, d::enterCreation, d::enterIndexing,
        d::enterLikelihood, d::enterLinearAlgebra, d::enterLosses, d::enterNorms, d::enterPadding,
        d::enterPointwise, d::enterReductions, d::enterShapes, d::enterSlidingBlocks,
        d::enterSoftmax})
    enterFamily(table);
  return table;
}

}  // namespace

const DecompositionTable& coreDecompositions() {
  static const DecompositionTable table = buildTable();
  return table;
}

}  // namespace core::trace
