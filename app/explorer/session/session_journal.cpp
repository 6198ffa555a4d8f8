#include "app/explorer/session/session_journal.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QSaveFile>

namespace explorer {

namespace {

const QString kSuffix = QStringLiteral(".aotsession");

QString lockOf(const QString& file) {
  return file + QStringLiteral(".lock");
}

std::unique_ptr<QLockFile> makeLock(const QString& file) {
  auto lock = std::make_unique<QLockFile>(lockOf(file));
  // Only a dead owner makes a lock stale, however long the owner has run.
  lock->setStaleLockTime(0);
  return lock;
}

}  // namespace

SessionJournal::SessionJournal(QString folder) : m_folder(std::move(folder)) {
  m_writer.setMaxThreadCount(1);
}

SessionJournal::~SessionJournal() {
  clear();
}

void SessionJournal::lock() {
  QDir().mkpath(m_folder);
  // A process may have several windows in tests, and process ids come again.
  for (int i = 0; m_file.isEmpty(); ++i) {
    const QString file = QDir(m_folder).filePath(
        QStringLiteral("running-%1-%2%3").arg(QCoreApplication::applicationPid()).arg(i) + kSuffix);
    if (QFile::exists(file)) continue;
    m_lock = makeLock(file);
    if (m_lock->tryLock(0)) {
      m_file = file;
    } else if (m_lock->error() != QLockFile::LockFailedError) {
      return;
    }
  }
}

void SessionJournal::write(const QByteArray& text) {
  if (m_file.isEmpty()) lock();
  if (m_file.isEmpty()) return;
  m_writer.start([file = m_file, text] { writeWhole(file, text); });
}

void SessionJournal::clear() {
  m_writer.waitForDone();
  if (m_file.isEmpty()) return;
  QFile::remove(m_file);
  m_lock.reset();
  m_file.clear();
}

QStringList SessionJournal::takeLeftovers() {
  QStringList files;
  const QFileInfoList entries = QDir(m_folder).entryInfoList(
      {QStringLiteral("running-*") + kSuffix}, QDir::Files | QDir::NoSymLinks, QDir::Time);
  for (const QFileInfo& entry : entries) {
    if (entry.filePath() == m_file) continue;
    auto lock = makeLock(entry.filePath());
    if (!lock->tryLock(0)) continue;
    m_leftoverLocks.push_back(std::move(lock));
    files << entry.filePath();
  }
  return files;
}

void SessionJournal::forget(const QString& file) {
  QFile::remove(file);
}

bool writeWhole(const QString& path, const QByteArray& text) {
  QSaveFile file(path);
  return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit();
}

}  // namespace explorer
