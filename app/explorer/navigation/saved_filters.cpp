#include "app/explorer/navigation/saved_filters.h"

#include <QInputDialog>

#include "views/pages/quick_pick.h"

namespace explorer {

using views::pages::PickEntry;
using views::pages::QuickPick;

namespace {

QuickPick* openPick(const QString& title, const Settings& settings, QWidget* window) {
  QList<PickEntry> entries;
  const QMap<QString, QString> filters = settings.savedFilters();
  for (auto it = filters.begin(); it != filters.end(); ++it) {
    entries << PickEntry{it.key(), it.key(), it.value(), {}, true};
  }
  auto* pick = new QuickPick(title, SavedFilters::tr("Name of a search"), window);
  pick->setAttribute(Qt::WA_DeleteOnClose);
  pick->setModal(true);
  pick->setEntries(entries);
  pick->show();
  return pick;
}

}  // namespace

SavedFilters::SavedFilters(Settings settings, QWidget* window)
    : QObject(window), m_settings(std::move(settings)), m_window(window) {}

void SavedFilters::save(const QString& text) {
  if (text.trimmed().isEmpty()) return Q_EMIT remarked(tr("Search for something first."));
  const QString name = QInputDialog::getText(m_window, tr("Save the search"),
                                             tr("Name of the search:"), QLineEdit::Normal, text);
  if (!name.trimmed().isEmpty()) keep(name.trimmed(), text);
}

void SavedFilters::keep(const QString& name, const QString& text) {
  QMap<QString, QString> filters = m_settings.savedFilters();
  filters.insert(name, text);
  m_settings.setSavedFilters(filters);
}

void SavedFilters::pick() {
  QuickPick* list = openPick(tr("Saved searches"), m_settings, m_window);
  connect(list, &QuickPick::picked, this,
          [this](const QString& name) { Q_EMIT chosen(m_settings.savedFilters().value(name)); });
}

void SavedFilters::pickToForget() {
  QuickPick* list = openPick(tr("Forget a search"), m_settings, m_window);
  connect(list, &QuickPick::picked, this, [this](const QString& name) {
    QMap<QString, QString> filters = m_settings.savedFilters();
    filters.remove(name);
    m_settings.setSavedFilters(filters);
  });
}

}  // namespace explorer
