#include "app/explorer/settings/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <algorithm>

#include "core/history/run_history.h"

namespace explorer {

namespace {

using views::look::Theme;

const QString kTheme = QStringLiteral("theme");
const QString kRecent = QStringLiteral("recentFiles");
const QString kKeys = QStringLiteral("keys/");
const QString kAnimations = QStringLiteral("animations");
const QString kThreads = QStringLiteral("threads");
const QString kCacheLimit = QStringLiteral("cacheLimitMib");
const QString kKeepRuns = QStringLiteral("keepRuns");
const QString kFilters = QStringLiteral("savedFilters");
const QString kCommands = QStringLiteral("recentCommands");
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

QList<QKeySequence> keysFromText(const QString& text) {
  // Qt makes one empty sequence of an empty text.
  if (text.isEmpty()) return {};
  return QKeySequence::listFromString(text, QKeySequence::PortableText);
}

Settings::Settings(QString configFile, QString stateFile)
    : m_configFile(std::move(configFile)),
      m_stateFile(std::move(stateFile)),
      m_historyFile(QFileInfo(m_stateFile).dir().filePath(QStringLiteral("runs.sqlite"))) {}

Settings Settings::atDefaultPlaces() {
  Settings settings(
      xdgFolder("XDG_CONFIG_HOME", QStringLiteral("/.config")) + QStringLiteral("/settings.ini"),
      xdgFolder("XDG_STATE_HOME", QStringLiteral("/.local/state")) + QStringLiteral("/state.ini"));
  settings.m_historyFile = QString::fromStdString(core::history::defaultHistoryPath());
  return settings;
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

std::optional<QList<QKeySequence>> Settings::keysOf(const QString& action) const {
  const QVariant value = read(m_configFile, kKeys + action);
  if (!value.isValid()) return std::nullopt;
  return keysFromText(value.toString());
}

void Settings::setKeysOf(const QString& action, const std::optional<QList<QKeySequence>>& keys) {
  if (keys) {
    write(m_configFile, kKeys + action,
          QKeySequence::listToString(*keys, QKeySequence::PortableText));
  } else {
    QSettings(m_configFile, QSettings::IniFormat).remove(kKeys + action);
  }
}

bool Settings::animations() const {
  const QVariant value = read(m_configFile, kAnimations);
  return !value.isValid() || value.toBool();
}

void Settings::setAnimations(bool wanted) {
  write(m_configFile, kAnimations, wanted);
}

int Settings::threads() const {
  return std::clamp(read(m_configFile, kThreads).toInt(), 0, kMostThreads);
}

void Settings::setThreads(int threads) {
  write(m_configFile, kThreads, threads);
}

int Settings::cacheLimitMib() const {
  const int limit = read(m_configFile, kCacheLimit).toInt();
  return limit > 0 ? limit : kDefaultCacheLimitMib;
}

void Settings::setCacheLimitMib(int mebibytes) {
  write(m_configFile, kCacheLimit, mebibytes);
}

bool Settings::keepRuns() const {
  const QVariant value = read(m_configFile, kKeepRuns);
  return !value.isValid() || value.toBool();
}

void Settings::setKeepRuns(bool wanted) {
  write(m_configFile, kKeepRuns, wanted);
}

QMap<QString, QString> Settings::savedFilters() const {
  QMap<QString, QString> filters;
  // A list of name, text, name, text …: names may hold what keys of an INI file may not.
  const QStringList list = read(m_configFile, kFilters).toStringList();
  for (qsizetype i = 0; i + 1 < list.size(); i += 2) filters.insert(list[i], list[i + 1]);
  return filters;
}

void Settings::setSavedFilters(const QMap<QString, QString>& filters) {
  QStringList list;
  for (auto it = filters.begin(); it != filters.end(); ++it) list << it.key() << it.value();
  write(m_configFile, kFilters, list);
}

QStringList Settings::recentCommands() const {
  return read(m_stateFile, kCommands).toStringList().mid(0, kMaxRecentCommands);
}

void Settings::addRecentCommand(const QString& action) {
  QStringList commands = recentCommands();
  commands.removeAll(action);
  commands.prepend(action);
  write(m_stateFile, kCommands, commands.mid(0, kMaxRecentCommands));
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

QString Settings::sessionFolder() const {
  return QFileInfo(m_stateFile).absoluteDir().filePath(QStringLiteral("sessions"));
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
