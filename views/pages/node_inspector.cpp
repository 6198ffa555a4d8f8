#include "views/pages/node_inspector.h"

#include <QButtonGroup>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <span>

#include "views/models/graph_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/pages/why_panel.h"

namespace views::pages {

using core::ir::Node;
using core::ir::NodeId;
using models::showable;

namespace {

constexpr std::size_t kMaxLinks = 64;
constexpr int kNodeRole = Qt::UserRole;
constexpr int kKernelRole = Qt::UserRole + 1;

QLabel* factLabel(QWidget* parent, const QString& name) {
  QLabel* label = plainLabel(QString(), parent);
  label->setWordWrap(true);
  label->setAccessibleName(name);
  label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  label->setMinimumWidth(40);
  return label;
}

std::vector<std::string> namesOf(const core::ir::Graph& graph, std::span<const NodeId> ids) {
  std::vector<std::string> names;
  for (const NodeId id : ids) names.push_back(graph.node(id).name);
  return names;
}

std::vector<NodeId> inputsOf(const Node& node) {
  std::vector<NodeId> inputs;
  core::ir::forEachInput(node, [&](NodeId id) {
    if (std::find(inputs.begin(), inputs.end(), id) == inputs.end()) inputs.push_back(id);
  });
  return inputs;
}

}  // namespace

NodeInspector::NodeInspector(shared::SelectionHub* hub, QWidget* parent)
    : QWidget(parent), m_hub(hub), m_snapshot(std::make_shared<const Snapshot>()) {
  setAccessibleName(tr("Inspector"));
  m_name = headingLabel(QString(), this);
  m_name->setWordWrap(true);
  m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_hint = plainLabel(QString(), this);
  m_hint->setWordWrap(true);
  buildFacts();
  buildPins();
  m_whyPanel = new WhyPanel(this);
  buildLinks();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addWidget(m_name);
  layout->addWidget(m_hint);
  layout->addWidget(m_facts);
  layout->addWidget(m_pins);
  layout->addWidget(m_whyPanel);
  layout->addWidget(m_links, 1);
  layout->addStretch(0);
  connect(m_hub, &shared::SelectionHub::selectionChanged, this, &NodeInspector::update);
  update();
}

void NodeInspector::buildFacts() {
  m_facts = new QWidget(this);
  auto* form = new QFormLayout(m_facts);
  form->setContentsMargins(0, 0, 0, 0);
  form->setHorizontalSpacing(10);
  form->setVerticalSpacing(3);
  form->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  const auto add = [&](QLabel*& label, const QString& title) {
    label = factLabel(m_facts, title);
    form->addRow(title, label);
  };
  add(m_op, tr("op"));
  add(m_value, tr("value"));
  add(m_bytes, tr("bytes"));
  add(m_part, tr("part"));
  add(m_fate, tr("fate"));
  add(m_why, tr("why"));
  add(m_module, tr("module"));
  add(m_source, tr("source"));
  add(m_kernel, tr("kernel"));
}

void NodeInspector::buildPins() {
  m_pins = new QWidget(this);
  auto* layout = new QHBoxLayout(m_pins);
  layout->setContentsMargins(0, 4, 0, 4);
  auto* group = new QButtonGroup(this);
  const std::array<QString, 3> texts = {tr("&Save"), tr("&Recompute"), tr("&Auto")};
  const std::array<QString, 3> tips = {tr("Always hand this value to the backward"),
                                       tr("Always compute this value again in the backward"),
                                       tr("Let the partitioner decide")};
  for (int i = 0; i < 3; ++i) {
    auto* button = new QPushButton(texts[static_cast<std::size_t>(i)], m_pins);
    button->setToolTip(tips[static_cast<std::size_t>(i)]);
    button->setCheckable(true);
    button->setMinimumWidth(20);
    group->addButton(button, i);
    layout->addWidget(button);
    m_pinButtons[static_cast<std::size_t>(i)] = button;
  }
  connect(group, &QButtonGroup::idClicked, this,
          [this](int id) { Q_EMIT pinned(m_hub->selection().primary(), static_cast<Pin>(id)); });
}

void NodeInspector::buildLinks() {
  m_links = new QTreeWidget(this);
  m_links->setAccessibleName(tr("Neighbours of the node"));
  m_links->setColumnCount(2);
  m_links->setHeaderLabels({tr("neighbour"), tr("value")});
  m_links->setAlternatingRowColors(true);
  m_links->setTextElideMode(Qt::ElideMiddle);
  m_links->setColumnWidth(0, 170);
  connect(m_links, &QTreeWidget::itemActivated, this,
          [this](QTreeWidgetItem* item) { onLink(item); });
  connect(m_links, &QTreeWidget::itemClicked, this,
          [this](QTreeWidgetItem* item) { onLink(item); });
}

void NodeInspector::setSnapshot(SnapshotPtr snapshot) {
  m_snapshot = std::move(snapshot);
  update();
}

QString NodeInspector::shownName() const {
  return m_name->text();
}

void NodeInspector::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (m_stale) update();
}

