#include "app/explorer/navigation/navigator.h"

#include <QScopedValueRollback>

#include "views/models/showable_text.h"

namespace explorer {

using core::ir::Graph;
using core::ir::Node;
using core::ir::NodeId;
using views::pages::PickEntry;
using views::pages::QuickPick;

namespace {

PickEntry nodeEntry(const views::models::RecordIndex& index, const Node& node) {
  const QString name = QString::fromStdString(node.name);
  QStringList facts = {QString::fromStdString(node.target), views::models::valueText(node.value)};
  if (const auto* module = node.meta.anyModule()) facts << QString::fromStdString(module->path);
  facts.removeAll(QString());
  return {name, name, facts.join(QStringLiteral(" · ")), index.partText(node), true};
}

}  // namespace

Navigator::Navigator(ExplorerController* controller, views::shared::SelectionHub* hub,
                     QWidget* window)
    : QObject(window), m_controller(controller), m_hub(hub), m_window(window) {}

std::optional<NodeId> Navigator::selectedNode() const {
  const Graph* graph = m_controller->snapshot()->index->joint();
  return graph ? graph->find(m_hub->selection().primary().toStdString()) : std::nullopt;
}

void Navigator::goTo(const std::string& name) {
  if (name.empty()) return Q_EMIT remarked(tr("There is no such node from here."));
  m_hub->selectNode(m_hub->selection().graph, QString::fromStdString(name));
}

void Navigator::goToMirror() {
  goTo(m_controller->snapshot()->index->mirrorOf(m_hub->selection().primary().toStdString()));
}

void Navigator::goToNextSaved() {
  const auto* record = m_controller->snapshot()->record();
  if (!record || !record->partition || record->partition->savedTensors.empty()) return;
  const auto& saved = record->partition->savedTensors;
  const std::string current = m_hub->selection().primary().toStdString();
  const auto found = std::find_if(saved.begin(), saved.end(),
                                  [&](const auto& tensor) { return tensor.name == current; });
  const bool last = found == saved.end() || found + 1 == saved.end();
  goTo(last ? saved.front().name : (found + 1)->name);
}

void Navigator::goToNeighbour(bool towardsInputs) {
  const auto id = selectedNode();
  if (!id) return Q_EMIT remarked(tr("Select a node first."));
  const Graph& graph = *m_controller->snapshot()->index->joint();
  std::optional<NodeId> next;
  if (towardsInputs) {
    core::ir::forEachInput(graph.node(*id), [&](NodeId input) {
      if (!next) next = input;
    });
  } else if (!graph.users(*id).empty()) {
    next = graph.users(*id).front();
  }
  goTo(next ? graph.node(*next).name : std::string());
}

void Navigator::pickNeighbour(bool towardsInputs) {
  const auto id = selectedNode();
  if (!id) return Q_EMIT remarked(tr("Select a node first."));
  const auto index = m_controller->snapshot()->index;
  const Graph& graph = *index->joint();
  QList<PickEntry> entries;
  if (towardsInputs) {
    core::ir::forEachInput(graph.node(*id),
                           [&](NodeId input) { entries << nodeEntry(*index, graph.node(input)); });
  } else {
    for (const NodeId user : graph.users(*id)) entries << nodeEntry(*index, graph.node(user));
  }
  const QString name = views::models::showable(graph.node(*id).name);
  QuickPick* pick =
      openPick(towardsInputs ? tr("What %1 reads").arg(name) : tr("What reads %1").arg(name),
               tr("Name, operator or module"), entries);
  connect(pick, &QuickPick::picked, this, [this](const QString& key) { goTo(key.toStdString()); });
}

void Navigator::pickNode() {
  const auto index = m_controller->snapshot()->index;
  if (!index->joint()) return;
  QList<PickEntry> entries;
  entries.reserve(static_cast<qsizetype>(index->joint()->size()));
  for (const Node& node : index->joint()->nodes()) {
    if (node.kind != core::ir::NodeKind::Output) entries << nodeEntry(*index, node);
  }
  QuickPick* pick = openPick(tr("Go to a node"), tr("Name, operator or module"), entries);
  connect(pick, &QuickPick::picked, this, [this](const QString& key) { goTo(key.toStdString()); });
}

void Navigator::visit(const Place& place) {
  if (m_isRestoring) return;
  m_history.visit(place);
  Q_EMIT historyChanged();
}

void Navigator::restore(const Place& place) {
  const QScopedValueRollback<bool> guard(m_isRestoring, true);
  Q_EMIT placeWanted(place);
  Q_EMIT historyChanged();
}

void Navigator::goBack() {
  if (canGoBack()) restore(m_history.back());
}

void Navigator::goForward() {
  if (canGoForward()) restore(m_history.forward());
}

void Navigator::forgetPlaces() {
  m_history.clear();
  m_bookmarks.clear();
  Q_EMIT historyChanged();
  Q_EMIT bookmarksChanged();
}

void Navigator::setBookmarks(const QList<Bookmark>& bookmarks) {
  m_bookmarks = bookmarks;
  Q_EMIT bookmarksChanged();
}

void Navigator::addBookmark(const Place& place) {
  QString name = place.selection.primary();
  if (name.isEmpty()) name = place.selection.module;
  if (name.isEmpty()) name = views::pages::pageTitle(place.page);
  const Bookmark bookmark{name, place};
  if (m_bookmarks.contains(bookmark)) {
    return Q_EMIT remarked(tr("There is a bookmark of this place."));
  }
  m_bookmarks << bookmark;
  Q_EMIT remarked(tr("Bookmark %1: %2")
                      .arg(m_bookmarks.size())
                      .arg(views::models::showable(name.toStdString())));
  Q_EMIT bookmarksChanged();
}

void Navigator::goToBookmark(int index) {
  if (index < 0 || index >= m_bookmarks.size()) {
    return Q_EMIT remarked(tr("There is no bookmark %1 yet.").arg(index + 1));
  }
  const Place place = m_bookmarks[index].place;
  Q_EMIT placeWanted(place);
}

QList<PickEntry> Navigator::bookmarkEntries() const {
  QList<PickEntry> entries;
  for (qsizetype i = 0; i < m_bookmarks.size(); ++i) {
    const Bookmark& bookmark = m_bookmarks[i];
    entries << PickEntry{QString::number(i), bookmark.name,
                         tr("%1 page").arg(views::pages::pageTitle(bookmark.place.page)),
                         QString::number(i + 1), true};
  }
  return entries;
}

void Navigator::pickBookmark() {
  QuickPick* pick = openPick(tr("Bookmarks"), tr("Name of a bookmark"), bookmarkEntries());
  connect(pick, &QuickPick::picked, this,
          [this](const QString& key) { goToBookmark(key.toInt()); });
}

void Navigator::pickBookmarkToRemove() {
  QuickPick* pick = openPick(tr("Remove a bookmark"), tr("Name of a bookmark"), bookmarkEntries());
  connect(pick, &QuickPick::picked, this, [this](const QString& key) {
    m_bookmarks.removeAt(key.toInt());
    Q_EMIT bookmarksChanged();
  });
}

QuickPick* Navigator::openPick(const QString& title, const QString& placeholder,
                               const QList<PickEntry>& entries) {
  auto* pick = new QuickPick(title, placeholder, m_window);
  pick->setAttribute(Qt::WA_DeleteOnClose);
  pick->setModal(true);
  pick->setEntries(entries);
  pick->show();
  return pick;
}

}  // namespace explorer
