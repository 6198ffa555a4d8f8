#include "views/models/entry_tables.h"

#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::run::EntryRecord;

namespace {

QString sizesText(const EntryRecord& entry) {
  if (entry.sizes.empty()) return QStringLiteral("one size");
  QStringList sizes;
  for (const std::string& size : entry.sizes) sizes << showable(size);
  return sizes.join(QStringLiteral("; "));
}

QString backwardText(const EntryRecord& entry) {
  QString text = QString::fromLatin1(core::run::backwardBuildText(entry.backward));
  if (entry.backwardMs > 0) text += QStringLiteral(" (%1)").arg(millisecondsText(entry.backwardMs));
  return text;
}

/// "1 miss", "2 misses".
QString counted(int count, const char* one, const char* many) {
  return QStringLiteral("%1 %2").arg(count).arg(QLatin1String(count == 1 ? one : many));
}

}  // namespace

Table entryTable(const EntriesPtr& entries) {
  if (!entries) return {};
  const auto at = [entries](int row) -> const EntryRecord& {
    return entries->entries[static_cast<std::size_t>(row)];
  };
  Table table;
  table.rows = static_cast<int>(entries->entries.size());
  table.columns = {
      textColumn(QStringLiteral("entry"), [](int row) { return QStringLiteral("0/%1").arg(row); }),
      textColumn(QStringLiteral("last call"),
                 [entries](int row) {
                   const bool served = entries->served == static_cast<std::size_t>(row);
                   return served ? QStringLiteral("✓ served") : QString();
                 }),
      countColumn(QStringLiteral("hits"), [at](int row) { return at(row).hits; }),
      textColumn(QStringLiteral("sizes served"), [at](int row) { return sizesText(at(row)); }),
      countColumn(QStringLiteral("guards"),
                  [at](int row) { return static_cast<std::int64_t>(at(row).guards.size()); }),
      textColumn(QStringLiteral("last miss"), [at](int row) { return showable(at(row).lastMiss); }),
      textColumn(QStringLiteral("made because"),
                 [at](int row) {
                   const std::string& reason = at(row).reason;
                   return reason.empty() ? QStringLiteral("first call") : showable(reason);
                 }),
      textColumn(QStringLiteral("backward built"), [at](int row) { return backwardText(at(row)); }),
  };
  return table;
}

Table entryGuardTable(const EntriesPtr& entries, int entry) {
  if (!entries || entry < 0 || entry >= static_cast<int>(entries->entries.size())) return {};
  const auto at = [entries, entry](int row) -> const core::run::Guard& {
    return entries->entries[static_cast<std::size_t>(entry)].guards[static_cast<std::size_t>(row)];
  };
  Table table;
  table.rows = static_cast<int>(entries->entries[static_cast<std::size_t>(entry)].guards.size());
  table.columns = {
      textColumn(QStringLiteral("guard"), [at](int row) { return showable(at(row).expression); }),
      textColumn(QStringLiteral("reason"), [at](int row) { return showable(at(row).reason); }),
  };
  return table;
}

QString countersSentence(const EntriesPtr& entries) {
  if (!entries) return {};
  const core::run::EntryCounters& counters = entries->counters;
  QStringList parts{
      counted(counters.calls, "call", "calls"), counted(counters.compiles, "compile", "compiles"),
      counted(counters.hits, "hit", "hits"), counted(counters.misses, "miss", "misses")};
  if (counters.sizeBuilds > 0)
    parts << counted(counters.sizeBuilds, "build at further sizes", "builds at further sizes");
  if (counters.fallbacks > 0)
    parts << counted(counters.fallbacks, "call beyond the limit", "calls beyond the limit");
  return parts.join(QStringLiteral(" · "));
}

}  // namespace views::models
