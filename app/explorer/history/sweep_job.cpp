#include "app/explorer/history/sweep_job.h"

#include <unistd.h>

#include <QFileInfo>
#include <csignal>

#include "core/history/sweep_plan.h"

namespace explorer {

using core::Result;
using core::history::RunHistory;
using core::history::Sweep;
using views::models::SweepPtr;
using views::models::SweepResults;

namespace {

constexpr int kLookMs = 700;
constexpr int kPatienceMs = 3000;

Result<std::int64_t> addIn(const std::string& file, const std::string& model,
                           const std::vector<std::string>& varied) {
  CORE_TRY(const auto settings, core::history::sweepSettings(varied));
  CORE_TRY(RunHistory runs, RunHistory::open(file));
  return runs.addSweep(model, settings);
}

Result<SweepPtr> resultsIn(const std::string& file, std::int64_t id) {
  CORE_TRY(RunHistory runs, RunHistory::open(file));
  auto results = std::make_shared<SweepResults>();
  CORE_TRY(results->sweep, runs.sweep(id));
  for (const auto& point : results->sweep.points) {
    if (!point.run) continue;
    CORE_TRY(core::history::KeptRun run, runs.run(*point.run));
    results->runs.emplace(*point.run, std::move(run));
  }
  return SweepPtr(std::move(results));
}

Result<std::vector<Sweep>> sweepsIn(const std::string& file) {
  CORE_TRY(RunHistory runs, RunHistory::open(file));
  return runs.sweeps();
}

QString messageOf(const core::Error& error) {
  return QString::fromStdString(error.message);
}

}  // namespace

SweepJob::SweepJob(QStringList engine, QString file, QObject* parent)
    : QObject(parent), m_engine(std::move(engine)), m_file(std::move(file)) {
  m_look.setInterval(kLookMs);
  connect(&m_look, &QTimer::timeout, this, [this] { show(m_sweep); });
  connect(&m_process, &QProcess::finished, this, &SweepJob::onFinished);
  connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error != QProcess::FailedToStart) return;
    m_look.stop();
    Q_EMIT runningChanged(false);
    Q_EMIT failed(tr("The engine cannot be started: %1").arg(m_process.errorString()));
  });
  // A group of its own, so that the process of a point ends with that of the sweep.
  m_process.setChildProcessModifier([] { setpgid(0, 0); });
}

SweepJob::~SweepJob() {
  if (!isRunning()) return;
  m_process.disconnect(this);
  signalProcess(SIGKILL, true);
  m_process.waitForFinished(kPatienceMs);
}

void SweepJob::start(const QString& model, const QStringList& varied, const QString& with) {
  if (isRunning()) return;
  std::vector<std::string> entries;
  for (const QString& entry : varied) entries.push_back(entry.toStdString());
  m_with = with;
  m_jobs.run(
      QStringLiteral("begin"),
      [file = m_file.toStdString(), path = model.toStdString(), entries](const std::stop_token&) {
        return addIn(file, path, entries);
      },
      [this](const Result<std::int64_t>& sweep) {
        if (!sweep) return Q_EMIT failed(messageOf(sweep.error()));
        run(*sweep);
      });
}

void SweepJob::resume(std::int64_t sweep) {
  if (!isRunning()) run(sweep);
}

void SweepJob::run(std::int64_t sweep) {
  QStringList words = m_engine.mid(1);
  if (!words.isEmpty() && words.back() == QStringLiteral("serve")) words.removeLast();
  words << QStringLiteral("sweep") << QStringLiteral("--quiet") << QStringLiteral("--resume")
        << QString::number(sweep) << QStringLiteral("--history") << m_file;
  if (!m_with.isEmpty()) words << QStringLiteral("--with") << m_with;
  m_sweep = sweep;
  m_stopping = false;
  m_process.start(m_engine.value(0), words);
  Q_EMIT runningChanged(true);
  readAgain();
  m_look.start();
}

/// The child's group has its process number.
void SweepJob::signalProcess(int signal, bool wholeGroup) {
  if (processId() > 0) ::kill(wholeGroup ? -processId() : processId(), signal);
}

void SweepJob::pause() {
  m_stopping = true;
  signalProcess(SIGINT, false);
}

void SweepJob::cancel() {
  m_stopping = true;
  signalProcess(SIGKILL, true);
}

void SweepJob::onFinished(int code, QProcess::ExitStatus status) {
  m_look.stop();
  Q_EMIT runningChanged(false);
  show(m_sweep);
  const QString complaint =
      QString::fromLocal8Bit(m_process.readAllStandardError()).trimmed().section(QChar('\n'), -1);
  if (!m_stopping && status == QProcess::CrashExit)
    Q_EMIT failed(
        tr("The sweep's process ended by itself. What is done is kept; Go on measures "
           "the rest."));
  else if (!m_stopping && code != 0 && !complaint.isEmpty())
    Q_EMIT failed(complaint);
}

void SweepJob::show(std::int64_t sweep) {
  m_sweep = sweep;
  m_jobs.run(
      QStringLiteral("look"),
      [file = m_file.toStdString(), sweep](const std::stop_token&) {
        return resultsIn(file, sweep);
      },
      [this](const Result<SweepPtr>& results) {
        if (results) Q_EMIT changed(*results);
        if (!results) Q_EMIT failed(messageOf(results.error()));
      });
}

void SweepJob::readAgain() {
  if (!QFileInfo::exists(m_file)) return Q_EMIT listed({});
  m_jobs.run(
      QStringLiteral("list"),
      [file = m_file.toStdString()](const std::stop_token&) { return sweepsIn(file); },
      [this](const Result<std::vector<Sweep>>& sweeps) {
        if (sweeps) Q_EMIT listed(*sweeps);
      });
}

}  // namespace explorer
