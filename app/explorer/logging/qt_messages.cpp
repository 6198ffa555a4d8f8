#include "app/explorer/logging/qt_messages.h"

#include <QString>
#include <QtGlobal>
#include <cstdio>

namespace explorer {

namespace {

void writeSevere(QtMsgType type, const QMessageLogContext&, const QString& message) {
  if (type != QtCriticalMsg && type != QtFatalMsg) return;
  std::fprintf(stderr, "aot-explorer: %s\n", qUtf8Printable(message));
}

}  // namespace

void keepQtRemarksQuiet() {
  qInstallMessageHandler(writeSevere);
}

}  // namespace explorer
