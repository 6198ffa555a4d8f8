// Sessions in the window: saved and opened again, left by a killed program and offered.

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QTest>
#include <QTimer>
#include <csignal>

#include "tests/app/window_fixture.h"
#include "views/graph/graph_view.h"
#include "views/pages/side_panels.h"

using explorer::readSessionFile;
using explorer::Session;
using support::WindowFixture;
using views::pages::PageId;
using views::shared::GraphKind;

class TstSessionWindow : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void savedSessionShowsTheSameAgain();
  void foldsAndCameraComeBack();
  void lastSessionIsRemembered();
  void readingTheModelAgainKeepsBookmarksAndFile();
  void anotherModelHasNoSessionFile();
  void changedModelIsRemarked();
  void unsavedChangesAreAskedAbout();
  void badSessionIsAFailureInTheBanner();
  void killedProgramIsOfferedOnceAndReopened();
  void secondCrashIsNotOffered();
  void commandLineOpensASession();

 private:
  /// Does a few things that a session must hold.
  static void work(WindowFixture& fixture);
  static Session captured(WindowFixture& fixture, const QString& file);
};

void TstSessionWindow::work(WindowFixture& fixture) {
  auto& window = fixture.window;
  QVERIFY(fixture.open("done"));
  fixture.controller.setPin("relu", views::pages::Pin::Recompute);
  fixture.controller.setBudget(0.5);
  window.hub()->selectNode(GraphKind::Joint, "mm");
  window.actions()->addBookmark->trigger();
  window.hub()->setFilter("op:mm");
  window.showPage(PageId::Partition);
  QTRY_VERIFY_WITH_TIMEOUT(!window.isLayingOut(), support::kWindowPatience);
}

Session TstSessionWindow::captured(WindowFixture& fixture, const QString& file) {
  const QString problem = fixture.window.sessions()->save(file);
  if (!problem.isEmpty()) qWarning("%s", qPrintable(problem));
  const auto session = readSessionFile(file);
  return session ? *session : Session();
}

void TstSessionWindow::savedSessionShowsTheSameAgain() {
  WindowFixture first;
  work(first);
  const QString file = first.folder->filePath("a.aotsession");
  const Session saved = captured(first, file);
  QCOMPARE(saved.options.partition.recompute, std::vector<std::string>{"relu"});
  QCOMPARE(saved.options.partition.budget, 0.5);

  WindowFixture second;
  second.window.openPath(file);
  QTRY_VERIFY_WITH_TIMEOUT(second.controller.snapshot()->index->joint(), support::kWindowPatience);
  QTRY_VERIFY_WITH_TIMEOUT(!second.window.isLayingOut(), support::kWindowPatience);
  QCOMPARE(second.window.currentPage(), PageId::Partition);
  QCOMPARE(second.window.hub()->selection().primary(), QString("mm"));
  QCOMPARE(second.window.hub()->filter(), QString("op:mm"));
  QCOMPARE(second.window.navigator()->bookmarks().size(), qsizetype(1));
  const Session again = captured(second, second.folder->filePath("b.aotsession"));
  QVERIFY(explorer::sessionText(again).contains("\"relu\""));
  QCOMPARE(again.options.partition.budget, 0.5);
  QVERIFY(again.bookmarks == saved.bookmarks);
  QVERIFY(again.selection == saved.selection);
}

void TstSessionWindow::foldsAndCameraComeBack() {
  WindowFixture fixture;
  QVERIFY(fixture.open("done"));
  fixture.window.shownGraph()->canvas()->zoomTo(2);
  fixture.window.shownGraph()->canvas()->centerOn({50, 60});
  const auto state = fixture.window.shownGraph()->state();
  QVERIFY(state);
  const QString file = fixture.folder->filePath("a.aotsession");
  QVERIFY(fixture.window.sessions()->save(file).isEmpty());

  WindowFixture later;
  later.window.openPath(file);
  QTRY_VERIFY_WITH_TIMEOUT(later.window.shownGraph(), support::kWindowPatience);
  QTRY_VERIFY_WITH_TIMEOUT(later.window.shownGraph()->canvas()->scene(), support::kWindowPatience);
  const auto restored = later.window.shownGraph()->state();
  QVERIFY(restored);
  QVERIFY(restored->expanded == state->expanded);
  QCOMPARE(restored->scale, state->scale);
}

