#include "core/schedule/emit_group.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/check.h"
#include "core/schedule/arrange_axes.h"
#include "core/schedule/lowerings.h"
#include "core/schedule/storage.h"
#include "core/schedule/through_views.h"

namespace core::schedule {
namespace {

/// Positions as numbers, to look indices up.
std::vector<std::int64_t> keyOf(const LoopIndex& index) {
  std::vector<std::int64_t> key;
  for (const DimIndex& dim : index) {
    key.insert(key.end(), {dim.offset, dim.indirect, static_cast<std::int64_t>(dim.terms.size())});
    for (const AxisTerm& term : dim.terms) key.insert(key.end(), {term.axis, term.stride});
  }
  return key;
}

/// Emits top down, from the stored members: a value is made where it is first asked for.
class GroupEmitter : public OperandReader {
 public:
  GroupEmitter(const LoweredGraph& lowered, const FusionDomain& domain, const PlaceOf& placeOf)
      : m_lowered(lowered), m_domain(domain), m_space(domain.space), m_placeOf(placeOf) {
    for (const int axis : domain.outer) addAxis(axis, m_group.nest.outer);
    for (const int axis : domain.inner) addAxis(axis, m_group.nest.inner);
    std::int64_t innerCount = domain.inner.empty() ? 0 : 1;
    for (const int axis : domain.inner) innerCount *= domain.space.size(axis);
    m_builder.setInnerAxes(static_cast<int>(domain.outer.size()), innerCount);
  }

  std::optional<FusionGroup> run() {
    std::vector<std::pair<ir::NodeId, int>> stored;
    for (std::size_t i = 0; i < m_domain.members.size(); ++i) {
      const ir::NodeId id = m_domain.members[i];
      if (isStored(m_lowered, m_domain.members, id))
        stored.emplace_back(id, valueOf(id, m_domain.out[i]));
    }
    // All loads come before all stores: an input may be overwritten in place.
    for (const auto& [id, op] : stored) store(id, op);
    if (m_failed) return std::nullopt;
    m_group.nest.ops = m_builder.ops();
    m_group.nodes.assign(m_emitted.begin(), m_emitted.end());
    arrangeAxes(m_group.nest);
    return std::move(m_group);
  }

  int read(ir::NodeId operand, const LoopIndex& index) override {
    const MappedRead mapped = throughViews(*m_lowered.graph, operand, index, m_space);
    const bool isComputedHere = memberIndex(mapped.root) || m_lowered.at(mapped.root).isFree;
    if (!mapped.index && memberIndex(mapped.root)) m_failed = true;
    const ir::NodeId reader = m_builder.node();
    const int op =
        mapped.index && isComputedHere ? valueOf(mapped.root, *mapped.index) : load(operand, index);
    m_builder.setNode(reader);
    return op;
  }

  int position(const DimIndex& index) override {
    if (index.isIndirect()) return index.indirect;
    std::optional<Expr> sum;
    for (const AxisTerm& term : index.terms) {
      Expr scaled{&m_builder, m_builder.index(positionOf(term.axis))};
      if (term.stride != 1) scaled = scaled * static_cast<double>(term.stride);
      sum = sum ? *sum + scaled : scaled;
    }
    if (!sum) return m_builder.constant(ir::DType::I64, static_cast<double>(index.offset));
    return (index.offset == 0 ? *sum : *sum + static_cast<double>(index.offset)).op;
  }

 private:
  void addAxis(int axis, std::vector<std::int64_t>& sizes) {
    m_positions.emplace(axis, static_cast<int>(m_positions.size()));
    sizes.push_back(m_domain.space.size(axis));
  }
  int positionOf(int axis) {
    const auto found = m_positions.find(axis);
    if (found != m_positions.end()) return found->second;
    m_failed = true;  // an axis that only a gathered read of another member has
    return 0;
  }
  std::optional<std::size_t> memberIndex(ir::NodeId id) const {
    const auto& members = m_domain.members;
    const auto found = std::lower_bound(members.begin(), members.end(), id);
    if (found == members.end() || *found != id) return std::nullopt;
    return static_cast<std::size_t>(found - members.begin());
  }

