#pragma once

// Where the program finds what belongs to it: the engine and the samples, relative to itself, so
// that an unpacked archive can be moved.

#include <QFileInfoList>
#include <QString>
#include <QStringList>

namespace explorer {

/// The engine; the name alone (found through PATH) if none lies beside us.
QString engineProgram();
/// Program and arguments that start the engine for the window.
QStringList defaultEngineCommand();

/// The bundled samples, by name; empty if there are none.
QFileInfoList sampleFiles();
/// The child that runs Graphviz; empty if it is not installed.
QString graphvizProgram();

/// The sample of that name, or an empty string.
QString samplePath(const QString& name);

}  // namespace explorer
