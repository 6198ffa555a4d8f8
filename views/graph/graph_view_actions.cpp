// The toolbar of a graph view and its actions, which menus and the palette of commands show, too.

#include <QAction>
#include <QFileInfo>
#include <QLineEdit>
#include <QMessageBox>
#include <QSaveFile>
#include <QSpinBox>
#include <QToolBar>
#include <QToolButton>

#include "views/graph/companion_pane.h"
#include "views/graph/graph_export.h"
#include "views/graph/graph_view.h"
#include "views/shared/export_dialog.h"
#include "views/shared/graph_text.h"

namespace views::graph {

QAction* GraphView::addAction(const QString& text, const QString& shortcut, const QString& help,
                              const std::function<void()>& run) {
  auto* action = new QAction(text, this);
  // What settings and the palette of commands know it by; equal in all graph views.
  action->setObjectName(QStringLiteral("graph.") + QString(text).remove(QChar(' ')));
  action->setProperty("tip", help);
  if (!shortcut.isEmpty()) action->setShortcut(QKeySequence(shortcut));
  // Single letters act on the graph only while it has the focus.
  action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  action->setToolTip(shortcut.isEmpty() ? help : QStringLiteral("%1 (%2)").arg(help, shortcut));
  connect(action, &QAction::triggered, this, run);
  m_canvas->addAction(action);
  m_actions.append(action);
  return action;
}

void GraphView::buildActions() {
  const auto everything = [this] { setDepth(std::numeric_limits<int>::max()); };
  m_toolbar->addAction(addAction(tr("Fit"), QStringLiteral("Space"), tr("Show the whole graph"),
                                 [this] { m_canvas->fit(); }));
  m_toolbar->addAction(addAction(tr("Top"), QStringLiteral("Home"), tr("Go to the inputs"),
                                 [this] { m_canvas->showTop(); }));
  QAction* zoomOut = addAction(tr("Zoom Out"), QStringLiteral("-"), tr("Show more of the graph"),
                               [this] { m_canvas->zoomBy(1 / 1.25); });
  zoomOut->setIconText(QStringLiteral("−"));
  m_toolbar->addAction(zoomOut);
  QAction* zoomIn = addAction(tr("Zoom In"), QStringLiteral("+"), tr("Show the graph larger"),
                              [this] { m_canvas->zoomBy(1.25); });
  zoomIn->setIconText(QStringLiteral("+"));
  // On many keyboards + is Shift and =.
  zoomIn->setShortcuts({QKeySequence(QStringLiteral("+")), QKeySequence(QStringLiteral("="))});
  m_toolbar->addAction(zoomIn);
  addAction(tr("100 %"), QStringLiteral("0"), tr("Zoom to 100 %"), [this] { m_canvas->zoomTo(1); });
  addAction(tr("Zoom to Selection"), QStringLiteral("F"), tr("Centre the selection; again: fit it"),
            [this] { m_canvas->zoomToSelection(); });
  addAction(tr("Expand"), QStringLiteral("E"), tr("Open the selected module"),
            [this] { expandBelow(false); });
  addAction(tr("Expand All Inside"), QStringLiteral("Shift+E"),
            tr("Open the selected module and all modules inside"), [this] { expandBelow(true); });
  addAction(tr("Expand or Collapse All Alike"), QStringLiteral("A"),
            tr("Open or close the selected module and all that are equal to it"), [this] {
              if (m_geometry) toggleAlike(QString::fromStdString(selectedModule()));
            });
  m_toolbar->addSeparator();
  m_toolbar->addAction(
      addAction(tr("Expand All"), QStringLiteral("Ctrl+E"), tr("Open every module"), everything));
  m_toolbar->addAction(addAction(tr("Collapse All"), QStringLiteral("C"), tr("Close every module"),
                                 [this] { setDepth(0); }));
  addAction(tr("Expand One of Each"), {},
            tr("Open the first of equal modules in a row and close the others"), [this] {
              if (m_geometry) setExpanded(core::layout::expandedOneOfEach(*m_geometry), {});
            });
  addAction(tr("Focus Around Selection"), {},
            tr("Pale all but the neighbours of the selected box; again: one step further"), [this] {
              if (!m_canvas->focusAround()) Q_EMIT statusChanged(tr("Select a box first"));
            });
  addAction(tr("Focus Between Selections"), {},
            tr("Pale all but the ways between the two boxes selected last"), [this] {
              if (!m_canvas->focusBetween())
                Q_EMIT statusChanged(tr("No way leads between the two boxes selected last"));
            });
  addAction(tr("End Focus"), {}, tr("Show all boxes again"), [this] { applyFilter(); });
  addAction(tr("Reveal Selection"), QStringLiteral("R"),
            tr("Open the modules around the selected node"), [this] { revealSelection(); });
  addAction(tr("Mirror Side"), QStringLiteral("M"), tr("Jump between forward and backward"),
            [this] { m_canvas->goToMirror(); });
  addAction(tr("Next Box"), QStringLiteral("J"), tr("Select the next box"),
            [this] { m_canvas->step(true); });
  addAction(tr("Previous Box"), QStringLiteral("K"), tr("Select the previous box"),
            [this] { m_canvas->step(false); });
  addAction(tr("Next Hit"), QStringLiteral("N"), tr("Select the next box that the search found"),
            [this] { m_canvas->nextFound(true); });
  addAction(tr("Previous Hit"), QStringLiteral("Shift+N"),
            tr("Select the previous box that the search found"),
            [this] { m_canvas->nextFound(false); });
  addAction(tr("Export Graph…"), {}, tr("Write the graph as SVG, PDF, PNG, DOT or JSON"),
            [this] { exportWithDialog(); });
}

void GraphView::buildToolbar() {
  m_toolbar->setAccessibleName(tr("Graph toolbar"));
  buildActions();
  m_depth = new QSpinBox(this);
  m_depth->setPrefix(tr("depth "));
  m_depth->setAccessibleName(tr("Depth of expanded modules"));
  m_depth->setToolTip(tr("Open modules down to this depth"));
  connect(m_depth, &QSpinBox::valueChanged, this, &GraphView::setDepth);
  m_toolbar->addWidget(m_depth);
  m_toolbar->addSeparator();

  const auto toggle = [this](const QString& text, const QString& shortcut, const QString& help,
                             bool isOn, const std::function<void(bool)>& apply) {
    QAction* action = addAction(text, shortcut, help, [] {});
    action->setCheckable(true);
    action->setChecked(isOn);
    connect(action, &QAction::toggled, this, apply);
    return action;
  };
  m_legendAction = toggle(tr("Legend"), QStringLiteral("L"), tr("Show what lines and marks mean"),
                          false, [this](bool on) { m_legend->setVisible(on); });
  m_toolbar->addAction(m_legendAction);
  toggle(tr("Overview"), QStringLiteral("O"), tr("Show the small picture of the whole graph"), true,
         [this](bool on) { m_minimap->setWanted(on); });
  toggle(tr("Second Pane"), QStringLiteral("V"),
         tr("Show the graph twice, side by side, with rows aligned: forward and backward"), false,
         [this](bool on) { findChild<CompanionPane*>()->setVisible(on); });
  toggle(tr("Fold Views"), {}, tr("Draw view operators inside the box that makes their input"),
         true, [this](bool on) {
           m_request.options.foldViews = on;
           if (m_request.joint) requestLayout({});
         });
  toggle(tr("Parameter Lines"), {}, tr("Draw parameters that the backward reads again"), true,
         [this](bool on) {
           m_request.options.showStaticNets = on;
           if (m_request.joint) requestLayout({});
         });
  buildOverlays();
  buildSearch();
  m_zoom = new QLabel(this);
  m_zoom->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral(" 400 % ")));
  m_zoom->setAlignment(Qt::AlignCenter);
  m_zoom->setAccessibleName(tr("Zoom"));
  m_toolbar->addWidget(m_zoom);
}

