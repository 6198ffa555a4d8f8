#include "app/explorer/action_keys.h"

namespace explorer {

void ActionKeys::add(QAction* action) {
  const QString id = action->objectName();
  if (!m_byId.contains(id)) {
    m_actions << action;
    m_defaults.insert(id, action->shortcuts());
  }
  m_byId[id] << action;
  if (const auto chosen = m_settings.keysOf(id)) action->setShortcuts(*chosen);
}

void ActionKeys::add(const QList<QAction*>& actions) {
  for (QAction* action : actions) add(action);
}

QAction* ActionKeys::find(const QString& id) const {
  return m_byId.value(id).value(0);
}

bool ActionKeys::isChanged(const QString& id) const {
  const QAction* action = find(id);
  return action && action->shortcuts() != m_defaults.value(id);
}

QAction* ActionKeys::ownerOf(const QKeySequence& key, const QString& exceptId) const {
  for (QAction* action : m_actions) {
    if (action->objectName() != exceptId && action->shortcuts().contains(key)) return action;
  }
  return nullptr;
}

void ActionKeys::apply(const QString& id, const QList<QKeySequence>& keys) {
  const QList<QAction*> actions = m_byId.value(id);
  for (QAction* action : actions) {
    action->setShortcuts(keys);
    const QString tip = actionTip(*action);
    action->setToolTip((keys.isEmpty() ? tip : tip + QStringLiteral(" (%1)").arg(keysText(*action)))
                           .toHtmlEscaped());
  }
}

void ActionKeys::choose(const QString& id, const QList<QKeySequence>& keys) {
  apply(id, keys);
  m_settings.setKeysOf(id, keys);
}

void ActionKeys::reset(const QString& id) {
  apply(id, m_defaults.value(id));
  m_settings.setKeysOf(id, std::nullopt);
}

void ActionKeys::resetAll() {
  for (const QAction* action : std::as_const(m_actions)) reset(action->objectName());
}

QString actionText(const QAction& action) {
  QString text = action.text();
  text.replace(QStringLiteral("&&"), QStringLiteral("\x01"));
  return text.remove(QChar('&')).replace(QChar('\x01'), QChar('&'));
}

QString actionTip(const QAction& action) {
  // The status tip of a disabled action ends with the reason.
  const QString tip = action.property("tip").toString();
  return !action.isEnabled() && !action.statusTip().isEmpty() ? action.statusTip() : tip;
}

QString keysText(const QAction& action) {
  return QKeySequence::listToString(action.shortcuts(), QKeySequence::NativeText)
      .replace(QStringLiteral("; "), QStringLiteral(", "));
}

}  // namespace explorer
