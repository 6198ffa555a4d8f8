// A word that occurs as a substring is scored by where it begins. Else its letters are looked for
// from left to right, each at its first place after the one before; runs and beginnings of words
// score, gaps do not. Linear in the text; the first place is not always the best one, which for
// the short texts of menus and node names makes no difference that a person would notice.

#include "views/shared/fuzzy_match.h"

#include <QStringList>
#include <algorithm>

namespace views::shared {
namespace {

constexpr int kSubstring = 60;
constexpr int kStartOfText = 30;
constexpr int kStartOfWord = 20;
constexpr int kNextToLast = 4;
constexpr int kLongestPenalty = 20;

bool startsWord(const QString& text, qsizetype at) {
  return at == 0 || !text[at - 1].isLetterOrNumber() ||
         (text[at].isUpper() && text[at - 1].isLower());
}

int placeScore(const QString& text, qsizetype at) {
  if (at == 0) return kStartOfText;
  return startsWord(text, at) ? kStartOfWord : 0;
}

std::optional<int> substringScore(const QString& word, const QString& text) {
  std::optional<int> best;
  for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0;
       at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
    best = std::max(best.value_or(0), kSubstring + placeScore(text, at));
    if (*best == kSubstring + kStartOfText) break;
  }
  return best;
}

std::optional<int> scatteredScore(const QString& word, const QString& text) {
  int score = 0;
  qsizetype last = -2;
  for (const QChar letter : word) {
    const qsizetype at =
        text.indexOf(letter, std::max<qsizetype>(last + 1, 0), Qt::CaseInsensitive);
    if (at < 0) return std::nullopt;
    score += at == last + 1 ? kNextToLast : startsWord(text, at) ? kNextToLast / 2 : 0;
    last = at;
  }
  return score;
}

}  // namespace

std::optional<int> fuzzyScore(const QString& typed, const QString& text) {
  int total = 0;
  const QStringList words = typed.split(QChar(' '), Qt::SkipEmptyParts);
  if (words.isEmpty()) return 0;
  for (const QString& word : words) {
    std::optional<int> score = substringScore(word, text);
    if (!score) score = scatteredScore(word, text);
    if (!score) return std::nullopt;
    total += *score;
  }
  return total - static_cast<int>(std::min<qsizetype>(text.size() / 4, kLongestPenalty));
}

}  // namespace views::shared
