#include "views/models/layer_table.h"

#include <QCoreApplication>
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/partition/recompute_cost.h"
#include "views/models/column_makers.h"
#include "views/models/showable_text.h"
#include "views/models/slice_nodes.h"

namespace views::models {

using core::ir::Graph;
using core::ir::Node;
using core::ir::NodeId;
using core::partition::MachinePeaks;
using core::run::Profile;
using core::run::ProfileSlice;

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("LayerTable", text);
}

std::string pathOf(const Node& node) {
  const auto* module = node.meta.anyModule();
  return module ? module->path : std::string();
}

/// Adds up layers by the path of their module, in the order of their first node.
class LayerSum {
 public:
  explicit LayerSum(const RecordIndex& index) : m_index(index), m_graph(*index.joint()) {
    for (const Node& node : m_graph.nodes())
      if (node.isCall()) addNode(node);
  }

  void addTimes(const Profile& profile) {
    for (const ProfileSlice& slice : profile.eager.slices)
      if (LayerFigures* layer = layerOf(slice))
        (slice.inBackward ? layer->eagerBackwardUs : layer->eagerForwardUs) += slice.durationUs;
    for (const ProfileSlice& slice : profile.compiled.slices)
      if (LayerFigures* layer = layerOf(slice))
        (slice.inBackward ? layer->compiledBackwardUs : layer->compiledForwardUs) +=
            slice.durationUs;
  }

  std::vector<LayerFigures> take() { return std::move(m_layers); }

 private:
  void addNode(const Node& node) {
    const auto [place, isNew] = m_placeOf.try_emplace(pathOf(node), m_layers.size());
    if (isNew) {
      m_layers.emplace_back();
      m_layers.back().path = place->first;
      const auto* module = node.meta.anyModule();
      if (module) m_layers.back().className = module->className;
      m_layers.back().node = node.name;
    }
    LayerFigures& layer = m_layers[place->second];
    const double flops = core::partition::flopCount(m_graph, node);
    (m_index.isBackward(node) ? layer.backwardFlops : layer.forwardFlops) += flops;
    if (const auto* meta = node.tensor()) layer.writtenBytes += meta->bytes();
    if (const auto* saved = m_index.saved(node.name)) layer.savedBytes += saved->bytes;
  }

  LayerFigures* layerOf(const ProfileSlice& slice) {
    const auto id = slice.node.empty() ? std::nullopt : m_graph.find(slice.node);
    const auto found = id ? m_placeOf.find(pathOf(m_graph.node(*id))) : m_placeOf.end();
    return found == m_placeOf.end() ? nullptr : &m_layers[found->second];
  }

  const RecordIndex& m_index;
  const Graph& m_graph;
  std::vector<LayerFigures> m_layers;
  std::unordered_map<std::string, std::size_t> m_placeOf;
};

/// Bytes of values that come from outside of `nodes` or are used there.
std::int64_t bytesMoved(const std::vector<NodeId>& nodes, const Graph& graph) {
  std::unordered_set<std::uint32_t> inside, read;
  for (const NodeId id : nodes) inside.insert(id.index);
  std::int64_t bytes = 0;
  const auto count = [&](const Node& node) {
    if (const auto* meta = node.tensor()) bytes += meta->bytes();
  };
  for (const NodeId id : nodes) {
    core::ir::forEachInput(graph.node(id), [&](NodeId input) {
      if (!inside.contains(input.index) && read.insert(input.index).second)
        count(graph.node(input));
    });
    const auto& users = graph.users(id);
    const bool isUsedOutside = std::any_of(
        users.begin(), users.end(), [&](NodeId user) { return !inside.contains(user.index); });
    if (isUsedOutside) count(graph.node(id));
  }
  return bytes;
}

Column timeColumn(const QString& title, std::function<double(int)> us) {
  return {
      title, Alignment::Number,
      [us](int row) { return us(row) > 0 ? millisecondsText(us(row) / 1e3) : QStringLiteral("–"); },
      [us](int row) { return QVariant(us(row)); },
      [us](int row) { return QStringLiteral("%1 µs").arg(us(row)); }};
}

Column flopsColumn(const QString& title, std::function<double(int)> flops) {
  return {title,
          Alignment::Number,
          [flops](int row) { return operationsText(flops(row)); },
          [flops](int row) { return QVariant(flops(row)); },
          {}};
}

}  // namespace

std::vector<LayerFigures> layerFigures(const RecordIndex& index, const ProfilePtr& profile) {
  if (!index.joint()) return {};
  LayerSum sum(index);
  if (profile) sum.addTimes(*profile);
  return sum.take();
}