void TstSessionWindow::lastSessionIsRemembered() {
  auto folder = std::make_shared<QTemporaryDir>();
  {
    WindowFixture fixture(folder);
    QVERIFY(!fixture.window.actions()->openLastSession->isEnabled());
    work(fixture);
    fixture.window.close();
  }
  WindowFixture later(folder);
  QVERIFY(later.window.actions()->openLastSession->isEnabled());
  later.window.actions()->openLastSession->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(later.controller.snapshot()->index->joint(), support::kWindowPatience);
  QCOMPARE(later.window.hub()->filter(), QString("op:mm"));
}

void TstSessionWindow::readingTheModelAgainKeepsBookmarksAndFile() {
  WindowFixture fixture;
  work(fixture);
  const QString file = fixture.folder->filePath("a.aotsession");
  QVERIFY(fixture.window.sessions()->save(file).isEmpty());
  QTRY_VERIFY_WITH_TIMEOUT(!fixture.controller.snapshot()->partitioning, support::kWindowPatience);
  QSignalSpy settled(&fixture.controller, &explorer::ExplorerController::settled);
  fixture.window.actions()->reload->trigger();
  QVERIFY(settled.wait(support::kWindowPatience));
  QCOMPARE(fixture.window.navigator()->bookmarks().size(), qsizetype(1));
  QCOMPARE(fixture.window.sessions()->file(), file);
}

void TstSessionWindow::anotherModelHasNoSessionFile() {
  WindowFixture fixture;
  work(fixture);
  QVERIFY(fixture.window.sessions()->save(fixture.folder->filePath("a.aotsession")).isEmpty());
  QVERIFY(fixture.open("partial,done"));
  QVERIFY(fixture.window.sessions()->file().isEmpty());
  QVERIFY(fixture.window.navigator()->bookmarks().isEmpty());
}

void TstSessionWindow::changedModelIsRemarked() {
  WindowFixture fixture;
  QFile model(fixture.folder->filePath("done"));
  QVERIFY(model.open(QIODevice::WriteOnly));
  model.write("a model");
  model.close();
  Session session;
  session.modelPath = model.fileName();
  session.modelSha256 = QString(64, '0');
  const QString file = fixture.folder->filePath("a.aotsession");
  QVERIFY(explorer::writeWhole(file, explorer::sessionText(session)));
  QSignalSpy remarks(fixture.window.sessions(), &explorer::SessionKeeper::remarked);
  fixture.window.openPath(file);
  QTRY_COMPARE_WITH_TIMEOUT(remarks.count(), 1, support::kWindowPatience);
  QVERIFY(remarks.front().front().toString().contains("has changed"));
}

void TstSessionWindow::unsavedChangesAreAskedAbout() {
  WindowFixture fixture;
  work(fixture);
  QVERIFY(fixture.window.sessions()->save(fixture.folder->filePath("a.aotsession")).isEmpty());
  QVERIFY(!fixture.window.sessions()->isModified());
  fixture.window.hub()->selectNode(GraphKind::Joint, "relu");
  QVERIFY2(!fixture.window.sessions()->isModified(), "where one looks is no change to ask about");
  fixture.window.hub()->setFilter("op:relu");
  QVERIFY(fixture.window.sessions()->isModified());
  bool asked = false;
  QTimer::singleShot(0, this, [&asked] {
    auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
    if (!box) return;
    asked = true;
    box->button(QMessageBox::Cancel)->click();
  });
  QVERIFY(!fixture.window.close());
  QVERIFY(asked);
  fixture.window.hub()->setFilter("op:mm");
  QVERIFY(!fixture.window.sessions()->isModified());
}

void TstSessionWindow::badSessionIsAFailureInTheBanner() {
  WindowFixture fixture;
  const QString file = fixture.folder->filePath("a.aotsession");
  QVERIFY(explorer::writeWhole(file, "{"));
  fixture.window.openPath(file);
  QVERIFY(fixture.window.banner()->isVisible());
  QVERIFY2(fixture.window.banner()->text().contains("not JSON"),
           qPrintable(fixture.window.banner()->text()));
}