void NodeInspector::update() {
  m_stale = !isVisible();
  if (m_stale) return;
  const shared::Selection& selection = m_hub->selection();
  const core::ir::Graph* graph = m_snapshot->index->joint();
  if (!selection.nodes.isEmpty() && graph) {
    const auto id = graph->find(selection.primary().toStdString());
    if (id) return showNode(graph->node(*id));
    return showNothing(tr("%1 is not a node of the joint graph: it was made by a later stage.")
                           .arg(showable(selection.primary().toStdString())));
  }
  if (!selection.module.isEmpty()) return showModule(selection.module);
  showNothing(tr("Select a node in a graph or a table to see what is known of it."));
}

void NodeInspector::showNothing(const QString& sentence) {
  m_name->setText(tr("Nothing is selected"));
  m_hint->setText(sentence);
  m_hint->show();
  for (QWidget* part :
       {m_facts, m_pins, static_cast<QWidget*>(m_whyPanel), static_cast<QWidget*>(m_links)}) {
    part->hide();
  }
  m_asked.clear();
}

void NodeInspector::showModule(const QString& path) {
  const core::ir::Graph* graph = m_snapshot->index->joint();
  int nodes = 0;
  std::int64_t saved = 0;
  const std::string prefix = path.toStdString();
  for (const Node& node : graph ? graph->nodes() : std::vector<Node>()) {
    const auto* module = node.meta.anyModule();
    if (!module || (module->path != prefix && !module->path.starts_with(prefix + "."))) continue;
    ++nodes;
    if (const auto* tensor = m_snapshot->index->saved(node.name)) saved += tensor->bytes;
  }
  showNothing(tr("Module with %1; %2 of its values are saved for the backward.")
                  .arg(models::countedText(nodes, tr("node")), models::bytesText(saved)));
  m_name->setText(showable(prefix));
}

void NodeInspector::showNode(const Node& node) {
  m_hint->hide();
  for (QWidget* part : {m_facts, static_cast<QWidget*>(m_links)}) part->show();
  m_name->setText(showable(node.name));
  fillFacts(node);
  fillFate(node);
  fillPins(node);
  fillLinks(node);
}

void NodeInspector::fillFacts(const Node& node) {
  const QString none = QStringLiteral("–");
  const auto orNone = [&](const QString& text) { return text.isEmpty() ? none : text; };
  m_op->setText(showable(node.target));
  m_value->setText(orNone(models::valueText(node.value)));
  m_bytes->setText(node.bytes() > 0 ? models::bytesText(node.bytes()) : none);
  m_bytes->setToolTip(models::exactBytesText(node.bytes()));
  m_part->setText(m_snapshot->index->partText(node));
  m_module->setText(orNone(models::moduleText(node.meta.anyModule())));
  QString source = models::sourceText(node.meta.source.get());
  if (node.meta.source) source += QStringLiteral("\n") + showable(node.meta.source->code);
  m_source->setText(orNone(source.trimmed()));
  QStringList kernels;
  for (const int kernel : m_snapshot->index->kernelsOf(node.name)) {
    const auto& entry = m_snapshot->index->kernels()[static_cast<std::size_t>(kernel)];
    kernels << entry.label() + QChar(' ') + showable(entry.name);
  }
  m_kernel->setText(orNone(kernels.join(QChar('\n'))));
}

