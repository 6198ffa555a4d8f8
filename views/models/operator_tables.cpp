#include "views/models/operator_tables.h"

#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::pipeline::KernelForm;
using core::pipeline::OperatorRow;
using core::trace::Treatment;

namespace {

/// "✓ recorded", "✕ refused": the mark says the same as the word.
QString tracedText(const OperatorRow& row) {
  const bool isTraced = row.coverage.treatment != Treatment::Refused;
  return (isTraced ? QStringLiteral("✓ ") : QStringLiteral("✕ ")) +
         QLatin1String(core::pipeline::treatmentWord(row.coverage.treatment));
}

QString fusedText(const OperatorRow& row) {
  switch (row.form) {
    case KernelForm::None: return QStringLiteral("–");
    case KernelForm::View: return QStringLiteral("view");
    case KernelForm::Pointwise: return QStringLiteral("✓ pointwise");
    case KernelForm::Reduction: return QStringLiteral("✓ reduction");
    case KernelForm::Library: return QStringLiteral("library call");
  }
  return QString();
}

}  // namespace

Table operatorTable(const OperatorRowsPtr& rows) {
  if (!rows) return {};
  const auto at = [rows](int row) -> const OperatorRow& {
    return (*rows)[static_cast<std::size_t>(row)];
  };
  const auto reason = [at](int row) { return showable(at(row).reason); };
  Column why = textColumn(QStringLiteral("reason"), reason);
  why.toolTip = reason;
  Column coreTable = textColumn(QStringLiteral("core ATen"), [at](int row) {
    return QString::fromUtf8(core::pipeline::coreWord(at(row).coverage.core));
  });
  coreTable.toolTip = [at](int row) { return showable(at(row).coverage.whyLeftOut); };
  Table table;
  table.rows = static_cast<int>(rows->size());
  table.columns = {
      textColumn(QStringLiteral("operator"),
                 [at](int row) { return showable(at(row).coverage.op); }),
      textColumn(QStringLiteral("traced"), [at](int row) { return tracedText(at(row)); }),
      textColumn(QStringLiteral("shapes"),
                 [at](int row) {
                   return QString::fromUtf8(core::pipeline::shapeWord(at(row).coverage.source));
                 }),
      coreTable,
      textColumn(QStringLiteral("decomposed"),
                 [at](int row) {
                   return at(row).isDecomposed ? QStringLiteral("✓ yes") : QStringLiteral("–");
                 }),
      textColumn(QStringLiteral("fused"), [at](int row) { return fusedText(at(row)); }),
      why,
  };
  return table;
}

}  // namespace views::models
