// The sixth part of MainWindow: what a session is on the screen.

#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QMessageBox>

#include "app/explorer/main_window.h"
#include "app/explorer/model_source.h"
#include "views/graph/graph_view.h"
#include "views/models/showable_text.h"
#include "views/pages/side_panels.h"

namespace explorer {

using views::graph::GraphView;
using views::models::showable;
using views::pages::PageId;

void MainWindow::keepSession() {
  m_sessions = new SessionKeeper(
      m_settings.sessionFolder(), [this] { return captureSession(); }, this);
  const auto touch = [this] { m_sessions->touch(); };
  connect(&m_hub, &views::shared::SelectionHub::selectionChanged, m_sessions, touch);
  connect(&m_hub, &views::shared::SelectionHub::filterChanged, m_sessions, touch);
  connect(m_controller, &ExplorerController::snapshotChanged, m_sessions, touch);
  connect(m_navigator, &Navigator::bookmarksChanged, m_sessions, touch);
  for (const GraphView* graph : std::as_const(m_graphs)) {
    connect(graph, &GraphView::folded, m_sessions, touch);
    connect(graph->canvas(), &views::graph::GraphCanvas::viewportChanged, m_sessions, touch);
  }
  connectSession();
  m_actions->setLastSession(!m_sessions->lastSessionFile().isEmpty());
}

void MainWindow::connectSession() {
  connect(m_sessions, &SessionKeeper::restoreWanted, this, &MainWindow::restoreSession);
  connect(m_sessions, &SessionKeeper::remarked, this, [this](const QString& sentence) {
    showStatus(sentence);
    m_log->append({core::LogLevel::Warning, "session", sentence.toStdString()});
  });
  connect(m_sessions, &SessionKeeper::crashFound, this,
          [this](const QString& sentence) { m_offer->showOffer(sentence, tr("&Reopen")); });
  connect(m_offer, &views::pages::Banner::actionWanted, this, [this] {
    m_offer->clear();
    m_sessions->reopenCrashed();
  });
  connect(m_offer, &views::pages::Banner::dismissed, m_sessions, &SessionKeeper::forgetCrashed);
  connect(m_actions->openSession, &QAction::triggered, this, &MainWindow::askForSession);
  connect(m_actions->openLastSession, &QAction::triggered, this,
          [this] { m_sessions->open(m_sessions->lastSessionFile()); });
  connect(m_actions->saveSession, &QAction::triggered, this, [this] { saveSession(false); });
  connect(m_actions->saveSessionAs, &QAction::triggered, this, [this] { saveSession(true); });
}

/// Places and bookmarks belong to a model; its being read again changes nothing about them.
void MainWindow::onModelChanged() {
  m_banner->clear();
  for (GraphView* graph : std::as_const(m_graphs)) {
    graph->showMessage(tr("No graph yet. Open a model, or trace it."));
  }
  if (m_controller->modelPath() == m_modelPath) return;
  m_modelPath = m_controller->modelPath();
  m_hub.reset();
  m_navigator->forgetPlaces();
  m_sessions->startAnew();
}

std::optional<Session> MainWindow::captureSession() const {
  const auto& snapshot = m_controller->snapshot();
  if (snapshot->modelPath.isEmpty()) return std::nullopt;
  Session session;
  session.modelPath = QFileInfo(snapshot->modelPath).absoluteFilePath();
  session.options = snapshot->options;
  session.page = m_page;
  session.selection = m_hub.selection();
  session.filter = m_hub.filter();
  session.bookmarks = m_navigator->bookmarks();
  for (auto it = m_graphs.begin(); it != m_graphs.end(); ++it) {
    if (const auto state = it.value()->state()) session.graphs.insert(it.key(), *state);
  }
  // The start page hides the docks; that is not how they were left.
  if (m_page != PageId::Start) session.docks = saveState(kDockStateVersion);
  return session;
}

void MainWindow::restoreSession(const Session& session) {
  core::pipeline::CompileOptions options = session.options;
  options.allowTorchScript = sourceKindOf(session.modelPath) == SourceKind::TorchScript;
  if (options.allowTorchScript && !askForConsent(session.modelPath)) {
    return showStatus(tr("Not opened: a TorchScript module can run code."));
  }
  showOpening(session.modelPath, [&] { m_controller->restoreModel(session.modelPath, options); });
  m_navigator->setBookmarks(session.bookmarks);
  for (auto it = session.graphs.begin(); it != session.graphs.end(); ++it) {
    if (GraphView* graph = m_graphs.value(it.key())) graph->restore(it.value());
  }
  m_hub.setFilter(session.filter);
  m_hub.select(session.selection);
  if (!session.docks.isEmpty()) {
    for (QDockWidget* dock : std::as_const(m_docks)) dock->setProperty("hiddenByStart", false);
    restoreState(session.docks, kDockStateVersion);
  }
  showPage(session.page);
}

void MainWindow::openSession(const QString& path) {
  const QString problem = m_sessions->open(path);
  if (!problem.isEmpty()) return m_banner->showFailure(problem, path, QString());
  m_settings.addRecentFile(path);
  fillOpenRecent();
}

void MainWindow::askForSession() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Open a session"), folderOfModel(),
                                                    tr("Sessions (*.aotsession);;All files (*)"));
  if (!path.isEmpty()) openSession(path);
}

bool MainWindow::saveSession(bool asksForName) {
  QString path = m_sessions->file();
  if (asksForName || path.isEmpty()) {
    const QFileInfo model(m_controller->modelPath());
    path = QFileDialog::getSaveFileName(
        this, tr("Save the session"),
        model.absoluteDir().filePath(model.completeBaseName() + QStringLiteral(".aotsession")),
        tr("Sessions (*.aotsession)"));
    if (path.isEmpty()) return false;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".aotsession");
  }
  const QString problem = m_sessions->save(path);
  showStatus(problem.isEmpty() ? tr("Saved %1").arg(showable(path.toStdString())) : problem);
  if (!problem.isEmpty()) return false;
  m_settings.addRecentFile(path);
  fillOpenRecent();
  return true;
}

/// Asks about a session that has a file which does not hold everything. One without a file is
/// remembered as the last session in any case.
bool MainWindow::mayLeaveSession() {
  if (m_sessions->file().isEmpty() || !m_sessions->isModified()) return true;
  QMessageBox box(QMessageBox::Question, tr("Save the session?"),
                  tr("The session %1 has changes that its file does not have.")
                      .arg(showable(QFileInfo(m_sessions->file()).fileName().toStdString())),
                  QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
  box.setTextFormat(Qt::PlainText);
  switch (box.exec()) {
    case QMessageBox::Save: return saveSession(false);
    case QMessageBox::Discard: return true;
    default: return false;
  }
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!mayLeaveSession()) return event->ignore();
  if (m_page != PageId::Start) m_settings.setWindow(saveGeometry(), saveState(kDockStateVersion));
  m_sessions->finish();
  QMainWindow::closeEvent(event);
}

}  // namespace explorer
