#include <QDateTime>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/explorer/settings/cache_folder.h"
#include "app/explorer/settings/settings.h"

using explorer::Settings;
using views::look::Theme;

class TstSettings : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void recentFilesAreNewestFirstWithoutRepeats();
  void recentFilesAreLimited();
  void themeAndWindowSurvive();
  void keysAreKeptPerAction();
  void choicesHaveDefaultsAndSurvive();
  void recentCommandsAreNewestFirstAndLimited();
  void cacheIsTrimmedFromItsOldestFiles();
  void placesFollowTheXdgVariables();
};

namespace {

Settings settingsIn(const QTemporaryDir& folder) {
  return {folder.filePath(QStringLiteral("settings.ini")),
          folder.filePath(QStringLiteral("state.ini"))};
}

}  // namespace

void TstSettings::recentFilesAreNewestFirstWithoutRepeats() {
  const QTemporaryDir folder;
  Settings settings = settingsIn(folder);
  settings.addRecentFile("/a.pt2");
  settings.addRecentFile("/b.pt2");
  settings.addRecentFile("/a.pt2");
  QCOMPARE(settingsIn(folder).recentFiles(), QStringList({"/a.pt2", "/b.pt2"}));
}

void TstSettings::recentFilesAreLimited() {
  const QTemporaryDir folder;
  Settings settings = settingsIn(folder);
  for (int i = 0; i < 30; ++i) settings.addRecentFile(QStringLiteral("/%1.pt2").arg(i));
  QCOMPARE(settings.recentFiles().size(), qsizetype(Settings::kMaxRecent));
  QCOMPARE(settings.recentFiles().front(), QStringLiteral("/29.pt2"));
}

void TstSettings::themeAndWindowSurvive() {
  const QTemporaryDir folder;
  Settings settings = settingsIn(folder);
  QCOMPARE(settings.theme(), Theme::System);
  settings.setTheme(Theme::Dark);
  settings.setWindow("geometry", "state");
  QCOMPARE(settingsIn(folder).theme(), Theme::Dark);
  QCOMPARE(settingsIn(folder).windowGeometry(), QByteArray("geometry"));
  QCOMPARE(settingsIn(folder).windowState(), QByteArray("state"));
}

void TstSettings::keysAreKeptPerAction() {
  const QTemporaryDir folder;
  Settings settings = settingsIn(folder);
  QVERIFY(!settings.keysOf("run"));
  settings.setKeysOf("run", QList<QKeySequence>{QKeySequence("F8"), QKeySequence("Ctrl+R")});
  settings.setKeysOf("open", QList<QKeySequence>{});
  const auto keys = settingsIn(folder).keysOf("run");
  QVERIFY(keys);
  QCOMPARE(*keys, QList<QKeySequence>({QKeySequence("F8"), QKeySequence("Ctrl+R")}));
  QVERIFY(settings.keysOf("open") && settings.keysOf("open")->isEmpty());
  settings.setKeysOf("run", std::nullopt);
  QVERIFY(!settingsIn(folder).keysOf("run"));
}

void TstSettings::choicesHaveDefaultsAndSurvive() {
  const QTemporaryDir folder;
  Settings settings = settingsIn(folder);
  QVERIFY(settings.animations());
  QCOMPARE(settings.threads(), 0);
  QCOMPARE(settings.cacheLimitMib(), Settings::kDefaultCacheLimitMib);
  settings.setAnimations(false);
  settings.setThreads(3);
  settings.setCacheLimitMib(64);
  const Settings later = settingsIn(folder);
  QVERIFY(!later.animations());
  QCOMPARE(later.threads(), 3);
  QCOMPARE(later.cacheLimitMib(), 64);
}

void TstSettings::recentCommandsAreNewestFirstAndLimited() {
  const QTemporaryDir folder;
  Settings settings = settingsIn(folder);
  for (int i = 0; i < 20; ++i) settings.addRecentCommand(QString::number(i));
  settings.addRecentCommand("18");
  QCOMPARE(settings.recentCommands().size(), qsizetype(Settings::kMaxRecentCommands));
  QCOMPARE(settings.recentCommands().mid(0, 3), QStringList({"18", "19", "17"}));
}

void TstSettings::cacheIsTrimmedFromItsOldestFiles() {
  const QTemporaryDir folder;
  for (int i = 0; i < 4; ++i) {
    QFile file(folder.filePath(QString::number(i)));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(100, 'x'));
    file.close();
    QVERIFY(file.open(QIODevice::ReadWrite));
    file.setFileTime(QDateTime::currentDateTime().addSecs(-100 * (i + 1)),
                     QFileDevice::FileModificationTime);
  }
  QCOMPARE(explorer::folderBytes(folder.path()), std::int64_t(400));
  QCOMPARE(explorer::trimFolder(folder.path(), 250, {}), std::int64_t(200));
  QVERIFY(QFile::exists(folder.filePath("0")) && QFile::exists(folder.filePath("1")));
  QVERIFY(!QFile::exists(folder.filePath("3")));
  QCOMPARE(explorer::folderBytes(folder.filePath("none")), std::int64_t(0));
}

void TstSettings::placesFollowTheXdgVariables() {
  const QTemporaryDir folder;
  qputenv("XDG_CONFIG_HOME", folder.filePath(QStringLiteral("config")).toUtf8());
  qputenv("XDG_STATE_HOME", folder.filePath(QStringLiteral("state")).toUtf8());
  Settings settings = Settings::atDefaultPlaces();
  settings.setTheme(Theme::Light);
  settings.addRecentFile("/a.pt2");
  QVERIFY(QFile::exists(folder.filePath("config/aot-explorer/settings.ini")));
  QVERIFY(QFile::exists(folder.filePath("state/aot-explorer/state.ini")));
}

QTEST_GUILESS_MAIN(TstSettings)
#include "tst_settings.moc"
