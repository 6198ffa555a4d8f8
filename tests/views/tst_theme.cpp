// Text and marks can be told from their background in both themes (WCAG 2: 4.5:1 for text).

#include <QTest>

#include "tests/support/watched_application.h"
#include "views/look/theme.h"

using namespace views::look;

class TstTheme : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void contrastOfBlackOnWhiteIs21();
  void textContrastIsEnough_data();
  void textContrastIsEnough();
  void systemThemeFollowsTheDesktopsLightness();
};

void TstTheme::contrastOfBlackOnWhiteIs21() {
  QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
  QCOMPARE(contrastRatio(Qt::white, Qt::white), 1.0);
}

void TstTheme::textContrastIsEnough_data() {
  QTest::addColumn<Theme>("theme");
  QTest::newRow("light") << Theme::Light;
  QTest::newRow("dark") << Theme::Dark;
}

void TstTheme::textContrastIsEnough() {
  QFETCH(Theme, theme);
  const QPalette palette = themePalette(theme, QPalette());
  const Colors colors = colorsFor(palette);
  const auto enough = [](const QColor& text, const QColor& background, const char* what) {
    QVERIFY2(contrastRatio(text, background) >= 4.5,
             qPrintable(QStringLiteral("%1: %2").arg(what).arg(contrastRatio(text, background))));
  };
  for (const auto role : {QPalette::Window, QPalette::Base, QPalette::AlternateBase}) {
    const QColor background = palette.color(role);
    enough(palette.color(QPalette::WindowText), background, "text");
    enough(palette.color(QPalette::PlaceholderText), background, "placeholder");
    enough(palette.color(QPalette::Disabled, QPalette::Text), background, "disabled");
    enough(palette.color(QPalette::Link), background, "link");
    for (const QColor& color : {colors.eager, colors.compiled, colors.good, colors.bad,
                                colors.caution, colors.muted, colors.codeKeyword, colors.codeType,
                                colors.codeNumber, colors.codeComment, colors.codeDirective}) {
      enough(color, background, qPrintable(color.name()));
    }
  }
  enough(palette.color(QPalette::ButtonText), palette.color(QPalette::Button), "button");
  enough(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight), "selected");
}

void TstTheme::systemThemeFollowsTheDesktopsLightness() {
  const QPalette dark = themePalette(Theme::Dark, QPalette());
  QVERIFY(isDark(dark));
  QVERIFY(isDark(themePalette(Theme::System, dark)));
  QVERIFY(!isDark(themePalette(Theme::System, themePalette(Theme::Light, dark))));
}

WATCHED_TEST_MAIN(TstTheme)
#include "tst_theme.moc"
