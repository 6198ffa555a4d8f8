#pragma once

// The graph with everything around it: toolbar, breadcrumbs, minimap, legend, search. Fold states
// become layout requests; the canvas shows what comes back.

#include <QLabel>
#include <QWidget>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/layout/layout.h"
#include "views/graph/breadcrumbs.h"
#include "views/graph/graph_canvas.h"
#include "views/graph/graph_view_state.h"
#include "views/graph/layout_runner.h"
#include "views/graph/legend.h"
#include "views/graph/minimap.h"
#include "views/shared/filter_subjects.h"

class QAction;
class QActionGroup;
class QLineEdit;
class QSpinBox;
class QToolBar;
class QToolButton;

namespace views::graph {

class GraphView : public QWidget {
  Q_OBJECT

 public:
  /// Joint shows the mirrored picture, Forward and Backward one graph alone. `hub` outlives the
  /// view.
  GraphView(shared::SelectionHub* hub, shared::GraphKind kind, QWidget* parent = nullptr);

  /// The graph to show; `partition` may be null for Joint; `facts` are for the filter only. The
  /// fold state is kept while the joint graph is the same.
  void setSnapshot(std::shared_ptr<const core::ir::JointGraph> joint,
                   std::shared_ptr<const core::partition::Partition> partition,
                   std::shared_ptr<const shared::NodeFactsByName> facts = nullptr);
  /// Which kernels compute which nodes, and what was measured of them; null: nothing yet.
  void setFigures(std::shared_ptr<const KernelLabels> kernels,
                  std::shared_ptr<const Measured> measured);
  void setOverlay(OverlayKind kind);
  OverlayKind overlay() const { return m_overlay; }
  /// Marks over the picture what changes from one partition to another; the same one: no marks.
  void showCutChange(const core::partition::Partition& before,
                     const core::partition::Partition& after);
  /// Shows a sentence instead: what is missing and what to do next.
  void showMessage(const QString& message);

  /// Empty while no graph is shown.
  std::optional<GraphViewState> state() const;
  /// Opens the same modules and looks at the same place; before a graph is shown: once it is.
  void restore(const GraphViewState& state);
  /// The same modules only.
  const std::set<std::string>& expanded() const { return m_request.options.expanded; }
  void restoreExpanded(const std::set<std::string>& keys);

  /// What is shown; null while there is no graph.
  const core::layout::GraphGeometryPtr& geometry() const { return m_geometry; }
  /// Shows the same boxes at other places, until the next layout.
  void showPlaced(const core::layout::GraphGeometryPtr& geometry);

  GraphCanvas* canvas() const { return m_canvas; }
  /// All actions, for menus and a palette of commands: zoom, fold, walk, search, export.
  const QList<QAction*>& viewActions() const { return m_actions; }
  /// Hides the search field, where the window has one of its own for the same hub.
  void setSearchVisible(bool visible);
  bool isLayoutRunning() const { return m_runner->isRunning(); }
  /// "3 of 412" for the filter of the hub; empty without a filter, the problem if it has one.
  const QString& filterSummary() const { return m_filterSummary; }
  /// Writes the picture (.svg, .pdf, .png) or the graph as text (.dot, .json); the suffix decides.
  /// Errors: those of exportGraph(); InvalidArgument if no graph is shown.
  core::Result<void> exportTo(const QString& path) const;
  /// Asks for a file, and before it writes a bitmap of more than 100 megapixels.
  void exportWithDialog();

 Q_SIGNALS:
  /// A new picture is on the screen.
  void shown();
  /// A person opened or closed modules.
  void folded();
  /// For the status bar: what is under the pointer, what is being done.
  void statusChanged(const QString& sentence);
  void filterSummaryChanged(const QString& summary);

 private:
  void buildToolbar();
  void buildActions();
  void buildSearch();
  void connectSignals();
  QAction* addAction(const QString& text, const QString& shortcut, const QString& help,
                     const std::function<void()>& run);

  void requestLayout(const QString& anchor);
  void takeGeometry(const core::layout::GraphGeometryPtr& geometry, const QString& anchor);
  void fold(const std::set<std::string>& keys);
  void toggleModule(const QString& key);
  void toggleAlike(const QString& key);
  std::string selectedModule() const;
  void expandBelow(bool wholeTree);
  void refold();
  void setExpanded(std::set<std::string> keys, const QString& anchor);
  void setDepth(int depth);
  void revealSelection();
  void applyFilter();
  void showFound(const std::vector<std::string>& names);
  void applyOverlay();
  void buildOverlays();
  void showCrumbs();
  bool mayWriteBitmap();
  void openContextMenu(const QPoint& at, const QString& moduleKey);
  const core::layout::ModuleCall* moduleOf(const QString& key) const;

  shared::SelectionHub* m_hub;
  shared::GraphKind m_kind;
  GraphCanvas* m_canvas;
  LayoutRunner* m_runner;
  Minimap* m_minimap;
  Legend* m_legend;
  Breadcrumbs* m_crumbs;
  QToolBar* m_toolbar;
  QLineEdit* m_search = nullptr;
  QAction* m_searchAction = nullptr;
  QLabel* m_count = nullptr;
  QLabel* m_zoom = nullptr;
  QSpinBox* m_depth = nullptr;
  QList<QAction*> m_actions;
  core::layout::LayoutRequest m_request;
  core::layout::GraphGeometryPtr m_geometry;
  bool m_isFoldChosen = false;  ///< by a person; else it follows from the width
  int m_widthAsked = 0;         ///< of the canvas when the last layout was asked for
  std::shared_ptr<const shared::NodeFactsByName> m_facts;
  shared::FilterSubjects m_subjects;
  shared::Filter m_filter;
  QString m_filterSummary;
  std::optional<GraphViewState> m_restored;  ///< to be shown with the next picture
  OverlayKind m_overlay = OverlayKind::None;
  std::shared_ptr<const KernelLabels> m_kernels;
  std::shared_ptr<const Measured> m_measured;
  QToolButton* m_overlayButton = nullptr;
  QActionGroup* m_overlayActions = nullptr;
  QAction* m_legendAction = nullptr;
};

}  // namespace views::graph
