#pragma once

// The compiled step as a list: generated kernels with their source, extern calls with the reason,
// and the fusions that were refused.

#include "views/pages/stage_page.h"
#include "views/shared/selection_hub.h"

class QPushButton;
class QTabWidget;

namespace views::pages {

class CodeView;
class DataTable;

class KernelsPage : public StagePage {
  Q_OBJECT

 public:
  KernelsPage(shared::SelectionHub* hub, QWidget* parent = nullptr);

  /// The kernel whose source is shown, by its place in RecordIndex::kernels(); -1 for none.
  int shownKernel() const { return m_shown; }

  /// What machineCodeWanted() asked for.
  void showMachineCode(const QString& listing);

 Q_SIGNALS:
  /// The person looks at the machine code of this source; showMachineCode() is the answer.
  void machineCodeWanted(const QString& source);

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildLists();
  QWidget* buildDetails();
  void showKernel(int kernel);
  void showTabs(bool hasSource);
  void showSelection();
  void selectMembers(int kernel);
  void selectLine(int line);
  /// Marks the lines of the selected node; scrolls to the first if `show`.
  void markLines(bool show);
  void exportReproducer();
  /// Asks for the machine code if its tab is looked at and has not been asked for.
  void wantMachineCode();
  QString summary(const Snapshot& snapshot) const;

  shared::SelectionHub* m_hub;
  int m_shown = -1;
  std::vector<std::vector<std::string>> m_lineNodes;  ///< of the shown kernel's source, by line
  bool m_choosingLine = false;  ///< the selection comes from the source: it must not scroll
  bool m_leftSource = false;    ///< the reasons are shown only because a step has no source
  QLabel* m_summary = nullptr;
  QLabel* m_title = nullptr;
  QLabel* m_facts = nullptr;
  QTabWidget* m_lists = nullptr;
  QTabWidget* m_details = nullptr;
  QPushButton* m_export = nullptr;
  DataTable* m_kernels = nullptr;
  DataTable* m_refusals = nullptr;
  CodeView* m_source = nullptr;
  CodeView* m_loops = nullptr;
  CodeView* m_machineCode = nullptr;
  int m_machineCodeOf = -1;  ///< the kernel that machine code was asked for; -1: none
  CodeView* m_why = nullptr;
};

}  // namespace views::pages
