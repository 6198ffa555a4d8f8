#include "app/explorer/history/run_jobs.h"

#include <QFileInfo>
#include <utility>

#include "app/explorer/history/point_settings.h"
#include "core/partition/machine_peaks.h"
#include "views/models/showable_text.h"
#include "views/pages/compare_page.h"
#include "views/pages/profile_panel.h"
#include "views/pages/run_page.h"
#include "views/pages/runs_panel.h"
#include "views/pages/sweep_panel.h"

namespace explorer {

using core::protocol::Question;
using views::models::showable;
using views::pages::PageId;
using views::pages::RunsPanel;
using views::pages::SweepPanel;

RunJobs::RunJobs(ExplorerController* controller, const Settings& settings,
                 views::pages::RunPage* run, views::pages::ComparePage* compare, QObject* parent)
    : QObject(parent),
      m_controller(controller),
      m_run(run),
      m_compare(compare),
      m_keeper(new RunKeeper(settings.historyFile(), this)),
      m_sweep(new SweepJob(controller->engine()->command(), settings.historyFile(), this)) {
  m_keeper->setKeeping(settings.keepRuns());
  connect(controller, &ExplorerController::tried, this, &RunJobs::onTried);
  connectKeeper();
  connectSweep();
  m_keeper->readAgain();
}

void RunJobs::connectKeeper() {
  RunsPanel* panel = m_compare->runsPanel();
  connect(m_controller, &ExplorerController::measured, m_keeper, &RunKeeper::keep);
  connect(m_controller, &ExplorerController::modelChanged, m_keeper, &RunKeeper::startOver);
  connect(m_controller, &ExplorerController::profiled, m_keeper, &RunKeeper::keepProfile);
  connect(m_keeper, &RunKeeper::listed, panel, &RunsPanel::setRuns);
  connect(m_keeper, &RunKeeper::compared, panel, &RunsPanel::showPair);
  connect(m_keeper, &RunKeeper::failed, panel, &RunsPanel::showProblem);
  connect(m_keeper, &RunKeeper::remarked, this, [this](const QString& sentence) {
    Q_EMIT logged({core::LogLevel::Info, "history", sentence.toStdString()});
  });
  connect(panel, &RunsPanel::comparisonWanted, m_keeper, &RunKeeper::compare);
  connect(panel, &RunsPanel::lastWeekWanted, m_keeper, &RunKeeper::compareWithLastWeek);
  connect(panel, &RunsPanel::refreshWanted, m_keeper, &RunKeeper::readAgain);
}

/// Once, with the first profile: it takes 50 ms of one core, on a pool thread.
void RunJobs::measurePeaks() {
  if (std::exchange(m_hasPeaks, true)) return;
  m_jobs.run(
      QStringLiteral("peaks"),
      [](const std::stop_token&) { return core::partition::measureMachinePeaks(); },
      [this](const core::partition::MachinePeaks& peaks) {
        m_run->profilePanel()->setPeaks(peaks);
      });
}

void RunJobs::connectSweep() {
  SweepPanel* panel = m_compare->sweepPanel();
  connect(panel, &SweepPanel::startWanted, this, &RunJobs::startSweep);
  connect(panel, &SweepPanel::resumeWanted, m_sweep, &SweepJob::resume);
  connect(panel, &SweepPanel::pauseWanted, m_sweep, &SweepJob::pause);
  connect(panel, &SweepPanel::cancelWanted, m_sweep, &SweepJob::cancel);
  connect(panel, &SweepPanel::sweepChosen, m_sweep, &SweepJob::show);
  connect(panel, &SweepPanel::pointOpened, this, &RunJobs::openPoint);
  connect(m_sweep, &SweepJob::listed, panel, &SweepPanel::setSweeps);
  connect(m_sweep, &SweepJob::changed, panel, &SweepPanel::setResults);
  connect(m_sweep, &SweepJob::runningChanged, panel, &SweepPanel::setRunning);
  connect(m_sweep, &SweepJob::failed, panel, &SweepPanel::showProblem);
}

void RunJobs::connectActions(WindowActions* actions) {
  const auto asks = [this](QAction* action, Question question) {
    connect(action, &QAction::triggered, this, [this, question] { ask(question); });
  };
  asks(actions->profile, Question::Profile);
  asks(actions->findDifference, Question::Difference);
  asks(actions->tryEager, Question::EagerStep);
  connect(actions->keptRuns, &QAction::triggered, this, [this] {
    Q_EMIT pageWanted(PageId::Compare);
    m_compare->showRuns();
    m_keeper->readAgain();
  });
  connect(actions->sweep, &QAction::triggered, this, [this] {
    Q_EMIT pageWanted(PageId::Compare);
    m_compare->showSweep();
    m_sweep->readAgain();
  });
}

void RunJobs::ask(Question question) {
  m_controller->ask(question);
  if (question == Question::EagerStep) return;
  Q_EMIT pageWanted(PageId::Run);
  if (question == Question::Profile) {
    measurePeaks();
    m_run->showProfile();
  }
  if (question == Question::Difference) m_run->showSearch();
}

void RunJobs::startSweep(const QStringList& varied) {
  const QString model = m_controller->modelPath();
  SweepPanel* panel = m_compare->sweepPanel();
  if (model.isEmpty()) return panel->showProblem(tr("Open the model first that is to be swept."));
  QStringList options;
  for (const QString& entry : varied) options << entry.section(QChar('='), 0, 0);
  const auto with = settingsOf(m_controller->snapshot()->options, options);
  if (!with) return panel->showProblem(QString::fromStdString(with.error().message));
  m_sweep->start(QFileInfo(model).absoluteFilePath(), varied, *with);
}

void RunJobs::openPoint(const QString& model, const QString& settings) {
  const auto options = withSettings(m_controller->snapshot()->options, settings.toStdString());
  if (options) return Q_EMIT openWanted(model, *options);
  Q_EMIT remarked(QString::fromStdString(options.error().message));
}

void RunJobs::onTried(const core::protocol::TriedStep& step) {
  QStringList outputs;
  for (const std::string& output : step.outputs) outputs << showable(output);
  QString text = tr("✓ Eager ran in %1").arg(views::models::millisecondsText(step.seconds * 1e3));
  if (step.lossValue) text += tr(" · loss %1").arg(*step.lossValue);
  Q_EMIT tried(text, outputs);
  text += QStringLiteral(" · ") + outputs.join(QStringLiteral("; "));
  Q_EMIT logged({core::LogLevel::Info, "run", text.toStdString()});
  Q_EMIT remarked(text);
}

}  // namespace explorer
