#include "views/graph/overlay.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>
#include <unordered_map>

#include "core/layout/box_text.h"
#include "core/partition/cost_model.h"

namespace views::graph {
namespace {

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::GraphGeometry;
using core::layout::Lane;
using core::partition::CostModel;
using core::partition::CostModelKind;

QString tr(const char* text) {
  return QCoreApplication::translate("Overlay", text);
}

/// Three digits with a unit of the row.
QString scaled(double amount, const std::vector<const char*>& units, double step) {
  std::size_t unit = 0;
  while (amount >= step && unit + 1 < units.size()) {
    amount /= step;
    ++unit;
  }
  const int decimals = amount >= 100 || amount == 0 ? 0 : amount >= 10 ? 1 : 2;
  return QStringLiteral("%1 %2").arg(amount, 0, 'f', decimals).arg(QString::fromUtf8(units[unit]));
}

QString amountText(OverlayKind kind, double amount) {
  switch (kind) {
    case OverlayKind::Time:
    case OverlayKind::EagerTime:
    case OverlayKind::CompiledTime: return scaled(amount * 1e9, {"ns", "µs", "ms", "s"}, 1000);
    case OverlayKind::Flops: return scaled(amount, {"FLOP", "kFLOP", "MFLOP", "GFLOP"}, 1000);
    case OverlayKind::Bytes:
      return QString::fromStdString(core::layout::bytesText(static_cast<std::int64_t>(amount)));
    case OverlayKind::Error: return QString::number(amount, 'g', 2);
    case OverlayKind::None:
    case OverlayKind::Fate:
    case OverlayKind::Kernels: return {};
  }
  return {};
}

double amountOf(OverlayKind kind, const core::ir::Graph& graph, const core::ir::Node& node) {
  if (!node.isCall()) return 0;
  CostModel model;
  if (kind == OverlayKind::Bytes)
    return static_cast<double>(core::partition::bytesMoved(graph, node));
  if (kind == OverlayKind::Flops) {
    const bool isFree = core::partition::bytesMoved(graph, node) == 0;
    return isFree ? 0 : core::partition::recomputeCost(model, graph, node);
  }
  model.kind = CostModelKind::Roofline;
  return core::partition::secondsOf(model, graph, node);
}

using AmountOfNode = std::function<double(const Box&, const std::string&)>;

/// Per box what its nodes come to together; 0 where nothing is known.
std::vector<double> amountsOf(const GraphGeometry& geometry, const AmountOfNode& amount,
                              bool isSum) {
  std::vector<double> amounts(geometry.boxes.size(), 0);
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const Box& box = geometry.boxes[i];
    if (box.kind == BoxKind::Frame) continue;
    for (const std::string& name : box.nodes) {
      const double own = amount(box, name);
      amounts[i] = isSum ? amounts[i] + own : std::max(amounts[i], own);
    }
  }
  return amounts;
}

void markAmounts(const std::vector<double>& amounts, Overlay& overlay) {
  const double largest = amounts.empty() ? 0 : *std::max_element(amounts.begin(), amounts.end());
  if (largest <= 0) return;
  overlay.largest = amountText(overlay.kind, largest);
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    if (amounts[i] > 0)
      overlay.marks[i] = {amounts[i] / largest, -1, amountText(overlay.kind, amounts[i])};
  }
}

void addAmounts(const GraphGeometry& geometry, const core::ir::Graph& graph, Overlay& overlay) {
  std::unordered_map<std::string_view, double> amounts;
  for (const core::ir::Node& node : graph.nodes())
    amounts.emplace(node.name, amountOf(overlay.kind, graph, node));
  const auto amount = [&](const Box&, const std::string& name) {
    const auto found = amounts.find(name);
    return found == amounts.end() ? 0 : found->second;
  };
  markAmounts(amountsOf(geometry, amount, true), overlay);
}

/// The figures that hold for a box: what stands in the forward's lane ran in the forward, unless
/// the picture is the backward alone.
AmountOfNode figureOf(const NodeFigures& figures, core::layout::Picture picture) {
  return [&figures, picture](const Box& box, const std::string& name) {
    const bool inForward = box.lane == Lane::Forward && picture != core::layout::Picture::Backward;
    const auto& half = inForward ? figures.forward : figures.backward;
    const auto found = half.find(name);
    return found == half.end() ? 0 : found->second;
  };
}

void addTimes(const GraphGeometry& geometry, const Measured& measured, Overlay& overlay) {
  const bool isEager = overlay.kind == OverlayKind::EagerTime;
  const NodeFigures& figures = isEager ? measured.eagerSeconds : measured.compiledSeconds;
  markAmounts(amountsOf(geometry, figureOf(figures, geometry.picture), true), overlay);
  if (overlay.largest.isEmpty()) return;
  overlay.note = measured.isTimeStale ? tr("measured with other options")
                 : isEager            ? tr("an operator's backward is shared out by estimated cost")
                                      : tr("a kernel's time is shared out by estimated cost");
}

