// PyTorch's tracer keeps sizes by object: a size that an operator computed is another one than an
// input's, even where both are s0*s1, and is read from the tensor that first had it. Which object
// an argument is cannot be seen in a trace of plain integers, but it can be told from where the
// argument was written:
//
// - in the program: a size of an input, or arithmetic on these;
// - inside a composite operator: a size of its operands, or a product of neighbouring ones;
// - in the backward: a size of the operands or results of the forward call with that number.
//
// A walk over the graph keeps the object of each dimension of each tensor (size_flow.h), and picks
// for each argument the first candidate that has the argument's value in every trace.

#include "core/trace/size_objects.h"

#include <algorithm>

#include "core/trace/size_flow.h"

namespace core::trace {
namespace {

using Values = std::vector<std::int64_t>;

bool allEqual(const Values& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](std::int64_t value) { return value == values.front(); });
}

/// Calls `visit(values, position, length)` for each integer in an argument; position -1: no list.
template <typename Visit>
void forEachInteger(const std::vector<const ir::Argument*>& seen, int position, std::size_t length,
                    Visit&& visit) {
  const ir::Argument& mine = *seen.front();
  if (mine.integer()) {
    Values values;
    for (const ir::Argument* argument : seen) values.push_back(*argument->integer());
    visit(values, position, length);
  } else if (mine.isList()) {
    for (std::size_t i = 0; i < mine.list().size(); ++i) {
      std::vector<const ir::Argument*> elements;
      for (const ir::Argument* argument : seen) elements.push_back(&argument->list()[i]);
      forEachInteger(elements, static_cast<int>(i), mine.list().size(), visit);
    }
  }
}

bool isBackward(const ir::Node& node) {
  return node.meta.tag == ir::PartitionerTag::IsBackward;
}

}  // namespace

bool SeenSize::moves() const {
  return !allEqual(values);
}

SizeObjects::SizeObjects(std::vector<const ir::Graph*> graphs, std::vector<int> sizesFrom)
    : m_graphs(std::move(graphs)),
      m_sizesFrom(std::move(sizesFrom)),
      m_shapes(base().size()),
      m_args(base().size()),
      m_lists(base().size()) {
  m_sizesFrom.resize(base().size(), -1);
  groupByOperator();
  for (const ir::Node& node : base().nodes()) {
    if (node.kind == ir::NodeKind::Placeholder) readPlaceholder(node);
    if (node.isCall()) readCall(node);
  }
}

void SizeObjects::groupByOperator() {
  for (const ir::Node& node : base().nodes()) {
    if (!node.isCall() || isBackward(node)) continue;
    if (node.meta.sequenceNumber) m_forward[*node.meta.sequenceNumber].push_back(node.id);
    const int origin = m_sizesFrom[node.id.index];
    if (origin >= 0) m_groups[origin].push_back(node.id);
  }
}

SizeId SizeObjects::argument(ir::NodeId node, std::size_t n) const {
  return m_args[node.index][n].object;
}

SizeId SizeObjects::nearObject(ir::NodeId node, const Values& values) const {
  const SizeId own = findIn(sourcesOf(base().node(node)).operands, values, -1, 0);
  if (own != kFixed) return own;
  for (std::size_t i = 0; i < node.index; ++i)
    if (const SizeId found = findIn(m_shapes[i], values, -1, 0); found != kFixed) return found;
  return kFixed;
}

SizeId SizeObjects::ofPlaceholder(ir::NodeId placeholder, int dimension) const {
  return m_shapes[placeholder.index].front()[static_cast<std::size_t>(dimension)].object;
}

SizeId SizeObjects::add(SizeObject object) {
  m_objects.push_back(std::move(object));
  return static_cast<SizeId>(m_objects.size()) - 1;
}

SizeObjects::Shapes SizeObjects::observed(const ir::Node& node) const {
  Shapes shapes;
  const auto note = [&](std::size_t result, const ir::TensorMeta& tensor) {
    if (shapes.size() <= result) shapes.resize(result + 1);
    shapes[result].resize(tensor.sizes.size());
    for (std::size_t d = 0; d < tensor.sizes.size(); ++d)
      shapes[result][d].values.push_back(tensor.sizes[d].hint());
  };
  for (const ir::Graph* graph : m_graphs) {
    const ir::Node& mine = graph->node(node.id);
    if (const ir::TensorMeta* tensor = mine.tensor()) note(0, *tensor);
    if (const ir::TupleMeta* tuple = mine.tuple())
      for (std::size_t i = 0; i < tuple->elements.size(); ++i)
        if (tuple->elements[i]) note(i, *tuple->elements[i]);
  }
  return shapes;
}