void NodeInspector::fillFate(const Node& node) {
  const auto* decision = m_snapshot->index->decision(node.name);
  if (decision) {
    m_fate->setText(models::fateText(decision->fate));
    m_why->setText(showable(decision->sentence));
  } else if (m_snapshot->index->saved(node.name)) {
    m_fate->setText(tr("saved"));
    m_why->setText(tr("an input of the step: keeping it costs no memory"));
  } else {
    m_fate->setText(QStringLiteral("–"));
    m_why->setText(QStringLiteral("–"));
  }
}

void NodeInspector::fillPins(const Node& node) {
  const bool pinnable = node.isCall() && !m_snapshot->index->isBackward(node) && node.tensor() &&
                        m_snapshot->record()->partition != nullptr;
  m_pins->setVisible(pinnable);
  const Pin pin = pinOf(m_snapshot->options.partition, node.name);
  m_pinButtons[static_cast<std::size_t>(pin)]->setChecked(true);
  pinnable ? askWhy(node) : m_whyPanel->hide();
}

/// Once for each value and partition.
void NodeInspector::askWhy(const Node& node) {
  const auto& partition = m_snapshot->record()->partition;
  const QString name = QString::fromStdString(node.name);
  if (name == m_asked && partition == m_askedOf) return;
  m_asked = name;
  m_askedOf = partition;
  m_whyPanel->showBusy();
  Q_EMIT whyWanted(name);
}

void NodeInspector::showAnswer(const QString& name,
                               const core::Result<core::partition::ValueAnswer>& answer) {
  if (name == m_asked) m_whyPanel->showAnswer(answer);
}

QTreeWidgetItem* NodeInspector::addGroup(const QString& title,
                                         const std::vector<std::string>& names) {
  if (names.empty()) return nullptr;
  auto* group = new QTreeWidgetItem(m_links, {tr("%1 (%2)").arg(title).arg(names.size())});
  group->setFirstColumnSpanned(true);
  const core::ir::Graph& graph = *m_snapshot->index->joint();
  for (std::size_t i = 0; i < std::min(names.size(), kMaxLinks); ++i) {
    const auto id = graph.find(names[i]);
    const QString value = id ? models::valueText(graph.node(*id).value) : QString();
    auto* item = new QTreeWidgetItem(group, {showable(names[i]), value});
    item->setData(0, kNodeRole, QString::fromStdString(names[i]));
    item->setToolTip(0, showable(names[i]).toHtmlEscaped());
    item->setToolTip(1, value.toHtmlEscaped());
  }
  if (names.size() > kMaxLinks) {
    new QTreeWidgetItem(group, {tr("and %1 more").arg(names.size() - kMaxLinks)});
  }
  group->setExpanded(true);
  return group;
}

void NodeInspector::fillLinks(const Node& node) {
  m_links->clear();
  const core::ir::Graph& graph = *m_snapshot->index->joint();
  addGroup(tr("inputs"), namesOf(graph, inputsOf(node)));
  addGroup(tr("users"), namesOf(graph, graph.users(node.id)));
  if (const std::string mirror = m_snapshot->index->mirrorOf(node.name); !mirror.empty()) {
    addGroup(tr("mirror side (M)"), {mirror});
  }
  const auto kernels = m_snapshot->index->kernelsOf(node.name);
  if (kernels.empty()) return;
  auto* group = new QTreeWidgetItem(m_links, {tr("kernels (%1)").arg(kernels.size())});
  for (const int kernel : kernels) {
    const auto& entry = m_snapshot->index->kernels()[static_cast<std::size_t>(kernel)];
    auto* item = new QTreeWidgetItem(group, {entry.label(), showable(entry.name)});
    item->setData(0, kKernelRole, true);
  }
  group->setExpanded(true);
}

void NodeInspector::onLink(QTreeWidgetItem* item) {
  // A selection rebuilds the tree, so the item is not touched after it.
  const QString name = item->data(0, kNodeRole).toString();
  const bool isKernel = item->data(0, kKernelRole).toBool();
  if (!name.isEmpty()) m_hub->selectNode(m_hub->selection().graph, name);
  if (isKernel) Q_EMIT kernelWanted(m_hub->selection().primary());
}

}  // namespace views::pages
