#pragma once

// Keeps each finished measurement of the window in the local file of runs, and reads them back. The
// file is worked on by pool threads; SQLite waits for other programs that write to it.

#include <QObject>

#include "app/explorer/jobs/pool_jobs.h"
#include "core/base/result.h"
#include "core/history/run_history.h"
#include "views/models/history_tables.h"

namespace explorer {

class RunKeeper : public QObject {
  Q_OBJECT

 public:
  /// `file` is made with the first run that is kept.
  explicit RunKeeper(QString file, QObject* parent = nullptr);

  const QString& file() const { return m_file; }
  /// Whether measurements are kept; true at first.
  void setKeeping(bool isKeeping) { m_isKeeping = isKeeping; }
  void keep(const core::history::RunConditions& conditions,
            const std::shared_ptr<const core::run::Measurement>& measurement);
  /// Adds where the time of the last kept run's steps went.
  void keepProfile(const std::shared_ptr<const core::run::Profile>& profile,
                   const core::ir::GraphPtr& joint);
  /// Forgets which run was kept last: another model is open.
  void startOver();
  void readAgain();
  void compare(std::int64_t before, std::int64_t after);
  void compareWithLastWeek(std::int64_t run);

 Q_SIGNALS:
  /// The newest first.
  void listed(const std::vector<core::history::KeptRun>& runs);
  void compared(const views::models::RunPair& pair);
  /// A comparison is not possible, or the file cannot be read.
  void failed(const QString& sentence);
  /// For the status line: a run was kept, or could not be.
  void remarked(const QString& sentence);

 private:
  void take(const core::Result<std::int64_t>& kept);
  void addProfile();
  void deliver(const core::Result<views::models::RunPair>& pair);

  QString m_file;
  PoolJobs m_jobs;
  bool m_isKeeping = true;
  int m_keeps = 0;
  std::int64_t m_last = 0;  ///< id of the run that was kept last; 0: none
  std::shared_ptr<const core::run::Profile> m_profile;
  core::ir::GraphPtr m_joint;
};

}  // namespace explorer
