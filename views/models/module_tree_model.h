#pragma once

// The modules of a model as a tree by path, with the number of joint nodes and bytes they own.

#include <QAbstractItemModel>
#include <memory>
#include <string>
#include <vector>

#include "views/models/record_index.h"

namespace views::models {

class ModuleTreeModel : public QAbstractItemModel {
  Q_OBJECT

 public:
  enum Role { PathRole = Qt::UserRole + 1 };
  enum Column { NameColumn, ClassColumn, NodesColumn, BytesColumn, ColumnCount };

  explicit ModuleTreeModel(QObject* parent = nullptr);
  ~ModuleTreeModel() override;

  void setIndex(const RecordIndexPtr& index);

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& child) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  /// The row of that module path; invalid if the model has none.
  QModelIndex indexOfPath(const QString& path) const;

 private:
  struct Item;
  Item* itemAt(const QModelIndex& index) const;
  void addModules(const core::pipeline::CompileRecord& record);
  void addNodes(const core::ir::Graph& graph);
  Item* ensure(const std::string& path);

  std::unique_ptr<Item> m_root;
};

}  // namespace views::models
