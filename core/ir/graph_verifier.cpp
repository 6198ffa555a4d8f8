#include "core/ir/graph_verifier.h"

#include "core/base/check.h"

namespace core::ir {
namespace {

void verifyGetitem(const std::vector<Node>& nodes, const Node& node) {
  const bool shapely = node.args.size() == 2 && node.args[0].isNode() && node.args[1].integer();
  CORE_CHECK(shapely, "getitem '" + node.name + "' needs a node and an index");
  const TupleMeta* tuple = nodes[node.args[0].node().index].tuple();
  CORE_CHECK(tuple, "getitem '" + node.name + "' reads a value that is no tuple");
  const std::int64_t index = *node.args[1].integer();
  CORE_CHECK(index >= 0 && index < static_cast<std::int64_t>(tuple->elements.size()),
             "getitem '" + node.name + "' is out of bounds");
}

}  // namespace

void verifyNodes(const std::vector<Node>& nodes, const std::vector<std::string>& descriptors) {
  CORE_CHECK(!nodes.empty() && nodes.back().kind == NodeKind::Output,
             "a graph ends with its output node");
  CORE_CHECK(descriptors.empty() || descriptors.size() == nodes.back().args.size(),
             "one descriptor per output");
  bool inPlaceholders = true;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    const bool isPlaceholder = node.kind == NodeKind::Placeholder;
    CORE_CHECK(!isPlaceholder || inPlaceholders, "placeholder '" + node.name + "' is not in front");
    inPlaceholders = isPlaceholder;
    CORE_CHECK(node.kind != NodeKind::Output || i + 1 == nodes.size(), "one output node, the last");
    forEachInput(node, [&](NodeId input) {
      CORE_CHECK(input.index < i, "'" + node.name + "' uses a value before it is defined");
      CORE_CHECK(nodes[input.index].kind != NodeKind::Output, "the output node has no value");
    });
    if (node.isCallTo("getitem")) verifyGetitem(nodes, node);
    if (const TensorMeta* meta = node.tensor())
      CORE_CHECK(meta->sizes.size() == meta->strides.size(),
                 "'" + node.name + "' has sizes and strides of different length");
  }
}

}  // namespace core::ir
