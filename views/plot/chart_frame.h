#pragma once

// What charts have in common: a plot in the window's colours, a context menu that exports it as a
// picture or as numbers, and the focus frame. A chart with a keyboard overrides keyPressEvent().

#include <QWidget>

#include "views/models/table_model.h"

class QCPAxis;
class QCustomPlot;

namespace views::plot {

class ChartFrame : public QWidget {
  Q_OBJECT

 public:
  /// `name` is for people who hear the window.
  ChartFrame(const QString& name, QWidget* parent);

  /// The chart as comma-separated values: the rows of its data table.
  QString asCsv() const;
  /// The chart as an SVG document, or (by the suffix of a path) as a PNG or PDF file.
  QByteArray asSvg() const;
  /// Asks for a file and writes what its suffix says: .csv, .svg, .png.
  void exportWithDialog();
  /// Writes the chart; false if it cannot be written.
  bool exportTo(const QString& path) const;

 protected:
  /// The numbers of the chart as a table: the twin for people who cannot see it.
  virtual models::Table numbers() const = 0;
  /// Draws everything anew; called when the palette changes.
  virtual void redraw() = 0;

  QCustomPlot* plot() const { return m_plot; }
  /// Colours, fonts and grid of both axes.
  void styleAxes();
  /// A sentence in the middle instead of the chart; empty: none.
  void setMessage(const QString& message);

  void changeEvent(QEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  QCustomPlot* m_plot;
  QWidget* m_message;
};

}  // namespace views::plot
