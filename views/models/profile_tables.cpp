#include "views/models/profile_tables.h"

#include <QCoreApplication>
#include <algorithm>

#include "core/run/profile_gaps.h"
#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::run::GroupSaving;
using core::run::LaunchGap;
using core::run::Profile;
using core::run::ProfileTotal;
using core::run::StepProfile;

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("ProfileTables", text);
}

Column timeColumn(const QString& title, std::function<double(int)> us) {
  return {title, Alignment::Number, [us](int row) { return millisecondsText(us(row) / 1e3); },
          [us](int row) { return QVariant(us(row)); },
          [us](int row) { return QStringLiteral("%1 µs").arg(us(row)); }};
}

Column shareColumn(const QString& title, std::function<double(int)> share) {
  return {title,
          Alignment::Number,
          [share](int row) { return QStringLiteral("%1 %").arg(share(row) * 100, 0, 'f', 1); },
          [share](int row) { return QVariant(share(row)); },
          {}};
}

QString runText(bool isCompiled) {
  return isCompiled ? tr("compiled") : tr("eager");
}

QString halfName(bool inBackward) {
  return halfText(inBackward ? Half::Backward : Half::Forward);
}

/// Something of either run.
template <typename T>
struct OfRun {
  bool isCompiled = false;
  T value;
};

template <typename T>
using RunList = std::shared_ptr<std::vector<OfRun<T>>>;

template <typename T, typename Find>
RunList<T> ofBothRuns(const Profile& profile, Find&& find) {
  auto all = std::make_shared<std::vector<OfRun<T>>>();
  for (const bool isCompiled : {false, true})
    for (T& each : find(isCompiled ? profile.compiled : profile.eager))
      all->push_back({isCompiled, std::move(each)});
  std::stable_sort(all->begin(), all->end(),
                   [](const OfRun<T>& a, const OfRun<T>& b) { return a.value.us > b.value.us; });
  return all;
}

QString stepText(const StepProfile& step) {
  const auto operators =
      std::count_if(step.slices.begin(), step.slices.end(),
                    [](const auto& slice) { return !core::run::isBetweenOperators(slice); });
  return tr("%1, %2 % of it in %3 operators and kernels, the rest between them")
      .arg(millisecondsText(step.wallUs / 1e3))
      .arg(core::run::shareInOperators(step) * 100, 0, 'f', 1)
      .arg(countText(operators));
}

}  // namespace

Table operatorTimeTable(const ProfilePtr& profile) {
  if (!profile) return {};
  const auto rows = ofBothRuns<ProfileTotal>(
      *profile, [](const StepProfile& step) { return core::run::totalsByName(step); });
  const auto at = [rows](int row) -> const OfRun<ProfileTotal>& {
    return (*rows)[static_cast<std::size_t>(row)];
  };
  const auto wall = [profile](bool isCompiled) {
    return isCompiled ? profile->compiled.wallUs : profile->eager.wallUs;
  };
  Table table;
  table.rows = static_cast<int>(rows->size());
  table.columns = {
      textColumn(tr("run"), [at](int row) { return runText(at(row).isCompiled); }),
      textColumn(tr("operator or kernel"), [at](int row) { return showable(at(row).value.name); }),
      countColumn(tr("calls"), [at](int row) { return at(row).value.count; }),
      timeColumn(tr("time"), [at](int row) { return at(row).value.us; }),
      shareColumn(tr("of the step"),
                  [at, wall](int row) { return at(row).value.us / wall(at(row).isCompiled); }),
      timeColumn(tr("a call"),
                 [at](int row) { return at(row).value.us / std::max(1, at(row).value.count); }),
  };
  return table;
}

Table gapTable(const ProfilePtr& profile) {
  if (!profile) return {};
  const auto rows = ofBothRuns<LaunchGap>(
      *profile, [](const StepProfile& step) { return core::run::launchGaps(step); });
  const auto at = [rows](int row) -> const OfRun<LaunchGap>& {
    return (*rows)[static_cast<std::size_t>(row)];
  };
  const auto orEnd = [](const std::string& name, const char* end) {
    return name.empty() ? tr(end) : showable(name);
  };
  Table table;
  table.rows = static_cast<int>(rows->size());
  table.columns = {
      textColumn(tr("run"), [at](int row) { return runText(at(row).isCompiled); }),
      textColumn(tr("after"),
                 [at, orEnd](int row) { return orEnd(at(row).value.before, "(begin)"); }),
      textColumn(tr("before"),
                 [at, orEnd](int row) { return orEnd(at(row).value.after, "(end)"); }),
      timeColumn(tr("start"), [at](int row) { return at(row).value.startUs; }),
      timeColumn(tr("gap"), [at](int row) { return at(row).value.us; }),
  };
  table.nodeName = [at](int row) { return QString::fromStdString(at(row).value.node); };
  return table;
}

Table savingTable(const SavingsPtr& savings) {
  if (!savings) return {};
  const auto at = [savings](int row) -> const GroupSaving& {
    return (*savings)[static_cast<std::size_t>(row)];
  };
  Table table;
  table.rows = static_cast<int>(savings->size());
  table.columns = {
      textColumn(tr("group"), [at](int row) { return showable(at(row).name); }),
      textColumn(tr("half"), [at](int row) { return halfName(at(row).inBackward); }),
      textColumn(tr("node"), [at](int row) { return showable(at(row).node); }),
      countColumn(tr("nodes"), [at](int row) { return at(row).nodes; }),
      timeColumn(tr("eager"), [at](int row) { return at(row).eagerUs; }),
      timeColumn(tr("compiled"), [at](int row) { return at(row).compiledUs; }),
      timeColumn(tr("saved"), [at](int row) { return at(row).savedUs(); }),
  };
  table.nodeName = [at](int row) { return QString::fromStdString(at(row).node); };
  return table;
}

QString profileSentence(const Profile& profile) {
  return tr("The fastest of five steps each. Eager: %1. Compiled: %2.")
      .arg(stepText(profile.eager), stepText(profile.compiled));
}

}  // namespace views::models
