#pragma once

// Eager beside compiled: first whether the numbers are right, then the samples, the medians and the
// verdict.

#include "views/pages/stage_page.h"
#include "views/shared/selection_hub.h"

class QTabWidget;

namespace views::plot {
class SampleChart;
}

namespace views::pages {

class DataTable;
class EntriesPanel;
class ProfilePanel;
class StepSearchPanel;

class RunPage : public StagePage {
  Q_OBJECT

 public:
  explicit RunPage(shared::SelectionHub* hub, QWidget* parent = nullptr);

  /// The text of the verdict line.
  QString verdictText() const;
  ProfilePanel* profilePanel() { return m_profile; }
  StepSearchPanel* searchPanel() { return m_search; }
  void showProfile();
  void showSearch();

 Q_SIGNALS:
  /// What is selected is to be seen in the graph.
  void graphWanted();

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QWidget* buildHead();
  QWidget* buildButtons();
  QWidget* buildFigures();
  void buildTabs(shared::SelectionHub* hub);
  void showFigures(const Snapshot& snapshot);
  void showVerdict(const core::run::Measurement& measurement);

  QTabWidget* m_tabs = nullptr;
  ProfilePanel* m_profile = nullptr;
  StepSearchPanel* m_search = nullptr;
  QList<QPushButton*> m_buttons;
  QLabel* m_check = nullptr;
  QLabel* m_speedup = nullptr;
  QLabel* m_conditions = nullptr;
  QLabel* m_cautions = nullptr;
  QLabel* m_how = nullptr;
  plot::SampleChart* m_chart = nullptr;
  DataTable* m_timing = nullptr;
  DataTable* m_checks = nullptr;
  DataTable* m_compile = nullptr;
  EntriesPanel* m_entries = nullptr;
};

/// The check in one line: "✓ 12 tensors equal to eager within tolerance; worst: …".
QString checkSentence(const core::run::CheckResult& check);

/// Reasons to trust the times less, a line each; empty if there are none.
QString cautionText(const core::run::Measurement& measurement);

}  // namespace views::pages
