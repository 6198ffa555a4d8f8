#pragma once

// A read-only view of generated source: fixed-width, coloured as C++, with line numbers in the
// margin.

#include <QPlainTextEdit>
#include <QSyntaxHighlighter>
#include <vector>

#include "views/look/theme.h"

namespace views::pages {

/// Colours C++: keywords, types, numbers, comments, preprocessor lines.
class CppHighlighter : public QSyntaxHighlighter {
  Q_OBJECT

 public:
  CppHighlighter(QTextDocument* document, look::Colors colors);
  void setColors(const look::Colors& colors);

 protected:
  void highlightBlock(const QString& text) override;

 private:
  void highlightWord(const QString& text, int start, int length);

  look::Colors m_colors;
};

enum class CodeKind {
  Cpp,      ///< coloured
  Text,     ///< wrapped
  Listing,  ///< neither
};

class CodeView : public QPlainTextEdit {
  Q_OBJECT

 public:
  CodeView(const QString& name, CodeKind kind, QWidget* parent = nullptr);

  void setCode(const std::string& code);
  /// Scrolls so that the first line that contains `text` is the top one; false if there is none.
  bool scrollToLineWith(const QString& text);
  /// Puts a bar and a tint on these lines, counted from 0.
  void markLines(const std::vector<int>& lines);
  /// Scrolls, if need be, so that the line is visible.
  void showLine(int line);

 Q_SIGNALS:
  /// The person moved to another line, counted from 0.
  void lineChosen(int line);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  friend class LineNumbers;
  int marginWidth() const;
  void paintMargin(class QPaintEvent* event);
  void placeMargin();

  QWidget* m_margin;
  CppHighlighter* m_highlighter = nullptr;  ///< null for text
  std::vector<int> m_marked;
  bool m_settingCode = false;  ///< the caret moves, but nobody moved it
};

}  // namespace views::pages
