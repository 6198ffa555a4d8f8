// Reductions. The kernel's inner axes are the reduced dimensions; the accumulator has the compute
// type of the result.

#include <array>

#include "core/schedule/lowerings.h"
#include "core/schedule/view_ops.h"

namespace core::schedule {
namespace {

using ir::DType;

bool hasReducedElements(const OpEmitter& e) {
  return e.meta(0)->numel() > 0;
}

bool reducesAxes(const OpEmitter& e) {
  const std::vector<bool> reduced = reducedDims(e.graph(), e.node());
  for (std::size_t d = 0; d < reduced.size(); ++d)
    if (reduced[d] && e.meta(0)->sizes[d].hint() != 1) return true;
  return false;
}

Expr reduced(OpEmitter& e, ReduceFn fn, DType type) {
  if (!hasReducedElements(e)) return e.refuse("a reduction of no elements");
  const Expr value = e.readAt(e.argumentNode(0), e.in()).cast(type);
  if (!reducesAxes(e) || e.isAccumulated()) return value;
  return {&e.builder(), e.builder().reduce(fn, value.op)};
}

Expr sum(OpEmitter& e) {
  return reduced(e, ReduceFn::Sum, e.type());
}

Expr mean(OpEmitter& e) {
  if (!e.isFloat()) return e.refuse("a mean of integers");
  const Expr total = sum(e);
  const std::int64_t outputs = e.node().tensor()->numel();
  if (!hasReducedElements(e) || outputs == 0) return total;
  return total / static_cast<double>(e.meta(0)->numel() / outputs);
}

Expr prod(OpEmitter& e) {
  return reduced(e, ReduceFn::Prod, e.type());
}

template <ReduceFn fn>
Expr extremum(OpEmitter& e) {
  if (e.type() == DType::Bool) return e.refuse("arithmetic on booleans");
  return reduced(e, fn, e.type());
}

template <ReduceFn fn>
Expr anyOrAll(OpEmitter& e) {
  return reduced(e, fn, DType::Bool);
}

constexpr LoweringKind kReduction = LoweringKind::Reduction;

constexpr std::array kReductions{
    Lowering{"aten.sum.default", sum, kReduction},
    Lowering{"aten.sum.dim_IntList", sum, kReduction},
    Lowering{"aten.mean.default", mean, kReduction},
    Lowering{"aten.mean.dim", mean, kReduction},
    Lowering{"aten.prod.default", prod, kReduction},
    Lowering{"aten.prod.dim_int", prod, kReduction},
    Lowering{"aten.amax.default", extremum<ReduceFn::Max>, kReduction},
    Lowering{"aten.amin.default", extremum<ReduceFn::Min>, kReduction},
    Lowering{"aten.max.default", extremum<ReduceFn::Max>, kReduction},
    Lowering{"aten.min.default", extremum<ReduceFn::Min>, kReduction},
    Lowering{"aten.any.default", anyOrAll<ReduceFn::Any>, kReduction},
    Lowering{"aten.any.dim", anyOrAll<ReduceFn::Any>, kReduction},
    Lowering{"aten.any.dims", anyOrAll<ReduceFn::Any>, kReduction},
    Lowering{"aten.all.default", anyOrAll<ReduceFn::All>, kReduction},
    Lowering{"aten.all.dim", anyOrAll<ReduceFn::All>, kReduction},
    Lowering{"aten.all.dims", anyOrAll<ReduceFn::All>, kReduction},
};

/// The overloads whose second argument is not a list of dimensions.
bool reducesAll(std::string_view target) {
  return target.ends_with(".default") && !target.starts_with("aten.amax.") &&
         !target.starts_with("aten.amin.");
}

}  // namespace

std::vector<bool> reducedDims(const ir::Graph& graph, const ir::Node& node) {
  const int rank = graph.node(node.args[0].node()).tensor()->rank();
  std::vector<std::int64_t> dims;
  if (!reducesAll(node.target)) dims = integersArgument(graph, node, 1, "dim");
  std::vector<bool> reduced(static_cast<std::size_t>(rank), dims.empty());
  if (rank == 0) return reduced;
  for (const std::int64_t dim : dims)
    reduced[static_cast<std::size_t>(normalizedDim(dim, rank))] = true;
  return reduced;
}

std::span<const Lowering> reductionLowerings() {
  return kReductions;
}

}  // namespace core::schedule
