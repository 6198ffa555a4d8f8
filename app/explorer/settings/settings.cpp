#include "app/explorer/settings/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

namespace explorer {

namespace {

using views::look::Theme;

const QString kTheme = QStringLiteral("theme");
const QString kRecent = QStringLiteral("recentFiles");
const QString kGeometry = QStringLiteral("window/geometry");
const QString kState = QStringLiteral("window/state");

/// The base folder of the XDG specification: the variable if it is absolute, else the default.
QString xdgFolder(const char* variable, const QString& underHome) {
  const QString value = qEnvironmentVariable(variable);
  const QString base = QDir::isAbsolutePath(value) ? value : QDir::homePath() + underHome;
  return base + QStringLiteral("/aot-explorer");
}

QVariant read(const QString& file, const QString& key) {
  return QSettings(file, QSettings::IniFormat).value(key);
}

void write(const QString& file, const QString& key, const QVariant& value) {
  QSettings(file, QSettings::IniFormat).setValue(key, value);
}

}  // namespace

Settings::Settings(QString configFile, QString stateFile)
    : m_configFile(std::move(configFile)), m_stateFile(std::move(stateFile)) {}

Settings Settings::atDefaultPlaces() {
  return {
      xdgFolder("XDG_CONFIG_HOME", QStringLiteral("/.config")) + QStringLiteral("/settings.ini"),
      xdgFolder("XDG_STATE_HOME", QStringLiteral("/.local/state")) + QStringLiteral("/state.ini")};
}

Theme Settings::theme() const {
  const QString name = read(m_configFile, kTheme).toString();
  if (name == QStringLiteral("light")) return Theme::Light;
  if (name == QStringLiteral("dark")) return Theme::Dark;
  return Theme::System;
}

void Settings::setTheme(Theme theme) {
  const QString name = theme == Theme::Light  ? QStringLiteral("light")
                       : theme == Theme::Dark ? QStringLiteral("dark")
                                              : QStringLiteral("system");
  write(m_configFile, kTheme, name);
}

QStringList Settings::recentFiles() const {
  return read(m_stateFile, kRecent).toStringList().mid(0, kMaxRecent);
}

void Settings::addRecentFile(const QString& path) {
  const QString absolute = QFileInfo(path).absoluteFilePath();
  QStringList files = recentFiles();
  files.removeAll(absolute);
  files.prepend(absolute);
  write(m_stateFile, kRecent, files.mid(0, kMaxRecent));
}

QByteArray Settings::windowGeometry() const {
  return read(m_stateFile, kGeometry).toByteArray();
}

QByteArray Settings::windowState() const {
  return read(m_stateFile, kState).toByteArray();
}

void Settings::setWindow(const QByteArray& geometry, const QByteArray& state) {
  write(m_stateFile, kGeometry, geometry);
  write(m_stateFile, kState, state);
}

}  // namespace explorer
