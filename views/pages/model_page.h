#pragma once

// What the file says of the model: inputs, outputs, parameters, operators, stages, what is
// unsupported.

#include "views/pages/stage_page.h"

class QTabWidget;

class QTreeView;

namespace views::models {
class CompileTreeModel;
}

namespace views::pages {

class DataTable;

class ModelPage : public StagePage {
  Q_OBJECT

 public:
  explicit ModelPage(QWidget* parent = nullptr);

 Q_SIGNALS:
  /// A person wants to see another compile of the trace log.
  void compileChosen(const QString& id);

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildTables();
  void buildCompiles();
  void showCompiles(const core::pipeline::CompileRecord& record);

  QLabel* m_title = nullptr;
  QLabel* m_facts = nullptr;
  models::CompileTreeModel* m_compiles = nullptr;
  QTreeView* m_compileTree = nullptr;
  DataTable* m_inputs = nullptr;
  DataTable* m_outputs = nullptr;
  DataTable* m_parameters = nullptr;
  DataTable* m_operators = nullptr;
  DataTable* m_stages = nullptr;
  DataTable* m_unsupported = nullptr;
  QTabWidget* m_tabs = nullptr;
};

}  // namespace views::pages
