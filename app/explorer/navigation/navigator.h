#pragma once

// Going from node to node and from place to place. Knows the graph and the hub; what a place means
// on the screen is for the window to do.

#include <QObject>

#include "app/explorer/explorer_controller.h"
#include "app/explorer/navigation/place_history.h"
#include "views/pages/quick_pick.h"

namespace explorer {

class Navigator : public QObject {
  Q_OBJECT

 public:
  /// `window` is the parent of the lists that are shown; all three outlive the navigator.
  Navigator(ExplorerController* controller, views::shared::SelectionHub* hub, QWidget* window);

  // From the selected node.
  void goToMirror();
  /// The first input, or the first user.
  void goToNeighbour(bool towardsInputs);
  /// All of them, to pick one.
  void pickNeighbour(bool towardsInputs);
  void goToNextSaved();
  /// Any node, by its name.
  void pickNode();

  // Places. The window tells where the person is.
  void visit(const Place& place);
  void goBack();
  void goForward();
  bool canGoBack() const { return m_history.canGoBack(); }
  bool canGoForward() const { return m_history.canGoForward(); }
  /// Another model: no place of the old one means anything.
  void forgetPlaces();

  // Bookmarks.
  const QList<Bookmark>& bookmarks() const { return m_bookmarks; }
  void setBookmarks(const QList<Bookmark>& bookmarks);
  void addBookmark(const Place& place);
  void goToBookmark(int index);
  void pickBookmark();
  void pickBookmarkToRemove();

 Q_SIGNALS:
  /// The window is to show this place.
  void placeWanted(const explorer::Place& place);
  void historyChanged();
  void bookmarksChanged();
  void remarked(const QString& sentence);

 private:
  std::optional<core::ir::NodeId> selectedNode() const;
  void goTo(const std::string& name);
  void restore(const Place& place);
  views::pages::QuickPick* openPick(const QString& title, const QString& placeholder,
                                    const QList<views::pages::PickEntry>& entries);
  QList<views::pages::PickEntry> bookmarkEntries() const;

  ExplorerController* m_controller;
  views::shared::SelectionHub* m_hub;
  QWidget* m_window;
  PlaceHistory m_history;
  QList<Bookmark> m_bookmarks;
  bool m_isRestoring = false;  ///< what the window shows now is not a new place
};

}  // namespace explorer
