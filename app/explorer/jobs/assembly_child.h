#pragma once

// Asks a child of the engine for the machine code of one kernel, so that the window needs no
// compiler and a compile can be ended.

#include <QObject>
#include <QProcess>
#include <QStringList>

namespace explorer {

class AssemblyChild : public QObject {
  Q_OBJECT

 public:
  /// `engine` is the engine's program, and arguments that stand before the verb.
  explicit AssemblyChild(QStringList engine, QObject* parent = nullptr);
  ~AssemblyChild() override;

  /// Ends with made(); a new request ends the one before, which says nothing.
  void make(const QString& source);

 Q_SIGNALS:
  /// The listing, or a sentence that says why there is none.
  void made(const QString& text);

 private:
  void stop();
  void onFinished(int exitCode, QProcess::ExitStatus status);

  QStringList m_engine;
  QProcess m_process;
  bool m_asked = false;  ///< made() is owed
};

}  // namespace explorer
