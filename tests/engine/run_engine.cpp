#include "tests/engine/run_engine.h"

#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>

EngineRun runEngine(const QStringList& arguments) {
  static QTemporaryDir cache;
  QProcess process;
  auto environment = QProcessEnvironment::systemEnvironment();
  environment.insert("AOT_KERNEL_CACHE", cache.path());
  process.setProcessEnvironment(environment);
  process.start(AOT_BIN_DIR "/aot-engine", arguments);
  EngineRun run;
  if (!process.waitForFinished(120'000)) {
    process.kill();
    process.waitForFinished();
    run.crashed = true;
    return run;
  }
  run.crashed = process.exitStatus() != QProcess::NormalExit;
  run.exitCode = process.exitCode();
  run.out = QString::fromUtf8(process.readAllStandardOutput());
  run.errors = QString::fromUtf8(process.readAllStandardError());
  return run;
}

QJsonObject readJson(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QJsonDocument::fromJson(file.readAll()).object();
}

QString oracleFile(const QString& name) {
  const char* folder = name.endsWith(".pt2") ? "/oracle/models/" : "/oracle/inputs/";
  return QString(AOT_TEST_DATA) + folder + name;
}
