#pragma once

// Every action of the window as one list: the palette of commands, the list of shortcuts, and the
// keys that a person chooses.

#include <QObject>

#include "app/explorer/action_keys.h"
#include "app/explorer/engine_client.h"
#include "views/pages/quick_pick.h"

namespace views::pages {
class OperatorsDialog;
}

namespace explorer {

class WindowCommands : public QObject {
  Q_OBJECT

 public:
  WindowCommands(Settings settings, QWidget* window);

  ActionKeys& keys() { return m_keys; }
  /// Of a name that several views have, the palette calls the action of the view in use; `inUse`
  /// gives those, and what only the moment knows (recent files).
  void setMoment(std::function<QList<QAction*>()> inUse) { m_inUse = std::move(inUse); }
  void openPalette();
  void showShortcuts();
  /// Asks the engine for its table the first time.
  void showOperators(EngineClient* engine);
  void showAbout();

 private:
  /// What the palette lists: recent commands first.
  QList<QAction*> actionsNow() const;

  Settings m_settings;
  ActionKeys m_keys;
  QWidget* m_window;
  views::pages::OperatorsDialog* m_operators = nullptr;  ///< made when it is first asked for
  std::function<QList<QAction*>()> m_inUse;
};

}  // namespace explorer
