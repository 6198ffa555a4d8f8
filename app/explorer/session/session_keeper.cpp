#include "app/explorer/session/session_keeper.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>

#include "views/models/showable_text.h"

namespace explorer {

using views::models::showable;

namespace {

const QString kHashJob = QStringLiteral("hash");
constexpr qint64 kHashChunk = 1 << 20;

QString fileName(const QString& path) {
  return showable(QFileInfo(path).fileName().toStdString());
}

/// Hexadecimal; empty for what is no readable file, and when stopped.
QString sha256Of(const QString& path, const std::stop_token& stop) {
  QFile file(path);
  if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) return {};
  QCryptographicHash hash(QCryptographicHash::Sha256);
  while (!file.atEnd()) {
    if (stop.stop_requested()) return {};
    const QByteArray chunk = file.read(kHashChunk);
    if (chunk.isEmpty()) return {};
    hash.addData(chunk);
  }
  return QString::fromLatin1(hash.result().toHex());
}

/// What a person would miss: not where they look, which changes with every step.
QByteArray keptText(Session session) {
  session.modelSha256.clear();
  session.page = views::pages::PageId::Joint;
  session.selection = {};
  session.graphs.clear();
  session.docks.clear();
  session.crashes = 0;
  return sessionText(session);
}

}  // namespace

SessionKeeper::SessionKeeper(const QString& folder, Capture capture, QObject* parent)
    : QObject(parent), m_folder(folder), m_capture(std::move(capture)), m_journal(folder) {
  m_timer.setSingleShot(true);
  m_timer.setInterval(kJournalMs);
  connect(&m_timer, &QTimer::timeout, this, &SessionKeeper::journal);
}

void SessionKeeper::touch() {
  if (!m_timer.isActive()) m_timer.start();
}

std::optional<Session> SessionKeeper::current() const {
  std::optional<Session> session = m_capture();
  if (!session) return std::nullopt;
  if (session->modelPath == m_hashedPath) session->modelSha256 = m_hash;
  session->crashes = m_crashes;
  return session;
}

void SessionKeeper::journal() {
  const auto session = current();
  if (!session) {
    m_journaled.clear();
    m_journal.clear();
    return;
  }
  if (session->modelPath != m_hashedPath) hashModel(session->modelPath, QString());
  if (m_folder.isEmpty()) return;
  const QByteArray text = sessionText(*session);
  if (text == m_journaled) return;
  m_journaled = text;
  m_journal.write(text);
}

void SessionKeeper::flush() {
  m_timer.stop();
  journal();
  m_journal.flush();
}

void SessionKeeper::startAnew() {
  m_file.clear();
  m_saved.clear();
  m_crashes = 0;
  touch();
}

bool SessionKeeper::isModified() const {
  const auto session = current();
  return session && keptText(*session) != m_saved;
}

QString SessionKeeper::save(const QString& path) {
  auto session = current();
  if (!session) return tr("There is nothing to save: no model is open.");
  session->crashes = 0;
  if (!writeWhole(path, sessionText(*session))) {
    return tr("Cannot write %1: choose a folder that exists and is yours.")
        .arg(showable(path.toStdString()));
  }
  m_crashes = 0;
  m_file = path;
  m_saved = keptText(*session);
  return {};
}

QString SessionKeeper::open(const QString& path) {
  const auto session = readSessionFile(path);
  if (!session) return showable(session.error().message);
  restore(*session);
  m_file = path;
  m_saved = keptText(*session);
  return {};
}

void SessionKeeper::restore(const Session& session) {
  Q_EMIT restoreWanted(session);
  // The window has said startAnew() for the other model by now.
  m_crashes = session.crashes;
  checkModel(session);
  touch();
}

void SessionKeeper::checkModel(const Session& session) {
  if (!QFileInfo::exists(session.modelPath)) {
    return Q_EMIT remarked(tr("The model of the session is not there any more: %1")
                               .arg(showable(session.modelPath.toStdString())));
  }
  hashModel(session.modelPath, session.modelSha256);
}

/// Tells if the model is not the one that was expected; nothing is expected: only learns.
void SessionKeeper::hashModel(const QString& path, const QString& expected) {
  m_hashedPath = path;
  m_hash = expected;
  m_jobs.run(
      kHashJob, [path](const std::stop_token& stop) { return sha256Of(path, stop); },
      [this, path, expected](const QString& hash) {
        m_hash = hash;
        touch();
        if (expected.isEmpty() || hash == expected) return;
        Q_EMIT remarked(tr("%1 has changed since the session was saved; what was chosen then may "
                           "not fit any more.")
                            .arg(fileName(path)));
      });
}

QString SessionKeeper::lastSessionFile() const {
  const QString file = QDir(m_folder).filePath(QStringLiteral("last.aotsession"));
  return !m_folder.isEmpty() && QFileInfo::exists(file) ? file : QString();
}

void SessionKeeper::finish() {
  m_timer.stop();
  const auto session = current();
  if (session && !m_folder.isEmpty()) {
    QDir().mkpath(m_folder);
    writeWhole(QDir(m_folder).filePath(QStringLiteral("last.aotsession")), sessionText(*session));
  }
  m_journal.clear();
}

void SessionKeeper::lookForCrash() {
  if (m_folder.isEmpty()) return;
  const QStringList files = m_journal.takeLeftovers();
  for (const QString& file : files) {
    auto session = readSessionFile(file);
    if (!session) {
      // Half a file cannot be: it was renamed into place. What is no session helps nobody.
      SessionJournal::forget(file);
      continue;
    }
    session->crashes += 1;
    if (session->crashes >= kMostCrashes) {
      Q_EMIT remarked(tr("%1 was open in %2 crashes and is not offered again.")
                          .arg(fileName(session->modelPath))
                          .arg(session->crashes));
      SessionJournal::forget(file);
      continue;
    }
    if (m_crashed) continue;
    m_crashed = *session;
    m_leftover = file;
  }
  if (!m_crashed) return;
  Q_EMIT crashFound(
      tr("The program ended unexpectedly while %1 was open, on %2. Reopen it?")
          .arg(fileName(m_crashed->modelPath),
               QLocale().toString(QFileInfo(m_leftover).lastModified(), QLocale::ShortFormat)));
}

void SessionKeeper::reopenCrashed() {
  if (!m_crashed) return;
  const Session session = *m_crashed;
  forgetCrashed();
  restore(session);
}

void SessionKeeper::forgetCrashed() {
  if (!m_leftover.isEmpty()) SessionJournal::forget(m_leftover);
  m_leftover.clear();
  m_crashed.reset();
}

}  // namespace explorer