/// Errors span many powers of ten, so these are what the shares count.
void addErrors(const GraphGeometry& geometry, const Measured& measured, Overlay& overlay) {
  constexpr double kSmallest = 1e-9;
  const auto errors = amountsOf(geometry, figureOf(measured.errors, geometry.picture), false);
  markAmounts(errors, overlay);
  if (overlay.largest.isEmpty()) return;
  const double largest = *std::max_element(errors.begin(), errors.end());
  const double decades = std::max(1.0, std::log10(largest / kSmallest));
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (errors[i] <= 0) continue;
    const double above = std::log10(errors[i] / kSmallest) / decades;
    overlay.marks[i].share = std::isfinite(errors[i]) ? std::clamp(above, 0.0, 1.0) : 1;
  }
  overlay.smallest = amountText(overlay.kind, kSmallest);
  overlay.note = measured.isErrorStale ? tr("measured with other options")
                                       : tr("compiled against eager, relative");
}

void addFates(const GraphGeometry& geometry, const core::partition::Partition& partition,
              Overlay& overlay) {
  overlay.categories = {tr("saved"), tr("recomputed in the backward")};
  const std::set<std::string> recomputed(partition.recomputed.begin(), partition.recomputed.end());
  std::set<std::string> saved;
  for (const auto& tensor : partition.savedTensors) saved.insert(tensor.name);
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const Box& box = geometry.boxes[i];
    if (box.kind == BoxKind::Frame || box.lane == Lane::Backward) continue;
    const auto isIn = [&box](const std::set<std::string>& names) {
      return std::any_of(box.nodes.begin(), box.nodes.end(),
                         [&](const std::string& name) { return names.count(name) != 0; });
    };
    const bool isCopied = box.lane == Lane::Recomputed || isIn(recomputed);
    const bool isSaved = box.lane == Lane::Forward && isIn(saved);
    if (!isCopied && !isSaved) continue;
    const int category = isSaved ? 0 : 1;
    overlay.marks[i] = {-1, category, overlay.categories[static_cast<std::size_t>(category)]};
  }
}

void addKernels(const GraphGeometry& geometry, const KernelLabels& labels, Overlay& overlay) {
  std::map<QString, int> numbers;
  for (std::size_t i = 0; i < geometry.boxes.size(); ++i) {
    const Box& box = geometry.boxes[i];
    if (box.kind == BoxKind::Frame) continue;
    std::set<QString> own;
    for (const std::string& name : box.nodes) {
      const auto found = labels.find(name);
      if (found != labels.end()) own.insert(found->second);
    }
    if (own.empty()) continue;
    OverlayMark& mark = overlay.marks[i];
    if (own.size() > 1) {
      mark.text = tr("%1 kernels").arg(own.size());
      continue;
    }
    mark.text = *own.begin();
    mark.category = numbers.emplace(mark.text, static_cast<int>(numbers.size())).first->second;
  }
  if (!numbers.empty()) overlay.categories = {tr("boxes of one colour and pattern are one kernel")};
}

}  // namespace

QString overlayName(OverlayKind kind) {
  switch (kind) {
    case OverlayKind::None: return tr("None");
    case OverlayKind::Time: return tr("Estimated Time");
    case OverlayKind::Bytes: return tr("Bytes Moved");
    case OverlayKind::Flops: return tr("FLOPs");
    case OverlayKind::Fate: return tr("Saved or Recomputed");
    case OverlayKind::Kernels: return tr("Kernels");
    case OverlayKind::EagerTime: return tr("Measured Eager Time");
    case OverlayKind::CompiledTime: return tr("Measured Compiled Time");
    case OverlayKind::Error: return tr("Measured Error");
  }
  return {};
}

Overlay makeOverlay(OverlayKind kind, const GraphGeometry& geometry,
                    const OverlaySources& sources) {
  Overlay overlay;
  overlay.kind = kind;
  overlay.marks.resize(geometry.boxes.size());
  switch (kind) {
    case OverlayKind::None: break;
    case OverlayKind::Time:
    case OverlayKind::Bytes:
    case OverlayKind::Flops:
      if (sources.joint) addAmounts(geometry, *sources.joint->graph, overlay);
      break;
    case OverlayKind::Fate:
      if (sources.partition) addFates(geometry, *sources.partition, overlay);
      break;
    case OverlayKind::Kernels:
      if (sources.kernels) addKernels(geometry, *sources.kernels, overlay);
      break;
    case OverlayKind::EagerTime:
    case OverlayKind::CompiledTime:
      if (sources.measured) addTimes(geometry, *sources.measured, overlay);
      break;
    case OverlayKind::Error:
      if (sources.measured) addErrors(geometry, *sources.measured, overlay);
      break;
  }
  return overlay;
}

}  // namespace views::graph
