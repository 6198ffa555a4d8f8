#pragma once

// The session on disk while the program runs, so that a crash costs at most a second of work. Each
// running window has a file and a lock in one folder; a file whose lock nobody holds was left by a
// program that died. Files are written beside and renamed, on a thread of their own, in order.

#include <QByteArray>
#include <QLockFile>
#include <QStringList>
#include <QThreadPool>
#include <memory>

namespace explorer {

class SessionJournal {
 public:
  /// Nothing is written before the first write().
  explicit SessionJournal(QString folder);
  /// Waits for the last write and removes the file: the program ends as it should.
  ~SessionJournal();

  /// Returns at once.
  void write(const QByteArray& text);
  /// Waits until what was written is on disk.
  void flush() { m_writer.waitForDone(); }
  /// Nothing is worth keeping any more: the model was closed.
  void clear();

  /// Files that programs left which died, newest first. They are ours from now on: no other start
  /// is offered them; forget() them, or they are offered again next time.
  QStringList takeLeftovers();
  static void forget(const QString& file);

 private:
  void lock();

  QString m_folder;
  QString m_file;  ///< empty before the first write
  std::unique_ptr<QLockFile> m_lock;
  std::vector<std::unique_ptr<QLockFile>> m_leftoverLocks;
  QThreadPool m_writer;
};

/// Writes all bytes or nothing, by a rename. True if written.
bool writeWhole(const QString& path, const QByteArray& text);

}  // namespace explorer
