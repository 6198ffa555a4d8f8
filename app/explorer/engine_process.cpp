#include "app/explorer/engine_process.h"

namespace explorer {

namespace {

constexpr int kShutdownWaitMs = 2000;
constexpr qsizetype kLongestRemark = 4096;

std::span<const std::uint8_t> asBytes(const QByteArray& data) {
  return {reinterpret_cast<const std::uint8_t*>(data.constData()),
          static_cast<std::size_t>(data.size())};
}

}  // namespace

EngineProcess::EngineProcess(QStringList command) : m_command(std::move(command)) {}

EngineProcess::~EngineProcess() {
  if (!m_process) return;
  m_process->disconnect(this);
  m_process->kill();
  m_process->waitForFinished(kShutdownWaitMs);
}

void EngineProcess::start() {
  m_process = std::make_unique<QProcess>();
  m_process->setProgram(m_command.value(0));
  m_process->setArguments(m_command.mid(1));
  connect(m_process.get(), &QProcess::readyReadStandardOutput, this, &EngineProcess::readFrames);
  connect(m_process.get(), &QProcess::readyReadStandardError, this, &EngineProcess::readRemarks);
  connect(m_process.get(), &QProcess::finished, this, &EngineProcess::onFinished);
  connect(m_process.get(), &QProcess::errorOccurred, this, &EngineProcess::onError);
  m_process->start(QIODevice::ReadWrite);
}

void EngineProcess::send(const QByteArray& frame) {
  if (m_process && !m_ended) m_process->write(frame);
}

void EngineProcess::kill() {
  if (m_process) m_process->kill();
}

void EngineProcess::readFrames() {
  if (m_ended) return;
  m_reader.append(asBytes(m_process->readAllStandardOutput()));
  while (!m_ended) {
    auto body = m_reader.next();
    if (!body) return refuse(body.error());
    if (!body->has_value()) return;
    auto reply = core::protocol::decodeReply(**body);
    if (!reply) return refuse(reply.error());
    Q_EMIT replied(std::make_shared<const core::protocol::Reply>(std::move(*reply)));
  }
}

void EngineProcess::readRemarks() {
  m_process->setReadChannel(QProcess::StandardError);
  while (m_process->canReadLine() || m_process->bytesAvailable() > kLongestRemark) {
    const QString line = QString::fromUtf8(m_process->readLine(kLongestRemark)).trimmed();
    if (!line.isEmpty()) Q_EMIT remarked(line);
  }
  m_process->setReadChannel(QProcess::StandardOutput);
}

/// What cannot be read ends the child; why it could not goes to the log.
void EngineProcess::refuse(const core::Error& error) {
  Q_EMIT remarked(QString::fromStdString(error.message));
  finish(QStringLiteral("sent bytes that are not an answer"));
}

void EngineProcess::finish(const QString& cause) {
  if (m_ended) return;
  m_ended = true;
  if (m_process) m_process->kill();
  Q_EMIT ended(cause);
}

void EngineProcess::onFinished(int code, QProcess::ExitStatus status) {
  readFrames();
  finish(status == QProcess::CrashExit
             ? QStringLiteral("was killed by signal %1").arg(code)
             : QStringLiteral("ended by itself with exit code %1").arg(code));
}

void EngineProcess::onError(QProcess::ProcessError error) {
  // Crashes arrive in onFinished too, with the signal's number; broken pipes are followed by it.
  if (error != QProcess::FailedToStart) return;
  finish(QStringLiteral("could not be started (%1: %2)")
             .arg(m_command.value(0), m_process->errorString()));
}

}  // namespace explorer
