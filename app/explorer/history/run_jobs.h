#pragma once

// What the window does with runs: asks questions about a step, keeps what was measured, sweeps.

#include <QObject>

#include "app/explorer/explorer_controller.h"
#include "app/explorer/history/run_keeper.h"
#include "app/explorer/history/sweep_job.h"
#include "app/explorer/settings/settings.h"
#include "app/explorer/window_actions.h"

namespace views::pages {
class ComparePage;
class RunPage;
}  // namespace views::pages

namespace explorer {

class RunJobs : public QObject {
  Q_OBJECT

 public:
  /// All must outlive the object.
  RunJobs(ExplorerController* controller, const Settings& settings, views::pages::RunPage* run,
          views::pages::ComparePage* compare, QObject* parent);

  void connectActions(WindowActions* actions);
  RunKeeper* keeper() { return m_keeper; }
  /// Asks, and brings the answer's place to the front.
  void ask(core::protocol::Question question);

 Q_SIGNALS:
  void pageWanted(views::pages::PageId page);
  /// Open a model with these options.
  void openWanted(const QString& model, const core::pipeline::CompileOptions& options);
  void remarked(const QString& sentence);
  /// An eager step ran: what it gave, and a line for each output.
  void tried(const QString& sentence, const QStringList& outputs);
  void logged(const core::LogEntry& entry);

 private:
  void connectKeeper();
  void measurePeaks();
  void connectSweep();
  void startSweep(const QStringList& varied);
  void openPoint(const QString& model, const QString& settings);
  void onTried(const core::protocol::TriedStep& step);

  ExplorerController* m_controller;
  views::pages::RunPage* m_run;
  views::pages::ComparePage* m_compare;
  RunKeeper* m_keeper;
  SweepJob* m_sweep;
  PoolJobs m_jobs;
  bool m_hasPeaks = false;
};

}  // namespace explorer
