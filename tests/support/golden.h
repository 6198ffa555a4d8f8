#pragma once

// Texts that must not change unnoticed. With UPDATE_GOLDEN=1 in the environment they are rewritten
// instead of compared; read the difference before committing it.

#include <QFile>
#include <QString>

namespace tests {

/// Empty if tests/golden/`name` holds `text`, else what is wrong.
inline QString goldenDifference(const QString& name, const std::string& text) {
  QFile file(QString(AOT_TEST_DATA "/golden/") + name);
  if (qEnvironmentVariable("UPDATE_GOLDEN") == "1") {
    if (!file.open(QIODevice::WriteOnly)) return "cannot write " + name;
    file.write(QByteArray::fromStdString(text));
    return "";
  }
  if (!file.open(QIODevice::ReadOnly)) return "no golden " + name + ": run with UPDATE_GOLDEN=1";
  const QStringList want = QString::fromUtf8(file.readAll()).split('\n');
  const QStringList got = QString::fromStdString(text).split('\n');
  for (qsizetype i = 0; i < std::max(want.size(), got.size()); ++i) {
    const QString ours = i < got.size() ? got[i] : "end of text";
    const QString theirs = i < want.size() ? want[i] : "end of text";
    if (ours != theirs)
      return QString("%1 line %2 is '%3', not '%4'").arg(name).arg(i + 1).arg(ours, theirs);
  }
  return "";
}

}  // namespace tests
