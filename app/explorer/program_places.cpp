#include "app/explorer/program_places.h"

#include <QCoreApplication>
#include <QDir>

namespace explorer {

namespace {

QString firstExisting(const QStringList& relativePaths) {
  const QDir here(QCoreApplication::applicationDirPath());
  for (const QString& path : relativePaths) {
    if (here.exists(path)) return QDir::cleanPath(here.absoluteFilePath(path));
  }
  return QString();
}

}  // namespace

QString engineProgram() {
  const QString beside = firstExisting(
      {QStringLiteral("aot-engine"), QStringLiteral("../libexec/aot-explorer/aot-engine")});
  return beside.isEmpty() ? QStringLiteral("aot-engine") : beside;
}

QStringList defaultEngineCommand() {
  return {engineProgram(), QStringLiteral("serve")};
}

QString graphvizProgram() {
  return firstExisting(
      {QStringLiteral("aot-graphviz"), QStringLiteral("../libexec/aot-explorer/aot-graphviz")});
}

QFileInfoList sampleFiles() {
  const QString folder =
      firstExisting({QStringLiteral("samples"), QStringLiteral("../share/aot-explorer/samples"),
                     QStringLiteral("../resources/samples")});
  if (folder.isEmpty()) return {};
  return QDir(folder).entryInfoList({QStringLiteral("*.pt2")}, QDir::Files, QDir::Name);
}

QString samplePath(const QString& name) {
  for (const QFileInfo& sample : sampleFiles()) {
    if (sample.completeBaseName() == name) return sample.filePath();
  }
  return QString();
}

}  // namespace explorer
