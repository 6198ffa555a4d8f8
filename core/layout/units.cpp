#include "core/layout/units.h"

#include <algorithm>

namespace core::layout {
namespace {

class UnitMaker {
 public:
  UnitMaker(const Flow& flow, const Folding& folding, const ModuleCalls& modules)
      : m_flow(flow), m_folding(folding), m_modules(modules) {}

  Units make();

 private:
  void addNodes();
  void addMembers();
  void addLinks();
  void addLink(int reader, int input);
  void addStaticRead(int target, const ValueSource& source, int input);
  int carrierOf(int placeholder);
  void addOutputs();
  void addMutations();
  void addBadge(int unit, BadgeKind kind, const std::string& text, const std::string& node);

  const Flow& m_flow;
  const Folding& m_folding;
  const ModuleCalls& m_modules;
  Units m_result;
  std::vector<int> m_carrier;  ///< per flow node: the first forward unit with its badge
};

BoxKind pinKind(FlowRole role) {
  switch (role) {
    case FlowRole::Call: return BoxKind::Op;
    case FlowRole::Tangent: return BoxKind::Tangent;
    case FlowRole::Parameter:
    case FlowRole::Buffer:
    case FlowRole::Input:
    case FlowRole::Saved: return BoxKind::Input;
  }
  return BoxKind::Op;
}

BadgeKind badgeKind(FlowRole role) {
  if (role == FlowRole::Buffer) return BadgeKind::Buffer;
  return role == FlowRole::Saved ? BadgeKind::Saved : BadgeKind::Parameter;
}

void UnitMaker::addNodes() {
  m_result.unitOf.assign(m_flow.nodes.size(), -1);
  m_carrier.assign(m_flow.nodes.size(), -1);
  for (std::size_t i = 0; i < m_flow.nodes.size(); ++i) {
    const FlowNode& node = m_flow.nodes[i];
    if (isBadge(node) || m_folding.isFolded(static_cast<int>(i))) continue;
    Unit unit;
    unit.kind = pinKind(node.role);
    unit.lane = node.lane;
    unit.flow = static_cast<int>(i);
    unit.members = {unit.flow};
    unit.label = node.label;
    unit.call = m_modules.callOf[i];
    m_result.unitOf[i] = static_cast<int>(m_result.units.size());
    m_result.units.push_back(std::move(unit));
  }
}

void UnitMaker::addMembers() {
  for (std::size_t i = 0; i < m_flow.nodes.size(); ++i) {
    if (!m_folding.isFolded(static_cast<int>(i))) continue;
    const int unit = m_result.unitOf[m_folding.home[i]];
    m_result.unitOf[i] = unit;
    if (unit >= 0) m_result.units[unit].members.push_back(static_cast<int>(i));
  }
}

void UnitMaker::addBadge(int unit, BadgeKind kind, const std::string& text,
                         const std::string& node) {
  auto& badges = m_result.units[unit].badges;
  const bool known = std::any_of(badges.begin(), badges.end(), [&](const Badge& badge) {
    return badge.kind == kind && badge.node == node;
  });
  if (!known) badges.push_back({kind, text, node});
}

/// The unit that shows the parameter: its first reader in the forward, else a pin made for it.
int UnitMaker::carrierOf(int placeholder) {
  int& carrier = m_carrier[placeholder];
  if (carrier >= 0) return carrier;
  Unit pin;
  pin.kind = BoxKind::Input;
  pin.flow = placeholder;
  pin.members = {placeholder};
  pin.label = m_flow.nodes[placeholder].label;
  carrier = static_cast<int>(m_result.units.size());
  m_result.units.push_back(std::move(pin));
  return carrier;
}

void UnitMaker::addStaticRead(int target, const ValueSource& source, int input) {
  const FlowNode& placeholder = m_flow.nodes[source.home];
  const bool crosses = source.crossing >= 0;
  const int carrier = crosses ? carrierOf(source.home) : target;
  if (crosses) {
    m_result.links.push_back({carrier, target, input, source.crossing, true});
  } else {
    addBadge(target, badgeKind(placeholder.role), placeholder.label, placeholder.node->name);
    if (m_carrier[source.home] < 0) m_carrier[source.home] = target;
  }
  // Views of a parameter are shown where they are read.
  for (const int view : source.passed) {
    const bool isBefore = m_flow.nodes[view].lane == Lane::Forward;
    auto& members = m_result.units[isBefore ? carrier : target].members;
    if (std::find(members.begin(), members.end(), view) == members.end()) members.push_back(view);
  }
}

void UnitMaker::addLink(int reader, int input) {
  const ValueSource source = resolveInput(m_flow, m_folding, reader, input);
  const int target = m_result.unitOf[reader];
  if (isBadge(m_flow.nodes[source.home])) return addStaticRead(target, source, input);
  const int from = m_result.unitOf[source.home];
  if (from >= 0 && from != target)
    m_result.links.push_back({from, target, input, source.crossing, false});
}

void UnitMaker::addLinks() {
  const std::size_t count = m_result.units.size();  // pins made on the way read nothing
  for (std::size_t u = 0; u < count; ++u) {
    // Copied, because badges and pins are added on the way.
    const int reader = m_result.units[u].flow;
    for (const int input : m_flow.nodes[reader].inputs) addLink(reader, input);
  }
}

void UnitMaker::addOutputs() {
  for (const FlowOutput& output : m_flow.outputs) {
    const int made = m_result.unitOf[m_folding.home[output.value]];
    const std::string& name = m_flow.nodes[output.value].node->name;
    if (output.ofState && made >= 0) {
      addBadge(made, BadgeKind::Gradient, output.label, name);
      continue;
    }
    Unit pin;
    pin.kind = output.isGradient ? BoxKind::Gradient : BoxKind::Output;
    pin.lane = output.lane;
    pin.label = output.label;
    const int at = static_cast<int>(m_result.units.size());
    m_result.units.push_back(std::move(pin));
    if (made < 0) {
      addBadge(at, BadgeKind::Parameter, m_flow.nodes[m_folding.home[output.value]].label, name);
    } else if (output.lane != Lane::Forward && m_result.units[made].lane == Lane::Forward) {
      m_result.links.push_back({made, at, output.value, output.value, false});
    } else {
      m_result.links.push_back({made, at, output.value, -1, false});
    }
  }
}

void UnitMaker::addMutations() {
  for (std::size_t i = 0; i < m_flow.nodes.size(); ++i) {
    const FlowNode& node = m_flow.nodes[i];
    if (node.role != FlowRole::Call || ir::opPacket(node.node->target) != "aten.copy_") continue;
    const FlowNode& written =
        m_flow.nodes[node.inputs.empty() ? static_cast<int>(i) : node.inputs[0]];
    const int unit = m_result.unitOf[i];
    if (unit >= 0 && written.role != FlowRole::Call)
      addBadge(unit, BadgeKind::Mutation, written.label, node.node->name);
  }
}

Units UnitMaker::make() {
  addNodes();
  addMembers();
  addLinks();
  addOutputs();
  addMutations();
  return std::move(m_result);
}

}  // namespace

Units makeUnits(const Flow& flow, const Folding& folding, const ModuleCalls& modules) {
  return UnitMaker(flow, folding, modules).make();
}

}  // namespace core::layout
