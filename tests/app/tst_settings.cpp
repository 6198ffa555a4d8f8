#include <QTemporaryDir>
#include <QTest>

#include "app/explorer/settings/settings.h"

using explorer::Settings;
using views::look::Theme;

class TstSettings : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void recentFilesAreNewestFirstWithoutRepeats();
  void recentFilesAreLimited();
  void themeAndWindowSurvive();
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
