#include "core/schedule/kernel_names.h"

#include <algorithm>

namespace core::schedule {
namespace {

constexpr std::size_t kMaxLength = 60;

bool isIdentifierChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// "native_layer_norm" of "aten.native_layer_norm.default".
std::string shortName(const ir::Node& node) {
  const std::string& op = node.meta.originalOp.empty() ? node.target : node.meta.originalOp;
  std::string name(ir::opPacket(op));
  name = name.substr(name.find('.') == std::string::npos ? 0 : name.find('.') + 1);
  for (char& c : name)
    if (!isIdentifierChar(c)) c = '_';
  return name.substr(std::min(name.find_first_not_of('_'), name.size()));
}

}  // namespace

std::string kernelName(const ir::Graph& graph, const std::vector<ir::NodeId>& nodes,
                       std::set<std::string>& taken) {
  std::string base = "fused";
  std::vector<std::string> parts;
  for (const ir::NodeId id : nodes) {
    std::string part = shortName(graph.node(id));
    if (std::find(parts.begin(), parts.end(), part) != parts.end()) continue;
    if (base.size() + part.size() >= kMaxLength) break;
    base.append("_").append(part);
    parts.push_back(std::move(part));
  }
  std::string name = base;
  for (int suffix = 1; !taken.insert(name).second; ++suffix)
    name = base + "_" + std::to_string(suffix);
  return name;
}

}  // namespace core::schedule
