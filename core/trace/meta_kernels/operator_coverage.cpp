#include "core/trace/meta_kernels/operator_coverage.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <unordered_set>

#include "core/trace/decompositions/core_decompositions.h"
#include "core/trace/decompositions/not_decomposed.h"
#include "core/trace/meta_kernels/meta_kernels.h"
#include "core/trace/overrides/composite_overrides.h"
#include "core/trace/refused_ops.h"

namespace core::trace {
namespace {

using c10::DispatchKey;
using NameSet = std::unordered_set<std::string>;

constexpr std::string_view kNamespace = "aten::";

std::string overloadedName(const c10::OperatorName& name) {
  const std::string base = name.name.substr(kNamespace.size());
  return name.overload_name.empty() ? base : base + '.' + name.overload_name;
}

bool writesToOut(const c10::FunctionSchema& schema) {
  const auto isOut = [](const c10::Argument& argument) {
    return argument.kwarg_only() && argument.alias_info() && argument.alias_info()->isWrite();
  };
  return std::any_of(schema.arguments().begin(), schema.arguments().end(), isOut);
}

ShapeSource shapeSource(const c10::OperatorHandle& op, const NameSet& ours) {
  if (ours.contains(overloadedName(op.operator_name()))) return ShapeSource::Ours;
  if (op.hasKernelForDispatchKey(DispatchKey::Meta)) return ShapeSource::LibTorch;
  for (const DispatchKey key :
       {DispatchKey::CompositeImplicitAutograd, DispatchKey::CompositeExplicitAutograd,
        DispatchKey::CompositeExplicitAutogradNonFunctional}) {
    if (op.hasKernelForDispatchKey(key)) return ShapeSource::Composite;
  }
  return ShapeSource::Nobody;
}

bool isTakenApart(const c10::OperatorHandle& op) {
  return op.hasKernelForDispatchKey(DispatchKey::CompositeImplicitAutograd);
}

/// What becomes of a call that no table of ours mentions; a refusal says why.
Treatment usualTreatment(const c10::OperatorHandle& op, ShapeSource source, std::string& why) {
  if (isTakenApart(op)) return Treatment::TakenApart;
  const bool isFunctional = !op.schema().is_mutable();
  if (!isFunctional && !op.hasKernelForDispatchKey(DispatchKey::Functionalize)) {
    why = "it writes to its arguments and has no functional form";
    return Treatment::Refused;
  }
  if (isFunctional && source == ShapeSource::Nobody) {
    why = "it has no shape kernel here; --learn-shapes lets it be run on zeros";
    return Treatment::Refused;
  }
  return isFunctional ? Treatment::Recorded : Treatment::Functionalized;
}

OperatorCoverage coverageOf(const c10::OperatorHandle& op, const NameSet& ours) {
  OperatorCoverage row;
  const c10::OperatorName& name = op.operator_name();
  row.op = "aten." + name.name.substr(kNamespace.size()) + '.' +
           (name.overload_name.empty() ? "default" : name.overload_name);
  row.source = shapeSource(op, ours);
  if (const RefusedOp* refused = refusedOp(row.op)) {
    row.treatment = Treatment::Refused;
    row.why = refused->why;
  } else if (compositeOverrides().contains(&op.schema())) {
    row.treatment = Treatment::Replaced;
  } else if (keepWhole().contains(&op.schema())) {
    row.treatment = Treatment::Whole;
  } else {
    row.treatment = usualTreatment(op, row.source, row.why);
  }
  if (coreDecompositions().contains(&op.schema())) {
    row.core = InCoreTable::Yes;
  } else if (const NotDecomposed* left = findNotDecomposed(row.op)) {
    row.core = InCoreTable::LeftOut;
    row.whyLeftOut = left->why;
  }
  return row;
}

}  // namespace

std::vector<OperatorCoverage> operatorCoverage() {
  registerMetaKernels();
  const auto names = ownMetaKernelNames();
  const NameSet ours(names.begin(), names.end());
  std::vector<OperatorCoverage> rows;
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
    if (!name.name.starts_with(kNamespace)) continue;
    const auto op = dispatcher.findSchema(name);
    if (op && !writesToOut(op->schema())) rows.push_back(coverageOf(*op, ours));
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& left, const auto& right) { return left.op < right.op; });
  return rows;
}

}  // namespace core::trace
