#include "views/pages/node_filter.h"

#include "views/models/showable_text.h"
#include "views/shared/filter_subjects.h"

namespace views::pages {

FilterResult applyFilter(const Snapshot& snapshot, const QString& text) {
  FilterResult result;
  const auto* record = snapshot.record();
  if (text.trimmed().isEmpty() || !record || !record->joint) return result;
  const auto filter = shared::parseFilter(text.toStdString());
  if (!filter) {
    result.error = models::showable(filter.error().message);
    return result;
  }
  const shared::FilterSubjects subjects(record->joint, record->partition);
  result.active = true;
  result.total = static_cast<int>(subjects.all().size());
  for (const std::string& name : subjects.matching(*filter)) {
    result.names << QString::fromStdString(name);
  }
  return result;
}

NodeFilterProxy::Accept acceptOf(const FilterResult& result) {
  if (!result.active) return {};
  const QSet<QString> names(result.names.begin(), result.names.end());
  return [names](const QString& name) { return names.contains(name); };
}

}  // namespace views::pages
