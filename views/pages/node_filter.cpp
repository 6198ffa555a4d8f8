#include "views/pages/node_filter.h"

#include "views/models/showable_text.h"
#include "views/pages/node_facts.h"
#include "views/shared/filter_subjects.h"

namespace views::pages {

namespace {

/// The subjects that were made last; all views of a window ask for the same ones.
struct LastSubjects {
  std::shared_ptr<const core::ir::JointGraph> joint;
  std::shared_ptr<const core::partition::Partition> partition;
  std::shared_ptr<const shared::NodeFactsByName> facts;
  shared::FilterSubjects subjects;
};

const shared::FilterSubjects& subjectsOf(const Snapshot& snapshot) {
  static LastSubjects last;
  const auto& record = *snapshot.record();
  const auto facts = nodeFacts(snapshot);
  if (last.joint != record.joint || last.partition != record.partition || last.facts != facts) {
    last = {record.joint, record.partition, facts,
            shared::FilterSubjects(record.joint, record.partition, facts)};
  }
  return last.subjects;
}

}  // namespace

FilterResult applyFilter(const Snapshot& snapshot, const QString& text) {
  FilterResult result;
  const auto* record = snapshot.record();
  if (text.trimmed().isEmpty() || !record || !record->joint) return result;
  const auto filter = shared::parseFilter(text.toStdString());
  if (!filter) {
    result.error = models::showable(filter.error().message);
    return result;
  }
  const shared::FilterSubjects& subjects = subjectsOf(snapshot);
  result.active = true;
  result.total = static_cast<int>(subjects.all().size());
  for (const std::string& name : subjects.matching(*filter)) {
    result.names << QString::fromStdString(name);
  }
  return result;
}

NodeFilterProxy::Accept acceptOf(const FilterResult& result, shared::FilterMode mode) {
  if (!result.active) return {};
  const QSet<QString> names(result.names.begin(), result.names.end());
  const bool shown = mode != shared::FilterMode::Hide;
  return [names, shown](const QString& name) { return names.contains(name) == shown; };
}

}  // namespace views::pages
