// The window's program. Reads the command line, opens the window, and starts the engine once the
// window has been painted.

#include <QApplication>
#include <QIcon>
#include <QTemporaryDir>
#include <QTimer>
#include <cstdio>

#include "app/explorer/command_line.h"
#include "app/explorer/explorer_controller.h"
#include "app/explorer/logging/qt_messages.h"
#include "app/explorer/logging/ui_watchdog.h"
#include "app/explorer/main_window.h"
#include "app/explorer/program_places.h"
#include "app/explorer/settings/cache_folder.h"
#include "app/explorer/unattended_run.h"
#include "views/pages/side_panels.h"

namespace {

using core::pipeline::Goal;
using explorer::ExitDone;
using explorer::ExitFailed;
using explorer::ExitWrongUse;
using explorer::ExplorerController;
using explorer::MainWindow;
using explorer::StartOptions;
using views::pages::PageId;

/// Without a display, or when nobody looks, Qt paints into memory.
void chooseUnattendedPlatform(const StartOptions& options) {
  const bool display =
      qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
  if (qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) return;
  if (!display || options.unattended()) qputenv("QT_QPA_PLATFORM", "offscreen");
}

int complain(const std::string& message, int code) {
  std::fprintf(stderr, "aot-explorer: %s\n", message.c_str());
  return code;
}

/// Prints help or versions; the parser's texts need an application object.
int printText(int argc, char** argv, const StartOptions& options) {
  const QCoreApplication application(argc, argv);
  const QString versions = QStringLiteral("aot-explorer %1, Qt %2, QCustomPlot 2.1\n")
                               .arg(QStringLiteral(AOT_VERSION), QString::fromLatin1(qVersion()));
  const QString text = options.help ? explorer::helpText() : versions;
  std::fputs(qUtf8Printable(text), stdout);
  return ExitDone;
}

/// How far to work at start: what the page needs; a measurement only if asked for by a file to
/// write, because nothing of a model runs without a person's wish.
Goal firstGoal(const StartOptions& options) {
  if (!options.reportFile.isEmpty()) return Goal::Measure;
  const Goal goal = explorer::goalForPage(options.page);
  return goal == Goal::Measure && !options.unattended() ? Goal::Partition : goal;
}

void connectEngine(explorer::EngineClient& engine, MainWindow& window,
                   ExplorerController& controller) {
  QObject::connect(&engine, &explorer::EngineClient::ready, &window, [&](const QString& version) {
    window.setEngineText(MainWindow::tr("Engine %1 is ready.").arg(version));
  });
  QObject::connect(
      &engine, &explorer::EngineClient::idleEngineDied, &window, [&](const QString& cause) {
        const QString text = MainWindow::tr(
                                 "The engine %1 while it was idle. Graphs and results stay; "
                                 "the next action starts it again.")
                                 .arg(cause);
        window.setEngineText(text);
        if (!controller.snapshot()->modelPath.isEmpty()) {
          window.banner()->showFailure(text, QString(), QString());
        }
      });
  QObject::connect(&window, &MainWindow::engineRestartWanted, &engine,
                   &explorer::EngineClient::restart);
}

void openFirst(const StartOptions& options, const QString& model, MainWindow& window,
               ExplorerController& controller) {
  controller.setInitialOptions(options.compile);
  if (!options.session.isEmpty()) {
    window.openPath(options.session);
    if (options.pageGiven) window.showPage(options.page);
    return;
  }
  if (model.isEmpty()) return;
  window.openFile(model, firstGoal(options));
  window.showPage(options.page);
}

}  // namespace

int main(int argc, char** argv) {
  QStringList arguments;
  for (int i = 1; i < argc; ++i) arguments << QString::fromLocal8Bit(argv[i]);
  auto parsed = explorer::parseCommandLine(arguments);
  if (!parsed) return complain(parsed.error().message, ExitWrongUse);
  StartOptions options = *parsed;
  if (options.help || options.version) return printText(argc, argv, options);

  explorer::keepQtRemarksQuiet();
  chooseUnattendedPlatform(options);
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("aot-explorer"));
  QApplication::setApplicationVersion(QStringLiteral(AOT_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("aot-explorer"));
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/aot-explorer.svg")));
  // Pictures and reports neither depend on what a person opened before nor change it.
  const QTemporaryDir scratch;
  explorer::Settings settings =
      options.unattended() ? explorer::Settings(scratch.filePath(QStringLiteral("settings.ini")),
                                                scratch.filePath(QStringLiteral("state.ini")))
                           : explorer::Settings::atDefaultPlaces();
  views::look::applyTheme(application, options.themeGiven ? options.theme : settings.theme());
  views::look::setAnimationsWanted(settings.animations() && !options.unattended());
  options.compile.threads = settings.threads();

  if (!options.session.isEmpty()) {
    const auto session = explorer::readSessionFile(options.session);
    if (!session) return complain(session.error().message, ExitFailed);
  }
  const QString model =
      options.sample.isEmpty() ? options.model : explorer::samplePath(options.sample);
  if (!options.sample.isEmpty() && model.isEmpty()) {
    return complain(
        "there is no sample named '" + options.sample.toStdString() + "' beside the program",
        ExitWrongUse);
  }

  const QStringList command =
      options.engine.isEmpty() ? explorer::defaultEngineCommand() : options.engine;
  explorer::EngineClient engine(command);
  ExplorerController controller(&engine);
  MainWindow window(&controller, settings);
  const explorer::UiWatchdog watchdog;
  connectEngine(engine, window, controller);
  QObject::connect(&watchdog, &explorer::UiWatchdog::stalled, &window, [&](int milliseconds) {
    Q_EMIT controller.logged(
        {core::LogLevel::Warning, "window",
         "the window did not answer for " + std::to_string(milliseconds) + " ms"});
  });
  QObject::connect(&window, &MainWindow::themeChosen, &window,
                   [&](views::look::Theme theme) { views::look::applyTheme(application, theme); });
  window.setSamples(explorer::sampleFiles());
  if (!options.unattended() && settings.windowGeometry().isEmpty()) window.resize(options.size);
  if (options.unattended()) window.resize(options.size);

  std::unique_ptr<explorer::UnattendedRun> unattended;
  if (options.unattended()) {
    unattended = std::make_unique<explorer::UnattendedRun>(options, &window, &controller);
    if (model.isEmpty() && options.session.isEmpty()) unattended->finishSoon();
  }
  window.show();
  explorer::PoolJobs housekeeping;
  if (!options.unattended()) {
    const std::int64_t limit = std::int64_t(settings.cacheLimitMib()) * 1024 * 1024;
    housekeeping.run(
        QStringLiteral("cache"),
        [limit](const std::stop_token& stop) {
          return explorer::trimFolder(explorer::kernelCacheFolder(), limit, stop);
        },
        [](std::int64_t) {});
  }
  // After the first paint: the engine starts, and the model is asked for.
  QTimer::singleShot(0, &window, [&] {
    engine.warmUp();
    if (!options.unattended()) window.sessions()->lookForCrash();
    openFirst(options, model, window, controller);
  });
  return QApplication::exec();
}