namespace {

/// A window program that is killed while a model is open; its settings are under `folder`.
void runAndKill(const QString& folder, const QStringList& arguments) {
  QProcess program;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert("XDG_CONFIG_HOME", folder);
  environment.insert("XDG_STATE_HOME", folder);
  environment.insert("QT_QPA_PLATFORM", "offscreen");
  program.setProcessEnvironment(environment);
  program.start(AOT_BIN_DIR "/aot-explorer", QStringList{"--engine", AOT_FAKE_ENGINE} + arguments);
  QVERIFY(program.waitForStarted());
  const QDir sessions(folder + "/aot-explorer/sessions");
  QTRY_VERIFY_WITH_TIMEOUT(
      !sessions.entryList({QStringLiteral("running-%1-*.aotsession").arg(program.processId())})
           .isEmpty(),
      support::kWindowPatience);
  QTest::qWait(2 * explorer::SessionKeeper::kJournalMs);
  ::kill(static_cast<pid_t>(program.processId()), SIGKILL);
  program.waitForFinished();
}

}  // namespace

void TstSessionWindow::killedProgramIsOfferedOnceAndReopened() {
  auto folder = std::make_shared<QTemporaryDir>();
  QVERIFY(folder->isValid());
  runAndKill(folder->path(), {"partial,done"});
  // The program keeps its state in a folder of its name.
  WindowFixture fixture(folder->filePath("aot-explorer"));
  QVERIFY(!fixture.window.offer()->isVisible());
  fixture.window.sessions()->lookForCrash();
  QVERIFY(fixture.window.offer()->isVisible());
  QVERIFY2(fixture.window.offer()->text().contains("partial,done"),
           qPrintable(fixture.window.offer()->text()));
  QVERIFY(fixture.controller.snapshot()->modelPath.isEmpty());
  Q_EMIT fixture.window.offer()->actionWanted();
  QTRY_VERIFY_WITH_TIMEOUT(fixture.controller.snapshot()->index->joint(), support::kWindowPatience);
  QVERIFY(!fixture.window.offer()->isVisible());
  WindowFixture later(folder->filePath("aot-explorer"));
  later.window.sessions()->lookForCrash();
  QVERIFY(!later.window.offer()->isVisible());
}

void TstSessionWindow::secondCrashIsNotOffered() {
  QTemporaryDir folder;
  Session session;
  session.modelPath = "/models/net.pt2";
  session.crashes = 1;
  QVERIFY(QDir(folder.path()).mkpath("sessions"));
  const QString left = folder.filePath("sessions/running-1-0.aotsession");
  QVERIFY(explorer::writeWhole(left, explorer::sessionText(session)));
  WindowFixture fixture(folder.path());
  QSignalSpy remarks(fixture.window.sessions(), &explorer::SessionKeeper::remarked);
  fixture.window.sessions()->lookForCrash();
  QVERIFY(!fixture.window.offer()->isVisible());
  QCOMPARE(remarks.count(), 1);
  QVERIFY(!QFile::exists(left));
}

void TstSessionWindow::commandLineOpensASession() {
  WindowFixture fixture;
  work(fixture);
  const QString file = fixture.folder->filePath("a.aotsession");
  QVERIFY(fixture.window.sessions()->save(file).isEmpty());
  const QString picture = fixture.folder->filePath("a.png");
  QProcess program;
  program.start(AOT_BIN_DIR "/aot-explorer",
                {"--engine", AOT_FAKE_ENGINE, "--session", file, "--shot", picture});
  QVERIFY(program.waitForFinished(60000));
  QVERIFY2(program.exitCode() == 0, program.readAllStandardError());
  QVERIFY(QFile::exists(picture));
  program.start(AOT_BIN_DIR "/aot-explorer", {"--session", "/no/such.aotsession"});
  QVERIFY(program.waitForFinished(60000));
  QCOMPARE(program.exitCode(), 1);
  QVERIFY(program.readAllStandardError().contains("no/such"));
}

QTEST_MAIN(TstSessionWindow)
#include "tst_session_window.moc"
