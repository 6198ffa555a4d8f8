#pragma once

// "Why?": what turning a value over would cost, and what it forces on others.

#include <QLabel>

#include "core/base/result.h"
#include "core/partition/why_saved.h"

namespace views::pages {

class WhyPanel : public QLabel {
  Q_OBJECT

 public:
  explicit WhyPanel(QWidget* parent = nullptr);

  /// While the answer is awaited.
  void showBusy();
  void showAnswer(const core::Result<core::partition::ValueAnswer>& answer);
};

/// The answer for a person, several lines.
QString whyText(const core::partition::ValueAnswer& answer);

}  // namespace views::pages
