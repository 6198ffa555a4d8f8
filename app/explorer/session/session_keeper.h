#pragma once

// Follows what a person does: journals it, saves it into a file, and brings it back. What a session
// means on the screen is for the window, which captures and restores it.

#include <QObject>
#include <QTimer>
#include <functional>
#include <optional>

#include "app/explorer/jobs/pool_jobs.h"
#include "app/explorer/session/session.h"
#include "app/explorer/session/session_journal.h"

namespace explorer {

class SessionKeeper : public QObject {
  Q_OBJECT

 public:
  /// A change is in the journal after this time and the writing.
  static constexpr int kJournalMs = 500;
  /// A session in which the program died so often is not offered any more.
  static constexpr int kMostCrashes = 2;

  /// What the window shows now; empty without a model.
  using Capture = std::function<std::optional<Session>()>;

  /// `folder` is for the journal; empty: nothing is journaled.
  SessionKeeper(const QString& folder, Capture capture, QObject* parent = nullptr);

  /// Something changed, perhaps.
  void touch();
  /// Writes what waits, and waits for it.
  void flush();
  /// Another model is shown: it is not the session of the file any more.
  void startAnew();

  /// The file of the open session; empty: it has none yet.
  const QString& file() const { return m_file; }
  /// True if there is something that the file does not hold.
  bool isModified() const;
  /// Sentence on failure, else empty.
  QString save(const QString& path);
  /// Reads a file and asks the window to show it. Sentence on failure, else empty.
  QString open(const QString& path);
  /// The session with which the program was last closed; empty: none.
  QString lastSessionFile() const;
  /// The program ends: remembers the session as the last one and empties the journal.
  void finish();

  /// Looks for a session that a program left which died, and offers it.
  void lookForCrash();
  void reopenCrashed();
  void forgetCrashed();

 Q_SIGNALS:
  void restoreWanted(const explorer::Session& session);
  /// A session can be reopened: the sentence to ask with.
  void crashFound(const QString& sentence);
  void remarked(const QString& sentence);

 private:
  void journal();
  std::optional<Session> current() const;
  void restore(const Session& session);
  void checkModel(const Session& session);
  void hashModel(const QString& path, const QString& expected);

  QString m_folder;
  Capture m_capture;
  SessionJournal m_journal;
  PoolJobs m_jobs;
  QTimer m_timer;
  QByteArray m_journaled;
  QByteArray m_saved;  ///< what a person would miss of what the file holds
  QString m_file;
  QString m_hashedPath;
  QString m_hash;  ///< of the model at m_hashedPath
  int m_crashes = 0;
  QString m_leftover;
  std::optional<Session> m_crashed;
};

}  // namespace explorer
