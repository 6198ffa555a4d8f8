#pragma once

// Asking for a file and writing it, the same way for every table and chart.

#include <QByteArray>
#include <QString>

class QWidget;

namespace views::shared {

/// Asks for a file name with the given filters ("PNG pictures (*.png);;…"); the suffix of the
/// chosen filter is added where none was typed. Empty if the person changed their mind.
QString askForExportFile(QWidget* parent, const QString& title, const QString& filters);

/// Writes all bytes or nothing; tells the person why it could not. True if written.
bool writeExport(QWidget* parent, const QString& path, const QByteArray& bytes);

/// Asks for a file and writes `text` into it, as UTF-8.
void exportTextWithDialog(QWidget* parent, const QString& title, const QString& filters,
                          const QString& text);

}  // namespace views::shared
