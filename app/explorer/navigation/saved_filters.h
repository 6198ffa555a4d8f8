#pragma once

// Searches that a person keeps under a name.

#include <QObject>

#include "app/explorer/settings/settings.h"

class QWidget;

namespace explorer {

class SavedFilters : public QObject {
  Q_OBJECT

 public:
  /// `window` is the parent of the lists and questions.
  SavedFilters(Settings settings, QWidget* window);

  /// Asks for a name and keeps `text` under it.
  void save(const QString& text);
  void keep(const QString& name, const QString& text);
  /// Lists them, to use one or to forget one.
  void pick();
  void pickToForget();

 Q_SIGNALS:
  void chosen(const QString& text);
  void remarked(const QString& sentence);

 private:
  Settings m_settings;
  QWidget* m_window;
};

}  // namespace explorer
