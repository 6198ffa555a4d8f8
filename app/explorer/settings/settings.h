#pragma once

// What is kept between runs: settings under the XDG config folder, recent files and the window's
// layout under the XDG state folder.

#include <QByteArray>
#include <QKeySequence>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>
#include <optional>

#include "views/look/theme.h"

namespace explorer {

/// The keys of a list as it is stored, "; " between; the empty text is no key.
QList<QKeySequence> keysFromText(const QString& text);

class Settings {
 public:
  static constexpr int kMaxRecent = 9;
  static constexpr int kMaxRecentCommands = 8;
  static constexpr int kDefaultCacheLimitMib = 512;
  static constexpr int kMostThreads = 1024;

  /// `configFile` and `stateFile` are INI files; they are made when first written.
  Settings(QString configFile, QString stateFile);
  /// $XDG_CONFIG_HOME/aot-explorer/settings.ini and $XDG_STATE_HOME/aot-explorer/state.ini.
  static Settings atDefaultPlaces();

  views::look::Theme theme() const;
  void setTheme(views::look::Theme theme);

  /// The keys that a person chose for an action; empty: they stay as they are by default.
  std::optional<QList<QKeySequence>> keysOf(const QString& action) const;
  void setKeysOf(const QString& action, const std::optional<QList<QKeySequence>>& keys);

  /// Whether pictures may move to their new place; true by default.
  bool animations() const;
  void setAnimations(bool wanted);
  /// Threads of a run where nothing else was asked for; 0: all cores.
  int threads() const;
  void setThreads(int threads);
  /// How large the folder of compiled kernels may grow, in MiB.
  int cacheLimitMib() const;
  void setCacheLimitMib(int mebibytes);

  /// Whether finished measurements are kept; true by default.
  bool keepRuns() const;
  void setKeepRuns(bool wanted);
  /// The file of kept runs: the user's own, or one beside the state file.
  const QString& historyFile() const { return m_historyFile; }

  /// Texts of the search box by the names that a person gave them.
  QMap<QString, QString> savedFilters() const;
  void setSavedFilters(const QMap<QString, QString>& filters);

  /// Names of the last commands of the palette, newest first, at most kMaxRecentCommands.
  QStringList recentCommands() const;
  void addRecentCommand(const QString& action);

  /// Newest first, at most kMaxRecent.
  QStringList recentFiles() const;
  void addRecentFile(const QString& path);

  /// Where sessions are journaled; beside the state file.
  QString sessionFolder() const;

  QByteArray windowGeometry() const;
  QByteArray windowState() const;
  void setWindow(const QByteArray& geometry, const QByteArray& state);

 private:
  QString m_configFile;
  QString m_stateFile;
  QString m_historyFile;
};

}  // namespace explorer
