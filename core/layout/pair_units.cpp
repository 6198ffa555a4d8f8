// Which forward unit a backward unit stands beside.
//
// Autograd gives a forward operator and the nodes of its backward the same sequence number, so the
// number names the partner. Three kinds of backward nodes have none, or a wrong one:
// - a sum of gradients (where a value had several readers) carries the number of whatever ran
//   before. It is the gradient of one forward value, so it belongs to the maker of that value: of
//   its summands the one made last came from the first reader of the value, and the value is that
//   reader's input of the sum's shape;
// - a recomputed node belongs to its original;
// - anything else follows the unit that reads it, then the one it reads.
// A pin of a tangent stands beside the output, a gradient beside the input, that it is for.

#include <map>

#include "core/layout/units.h"

namespace core::layout {
namespace {

class Pairing {
 public:
  Pairing(const Flow& flow, const Folding& folding, const ModuleCalls& modules, Units& units)
      : m_flow(flow), m_folding(folding), m_modules(modules), m_units(units) {}

  void run();

 private:
  void findForwardUnits();
  int bySequenceNumber(const FlowNode& node) const;
  int ofGradientSum(const FlowNode& node) const;
  int ofTangent(const FlowNode& node) const;
  int ofGradientPin(std::size_t pin) const;
  int partnerOf(std::size_t unit) const;
  void followNeighbours();
  int lastUnitOfModule(const FlowNode& node) const;

  const Flow& m_flow;
  const Folding& m_folding;
  const ModuleCalls& m_modules;
  Units& m_units;
  std::map<std::int64_t, int> m_flowOfNumber;  ///< forward flow node that got the number first
};

void Pairing::findForwardUnits() {
  for (std::size_t i = 0; i < m_flow.nodes.size(); ++i) {
    const FlowNode& node = m_flow.nodes[i];
    if (node.lane != Lane::Forward || node.role != FlowRole::Call) continue;
    const auto number = node.node->meta.sequenceNumber;
    if (!number || m_units.unitOf[i] < 0) continue;
    const auto [at, isNew] = m_flowOfNumber.emplace(*number, static_cast<int>(i));
    // An operator with a box of its own says more than a view that shares its number.
    if (!isNew && m_folding.isFolded(at->second) && !m_folding.isFolded(static_cast<int>(i)))
      at->second = static_cast<int>(i);
  }
}

int Pairing::bySequenceNumber(const FlowNode& node) const {
  const auto number = node.node->meta.sequenceNumber;
  if (!number || node.node->meta.gradientAccumulation) return -1;
  const auto found = m_flowOfNumber.find(*number);
  return found == m_flowOfNumber.end() ? -1 : m_units.unitOf[found->second];
}

int Pairing::ofGradientSum(const FlowNode& node) const {
  const ir::TensorMeta* sum = node.node->tensor();
  std::int64_t lowest = -1;
  const FlowNode* reader = nullptr;
  for (const int input : node.inputs) {
    const auto number = m_flow.nodes[input].node->meta.sequenceNumber;
    if (!number || m_flow.nodes[input].node->meta.gradientAccumulation) continue;
    const auto found = m_flowOfNumber.find(*number);
    if (found == m_flowOfNumber.end() || (reader && *number >= lowest)) continue;
    lowest = *number;
    reader = &m_flow.nodes[found->second];
  }
  if (!reader || !sum) return -1;
  for (const int input : reader->inputs) {
    const ir::TensorMeta* read = m_flow.nodes[input].node->tensor();
    const int unit = m_units.unitOf[input];
    if (unit >= 0 && read && read->sizes == sum->sizes) return unit;
  }
  return -1;
}

int Pairing::ofTangent(const FlowNode& node) const {
  int first = -1, matching = -1;
  for (std::size_t u = 0; u < m_units.units.size(); ++u) {
    if (m_units.units[u].kind != BoxKind::Output) continue;
    if (first < 0) first = static_cast<int>(u);
    for (const FlowOutput& output : m_flow.outputs) {
      const bool same = output.lane == Lane::Forward && output.label == m_units.units[u].label;
      if (same && !output.descriptor.empty() &&
          node.node->meta.descriptor.find(output.descriptor) != std::string::npos && matching < 0)
        matching = static_cast<int>(u);
    }
  }
  return matching >= 0 ? matching : first;
}

int Pairing::ofGradientPin(std::size_t pin) const {
  for (const FlowOutput& output : m_flow.outputs) {
    if (output.isGradient && output.label == m_units.units[pin].label && output.primal >= 0)
      return m_units.unitOf[output.primal];
  }
  return -1;
}

int Pairing::partnerOf(std::size_t unit) const {
  const Unit& it = m_units.units[unit];
  if (it.kind == BoxKind::Gradient) return ofGradientPin(unit);
  if (it.flow < 0) return -1;
  const FlowNode& node = m_flow.nodes[it.flow];
  if (it.kind == BoxKind::Tangent) return ofTangent(node);
  if (node.twin >= 0) return m_units.unitOf[node.twin];
  const int numbered = bySequenceNumber(node);
  return numbered >= 0 ? numbered : ofGradientSum(node);
}

void Pairing::followNeighbours() {
  auto& units = m_units.units;
  const auto follow = [&units](int orphan, int other) {
    if (units[orphan].partner < 0 && units[other].lane != Lane::Forward)
      units[orphan].partner = units[other].partner;
  };
  // Readers come later than what they read: one walk in each direction reaches everything.
  for (auto link = m_units.links.rbegin(); link != m_units.links.rend(); ++link)
    if (units[link->source].lane != Lane::Forward) follow(link->source, link->target);
  for (const Link& link : m_units.links)
    if (units[link.target].lane != Lane::Forward) follow(link.target, link.source);
}

int Pairing::lastUnitOfModule(const FlowNode& node) const {
  const ir::ModuleScope* module = node.node->meta.anyModule();
  if (!module) return -1;
  int last = -1;
  for (std::size_t u = 0; u < m_units.units.size(); ++u) {
    const Unit& unit = m_units.units[u];
    if (unit.lane != Lane::Forward || unit.flow < 0) continue;
    const ir::ModuleScope* other = m_flow.nodes[unit.flow].node->meta.anyModule();
    if (other && other->path == module->path) last = static_cast<int>(u);
  }
  return last;
}

void Pairing::run() {
  findForwardUnits();
  auto& units = m_units.units;
  for (std::size_t u = 0; u < units.size(); ++u)
    units[u].partner = units[u].lane == Lane::Forward ? static_cast<int>(u) : partnerOf(u);
  followNeighbours();
  for (Unit& unit : units) {
    if (unit.partner < 0 && unit.flow >= 0)
      unit.partner = lastUnitOfModule(m_flow.nodes[unit.flow]);
    if (unit.lane != Lane::Forward) unit.call = unit.partner < 0 ? -1 : units[unit.partner].call;
  }
}

}  // namespace

void pairUnits(const Flow& flow, const Folding& folding, const ModuleCalls& modules, Units& units) {
  Pairing(flow, folding, modules, units).run();
}

}  // namespace core::layout
