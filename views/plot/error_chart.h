#pragma once

// A histogram of differences from eager by powers of ten: of the elements of one value, or of the
// largest difference of each value of a step.

#include <array>

#include "core/run/step_search.h"
#include "views/plot/chart_frame.h"

namespace views::plot {

class ErrorChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit ErrorChart(QWidget* parent = nullptr);

  /// `what` is counted: "elements of relu_3".
  void setPicture(const core::run::ErrorPicture& picture, const QString& what);
  void clear();

 protected:
  models::Table numbers() const override;
  void redraw() override;

 private:
  core::run::ErrorPicture m_picture;
  QString m_what;  ///< empty: nothing to show
};

/// The largest relative differences of all compared values as one picture.
core::run::ErrorPicture pictureOfValues(const std::vector<core::run::ComparedValue>& values);

}  // namespace views::plot
