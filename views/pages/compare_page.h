#pragma once

// Forward, backward and eager in one table of numbers, with the check beside it.

#include "views/pages/stage_page.h"

namespace views::pages {

class DataTable;

class ComparePage : public StagePage {
  Q_OBJECT

 public:
  explicit ComparePage(QWidget* parent = nullptr);

 protected:
  std::optional<Notice> missing(const Snapshot& snapshot) const override;
  void refresh(const Snapshot& snapshot) override;

 private:
  QLabel* m_sentence = nullptr;
  QLabel* m_check = nullptr;
  QPushButton* m_run = nullptr;
  DataTable* m_numbers = nullptr;
  DataTable* m_timing = nullptr;
  DataTable* m_checks = nullptr;
};

}  // namespace views::pages
