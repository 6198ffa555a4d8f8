#pragma once

// The one selection and the one filter that all views share. A view sends an intent and paints only
// what the hub announces; views do not know each other.

#include <QObject>
#include <QString>
#include <QStringList>

namespace views::shared {

/// Which graph a selection was made in. Names are kept when nodes are copied between these graphs,
/// so a name selected in one is looked up by name in the others.
enum class GraphKind { Joint, Forward, Backward };

/// What views do with the nodes that the filter finds and with the others. Tables show the found
/// ones, or with Hide the others.
enum class FilterMode {
  Highlight,  ///< mark the found ones
  Dim,        ///< and pale the others
  Hide,       ///< show the others only
  Isolate,    ///< show the found ones only
};

/// What is selected: nodes by name (the first is the primary one), or a module, or nothing.
struct Selection {
  GraphKind graph = GraphKind::Joint;
  QStringList nodes;
  QString module;  ///< path of the selected module; used while `nodes` is empty

  bool operator==(const Selection&) const = default;

  bool isEmpty() const { return nodes.isEmpty() && module.isEmpty(); }
  QString primary() const { return nodes.isEmpty() ? QString() : nodes.front(); }
};

/// Holds the selection and the filter text. Intents that change nothing are dropped,
/// so a view may answer an announcement without making a loop. The sender is told like all others.
class SelectionHub : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  const Selection& selection() const { return m_selection; }
  const QString& filter() const { return m_filter; }
  FilterMode filterMode() const { return m_mode; }

  void select(const Selection& selection);
  void selectNode(GraphKind graph, const QString& name) { select({graph, {name}, {}}); }
  void selectModule(GraphKind graph, const QString& path) { select({graph, {}, path}); }
  void clear() { select({m_selection.graph, {}, {}}); }
  /// The text of the search box, in the language of filter.h.
  void setFilter(const QString& text);
  void setFilterMode(FilterMode mode);
  /// Forgets everything: another model was opened.
  void reset();

 Q_SIGNALS:
  void selectionChanged(const views::shared::Selection& selection);
  /// The text or the mode has changed.
  void filterChanged(const QString& text);

 private:
  Selection m_selection;
  QString m_filter;
  FilterMode m_mode = FilterMode::Dim;
};

}  // namespace views::shared
