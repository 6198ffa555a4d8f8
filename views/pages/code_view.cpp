#include "views/pages/code_view.h"

#include <QFontDatabase>
#include <QPaintEvent>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QTextBlock>
#include <algorithm>
#include <array>
#include <string_view>

namespace views::pages {

namespace {

constexpr int kMarkAlpha = 60;  ///< of the tint behind a marked line
constexpr int kMarkWidth = 3;   ///< of the bar beside it, in pixels

// Both sorted, for binary search.
constexpr std::array<std::string_view, 29> kKeywords = {
    "alignas", "auto",    "break",    "case",   "const",       "constexpr", "continue", "default",
    "do",      "else",    "extern",   "false",  "for",         "if",        "inline",   "namespace",
    "nullptr", "return",  "sizeof",   "static", "static_cast", "struct",    "switch",   "template",
    "true",    "typedef", "typename", "using",  "while"};
constexpr std::array<std::string_view, 22> kTypes = {
    "bool",     "char",     "double",    "float",     "int",      "int16_t", "int32_t", "int64_t",
    "int8_t",   "long",     "ptrdiff_t", "short",     "signed",   "size_t",  "std",     "uint16_t",
    "uint32_t", "uint64_t", "uint8_t",   "uintptr_t", "unsigned", "void"};

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& sorted, const QString& word) {
  const QByteArray latin = word.toLatin1();
  return std::binary_search(sorted.begin(), sorted.end(), std::string_view(latin.constData()));
}

bool isWordCharacter(QChar c) {
  return c.isLetterOrNumber() || c == QChar('_');
}

}  // namespace

CppHighlighter::CppHighlighter(QTextDocument* document, look::Colors colors)
    : QSyntaxHighlighter(document), m_colors(std::move(colors)) {}

void CppHighlighter::setColors(const look::Colors& colors) {
  m_colors = colors;
  rehighlight();
}

void CppHighlighter::highlightBlock(const QString& text) {
  if (text.trimmed().startsWith(QChar('#'))) {
    setFormat(0, static_cast<int>(text.size()), m_colors.codeDirective);
    return;
  }
  int i = 0;
  const int size = static_cast<int>(text.size());
  while (i < size) {
    if (text.mid(i, 2) == QStringLiteral("//")) {
      setFormat(i, size - i, m_colors.codeComment);
      return;
    }
    if (!isWordCharacter(text[i])) {
      ++i;
      continue;
    }
    const bool number = text[i].isDigit();
    int end = i;
    while (end < size && (isWordCharacter(text[end]) || (number && text[end] == QChar('.')))) ++end;
    highlightWord(text, i, end - i);
    i = end;
  }
}

void CppHighlighter::highlightWord(const QString& text, int start, int length) {
  const QString word = text.mid(start, length);
  if (word[0].isDigit()) {
    setFormat(start, length, m_colors.codeNumber);
  } else if (isOneOf(kKeywords, word)) {
    setFormat(start, length, m_colors.codeKeyword);
  } else if (isOneOf(kTypes, word)) {
    setFormat(start, length, m_colors.codeType);
  }
}

/// The strip with line numbers; it paints through its CodeView.
class LineNumbers : public QWidget {
 public:
  explicit LineNumbers(CodeView* view) : QWidget(view), m_view(view) {}
  QSize sizeHint() const override { return {m_view->marginWidth(), 0}; }

 protected:
  void paintEvent(QPaintEvent* event) override { m_view->paintMargin(event); }

 private:
  CodeView* m_view;
};

