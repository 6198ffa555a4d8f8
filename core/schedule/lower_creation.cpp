// Values that come from positions alone, and operators that only move positions.

#include <array>

#include "core/schedule/lowerings.h"
#include "core/schedule/view_ops.h"

namespace core::schedule {
namespace {

using ir::DType;

Expr zeros(OpEmitter& e) {
  return e.constant(e.type(), 0);
}
Expr ones(OpEmitter& e) {
  return e.constant(e.type(), 1);
}
template <std::size_t argument>
Expr filled(OpEmitter& e) {
  return e.x(argument);
}

/// ATen computes floating-point ranges in double, integers exactly.
Expr range(OpEmitter& e, Expr position, double start, double step) {
  const bool isFloat = e.isFloat();
  const Expr at = position.cast(isFloat ? DType::F64 : DType::I64);
  const Expr scaled = step == 1 ? at : at * step;
  return (start == 0 ? scaled : scaled + start).cast(e.type());
}

Expr arange(OpEmitter& e) {
  return range(e, e.position(e.out()[0]), 0, 1);
}
Expr arangeStart(OpEmitter& e) {
  return range(e, e.position(e.out()[0]), e.number(0, "start", 0), 1);
}
Expr arangeStep(OpEmitter& e) {
  return range(e, e.position(e.out()[0]), e.number(0, "start", 0), e.number(2, "step", 1));
}

/// `keep` compares column - row with the diagonal.
Expr triangle(OpEmitter& e, ScalarFn keep) {
  const std::size_t rank = e.out().size();
  const Expr distance = e.position(e.out()[rank - 1]) - e.position(e.out()[rank - 2]);
  const Expr isKept = distance.apply(keep, e.number(1, "diagonal", 0));
  return where(isKept, e.x(0), e.constant(e.type(), 0));
}
Expr tril(OpEmitter& e) {
  return triangle(e, ScalarFn::Le);
}
Expr triu(OpEmitter& e) {
  return triangle(e, ScalarFn::Ge);
}

Expr flip(OpEmitter& e) {
  LoopIndex at = e.out();
  for (const std::int64_t dim : integersArgument(e.graph(), e.node(), 1, "dims")) {
    const auto d = static_cast<std::size_t>(normalizedDim(dim, e.meta(0)->rank()));
    if (at[d].isIndirect()) return e.refuse("a flip at gathered positions");
    at[d].offset = e.meta(0)->sizes[d].hint() - 1 - at[d].offset;
    for (AxisTerm& term : at[d].terms) term.stride = -term.stride;
  }
  return e.readAt(e.argumentNode(0), at).cast(e.type());
}

constexpr std::array kCreation{
    Lowering{"aten.full.default", filled<1>},
    Lowering{"aten.full_like.default", filled<1>},
    Lowering{"aten.new_full.default", filled<2>},
    Lowering{"aten.scalar_tensor.default", filled<0>},
    Lowering{"aten.ones.default", ones},
    Lowering{"aten.ones_like.default", ones},
    Lowering{"aten.new_ones.default", ones},
    Lowering{"aten.zeros.default", zeros},
    Lowering{"aten.zeros_like.default", zeros},
    Lowering{"aten.new_zeros.default", zeros},
    // Any value is right for these; zero is deterministic.
    Lowering{"aten.empty.memory_format", zeros},
    Lowering{"aten.empty_like.default", zeros},
    Lowering{"aten.empty_strided.default", zeros},
    Lowering{"aten.new_empty.default", zeros},
    Lowering{"aten.new_empty_strided.default", zeros},
    Lowering{"aten.arange.default", arange},
    Lowering{"aten.arange.start", arangeStart},
    Lowering{"aten.arange.start_step", arangeStep},
    Lowering{"aten.tril.default", tril},
    Lowering{"aten.triu.default", triu},
    Lowering{"aten.flip.default", flip},
};

}  // namespace

std::span<const Lowering> creationLowerings() {
  return kCreation;
}

}  // namespace core::schedule
