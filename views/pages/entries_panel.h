#pragma once

// The compiled entries: who serves which call, and the guards of the entry that is chosen.

#include <QWidget>

#include "views/models/entry_tables.h"

class QLabel;

namespace views::pages {

class DataTable;

class EntriesPanel : public QWidget {
  Q_OBJECT

 public:
  explicit EntriesPanel(QWidget* parent = nullptr);

  /// Null: nothing was compiled yet. `busy`: a call is being served.
  void setEntries(models::EntriesPtr entries, bool busy);

 private:
  void showGuards(int entry);

  models::EntriesPtr m_entries;
  QLabel* m_served;
  QLabel* m_counters;
  DataTable* m_table;
  DataTable* m_guards;
};

}  // namespace views::pages
