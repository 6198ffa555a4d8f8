#pragma once

// One engine as a child process: frames in, decoded replies out. Lives on the broker thread, so
// that decoding a large record never holds up the window. The child is not trusted: whatever does
// not decode ends it.

#include <QByteArray>
#include <QObject>
#include <QProcess>
#include <QStringList>
#include <memory>

#include "core/protocol/codec.h"

namespace explorer {

using ReplyPtr = std::shared_ptr<const core::protocol::Reply>;

class EngineProcess : public QObject {
  Q_OBJECT

 public:
  /// `command` is the program and its arguments.
  explicit EngineProcess(QStringList command);
  ~EngineProcess() override;

  // Called through queued invocations only.
  void start();
  void send(const QByteArray& frame);
  /// SIGKILL; `ended` follows.
  void kill();

 Q_SIGNALS:
  void replied(explorer::ReplyPtr reply);
  /// A line that the child wrote on stderr.
  void remarked(QString line);
  /// The process is gone or was given up, with the cause as a clause: "was killed by signal 9".
  /// Sent once.
  void ended(QString cause);

 private:
  void readFrames();
  void readRemarks();
  void refuse(const core::Error& error);
  void finish(const QString& cause);
  void onFinished(int code, QProcess::ExitStatus status);
  void onError(QProcess::ProcessError error);

  QStringList m_command;
  std::unique_ptr<QProcess> m_process;
  core::protocol::FrameReader m_reader;
  bool m_ended = false;
};

}  // namespace explorer