std::vector<SliceWork> sliceWork(const RecordIndex& index, const Profile& profile) {
  std::vector<SliceWork> all;
  if (!index.joint()) return all;
  const Graph& graph = *index.joint();
  const SliceNodes nodesOf(graph);
  for (const bool isCompiled : {false, true}) {
    for (const ProfileSlice& slice : (isCompiled ? profile.compiled : profile.eager).slices) {
      if (slice.node.empty()) continue;
      const std::vector<NodeId> nodes = nodesOf.of(slice);
      SliceWork work{showable(slice.name),
                     QString::fromStdString(slice.node),
                     isCompiled,
                     slice.durationUs,
                     0,
                     bytesMoved(nodes, graph)};
      for (const NodeId id : nodes) work.flops += core::partition::flopCount(graph, graph.node(id));
      if (work.flops > 0 && work.bytes > 0) all.push_back(std::move(work));
    }
  }
  return all;
}

double rooflineLimit(const MachinePeaks& peaks, double flopsPerByte) {
  return std::min(peaks.flopsPerSecond, peaks.bytesPerSecond * flopsPerByte);
}

Table layerTable(const std::shared_ptr<const std::vector<LayerFigures>>& layers) {
  if (!layers) return {};
  const auto at = [layers](int row) -> const LayerFigures& {
    return (*layers)[static_cast<std::size_t>(row)];
  };
  const auto time = [at](const QString& title, double LayerFigures::*field) {
    return timeColumn(title, [at, field](int row) { return at(row).*field; });
  };
  const auto flops = [at](const QString& title, double LayerFigures::*field) {
    return flopsColumn(title, [at, field](int row) { return at(row).*field; });
  };
  Table table;
  table.rows = static_cast<int>(layers->size());
  table.columns = {
      textColumn(
          tr("layer"),
          [at](int row) { return at(row).path.empty() ? tr("(model)") : showable(at(row).path); }),
      textColumn(tr("class"), [at](int row) { return shortClassName(at(row).className); }),
      time(tr("eager fwd"), &LayerFigures::eagerForwardUs),
      time(tr("eager bwd"), &LayerFigures::eagerBackwardUs),
      time(tr("compiled fwd"), &LayerFigures::compiledForwardUs),
      time(tr("compiled bwd"), &LayerFigures::compiledBackwardUs),
      flops(tr("FLOPs fwd"), &LayerFigures::forwardFlops),
      flops(tr("FLOPs bwd"), &LayerFigures::backwardFlops),
      bytesColumn(tr("written"), [at](int row) { return at(row).writtenBytes; }),
      bytesColumn(tr("saved"), [at](int row) { return at(row).savedBytes; }),
  };
  table.nodeName = [at](int row) { return QString::fromStdString(at(row).node); };
  return table;
}

Table workTable(const std::shared_ptr<const std::vector<SliceWork>>& work,
                const MachinePeaks& peaks) {
  if (!work) return {};
  const auto at = [work](int row) -> const SliceWork& {
    return (*work)[static_cast<std::size_t>(row)];
  };
  const auto share = [at, peaks](int row) {
    return at(row).flopsPerSecond() / rooflineLimit(peaks, at(row).flopsPerByte());
  };
  Table table;
  table.rows = static_cast<int>(work->size());
  table.columns = {
      textColumn(tr("run"),
                 [at](int row) { return at(row).isCompiled ? tr("compiled") : tr("eager"); }),
      textColumn(tr("slice"), [at](int row) { return at(row).name; }),
      textColumn(tr("node"), [at](int row) { return showable(at(row).node.toStdString()); }),
      timeColumn(tr("time"), [at](int row) { return at(row).us; }),
      flopsColumn(tr("FLOPs"), [at](int row) { return at(row).flops; }),
      bytesColumn(tr("moved"), [at](int row) { return at(row).bytes; }),
      realColumn(tr("FLOP a byte"), [at](int row) { return at(row).flopsPerByte(); }),
      flopsColumn(tr("FLOP a second"), [at](int row) { return at(row).flopsPerSecond(); }),
      {tr("of the limit"),
       Alignment::Number,
       [share](int row) { return QStringLiteral("%1 %").arg(share(row) * 100, 0, 'f', 0); },
       [share](int row) { return QVariant(share(row)); },
       {}},
  };
  table.nodeName = [at](int row) { return at(row).node; };
  return table;
}

}  // namespace views::models
