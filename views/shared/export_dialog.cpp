#include "views/shared/export_dialog.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QRegularExpression>
#include <QSaveFile>

namespace views::shared {

QString askForExportFile(QWidget* parent, const QString& title, const QString& filters) {
  QString filter;
  QString path = QFileDialog::getSaveFileName(parent, title, QString(), filters, &filter);
  static const QRegularExpression kSuffix(QStringLiteral("\\(\\*(\\.\\w+)\\)"));
  if (!path.isEmpty() && QFileInfo(path).suffix().isEmpty()) {
    path += kSuffix.match(filter).captured(1);
  }
  return path;
}

bool writeExport(QWidget* parent, const QString& path, const QByteArray& bytes) {
  QSaveFile file(path);
  if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit()) {
    return true;
  }
  QMessageBox box(QMessageBox::Warning, QWidget::tr("The file was not written"),
                  QWidget::tr("Cannot write %1: %2").arg(path, file.errorString()), QMessageBox::Ok,
                  parent);
  box.setTextFormat(Qt::PlainText);
  box.exec();
  return false;
}

void exportTextWithDialog(QWidget* parent, const QString& title, const QString& filters,
                          const QString& text) {
  const QString path = askForExportFile(parent, title, filters);
  if (!path.isEmpty()) writeExport(parent, path, text.toUtf8());
}

}  // namespace views::shared
