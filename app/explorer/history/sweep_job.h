#pragma once

// A sweep as a job of the window: the engine's command line measures the points, each in a process
// of its own, and keeps each as it is done; here the file is looked at while that goes on. So a
// sweep survives the window, and the window survives the sweep.

#include <QObject>
#include <QProcess>
#include <QTimer>

#include "app/explorer/jobs/pool_jobs.h"
#include "core/base/result.h"
#include "core/history/run_history.h"
#include "views/models/sweep_tables.h"

namespace explorer {

class SweepJob : public QObject {
  Q_OBJECT

 public:
  /// `engine` is the command of the engine, which ends with "serve". `file` has the runs.
  SweepJob(QStringList engine, QString file, QObject* parent = nullptr);
  /// Ends the process; the points that are done are kept.
  ~SweepJob() override;

  /// Measures `model` for every combination; `with` are options of `bench` for all points.
  void start(const QString& model, const QStringList& varied, const QString& with);
  /// Measures the points that are not done.
  void resume(std::int64_t sweep);
  /// Stops after the point that is being measured.
  void pause();
  /// Stops at once.
  void cancel();
  /// Reads a sweep, and the list of all.
  void show(std::int64_t sweep);
  void readAgain();
  /// Of the sweep's process, which leads the group of the points' ones; 0 if none runs.
  pid_t processId() const { return static_cast<pid_t>(m_process.processId()); }
  bool isRunning() const { return m_process.state() != QProcess::NotRunning; }

 Q_SIGNALS:
  void listed(const std::vector<core::history::Sweep>& sweeps);
  void changed(const views::models::SweepPtr& results);
  void runningChanged(bool isRunning);
  void failed(const QString& sentence);

 private:
  void run(std::int64_t sweep);
  void signalProcess(int signal, bool wholeGroup);
  void onFinished(int code, QProcess::ExitStatus status);

  QStringList m_engine;
  QString m_file;
  PoolJobs m_jobs;
  QProcess m_process;
  QTimer m_look;
  QString m_with;
  std::int64_t m_sweep = 0;
  bool m_stopping = false;
};

}  // namespace explorer
