#include "core/pipeline/make_operator_table.h"

#include "core/passes/decompositions/decompose.h"
#include "core/schedule/extern_reason.h"
#include "core/schedule/lowerings.h"
#include "core/schedule/view_ops.h"
#include "core/torch/torch_module.h"

namespace core::pipeline {
namespace {

/// Whether a node of a finished graph can have this operator.
bool standsInGraphs(trace::Treatment treatment) {
  switch (treatment) {
    case trace::Treatment::Recorded:
    case trace::Treatment::Whole: return true;
    case trace::Treatment::TakenApart:
    case trace::Treatment::Functionalized:
    case trace::Treatment::Replaced:
    case trace::Treatment::Refused: return false;
  }
  return false;
}

KernelForm formOf(const std::string& op) {
  if (schedule::viewKind(op) != schedule::ViewKind::None) return KernelForm::View;
  const schedule::Lowering* lowering = schedule::findLowering(op);
  if (!lowering) return KernelForm::Library;
  return lowering->kind == schedule::LoweringKind::Pointwise ? KernelForm::Pointwise
                                                             : KernelForm::Reduction;
}

}  // namespace

std::vector<OperatorRow> withKernelForms(std::vector<trace::OperatorCoverage> coverage) {
  std::vector<OperatorRow> rows;
  rows.reserve(coverage.size());
  for (trace::OperatorCoverage& known : coverage) {
    OperatorRow row{std::move(known), false, KernelForm::None, {}};
    row.reason = row.coverage.why;
    if (standsInGraphs(row.coverage.treatment)) {
      row.form = formOf(row.coverage.op);
      row.isDecomposed = passes::decomposesForFusion(row.coverage.op);
      const bool staysWhole = row.form == KernelForm::Library && !row.isDecomposed;
      if (staysWhole) row.reason = schedule::externReason(std::string_view(row.coverage.op));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::vector<OperatorRow>> makeOperatorTable() {
  CORE_TRY(torch::TorchModule * module, torch::openTorchModule(0));
  return withKernelForms(module->operatorCoverage());
}

}  // namespace core::pipeline