void GraphView::buildSearch() {
  m_search = new QLineEdit(this);
  m_search->setPlaceholderText(tr("Search: op:conv saved:yes bytes:>1MiB …"));
  m_search->setAccessibleName(tr("Search the graph"));
  m_search->setClearButtonEnabled(true);
  m_search->setMaximumWidth(320);
  connect(m_search, &QLineEdit::textChanged, m_hub, &shared::SelectionHub::setFilter);
  connect(m_search, &QLineEdit::returnPressed, this, [this] { m_canvas->nextFound(true); });
  m_searchAction = m_toolbar->addWidget(m_search);
  m_count = new QLabel(this);
  m_count->setTextFormat(Qt::PlainText);
  m_count->setAccessibleName(tr("Number of hits"));
  m_toolbar->addWidget(m_count);
}

void GraphView::setSearchVisible(bool visible) {
  m_searchAction->setVisible(visible);
}

core::Result<void> GraphView::exportTo(const QString& path) const {
  if (!m_canvas->scene()) {
    return core::Error{core::ErrorCode::InvalidArgument,
                       "There is no graph to export: open a model, or trace it.",
                       {},
                       {}};
  }
  const QString suffix = QFileInfo(path).suffix().toLower();
  const bool isDot = suffix == QLatin1String("dot");
  if (!isDot && suffix != QLatin1String("json")) {
    return exportGraph(*m_canvas->scene(), m_canvas->colors(), path);
  }
  const std::string text = isDot ? shared::dotText(m_subjects) : shared::jsonText(m_subjects);
  QSaveFile file(path);
  const auto size = static_cast<qint64>(text.size());
  if (file.open(QIODevice::WriteOnly) && file.write(text.data(), size) == size && file.commit()) {
    return {};
  }
  return core::Error{
      core::ErrorCode::FileNotFound,
      "Cannot write " + path.toStdString() + ": " + file.errorString().toStdString() + ".",
      {},
      {}};
}

/// False if the person thinks better of a bitmap that large.
bool GraphView::mayWriteBitmap() {
  constexpr qint64 kAskAbove = 100'000'000;
  const QSize size = exportSize(*m_canvas->scene(), 2);
  const qint64 pixels = qint64(size.width()) * size.height();
  if (pixels <= kAskAbove) return true;
  return QMessageBox::question(
             this, tr("Export Graph"),
             tr("The bitmap has %1 × %2 pixels and needs %3 MiB of memory. Write it?")
                 .arg(size.width())
                 .arg(size.height())
                 .arg(pixels * 4 / (1024 * 1024))) == QMessageBox::Yes;
}

void GraphView::exportWithDialog() {
  if (!m_canvas->scene()) return;
  const QString path = shared::askForExportFile(
      this, tr("Export Graph"),
      tr("Vector picture (*.svg);;Vector page (*.pdf);;Bitmap (*.png);;Graphviz (*.dot);;"
         "Graph as JSON (*.json)"));
  if (path.isEmpty()) return;
  if (path.endsWith(QLatin1String(".png"), Qt::CaseInsensitive) && !mayWriteBitmap()) return;
  const auto written = exportTo(path);
  if (written) return Q_EMIT statusChanged(tr("Wrote %1").arg(path));
  QMessageBox box(QMessageBox::Warning, tr("The graph was not written"),
                  QString::fromStdString(written.error().message), QMessageBox::Ok, this);
  box.setTextFormat(Qt::PlainText);
  box.exec();
}

}  // namespace views::graph
