#include "app/explorer/unattended_run.h"

#include <QApplication>
#include <QFileInfo>
#include <QPixmap>
#include <QSaveFile>
#include <cstdio>
#include <utility>

#include "app/explorer/report/html_report.h"
#include "views/graph/graph_view.h"

namespace explorer {

namespace {
constexpr int kPollMs = 40;
// A layout is asked for when a page is shown, so a single quiet poll may come before it.
constexpr int kQuietPolls = 4;
}  // namespace

UnattendedRun::UnattendedRun(StartOptions options, MainWindow* window,
                             ExplorerController* controller)
    : QObject(window), m_options(std::move(options)), m_window(window), m_controller(controller) {
  m_poll.setInterval(kPollMs);
  connect(&m_poll, &QTimer::timeout, this, &UnattendedRun::writeWhenQuiet);
  connect(controller, &ExplorerController::settled, this, [this] {
    if (!askOnce()) finishSoon();
  });
}

bool UnattendedRun::askOnce() {
  const std::optional<Ask> ask = std::exchange(m_options.ask, std::nullopt);
  if (!ask || m_controller->snapshot()->failure) return false;
  const WindowActions* actions = m_window->actions();
  (*ask == Ask::Profile ? actions->profile : actions->findDifference)->trigger();
  return true;
}

void UnattendedRun::finishSoon() {
  m_quiet = 0;
  m_poll.start();
}

void UnattendedRun::writeWhenQuiet() {
  const auto& snapshot = m_controller->snapshot();
  const bool working = snapshot->busy || snapshot->partitioning ||
                       m_controller->studies()->isBusy() || m_window->isLayingOut();
  m_quiet = working ? 0 : m_quiet + 1;
  if (m_quiet < kQuietPolls) return;
  m_poll.stop();
  for (const QString& line : {writeShot(), writeReport(), problem()}) {
    if (line.isEmpty()) continue;
    std::fprintf(stderr, "aot-explorer: %s\n", qUtf8Printable(line));
    QApplication::exit(ExitFailed);
    return;
  }
  QApplication::exit(ExitDone);
}

QString UnattendedRun::problem() const {
  const auto& snapshot = m_controller->snapshot();
  if (snapshot->failure) {
    return QStringLiteral("stage \"%1\": %2")
        .arg(QString::fromLatin1(core::pipeline::stageName(snapshot->failure->stage)),
             QString::fromStdString(snapshot->failure->error.message));
  }
  const auto* record = snapshot->record();
  if (record && record->measurement && !record->measurement->check.passed) {
    return QStringLiteral("the compiled values differ from eager's; see the check table");
  }
  return QString();
}

QString UnattendedRun::writeShot() const {
  if (m_options.shotFile.isEmpty()) return QString();
  const QString suffix = QFileInfo(m_options.shotFile).suffix().toLower();
  if (suffix != QLatin1String("png")) {
    const auto* graph = m_window->shownGraph();
    if (!graph) return QStringLiteral("the page has no graph: choose another one with --page");
    const auto written = graph->exportTo(m_options.shotFile);
    return written ? QString() : QString::fromStdString(written.error().message);
  }
  const QPixmap picture = m_window->grab();
  if (picture.save(m_options.shotFile, "PNG")) return QString();
  return QStringLiteral("cannot write the picture to %1").arg(m_options.shotFile);
}

QString UnattendedRun::writeReport() const {
  if (m_options.reportFile.isEmpty()) return QString();
  QSaveFile file(m_options.reportFile);
  const QByteArray html = htmlReport(*m_controller->snapshot()).toUtf8();
  if (file.open(QIODevice::WriteOnly) && file.write(html) == html.size() && file.commit()) {
    return QString();
  }
  return QStringLiteral("cannot write the report to %1: %2")
      .arg(m_options.reportFile, file.errorString());
}

}  // namespace explorer
