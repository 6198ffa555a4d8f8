#pragma once

// Light and dark. Qt 6.4 does not say which one the desktop uses, so it is read from the lightness
// of the palette; a chosen theme is a palette of ours. Contrast of text is at least 4.5:1 in both.

#include <QColor>
#include <QPalette>

class QApplication;

namespace views::look {

enum class Theme { System, Light, Dark };

/// The palette of a theme; System is the light or the dark one, as `system` is.
QPalette themePalette(Theme theme, const QPalette& system);

/// Fusion style, the theme's palette, and the few style-sheet rules that the window needs.
void applyTheme(QApplication& application, Theme theme);

bool isDark(const QPalette& palette);

/// Whether a picture may move to its new place instead of jumping there; a person's choice.
bool animationsWanted();
void setAnimationsWanted(bool wanted);

/// Colours with a meaning, for everything but the graph. Each is also told by a word, a mark or a
/// place.
struct Colors {
  QColor eager;
  QColor compiled;
  QColor good;
  QColor bad;
  QColor caution;
  QColor muted;
  QColor grid;
  QColor codeKeyword;
  QColor codeType;
  QColor codeNumber;
  QColor codeComment;
  QColor codeDirective;
};

Colors colorsFor(const QPalette& palette);

/// Contrast ratio of two opaque colours as WCAG 2 defines it: 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

}  // namespace views::look
