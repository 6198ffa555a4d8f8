#include "views/models/module_tree_model.h"

#include "views/models/showable_text.h"

namespace views::models {

/// A module. The invisible root's first child is the model itself (path "").
struct ModuleTreeModel::Item {
  std::string path;
  std::string name;
  std::string className;
  std::int64_t nodes = 0;  ///< of the joint graph, submodules included
  std::int64_t bytes = 0;
  Item* parent = nullptr;
  int row = 0;
  std::vector<std::unique_ptr<Item>> children;

  Item* add(std::string childPath, std::string childName) {
    auto child = std::make_unique<Item>();
    child->path = std::move(childPath);
    child->name = std::move(childName);
    child->parent = this;
    child->row = static_cast<int>(children.size());
    children.push_back(std::move(child));
    return children.back().get();
  }
};

ModuleTreeModel::ModuleTreeModel(QObject* parent) : QAbstractItemModel(parent) {}

ModuleTreeModel::~ModuleTreeModel() = default;

void ModuleTreeModel::setIndex(const RecordIndexPtr& index) {
  beginResetModel();
  m_root.reset();
  if (index && index->record()) {
    m_root = std::make_unique<Item>();
    m_root->add({}, index->record()->model.name);
    addModules(*index->record());
    if (index->joint()) addNodes(*index->joint());
  }
  endResetModel();
}

void ModuleTreeModel::addModules(const core::pipeline::CompileRecord& record) {
  const auto& modules =
      record.joint && !record.joint->modules.empty() ? record.joint->modules : record.model.modules;
  for (const auto& module : modules) ensure(module.path)->className = module.className;
}

void ModuleTreeModel::addNodes(const core::ir::Graph& graph) {
  for (const auto& node : graph.nodes()) {
    const auto* module = node.meta.anyModule();
    if (!node.isCall() || !module) continue;
    for (Item* item = ensure(module->path); item && item->parent; item = item->parent) {
      ++item->nodes;
      item->bytes += node.bytes();
    }
  }
}

ModuleTreeModel::Item* ModuleTreeModel::ensure(const std::string& path) {
  Item* model = m_root->children.front().get();
  if (path.empty()) return model;
  const std::size_t dot = path.rfind('.');
  Item* parent = dot == std::string::npos ? model : ensure(path.substr(0, dot));
  for (const auto& child : parent->children) {
    if (child->path == path) return child.get();
  }
  return parent->add(path, dot == std::string::npos ? path : path.substr(dot + 1));
}

ModuleTreeModel::Item* ModuleTreeModel::itemAt(const QModelIndex& index) const {
  return index.isValid() ? static_cast<Item*>(index.internalPointer()) : m_root.get();
}

QModelIndex ModuleTreeModel::index(int row, int column, const QModelIndex& parentIndex) const {
  if (!hasIndex(row, column, parentIndex)) return {};
  return createIndex(row, column,
                     itemAt(parentIndex)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex ModuleTreeModel::parent(const QModelIndex& child) const {
  if (!child.isValid()) return {};
  Item* item = itemAt(child)->parent;
  return item == m_root.get() ? QModelIndex() : createIndex(item->row, 0, item);
}

int ModuleTreeModel::rowCount(const QModelIndex& parentIndex) const {
  if (!m_root || parentIndex.column() > 0) return 0;
  return static_cast<int>(itemAt(parentIndex)->children.size());
}

int ModuleTreeModel::columnCount(const QModelIndex&) const {
  return ColumnCount;
}

QVariant ModuleTreeModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Item& item = *itemAt(index);
  if (role == PathRole) return QString::fromStdString(item.path);
  if (role == Qt::ToolTipRole) return showable(item.path).toHtmlEscaped();
  if (role == Qt::TextAlignmentRole && index.column() >= NodesColumn) {
    return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case NameColumn: return showable(item.name);
    case ClassColumn: return shortClassName(item.className);
    case NodesColumn: return item.nodes ? countText(item.nodes) : QString();
    case BytesColumn: return item.bytes ? bytesText(item.bytes) : QString();
    default: return {};
  }
}

QVariant ModuleTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  static const char* const kTitles[] = {"module", "class", "nodes", "bytes"};
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  if (section < 0 || section >= ColumnCount) return {};
  return QString::fromLatin1(kTitles[section]);
}

QModelIndex ModuleTreeModel::indexOfPath(const QString& path) const {
  if (!m_root) return {};
  const std::string wanted = path.toStdString();
  Item* item = m_root->children.front().get();
  while (item && item->path != wanted) {
    Item* next = nullptr;
    for (const auto& child : item->children) {
      const bool inside = wanted == child->path || wanted.starts_with(child->path + ".");
      if (inside) next = child.get();
    }
    item = next;
  }
  return item ? createIndex(item->row, 0, item) : QModelIndex();
}

}  // namespace views::models