CodeView::CodeView(const QString& name, CodeKind kind, QWidget* parent)
    : QPlainTextEdit(parent), m_margin(new LineNumbers(this)) {
  if (kind == CodeKind::Cpp) {
    m_highlighter = new CppHighlighter(document(), look::colorsFor(palette()));
  }
  setAccessibleName(name);
  m_margin->setAccessibleName(tr("Line numbers"));
  setReadOnly(true);
  setLineWrapMode(kind == CodeKind::Text ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
  setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  setTabChangesFocus(true);
  connect(this, &QPlainTextEdit::blockCountChanged, this, &CodeView::placeMargin);
  connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& area, int dy) {
    if (dy) {
      m_margin->scroll(0, dy);
    } else {
      m_margin->update(0, area.y(), m_margin->width(), area.height());
    }
  });
  connect(this, &QPlainTextEdit::cursorPositionChanged, this, [this] {
    if (!m_settingCode) Q_EMIT lineChosen(textCursor().blockNumber());
  });
  placeMargin();
}

void CodeView::setCode(const std::string& code) {
  const QScopedValueRollback<bool> guard(m_settingCode, true);
  m_marked.clear();
  setExtraSelections({});
  setPlainText(QString::fromStdString(code));
}

bool CodeView::scrollToLineWith(const QString& text) {
  const QTextCursor found = document()->find(text);
  if (found.isNull()) return false;
  const QScopedValueRollback<bool> guard(m_settingCode, true);
  setTextCursor(QTextCursor(found.block()));
  verticalScrollBar()->setValue(found.block().firstLineNumber());
  return true;
}

void CodeView::markLines(const std::vector<int>& lines) {
  m_marked = lines;
  QList<QTextEdit::ExtraSelection> tints;
  QColor tint = palette().color(QPalette::Highlight);
  tint.setAlpha(kMarkAlpha);
  for (const int line : lines) {
    QTextEdit::ExtraSelection selection;
    selection.cursor = QTextCursor(document()->findBlockByNumber(line));
    selection.format.setBackground(tint);
    selection.format.setProperty(QTextFormat::FullWidthSelection, true);
    tints << selection;
  }
  setExtraSelections(tints);
  m_margin->update();
}

void CodeView::showLine(int line) {
  const QTextBlock block = document()->findBlockByNumber(line);
  const QRectF area = blockBoundingGeometry(block).translated(contentOffset());
  if (area.top() >= 0 && area.bottom() <= viewport()->height()) return;
  const int above = viewport()->height() / std::max(1, fontMetrics().height()) / 3;
  verticalScrollBar()->setValue(std::max(0, block.firstLineNumber() - above));
}

int CodeView::marginWidth() const {
  const auto digits = QString::number(std::max(1, blockCount())).size();
  return fontMetrics().horizontalAdvance(QChar('9')) * static_cast<int>(digits + 2);
}

void CodeView::placeMargin() {
  setViewportMargins(marginWidth(), 0, 0, 0);
  const QRect area = contentsRect();
  m_margin->setGeometry(area.left(), area.top(), marginWidth(), area.height());
}

void CodeView::resizeEvent(QResizeEvent* event) {
  QPlainTextEdit::resizeEvent(event);
  placeMargin();
}

void CodeView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && m_highlighter) {
    m_highlighter->setColors(look::colorsFor(palette()));
  }
  QPlainTextEdit::changeEvent(event);
}

void CodeView::paintMargin(QPaintEvent* event) {
  QPainter painter(m_margin);
  painter.fillRect(event->rect(), palette().color(QPalette::AlternateBase));
  painter.setPen(look::colorsFor(palette()).muted);
  painter.setFont(font());
  QTextBlock block = firstVisibleBlock();
  while (block.isValid()) {
    const QRectF area = blockBoundingGeometry(block).translated(contentOffset());
    if (area.top() > event->rect().bottom()) break;
    if (std::find(m_marked.begin(), m_marked.end(), block.blockNumber()) != m_marked.end())
      painter.fillRect(QRectF(0, area.top(), kMarkWidth, area.height()),
                       palette().color(QPalette::Highlight));
    const QRectF cell(0, area.top(), m_margin->width() - fontMetrics().averageCharWidth(),
                      fontMetrics().height());
    painter.drawText(cell, Qt::AlignRight, QString::number(block.blockNumber() + 1));
    block = block.next();
  }
}

}  // namespace views::pages
