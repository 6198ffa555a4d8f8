#include "views/graph/graph_view.h"

#include <QLineEdit>
#include <QMenu>
#include <QSpinBox>
#include <QToolBar>
#include <QVBoxLayout>
#include <algorithm>

#include "views/graph/companion_pane.h"

namespace views::graph {

using core::layout::GraphGeometryPtr;
using core::layout::ModuleCall;
using core::layout::Picture;
using shared::GraphKind;

namespace {

// Device pixels a unit at which every title and most second lines can be read.
constexpr double kReadableScale = 0.6;

Picture pictureOf(GraphKind kind) {
  switch (kind) {
    case GraphKind::Joint: return Picture::Mirrored;
    case GraphKind::Forward: return Picture::Forward;
    case GraphKind::Backward: return Picture::Backward;
  }
  return Picture::Mirrored;
}

}  // namespace

GraphView::GraphView(shared::SelectionHub* hub, GraphKind kind, QWidget* parent)
    : QWidget(parent),
      m_hub(hub),
      m_kind(kind),
      m_canvas(new GraphCanvas(hub, kind, this)),
      m_runner(new LayoutRunner(this)),
      m_minimap(new Minimap(m_canvas, this)),
      m_legend(new Legend(m_canvas, this)),
      m_crumbs(new Breadcrumbs(this)),
      m_toolbar(new QToolBar(this)) {
  m_request.options.picture = pictureOf(kind);
  m_request.memo = core::layout::makeLayoutMemo();
  m_legend->hide();
  m_crumbs->showCall({}, -1);
  buildToolbar();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(m_toolbar);
  layout->addWidget(m_crumbs);
  auto* sides = new QHBoxLayout;
  sides->setSpacing(0);
  sides->addWidget(m_canvas, 1);
  auto* second = new CompanionPane(m_canvas, hub, kind, this);
  second->hide();
  sides->addWidget(second, 1);
  sides->addWidget(m_minimap);
  layout->addLayout(sides, 1);
  layout->addWidget(m_legend);
  connectSignals();
  showMessage(tr("No graph yet. Open a model, or trace it."));
}

void GraphView::connectSignals() {
  connect(m_runner, &LayoutRunner::finished, this, &GraphView::takeGeometry);
  connect(m_runner, &LayoutRunner::failed, this, &GraphView::showMessage);
  connect(m_runner, &LayoutRunner::busy, this, &GraphView::statusChanged);
  connect(m_canvas, &GraphCanvas::toggleRequested, this, &GraphView::toggleModule);
  connect(m_canvas, &GraphCanvas::contextMenuRequested, this, &GraphView::openContextMenu);
  connect(m_canvas, &GraphCanvas::hovered, this, &GraphView::statusChanged);
  connect(m_canvas, &GraphCanvas::viewportChanged, this, [this] {
    m_zoom->setText(QStringLiteral("%1 %").arg(qRound(m_canvas->viewport().scale() * 100)));
  });
  connect(m_canvas, &GraphCanvas::resized, this, &GraphView::refold);
  connect(m_crumbs, &Breadcrumbs::chosen, this,
          [this](const QString& key) { m_hub->selectModule(m_kind, key); });
  connect(m_hub, &shared::SelectionHub::selectionChanged, this, &GraphView::showCrumbs);
  connect(m_hub, &shared::SelectionHub::filterChanged, this, &GraphView::applyFilter);
}

void GraphView::setSnapshot(std::shared_ptr<const core::ir::JointGraph> joint,
                            std::shared_ptr<const core::partition::Partition> partition,
                            std::shared_ptr<const shared::NodeFactsByName> facts) {
  if (!joint) return showMessage(tr("No graph yet. Open a model, or trace it."));
  const bool hasNewFacts = facts != m_facts;
  m_facts = std::move(facts);
  const bool isKnown = joint == m_request.joint && partition == m_request.partition;
  if (isKnown && (m_geometry || m_runner->isRunning())) {
    if (!hasNewFacts) return;
    m_subjects = shared::FilterSubjects(m_request.joint, m_request.partition, m_facts);
    return applyFilter();
  }
  if (joint != m_request.joint) {
    m_isFoldChosen = m_restored.has_value();
    m_request.options.expandAutomatically = !m_restored;
    m_request.options.expanded = m_restored ? m_restored->expanded : std::set<std::string>();
  }
  m_request.joint = std::move(joint);
  m_request.partition = std::move(partition);
  m_subjects = shared::FilterSubjects(m_request.joint, m_request.partition, m_facts);
  requestLayout({});
}

void GraphView::showCutChange(const core::partition::Partition& before,
                              const core::partition::Partition& after) {
  m_canvas->setCutChange(cutOf(before), cutOf(after));
}

void GraphView::showMessage(const QString& message) {
  m_runner->cancel();
  m_geometry.reset();
  m_canvas->showMessage(message);
  m_depth->setEnabled(false);
}

void GraphView::requestLayout(const QString& anchor) {
  m_widthAsked = m_canvas->width();
  m_request.options.widest = qRound(m_widthAsked / kReadableScale);
  m_runner->start(m_request, anchor);
}

void GraphView::takeGeometry(const GraphGeometryPtr& geometry, const QString& anchor) {
  m_geometry = geometry;
  // What was chosen once stays, so that another partition does not fold the picture anew.
  m_request.options.expandAutomatically = false;
  m_request.options.expanded = core::layout::expandedKeys(*geometry);
  int deepest = 0;
  for (const ModuleCall& call : geometry->modules) deepest = std::max(deepest, call.depth);
  const QSignalBlocker blocker(m_depth);
  m_depth->setEnabled(deepest > 0);
  m_depth->setMaximum(deepest);
  int open = deepest;
  for (const ModuleCall& call : geometry->modules)
    if (!call.expanded) open = std::min(open, call.depth - 1);
  m_depth->setValue(open);
  m_canvas->show(std::make_shared<const GraphScene>(geometry), anchor);
  if (m_restored) {
    m_canvas->zoomTo(m_restored->scale);
    m_canvas->centerOn(m_restored->center);
    m_restored.reset();
  }
  showCrumbs();
  applyFilter();
  applyOverlay();
  Q_EMIT shown();
}

/// A picture that nobody has moved or folded yet is made anew for another width.
void GraphView::refold() {
  const bool isUntouched = !m_isFoldChosen && m_canvas->isAtTop();
  if (!m_geometry || !isUntouched || m_canvas->width() == m_widthAsked) return;
  m_request.options.expandAutomatically = true;
  requestLayout({});
}

std::optional<GraphViewState> GraphView::state() const {
  if (!m_geometry) return m_restored;
  const Viewport& viewport = m_canvas->viewport();
  return GraphViewState{m_request.options.expanded, viewport.scale(), viewport.visible().center()};
}

void GraphView::restore(const GraphViewState& state) {
  m_restored = state;
  if (m_geometry) fold(state.expanded);
}

void GraphView::restoreExpanded(const std::set<std::string>& keys) {
  if (m_geometry && keys != m_request.options.expanded) fold(keys);
}

void GraphView::showPlaced(const GraphGeometryPtr& geometry) {
  m_geometry = geometry;
  m_canvas->show(std::make_shared<const GraphScene>(geometry), {});
  m_canvas->fit();
  applyFilter();
}

/// As a person would fold it, without saying so.
void GraphView::fold(const std::set<std::string>& keys) {
  m_isFoldChosen = true;
  m_request.options.expandAutomatically = false;
  m_request.options.expanded = keys;
  requestLayout({});
}

void GraphView::setExpanded(std::set<std::string> keys, const QString& anchor) {
  m_isFoldChosen = true;
  m_request.options.expandAutomatically = false;
  m_request.options.expanded = std::move(keys);
  if (m_request.joint) requestLayout(anchor);
  Q_EMIT folded();
}

void GraphView::toggleModule(const QString& key) {
  std::set<std::string> keys = m_request.options.expanded;
  const std::string name = key.toStdString();
  if (!keys.insert(name).second) keys.erase(name);
  setExpanded(std::move(keys), key);
}

void GraphView::toggleAlike(const QString& key) {
  setExpanded(core::layout::toggledAlike(*m_geometry, key.toStdString()), key);
}

void GraphView::setDepth(int depth) {
  if (m_geometry) setExpanded(core::layout::expandedToDepth(*m_geometry, depth), {});
}

const ModuleCall* GraphView::moduleOf(const QString& key) const {
  if (!m_geometry) return nullptr;
  for (const ModuleCall& call : m_geometry->modules)
    if (call.key == key.toStdString()) return &call;
  return nullptr;
}

/// The selected module, or the innermost around the selected node; empty if there is none.
std::string GraphView::selectedModule() const {
  const shared::Selection& selection = m_hub->selection();
  if (!selection.module.isEmpty()) return selection.module.toStdString();
  const auto found = m_geometry->callOfNode.find(selection.primary().toStdString());
  return found == m_geometry->callOfNode.end() ? std::string()
                                               : m_geometry->modules[found->second].key;
}

/// Opens what is selected: the module itself, or with `wholeTree` everything inside it, too.
void GraphView::expandBelow(bool wholeTree) {
  if (!m_geometry) return;
  const std::string key = selectedModule();
  std::set<std::string> keys = m_request.options.expanded;
  const auto& modules = m_geometry->modules;
  for (std::size_t i = 0; i < modules.size(); ++i) {
    bool isInside = modules[i].key == key;
    for (int c = modules[i].parent; wholeTree && c >= 0; c = modules[c].parent)
      isInside |= modules[c].key == key;
    if (isInside) keys.insert(modules[i].key);
  }
  setExpanded(std::move(keys), QString::fromStdString(key));
}

void GraphView::revealSelection() {
  const QString node = m_hub->selection().primary();
  if (!m_geometry || node.isEmpty()) return;
  setExpanded(core::layout::expandedAround(*m_geometry, node.toStdString()), {});
}

void GraphView::showCrumbs() {
  if (!m_geometry) return;
  const shared::Selection& selection = m_hub->selection();
  int call = -1;
  for (std::size_t i = 0; i < m_geometry->modules.size(); ++i)
    if (m_geometry->modules[i].key == selection.module.toStdString()) call = static_cast<int>(i);
  const auto found = m_geometry->callOfNode.find(selection.primary().toStdString());
  if (!selection.nodes.isEmpty() && found != m_geometry->callOfNode.end()) call = found->second;
  m_crumbs->showCall(*m_geometry, call);
}

/// A filter with a mistake keeps the last good result.
void GraphView::applyFilter() {
  const QString text = m_hub->filter();
  if (m_search && m_search->text() != text) m_search->setText(text);
  const auto parsed = shared::parseFilter(text.toStdString());
  QString summary;
  if (parsed) m_filter = *parsed;
  const auto names =
      m_filter.isEmpty() ? std::vector<std::string>() : m_subjects.matching(m_filter);
  showFound(names);
  if (!parsed) {
    summary = QString::fromStdString(parsed.error().message);
  } else if (!m_filter.isEmpty()) {
    summary = tr("%1 of %2").arg(names.size()).arg(m_subjects.all().size());
  }
  m_count->setText(summary);
  if (summary == m_filterSummary) return;
  m_filterSummary = summary;
  Q_EMIT filterSummaryChanged(summary);
}

void GraphView::showFound(const std::vector<std::string>& names) {
  if (m_filter.isEmpty()) return m_canvas->setFound({}, Others::Shown);
  switch (m_hub->filterMode()) {
    case shared::FilterMode::Highlight: return m_canvas->setFound(names, Others::Shown);
    case shared::FilterMode::Dim: return m_canvas->setFound(names, Others::Paler);
    case shared::FilterMode::Isolate: return m_canvas->setFound(names, Others::Hidden);
    case shared::FilterMode::Hide: break;
  }
  const std::set<std::string> found(names.begin(), names.end());
  std::vector<std::string> others;
  for (const auto& subject : m_subjects.all()) {
    if (found.count(subject.node->name) == 0) others.push_back(subject.node->name);
  }
  m_canvas->setFound(others, Others::Hidden);
}

void GraphView::openContextMenu(const QPoint& at, const QString& moduleKey) {
  QMenu menu(this);
  if (const ModuleCall* call = moduleOf(moduleKey)) {
    const QString name = oneLine(call->key);
    menu.addAction(call->expanded ? tr("Collapse %1").arg(name) : tr("Expand %1").arg(name), this,
                   [this, moduleKey] { toggleModule(moduleKey); });
    menu.addAction(
        call->expanded ? tr("Collapse All Like %1").arg(name) : tr("Expand All Like %1").arg(name),
        this, [this, moduleKey] { toggleAlike(moduleKey); });
    menu.addSeparator();
  }
  menu.addActions(m_actions);
  menu.exec(at);
}

}  // namespace views::graph
