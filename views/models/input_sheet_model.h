#pragma once

// The inputs of a model as rows that a person edits: sizes of symbolic dimensions, gradient, and
// what fills them. What cannot be used stays as it was typed, with the reason beside it.

#include <QAbstractTableModel>
#include <map>
#include <optional>
#include <vector>

#include "core/load/input_fill.h"
#include "core/pipeline/compile_record.h"

namespace views::models {

using DimensionSizes = std::map<std::string, std::int64_t>;

class InputSheetModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Name, Shape, DType, Gradient, Fill, Bytes, Problem, kColumns };

  using QAbstractTableModel::QAbstractTableModel;

  /// Fills that are no text of a fill show their problem.
  void setInputs(const std::vector<core::pipeline::ModelInput>& inputs,
                 const core::load::InputFills& fills, const DimensionSizes& dims);
  /// The sizes that are shown and counted; dimensionsChanged() is not emitted.
  void setDimensions(const DimensionSizes& dims);
  const DimensionSizes& dimensions() const { return m_dims; }
  /// Of the inputs that differ from the example.
  core::load::InputFills fills() const;
  /// The first row with a problem, or -1.
  int firstProblem() const;
  /// Bytes of all inputs at the sizes and dtypes of the sheet.
  std::int64_t bytes() const;

  int rowCount(const QModelIndex& parent = QModelIndex()) const override;
  int columnCount(const QModelIndex& parent = QModelIndex()) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;

 Q_SIGNALS:
  /// A shape was edited that has symbolic dimensions.
  void dimensionsChanged();

 private:
  struct Row {
    core::pipeline::ModelInput input;
    core::load::InputFill fill;
    QString typed;  ///< a fill or shape that cannot be used
    int typedColumn = -1;
    QString problem;
  };

  std::int64_t sizeOf(const core::ir::Size& size) const;
  std::int64_t bytesOf(const Row& row) const;
  QString shapeText(const Row& row) const;
  QString cellText(const Row& row, int column) const;
  void setFill(Row& row, const QString& text);
  void setShape(Row& row, const QString& text);
  void changed(int row);

  std::vector<Row> m_rows;
  DimensionSizes m_dims;
};

}  // namespace views::models
