#pragma once

// The keys of all actions of the window: defaults, and what a person chose instead.

#include <QAction>
#include <QHash>
#include <QList>

#include "app/explorer/settings/settings.h"

namespace explorer {

class ActionKeys {
 public:
  explicit ActionKeys(Settings settings) : m_settings(std::move(settings)) {}

  /// Takes the present keys of `action` as its defaults and gives it the chosen ones. Its object
  /// name tells it from others; several actions of one name (one in each graph view) are one for a
  /// person and share their keys.
  void add(QAction* action);
  void add(const QList<QAction*>& actions);

  /// One action for each name, in the order in which they were added.
  const QList<QAction*>& actions() const { return m_actions; }
  QAction* find(const QString& id) const;
  QList<QKeySequence> defaultKeys(const QString& id) const { return m_defaults.value(id); }
  bool isChanged(const QString& id) const;
  /// The action of another name that has this key; null if it is free.
  QAction* ownerOf(const QKeySequence& key, const QString& exceptId) const;
  /// Gives the actions of that name other keys, now and in the next sessions.
  void choose(const QString& id, const QList<QKeySequence>& keys);
  /// Back to the default keys of one action, or of all.
  void reset(const QString& id);
  void resetAll();

 private:
  void apply(const QString& id, const QList<QKeySequence>& keys);

  Settings m_settings;
  QList<QAction*> m_actions;
  QHash<QString, QList<QAction*>> m_byId;
  QHash<QString, QList<QKeySequence>> m_defaults;
};

/// The text of an action for lists: without the mark of its mnemonic.
QString actionText(const QAction& action);
/// What an action does, and if it is disabled, why.
QString actionTip(const QAction& action);
/// "Ctrl+F, /".
QString keysText(const QAction& action);

}  // namespace explorer