  int valueOf(ir::NodeId id, const LoopIndex& index) {
    const auto key = std::make_pair(id, keyOf(index));
    if (const auto known = m_values.find(key); known != m_values.end()) return known->second;
    const ir::Node& node = m_lowered.graph->node(id);
    const Lowering* lowering = findLowering(node.target);
    CORE_CHECK(lowering, "'" + node.name + "' has no loop form");
    LoopIndex in;
    if (lowering->kind == LoweringKind::Reduction) {
      const auto member = memberIndex(id);
      CORE_CHECK(member, "the reduction '" + node.name + "' is not a member of its kernel");
      if (m_domain.out[*member] != index) m_failed = true;
      in = m_domain.in[*member];
    }
    OpEmitter emitter(*m_lowered.graph, node, index, in, m_builder, *this);
    emitter.setAccumulated(isAccumulated(id));
    m_builder.setNode(id);
    const Expr value = emitter.finished(lowering->emit(emitter));
    if (!emitter.refusal().empty()) m_failed = true;
    m_emitted.insert(id);
    m_values.emplace(key, value.op);
    return value.op;
  }

  int load(ir::NodeId operand, const LoopIndex& index) {
    const BufferView place = m_placeOf(operand);
    m_builder.setNode(m_lowered.at(operand).root);
    return m_builder.load(accessTo(place, index, BufferAccess::Read), place.meta.dtype);
  }

  void store(ir::NodeId id, int op) {
    m_builder.setNode(id);
    const BufferView place = m_placeOf(id);
    const LoopIndex& index = m_domain.out[*memberIndex(id)];
    const Access access = accessTo(place, index, BufferAccess::Write);
    if (isAccumulated(id))
      m_builder.accumulate(access, op);
    else
      m_builder.store(access, op);
  }

  bool isAccumulated(ir::NodeId id) const {
    const auto member = memberIndex(id);
    return member && m_domain.isAccumulated[*member];
  }

  Access accessTo(const BufferView& place, const LoopIndex& index, BufferAccess how) {
    Access access;
    access.buffer = bufferIndex(place, how);
    access.offset = place.offset;
    access.strides.resize(m_positions.size(), 0);
    for (std::size_t d = 0; d < index.size(); ++d) {
      const std::int64_t stride = place.meta.strides[d].hint();
      access.offset += index[d].offset * stride;
      for (const AxisTerm& term : index[d].terms)
        access.strides[static_cast<std::size_t>(positionOf(term.axis))] += term.stride * stride;
      if (index[d].isIndirect())
        access.indirect.push_back({index[d].indirect, stride, place.meta.sizes[d].hint()});
    }
    KernelBuffer& buffer = m_group.nest.buffers[static_cast<std::size_t>(access.buffer)];
    buffer.extent = std::max(buffer.extent, place.offset + extentOf(place.meta));
    return access;
  }

  int bufferIndex(const BufferView& place, BufferAccess how) {
    const auto [found, isNew] =
        m_buffers.emplace(place.buffer, static_cast<int>(m_group.buffers.size()));
    if (isNew) {
      m_group.buffers.push_back({place.buffer, place.meta, 0});
      m_group.nest.buffers.push_back({{}, place.meta.dtype, how, 0});
    }
    return found->second;
  }

  const LoweredGraph& m_lowered;
  const FusionDomain& m_domain;
  AxisSpace m_space;
  const PlaceOf& m_placeOf;
  LoopBuilder m_builder;
  FusionGroup m_group;
  std::map<int, int> m_positions;  ///< axis -> position in the nest
  std::map<int, int> m_buffers;    ///< buffer of the schedule -> of the nest
  std::map<std::pair<ir::NodeId, std::vector<std::int64_t>>, int> m_values;
  std::set<ir::NodeId> m_emitted;
  bool m_failed = false;
};

}  // namespace

std::optional<FusionGroup> emitGroup(const LoweredGraph& lowered, const FusionDomain& domain,
                                     const PlaceOf& placeOf) {
  return GroupEmitter(lowered, domain, placeOf).run();
}

}  // namespace core::schedule
