#pragma once

// The compiles of a trace log as a tree: frames, and in each the compiles that were made of it.

#include <QStandardItemModel>

#include "core/pipeline/compile_record.h"

namespace views::models {

enum CompileRole {
  CompileIdRole = Qt::UserRole + 1,  ///< "0/1"; empty for a frame
  CanOpenRole,
};

class CompileTreeModel : public QStandardItemModel {
  Q_OBJECT

 public:
  using QStandardItemModel::QStandardItemModel;

  /// Null or a model that is no log: an empty tree.
  void setRecord(const core::pipeline::CompileRecord* record);
  /// The compile that the record shows; invalid if it shows none.
  QModelIndex shownIndex() const { return m_shown; }

 private:
  QPersistentModelIndex m_shown;
};

}  // namespace views::models
