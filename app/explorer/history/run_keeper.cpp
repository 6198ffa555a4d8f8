#include "app/explorer/history/run_keeper.h"

#include <QFileInfo>

#include "core/history/compare_runs.h"

namespace explorer {

using core::Result;
using core::history::KeptRun;
using core::history::RunHistory;
using views::models::RunPair;

namespace {

constexpr int kMostListed = 1000;
constexpr int kDaysOfAWeek = 7;

Result<std::int64_t> keepIn(const std::string& file, const core::history::RunConditions& conditions,
                            const core::run::Measurement& measurement) {
  CORE_TRY(RunHistory runs, RunHistory::open(file));
  return runs.keep(conditions, measurement);
}

Result<void> keepPartsIn(const std::string& file, std::int64_t run,
                         const core::run::Profile& profile, const core::ir::Graph& joint) {
  CORE_TRY(RunHistory runs, RunHistory::open(file));
  return runs.keepParts(run, core::run::partTimes(profile, joint));
}

Result<std::vector<KeptRun>> listIn(const std::string& file) {
  CORE_TRY(RunHistory runs, RunHistory::open(file));
  return runs.runs("", kMostListed);
}

Result<RunPair> pairOf(RunHistory& runs, const KeptRun& before, std::int64_t afterId) {
  CORE_TRY(const KeptRun after, runs.run(afterId));
  CORE_TRY(const auto partsBefore, runs.parts(before.id));
  CORE_TRY(const auto partsAfter, runs.parts(afterId));
  RunPair pair{before.id, afterId, core::history::compareRuns(before, after), {}};
  if (!partsBefore.empty() && !partsAfter.empty())
    pair.parts = core::history::compareParts(partsBefore, partsAfter);
  return pair;
}

Result<RunPair> compareIn(const std::string& file, std::int64_t before, std::int64_t after) {
  CORE_TRY(RunHistory runs, RunHistory::open(file));
  CORE_TRY(const KeptRun first, runs.run(before));
  return pairOf(runs, first, after);
}

Result<RunPair> lastWeekIn(const std::string& file, std::int64_t run) {
  CORE_TRY(RunHistory runs, RunHistory::open(file));
  CORE_TRY(const KeptRun before, runs.runBefore(run, kDaysOfAWeek));
  return pairOf(runs, before, run);
}

QString messageOf(const core::Error& error) {
  return QString::fromStdString(error.message);
}

}  // namespace

RunKeeper::RunKeeper(QString file, QObject* parent) : QObject(parent), m_file(std::move(file)) {}

void RunKeeper::startOver() {
  m_last = 0;
  m_profile.reset();
}

void RunKeeper::keep(const core::history::RunConditions& conditions,
                     const std::shared_ptr<const core::run::Measurement>& measurement) {
  startOver();
  if (!m_isKeeping || m_file.isEmpty()) return;
  // A tag of its own: a run that was measured is never dropped for a newer one.
  m_jobs.run(
      QStringLiteral("keep %1").arg(++m_keeps),
      [file = m_file.toStdString(), conditions, measurement](const std::stop_token&) {
        return keepIn(file, conditions, *measurement);
      },
      [this](const Result<std::int64_t>& kept) { take(kept); });
}

void RunKeeper::take(const Result<std::int64_t>& kept) {
  if (!kept) return Q_EMIT remarked(tr("The run is not kept: %1").arg(messageOf(kept.error())));
  m_last = *kept;
  Q_EMIT remarked(tr("Kept as run %1").arg(m_last));
  if (m_profile) addProfile();
  readAgain();
}

void RunKeeper::keepProfile(const std::shared_ptr<const core::run::Profile>& profile,
                            const core::ir::GraphPtr& joint) {
  if (!m_isKeeping) return;
  m_profile = profile;
  m_joint = joint;
  if (m_last != 0) addProfile();
}

void RunKeeper::addProfile() {
  m_jobs.run(
      QStringLiteral("profile of %1").arg(m_last),
      [file = m_file.toStdString(), run = m_last, profile = m_profile, joint = m_joint](
          const std::stop_token&) { return keepPartsIn(file, run, *profile, *joint); },
      [this](const Result<void>& kept) {
        if (!kept) Q_EMIT remarked(tr("The profile is not kept: %1").arg(messageOf(kept.error())));
      });
}

void RunKeeper::readAgain() {
  if (!QFileInfo::exists(m_file)) return Q_EMIT listed({});
  m_jobs.run(
      QStringLiteral("list"),
      [file = m_file.toStdString()](const std::stop_token&) { return listIn(file); },
      [this](const Result<std::vector<KeptRun>>& runs) {
        if (runs) Q_EMIT listed(*runs);
        if (!runs) Q_EMIT failed(messageOf(runs.error()));
      });
}

void RunKeeper::compare(std::int64_t before, std::int64_t after) {
  m_jobs.run(
      QStringLiteral("compare"),
      [file = m_file.toStdString(), before, after](const std::stop_token&) {
        return compareIn(file, before, after);
      },
      [this](const Result<RunPair>& pair) { deliver(pair); });
}

void RunKeeper::compareWithLastWeek(std::int64_t run) {
  m_jobs.run(
      QStringLiteral("compare"),
      [file = m_file.toStdString(), run](const std::stop_token&) { return lastWeekIn(file, run); },
      [this](const Result<RunPair>& pair) { deliver(pair); });
}

void RunKeeper::deliver(const Result<RunPair>& pair) {
  if (pair) Q_EMIT compared(*pair);
  if (!pair) Q_EMIT failed(messageOf(pair.error()));
}

}  // namespace explorer
