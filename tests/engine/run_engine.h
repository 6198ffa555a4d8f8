#pragma once

// Starts aot-engine and collects what it said.

#include <QByteArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

struct EngineRun {
  int exitCode = -1;
  bool crashed = false;
  QString out;
  QString errors;
};

/// Runs the built aot-engine with a kernel cache of the test's own.
EngineRun runEngine(const QStringList& arguments);

/// The object in a JSON file; empty if it is none.
QJsonObject readJson(const QString& path);

/// The path of a model or input file of the test data ("mlp.pt2", "mlp.json").
QString oracleFile(const QString& name);
