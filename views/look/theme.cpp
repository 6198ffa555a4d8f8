#include "views/look/theme.h"

#include <QApplication>
#include <QStyle>
#include <QStyleFactory>
#include <algorithm>
#include <cmath>

namespace views::look {

namespace {

struct PaletteColors {
  const char* window;
  const char* base;
  const char* alternate;
  const char* text;
  const char* muted;
  const char* button;
  const char* mid;
  const char* highlight;
  const char* link;
};

constexpr PaletteColors kLight = {"#f3f4f6", "#ffffff", "#f7f8fa", "#1c2128", "#5b6470",
                                  "#e8eaee", "#c3c8d0", "#1f6fc4", "#175ca8"};
constexpr PaletteColors kDark = {"#1f2227", "#17191d", "#1c1f24", "#e4e7ec", "#9aa4b2",
                                 "#2c3037", "#4a515c", "#2f74c0", "#79b8ff"};

QPalette makePalette(const PaletteColors& colors) {
  QPalette palette;
  palette.setColor(QPalette::Window, QColor(colors.window));
  palette.setColor(QPalette::WindowText, QColor(colors.text));
  palette.setColor(QPalette::Base, QColor(colors.base));
  palette.setColor(QPalette::AlternateBase, QColor(colors.alternate));
  palette.setColor(QPalette::Text, QColor(colors.text));
  palette.setColor(QPalette::PlaceholderText, QColor(colors.muted));
  palette.setColor(QPalette::Button, QColor(colors.button));
  palette.setColor(QPalette::ButtonText, QColor(colors.text));
  palette.setColor(QPalette::BrightText, Qt::white);
  palette.setColor(QPalette::ToolTipBase, QColor(colors.base));
  palette.setColor(QPalette::ToolTipText, QColor(colors.text));
  palette.setColor(QPalette::Highlight, QColor(colors.highlight));
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::Link, QColor(colors.link));
  palette.setColor(QPalette::LinkVisited, QColor(colors.link));
  palette.setColor(QPalette::Light, QColor(colors.button).lighter(115));
  palette.setColor(QPalette::Midlight, QColor(colors.button).lighter(107));
  palette.setColor(QPalette::Mid, QColor(colors.mid));
  palette.setColor(QPalette::Dark, QColor(colors.mid).darker(120));
  palette.setColor(QPalette::Shadow, QColor(colors.mid).darker(200));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    palette.setColor(QPalette::Disabled, role, QColor(colors.muted));
  }
  palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor(colors.mid));
  return palette;
}

double relativeLuminance(const QColor& color) {
  const auto channel = [](double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF()) +
         0.0722 * channel(color.blueF());
}

}  // namespace

QPalette themePalette(Theme theme, const QPalette& system) {
  switch (theme) {
    case Theme::System: return makePalette(isDark(system) ? kDark : kLight);
    case Theme::Light: return makePalette(kLight);
    case Theme::Dark: return makePalette(kDark);
  }
  return system;
}

void applyTheme(QApplication& application, Theme theme) {
  static const QPalette system = QApplication::palette();
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QApplication::setPalette(themePalette(theme, system));
  application.setStyleSheet(QStringLiteral(
      "QToolTip { padding: 4px; border: 1px solid palette(mid); color: palette(text);"
      " background: palette(base); }"
      "QDockWidget { titlebar-close-icon: none; }"
      "QStatusBar::item { border: 0; }"));
}

namespace {
bool g_animationsWanted = true;
}

bool animationsWanted() {
  return g_animationsWanted;
}

void setAnimationsWanted(bool wanted) {
  g_animationsWanted = wanted;
}

bool isDark(const QPalette& palette) {
  return palette.color(QPalette::Base).lightnessF() < 0.5;
}

Colors colorsFor(const QPalette& palette) {
  if (isDark(palette)) {
    return {QColor("#e0a458"), QColor("#5fb3f3"), QColor("#6cc788"), QColor("#ff8078"),
            QColor("#e6b450"), QColor("#9aa4b2"), QColor("#343a44"), QColor("#82aaff"),
            QColor("#7fd1c4"), QColor("#f5a97f"), QColor("#8b98a9"), QColor("#c099ff")};
  }
  return {QColor("#a35c00"), QColor("#1264ad"), QColor("#1a7038"), QColor("#b3261e"),
          QColor("#855a00"), QColor("#5b6470"), QColor("#dfe3e8"), QColor("#0a4fa3"),
          QColor("#0b6b63"), QColor("#a1400a"), QColor("#5c6773"), QColor("#7a2fa0")};
}

double contrastRatio(const QColor& a, const QColor& b) {
  const double first = relativeLuminance(a);
  const double second = relativeLuminance(b);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

}  // namespace views::look