/// A tangent has the sizes of an output, which are an input's where no operator computed them.
void SizeObjects::readPlaceholder(const ir::Node& node) {
  Shapes shapes = observed(node);
  for (SeenShape& shape : shapes)
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (!shape[d].moves()) continue;
      if (isBackward(node)) shape[d].object = ofAnyPrimal(shape[d].values);
      if (shape[d].object == kFixed)
        shape[d].object =
            add({SizeObject::Kind::Read, shape[d].values, node.id, static_cast<int>(d), {}});
    }
  m_shapes[node.id.index] = std::move(shapes);
}

SizeId SizeObjects::ofAnyPrimal(const Values& values) {
  for (const ir::NodeId id : base().placeholders()) {
    if (isBackward(base().node(id))) continue;
    for (const SeenShape& shape : m_shapes[id.index])
      for (const SeenSize& size : shape)
        if (size.object != kFixed && size.values == values) return size.object;
  }
  return kFixed;
}

void SizeObjects::readCall(const ir::Node& node) {
  const std::size_t n = node.id.index;
  if (node.target == "getitem") {
    const Shapes& tuple = m_shapes[node.args[0].node().index];
    const auto index = static_cast<std::size_t>(*node.args[1].integer());
    m_shapes[n] = index < tuple.size() ? Shapes{tuple[index]} : Shapes{};
    m_args[n].resize(1);
  } else {
    chooseArguments(node);
    std::vector<ir::NodeId> inputs;
    forEachInput(node, [&](ir::NodeId id) { inputs.push_back(id); });
    m_shapes[n] = observed(node);
    for (SeenShape& shape : m_shapes[n]) flowSizes({node, shapesOf(inputs), m_lists[n]}, shape);
  }
  if (node.tuple()) return;
  for (SeenShape& shape : m_shapes[n])
    for (std::size_t d = 0; d < shape.size(); ++d)
      if (shape[d].object == kFixed && shape[d].moves())
        shape[d].object =
            add({SizeObject::Kind::Read, shape[d].values, node.id, static_cast<int>(d), {}});
}

void SizeObjects::chooseArguments(const ir::Node& node) {
  const std::size_t n = node.id.index;
  const auto read = [&](auto&& argumentOf) {
    std::vector<const ir::Argument*> seen;
    for (const ir::Graph* graph : m_graphs) seen.push_back(&argumentOf(graph->node(node.id)));
    SeenShape list;
    forEachInteger(seen, -1, 0, [&](const Values& values, int position, std::size_t length) {
      m_args[n].push_back(chosen(node, values, position, length));
      if (position >= 0) list.push_back(m_args[n].back());
    });
    if (m_lists[n].empty()) m_lists[n] = std::move(list);
  };
  for (std::size_t i = 0; i < node.args.size(); ++i)
    read([i](const ir::Node& other) -> const ir::Argument& { return other.args[i]; });
  for (std::size_t i = 0; i < node.kwargs.size(); ++i)
    read([i](const ir::Node& other) -> const ir::Argument& { return other.kwargs[i].second; });
}

SeenSize SizeObjects::chosen(const ir::Node& node, const Values& values, int position,
                             std::size_t length) {
  if (allEqual(values)) return {values, kFixed};
  SizeId object = fromOperands(node, values, position, length);
  if (object == kFixed) object = ofAnyPrimal(values);
  if (object == kFixed) object = add({SizeObject::Kind::Formula, values, {}, 0, {}});
  return {values, object};
}

SizeId SizeObjects::fromOperands(const ir::Node& node, const Values& values, int position,
                                 std::size_t length) {
  const Sources sources = sourcesOf(node);
  SizeId found = findIn(sources.operands, values, position, length);
  if (found == kFixed) found = productOf(node, sources.operands, values);
  if (found == kFixed) found = findIn(sources.results, values, position, length);
  return found;
}

