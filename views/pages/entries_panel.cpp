#include "views/pages/entries_panel.h"

#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace views::pages {

EntriesPanel::EntriesPanel(QWidget* parent)
    : QWidget(parent),
      m_served(plainLabel(QString(), this)),
      m_counters(plainLabel(QString(), this)),
      m_table(new DataTable(tr("Compiled entries"), this)),
      m_guards(new DataTable(tr("Guards of the entry"), this)) {
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  auto* tables = new QSplitter(Qt::Horizontal, this);
  tables->addWidget(m_table);
  tables->addWidget(m_guards);
  tables->setSizes({640, 520});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 4, 4, 0);
  for (QLabel* label : {m_served, m_counters}) {
    label->setWordWrap(true);
    layout->addWidget(label);
  }
  layout->addWidget(tables, 1);
  connect(m_table, &DataTable::rowChosen, this, &EntriesPanel::showGuards);
  setEntries(nullptr, false);
}

void EntriesPanel::setEntries(models::EntriesPtr entries, bool busy) {
  m_entries = std::move(entries);
  QString served = tr("Nothing was compiled yet: the first run makes an entry.");
  if (m_entries) served = models::showable(core::run::servedSentence(*m_entries));
  if (m_entries && m_entries->served && !m_entries->fallback.empty())
    served += QChar(' ') + models::showable(m_entries->fallback);
  if (busy) served = tr("A call is being served. Before it: ") + served;
  m_served->setText(served);
  m_counters->setText(models::countersSentence(m_entries));
  m_counters->setVisible(m_entries != nullptr);
  m_table->setTable(models::entryTable(m_entries));
  const int shown = m_entries && m_entries->served ? static_cast<int>(*m_entries->served) : 0;
  m_table->selectSourceRow(shown);
  showGuards(shown);
}

void EntriesPanel::showGuards(int entry) {
  m_guards->setTable(models::entryGuardTable(m_entries, entry));
}

}  // namespace views::pages
