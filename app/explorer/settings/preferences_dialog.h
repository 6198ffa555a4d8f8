#pragma once

// What a person can set once for all: the look, how a run uses the machine, and the keys. A change
// holds at once and is kept.

#include <QDialog>

#include "app/explorer/action_keys.h"
#include "app/explorer/jobs/pool_jobs.h"

class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace views::pages {
class DataTable;
}

namespace explorer {

class PreferencesDialog : public QDialog {
  Q_OBJECT

 public:
  /// `keys` outlives the dialog.
  PreferencesDialog(Settings settings, ActionKeys* keys, QWidget* parent = nullptr);

  /// Shows the keys of that action for editing.
  void editKeys(const QString& actionId);
  /// What was said about the last change of keys: who has them already.
  QString keysRemark() const;

 Q_SIGNALS:
  void keepRunsChosen(bool wanted);
  void themeChosen(views::look::Theme theme);

 private:
  QWidget* buildGeneral();
  QWidget* buildCaches(QWidget* parent);
  QWidget* buildRuns(QWidget* parent);
  QWidget* buildKeys();
  QWidget* buildKeyEditor(QWidget* parent);
  void showKeysTable();
  void takeKeys();
  void resetKeys();
  void resetAllKeys();
  void showRow();
  void showCacheSize();
  void clearCache();

  Settings m_settings;
  ActionKeys* m_keys;
  PoolJobs m_jobs;
  QString m_action;  ///< name of the one being edited
  views::pages::DataTable* m_table = nullptr;
  QKeySequenceEdit* m_edit = nullptr;
  QPushButton* m_reset = nullptr;
  QLabel* m_remark = nullptr;
  QLabel* m_cacheSize = nullptr;
};

}  // namespace explorer
