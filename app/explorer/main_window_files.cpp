// The fifth part of MainWindow: files that come in, by dialog or dropped, and files that go out.

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSaveFile>

#include "app/explorer/main_window.h"
#include "app/explorer/model_source.h"
#include "app/explorer/report/html_report.h"
#include "views/models/showable_text.h"
#include "views/pages/start_page.h"

namespace explorer {

using core::pipeline::Goal;
using views::models::showable;
using views::pages::PageId;

QString MainWindow::folderOfModel() const {
  return QFileInfo(m_controller->snapshot()->modelPath).path();
}

void MainWindow::openPath(const QString& path) {
  switch (sourceKindOf(path)) {
    case SourceKind::Weights: return replaceWeights(path);
    case SourceKind::TraceLog: openFile(path, Goal::Partition); return showPage(PageId::Model);
    case SourceKind::TorchScript: return openTorchScript(path);
    case SourceKind::Session: return openSession(path);
    case SourceKind::Program: return openFile(path, Goal::Partition);
  }
}

void MainWindow::openFile(const QString& path, Goal goal) {
  showOpening(path, [&] { m_controller->openModel(path, goal); });
}

/// Remembers the file and leaves the start page.
void MainWindow::showOpening(const QString& path, const std::function<void()>& open) {
  m_settings.addRecentFile(path);
  m_start->setRecent(m_settings.recentFiles());
  fillOpenRecent();
  const bool fromStart = m_page == PageId::Start;
  open();
  if (fromStart) showPage(PageId::Joint);
}

void MainWindow::askForFile() {
  const QString path = QFileDialog::getOpenFileName(
      this, tr("Open a model"), folderOfModel(),
      tr("Models and sessions (*.pt2 *.pt *.ts *.aotsession);;Exported programs (*.pt2);;"
         "TorchScript modules (*.pt *.ts);;Sessions (*.aotsession);;All files (*)"));
  if (!path.isEmpty()) openPath(path);
}

bool MainWindow::askForConsent(const QString& path) {
  QMessageBox box(
      QMessageBox::Warning, tr("Open a TorchScript module?"),
      tr("%1 is a TorchScript module.").arg(showable(QFileInfo(path).fileName().toStdString())),
      QMessageBox::NoButton, this);
  box.setTextFormat(Qt::PlainText);
  box.setInformativeText(
      tr("Loading one can run code that the file holds. Open it only if you trust where it comes "
         "from; a .pt2 file that torch.export.save wrote holds no code."));
  QPushButton* open = box.addButton(tr("&Open it"), QMessageBox::AcceptRole);
  box.setDefaultButton(box.addButton(QMessageBox::Cancel));
  box.exec();
  return box.clickedButton() == open;
}

void MainWindow::openTorchScript(const QString& path) {
  if (!askForConsent(path)) return showStatus(tr("Not opened: a TorchScript module can run code."));
  const QString inputs = QFileDialog::getOpenFileName(
      this, tr("The module does not say what inputs it takes: choose a file of inputs"),
      QFileInfo(path).path(), tr("Inputs (*.json);;All files (*)"));
  if (inputs.isEmpty()) return showStatus(tr("Not opened: a TorchScript module needs inputs."));
  showOpening(path, [&] { m_controller->openTorchScript(path, inputs); });
}

void MainWindow::askForTraceLog() {
  const QString path = QFileDialog::getExistingDirectory(
      this, tr("Open a folder that Python wrote under TORCH_TRACE"), folderOfModel());
  if (!path.isEmpty()) openPath(path);
}

void MainWindow::askForWeights() {
  const QString path =
      QFileDialog::getOpenFileName(this, tr("Replace the weights of the model"), folderOfModel(),
                                   tr("Weights (*.safetensors);;All files (*)"));
  if (!path.isEmpty()) replaceWeights(path);
}

void MainWindow::replaceWeights(const QString& path) {
  const auto& snapshot = m_controller->snapshot();
  if (snapshot->modelPath.isEmpty()) {
    return showStatus(
        tr("Open a model first: %1 has weights only.").arg(showable(path.toStdString())));
  }
  core::pipeline::CompileOptions options = snapshot->options;
  options.weightsPath = path.toStdString();
  m_controller->setOptions(options);
  showStatus(tr("Weights come from %1").arg(showable(QFileInfo(path).fileName().toStdString())));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (urls.size() == 1 && urls.front().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (urls.size() == 1) openPath(urls.front().toLocalFile());
}

void MainWindow::askForReport() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Export a report"), QString(),
                                                    tr("HTML pages (*.html)"));
  if (path.isEmpty()) return;
  QSaveFile file(path);
  const QByteArray html = htmlReport(*m_controller->snapshot()).toUtf8();
  const bool written =
      file.open(QIODevice::WriteOnly) && file.write(html) == html.size() && file.commit();
  showStatus(written ? tr("Wrote %1").arg(path)
                     : tr("Cannot write %1: %2").arg(path, file.errorString()));
}

void MainWindow::askForPicture() {
  const QPixmap picture = grab();
  const QString path = QFileDialog::getSaveFileName(this, tr("Export a picture"), QString(),
                                                    tr("PNG pictures (*.png)"));
  if (path.isEmpty()) return;
  showStatus(picture.save(path, "PNG") ? tr("Wrote %1").arg(path)
                                       : tr("Cannot write %1.").arg(path));
}

void MainWindow::fillOpenRecent() {
  m_recentMenu->clear();
  const QStringList files = m_settings.recentFiles();
  for (qsizetype i = 0; i < files.size(); ++i) {
    const QString path = files[i];
    QAction* action = m_recentMenu->addAction(
        tr("&%1  %2").arg(i + 1).arg(showable(path.toStdString()).replace(QChar('&'), tr("&&"))));
    action->setShortcut(QKeySequence(Qt::CTRL | (Qt::Key_1 + static_cast<int>(i))));
    connect(action, &QAction::triggered, this, [this, path] { openPath(path); });
  }
  m_recentMenu->setEnabled(!files.isEmpty());
}

void MainWindow::setSamples(const QFileInfoList& samples) {
  m_start->setSamples(samples);
  m_sampleMenu->clear();
  for (const QFileInfo& sample : samples) {
    QAction* action = m_sampleMenu->addAction(sample.completeBaseName());
    connect(action, &QAction::triggered, this,
            [this, path = sample.filePath()] { openFile(path, Goal::Partition); });
  }
  m_sampleMenu->setEnabled(!samples.isEmpty());
}

}  // namespace explorer
