#include "app/explorer/jobs/assembly_child.h"

#include "views/models/showable_text.h"

namespace explorer {

AssemblyChild::AssemblyChild(QStringList engine, QObject* parent)
    : QObject(parent), m_engine(std::move(engine)) {
  connect(&m_process, &QProcess::finished, this, &AssemblyChild::onFinished);
  connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error != QProcess::FailedToStart || !m_asked) return;
    m_asked = false;
    Q_EMIT made(tr("The engine %1 could not be started: %2")
                    .arg(m_engine.value(0), m_process.errorString()));
  });
}

AssemblyChild::~AssemblyChild() {
  stop();
}

void AssemblyChild::stop() {
  m_asked = false;
  if (m_process.state() == QProcess::NotRunning) return;
  m_process.kill();
  m_process.waitForFinished();
}

void AssemblyChild::make(const QString& source) {
  stop();
  m_asked = true;
  m_process.start(m_engine.value(0), m_engine.mid(1) + QStringList{"assembly", "-"});
  m_process.write(source.toUtf8());
  m_process.closeWriteChannel();
}

void AssemblyChild::onFinished(int exitCode, QProcess::ExitStatus status) {
  if (!m_asked) return;
  m_asked = false;
  const bool good = status == QProcess::NormalExit && exitCode == 0;
  if (good) return Q_EMIT made(QString::fromUtf8(m_process.readAllStandardOutput()));
  const QByteArray errors = m_process.readAllStandardError();
  Q_EMIT made(errors.isEmpty() ? tr("The engine ended without an answer. Try again.")
                               : views::models::showable(errors.toStdString()));
}

}  // namespace explorer
