#pragma once

// What is kept between runs: settings under the XDG config folder, recent files and the window's
// layout under the XDG state folder.

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "views/look/theme.h"

namespace explorer {

class Settings {
 public:
  static constexpr int kMaxRecent = 9;

  /// `configFile` and `stateFile` are INI files; they are made when first written.
  Settings(QString configFile, QString stateFile);
  /// $XDG_CONFIG_HOME/aot-explorer/settings.ini and $XDG_STATE_HOME/aot-explorer/state.ini.
  static Settings atDefaultPlaces();

  views::look::Theme theme() const;
  void setTheme(views::look::Theme theme);

  /// Newest first, at most kMaxRecent.
  QStringList recentFiles() const;
  void addRecentFile(const QString& path);

  QByteArray windowGeometry() const;
  QByteArray windowState() const;
  void setWindow(const QByteArray& geometry, const QByteArray& state);

 private:
  QString m_configFile;
  QString m_stateFile;
};

}  // namespace explorer
