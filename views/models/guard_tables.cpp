#include "views/models/guard_tables.h"

#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::ir::SizeGuard;

Table guardTable(const RecordIndexPtr& index) {
  const auto& record = index->record();
  if (!record || !record->joint) return {};
  const auto joint = record->joint;
  const auto at = [joint](int row) -> const SizeGuard& {
    return joint->guards[static_cast<std::size_t>(row)];
  };
  Table table;
  table.rows = static_cast<int>(joint->guards.size());
  table.columns = {
      textColumn(QStringLiteral("guard"), [at](int row) { return showable(at(row).expression); }),
      textColumn(QStringLiteral("reason"), [at](int row) { return showable(at(row).reason); }),
      textColumn(QStringLiteral("source"), [at](int row) { return showable(at(row).source); }),
  };
  return table;
}

}  // namespace views::models
