#pragma once

// What the step is run with: mode, loss, inputs, device, seed, threads; and the inputs that the
// file describes.

#include "views/pages/stage_page.h"

class QComboBox;
class QLineEdit;
class QSpinBox;

namespace views::pages {

class InputSheet;

class InputsPage : public StagePage {
  Q_OBJECT

 public:
  explicit InputsPage(QWidget* parent = nullptr);

  /// Devices besides the CPU: names as the options want them ("cuda:0"), and titles. Without any,
  /// `problem` says why.
  void setDevices(const QStringList& names, const QStringList& titles, const QString& problem);
  /// The names of the open model's presets.
  void setPresets(const QStringList& names);
  /// Fills the form, as a preset wants it; nothing is applied.
  void showOptions(const core::pipeline::CompileOptions& options);
  /// Says beside the presets what went wrong with one, or what was done.
  void showPresetRemark(const QString& sentence);
  /// What an eager step gave: a sentence, and a line for each output.
  void showTried(const QString& sentence, const QStringList& outputs);

 Q_SIGNALS:
  /// The person asked for these options; only the fields of this page differ from the snapshot's.
  void optionsChosen(const core::pipeline::CompileOptions& options);
  void presetChosen(const QString& name);
  void presetSaved(const QString& name, const core::pipeline::CompileOptions& options);
  void presetForgotten(const QString& name);

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildForm();
  QLayout* buildFileRow(QWidget* box);
  QLayout* buildSizesRow(QWidget* box);
  QLayout* buildPresetRow(QWidget* box);
  QLayout* buildButtons(QWidget* box);
  QWidget* buildSheet();
  void fillLosses(const core::pipeline::CompileRecord& record);
  void showLoss(const std::optional<core::run::LossSpec>& loss);
  QStringList dimensions() const;
  /// True if the sizes can be used; else says beside the field what is wrong.
  bool checkSizes();
  void showMemory();
  /// What the form says; empty, with the focus where something is wrong, if it cannot be used.
  std::optional<core::pipeline::CompileOptions> chosenOptions();
  void apply();
  void savePreset();
  void chooseFile();
  void showDevice(const QString& name);

  QComboBox* m_mode = nullptr;
  QComboBox* m_loss = nullptr;
  QComboBox* m_device = nullptr;
  QLineEdit* m_file = nullptr;
  QLineEdit* m_sizes = nullptr;
  QLabel* m_sizesProblem = nullptr;
  QPushButton* m_try = nullptr;
  QLabel* m_tried = nullptr;
  QSpinBox* m_seed = nullptr;
  QSpinBox* m_threads = nullptr;
  QLabel* m_memory = nullptr;
  InputSheet* m_sheet = nullptr;
  QComboBox* m_presets = nullptr;
  QLabel* m_presetRemark = nullptr;
  QString m_shownPath;                            ///< of the model that the form is about
  core::pipeline::CompileOptions m_shownOptions;  ///< what was applied when the form was filled
};

}  // namespace views::pages
