#pragma once

// What the step is run with: mode, loss, inputs, seed, threads; and the inputs that the file
// describes.

#include "views/pages/stage_page.h"

class QComboBox;
class QLineEdit;
class QSpinBox;

namespace views::pages {

class DataTable;

class InputsPage : public StagePage {
  Q_OBJECT

 public:
  explicit InputsPage(QWidget* parent = nullptr);

 Q_SIGNALS:
  /// The person asked for these options; only the fields of this page differ from the snapshot's.
  void optionsChosen(const core::pipeline::CompileOptions& options);

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildForm();
  void fillLosses(const Snapshot& snapshot);
  void apply();
  void chooseFile();

  QComboBox* m_mode = nullptr;
  QComboBox* m_loss = nullptr;
  QLineEdit* m_file = nullptr;
  QSpinBox* m_seed = nullptr;
  QSpinBox* m_threads = nullptr;
  QLabel* m_memory = nullptr;
  DataTable* m_inputs = nullptr;
};

}  // namespace views::pages