/// The same place in a shape as long as the list, then in any, counted from the right (what is
/// merged or split stands in front) and from the left; then any place.
SizeId SizeObjects::findIn(const Shapes& shapes, const Values& values, int position,
                           std::size_t length) {
  const auto has = [&](const SeenShape& shape, std::size_t d) {
    return d < shape.size() && shape[d].values == values;
  };
  const auto at = static_cast<std::size_t>(std::max(position, 0));
  for (const SeenShape& shape : shapes)
    if (position >= 0 && shape.size() == length && has(shape, at)) return shape[at].object;
  for (const SeenShape& shape : shapes) {
    // Wraps around, and then is in no shape, where the list is the longer.
    const std::size_t fromRight = at + shape.size() - length;
    if (position >= 0 && has(shape, fromRight)) return shape[fromRight].object;
    if (position >= 0 && has(shape, at)) return shape[at].object;
  }
  for (const SeenShape& shape : shapes)
    for (const SeenSize& size : shape)
      if (size.values == values) return size.object;
  return kFixed;
}

/// A product of neighbouring dimensions; the calls of one operator share it.
SizeId SizeObjects::productOf(const ir::Node& node, const Shapes& shapes, const Values& values) {
  const std::int64_t place =
      isBackward(node) ? -1 - static_cast<std::int64_t>(node.id.index) : m_sizesFrom[node.id.index];
  if (const auto known = m_products.find({place, values}); known != m_products.end())
    return known->second;
  for (const SeenShape& shape : shapes)
    for (std::size_t begin = 0; begin < shape.size(); ++begin) {
      Values product(values.size(), 1);
      std::vector<SizeObject::Factor> factors;
      for (std::size_t d = begin; d < shape.size(); ++d) {
        for (std::size_t k = 0; k < product.size(); ++k) product[k] *= shape[d].values[k];
        if (shape[d].moves() || shape[d].values.front() != 1)
          factors.push_back({shape[d].object, shape[d].values.front()});
        if (product != values || factors.size() < 2) continue;
        const SizeId made = add({SizeObject::Kind::Product, values, {}, 0, std::move(factors)});
        m_products[{place, values}] = made;
        return made;
      }
    }
  return kFixed;
}

SizeObjects::Shapes SizeObjects::shapesOf(const std::vector<ir::NodeId>& nodes) const {
  Shapes shapes;
  for (const ir::NodeId id : nodes)
    if (base().node(id).tensor() && !m_shapes[id.index].empty())
      shapes.push_back(m_shapes[id.index].front());
  return shapes;
}

std::vector<ir::NodeId> SizeObjects::inputsFromOutside(const std::vector<ir::NodeId>& group) const {
  std::vector<ir::NodeId> inputs;
  for (const ir::NodeId member : group)
    forEachInput(base().node(member), [&](ir::NodeId id) {
      const bool isInside = std::find(group.begin(), group.end(), id) != group.end();
      if (!isInside && std::find(inputs.begin(), inputs.end(), id) == inputs.end())
        inputs.push_back(id);
    });
  return inputs;
}

/// Shapes that the arguments of `node` may have been read from, the likeliest first.
SizeObjects::Sources SizeObjects::sourcesOf(const ir::Node& node) const {
  const std::vector<ir::NodeId>* group = nullptr;
  std::vector<ir::NodeId> nodes;
  if (isBackward(node)) {
    const auto found = m_forward.find(node.meta.sequenceNumber.value_or(-1));
    if (found != m_forward.end()) group = &found->second;
  } else {
    if (m_sizesFrom[node.id.index] < 0) return {};
    group = &m_groups.at(m_sizesFrom[node.id.index]);
    forEachInput(node, [&](ir::NodeId id) { nodes.push_back(id); });
  }
  if (!group) return {};
  for (const ir::NodeId id : inputsFromOutside(*group)) nodes.push_back(id);
  std::vector<ir::NodeId> members;
  for (const ir::NodeId member : *group)
    if (isBackward(node) || member.index < node.id.index) members.push_back(member);
  return {shapesOf(nodes), shapesOf(members)};
}

}  // namespace core::trace
