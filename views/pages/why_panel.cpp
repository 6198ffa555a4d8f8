#include "views/pages/why_panel.h"

#include "views/models/showable_text.h"

namespace views::pages {

using core::partition::FlipCost;
using core::partition::ValueAnswer;
using models::showable;

namespace {

constexpr std::size_t kMaxNamed = 4;

QString signedBytes(std::int64_t bytes) {
  if (bytes == 0) return QStringLiteral("±0");
  return (bytes > 0 ? QStringLiteral("+") : QStringLiteral("−")) +
         models::bytesText(std::abs(bytes));
}

QString signedTime(double seconds) {
  if (seconds == 0) return QStringLiteral("±0 ms");
  return (seconds > 0 ? QStringLiteral("+") : QStringLiteral("−")) +
         models::millisecondsText(std::abs(seconds) * 1e3);
}

void addNames(QStringList& lines, const QString& title, const std::vector<std::string>& names) {
  if (names.empty()) return;
  QStringList shown;
  for (std::size_t i = 0; i < std::min(names.size(), kMaxNamed); ++i) shown << showable(names[i]);
  QString line = title + QChar(' ') + shown.join(QStringLiteral(", "));
  if (names.size() > kMaxNamed) {
    line += QWidget::tr(" and %1 more").arg(names.size() - kMaxNamed);
  }
  lines << line;
}

void addFlip(QStringList& lines, const FlipCost& flip) {
  const bool saves = flip.after == core::partition::ValueFate::Saved;
  lines << QWidget::tr("%1: %2 saved, %3 recompute time, peak %4")
               .arg(saves ? QWidget::tr("If saved") : QWidget::tr("If recomputed"),
                    signedBytes(flip.savedBytes), signedTime(flip.seconds),
                    signedBytes(flip.peakBytes));
  addNames(lines, QWidget::tr("also saves"), flip.savedToo);
  addNames(lines, QWidget::tr("no longer saves"), flip.noLongerSaved);
  addNames(lines, QWidget::tr("also recomputes"), flip.recomputedToo);
  addNames(lines, QWidget::tr("no longer recomputes"), flip.noLongerRecomputed);
}

}  // namespace

QString whyText(const ValueAnswer& answer) {
  QStringList lines;
  addNames(lines, QWidget::tr("read in the backward by"), answer.backwardReaders);
  if (answer.flip) addFlip(lines, *answer.flip);
  if (!answer.refusal.empty()) {
    lines << QWidget::tr("Cannot be turned over: %1").arg(showable(answer.refusal));
  }
  return lines.join(QChar('\n'));
}

WhyPanel::WhyPanel(QWidget* parent) : QLabel(parent) {
  setTextFormat(Qt::PlainText);
  setWordWrap(true);
  setAccessibleName(tr("What the other choice would cost"));
  setTextInteractionFlags(Qt::TextSelectableByMouse);
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  hide();
}

void WhyPanel::showBusy() {
  setText(tr("Asking what the other choice would cost…"));
  show();
}

void WhyPanel::showAnswer(const core::Result<ValueAnswer>& answer) {
  const QString text = answer ? whyText(*answer) : showable(answer.error().message);
  setText(text);
  setVisible(!text.isEmpty());
}

}  // namespace views::pages
