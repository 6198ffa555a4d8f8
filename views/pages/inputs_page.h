#pragma once

// What the step is run with: mode, loss, inputs, device, seed, threads; and the inputs that the
// file describes.

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

  /// Devices besides the CPU: names as the options want them ("cuda:0"), and titles. Without any,
  /// `problem` says why.
  void setDevices(const QStringList& names, const QStringList& titles, const QString& problem);

 Q_SIGNALS:
  /// The person asked for these options; only the fields of this page differ from the snapshot's.
  void optionsChosen(const core::pipeline::CompileOptions& options);

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildForm();
  void fillLosses(const Snapshot& snapshot);
  QStringList dimensions() const;
  /// True if the sizes can be used; else says beside the field what is wrong.
  bool checkSizes();
  void apply();
  void chooseFile();
  void showDevice(const QString& name);

  QComboBox* m_mode = nullptr;
  QComboBox* m_loss = nullptr;
  QComboBox* m_device = nullptr;
  QLineEdit* m_file = nullptr;
  QLineEdit* m_sizes = nullptr;
  QLabel* m_sizesProblem = nullptr;
  QPushButton* m_try = nullptr;
  QSpinBox* m_seed = nullptr;
  QSpinBox* m_threads = nullptr;
  QLabel* m_memory = nullptr;
  DataTable* m_inputs = nullptr;
};

}  // namespace views::pages
