#pragma once

// Working without a person: waits until the work is over and the page is drawn, writes the picture
// and the report, and ends the program with the exit code of the contract.

#include <QObject>
#include <QTimer>

#include "app/explorer/command_line.h"
#include "app/explorer/main_window.h"

namespace explorer {

enum ExitCode { ExitDone = 0, ExitFailed = 1, ExitWrongUse = 2 };

class UnattendedRun : public QObject {
  Q_OBJECT

 public:
  UnattendedRun(StartOptions options, MainWindow* window, ExplorerController* controller);

  /// The work is over: the next quiet moment writes the files.
  void finishSoon();

 private:
  /// True if a question was asked; its answer settles the work again.
  bool askOnce();
  void writeWhenQuiet();
  /// What went wrong, as a line for stderr; empty if all is well.
  QString problem() const;
  QString writeShot() const;
  QString writeReport() const;

  StartOptions m_options;
  MainWindow* m_window;
  ExplorerController* m_controller;
  QTimer m_poll;
  int m_quiet = 0;  ///< polls in a row in which nothing was being laid out
};

}  // namespace explorer
