#include "core/layout/box_text.h"

#include <array>
#include <cstdio>

namespace core::layout {
namespace {

std::string tensorText(const ir::TensorMeta& meta) {
  std::string text(ir::dtypeName(meta.dtype));
  text += '[';
  for (std::size_t i = 0; i < meta.sizes.size(); ++i) {
    if (i) text += ',';
    text += meta.sizes[i].text();
  }
  text += ']';
  return text;
}

const std::string& joinDetail(std::string& detail, const std::string& more) {
  if (!detail.empty() && !more.empty()) detail += " · ";
  return detail += more;
}

/// "h.0" for the "0" of "transformer.h.0": a number says nothing where several lists of blocks are
/// on the screen.
std::string withNameOfList(std::string end, const std::string& path) {
  while (!end.empty() && end.front() >= '0' && end.front() <= '9' && end.size() + 1 < path.size()) {
    const auto dot = path.rfind('.', path.size() - end.size() - 2);
    end = dot == std::string::npos ? path : path.substr(dot + 1);
  }
  return end;
}

}  // namespace

std::string bytesText(std::int64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  const bool whole = value >= 100 || value == static_cast<double>(static_cast<int>(value));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), whole ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text.data();
}

std::string shapeText(const ir::ValueMeta& value) {
  if (const auto* tensor = std::get_if<ir::TensorMeta>(&value)) return tensorText(*tensor);
  if (const auto* sym = std::get_if<ir::SymMeta>(&value)) return sym->size.text();
  if (const auto* tuple = std::get_if<ir::TupleMeta>(&value)) {
    for (const auto& element : tuple->elements)
      if (element) return tensorText(*element);
  }
  return {};
}

std::string shortOpName(const std::string& target) {
  const std::string packet(ir::opPacket(target));
  const auto colon = packet.find('.');
  return colon == std::string::npos ? packet : packet.substr(colon + 1);
}

std::string relativePath(const std::string& path, const std::string& base) {
  std::size_t shared = 0;
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    const bool same = base.compare(0, dot, path, 0, dot) == 0 && base.size() >= dot &&
                      (base.size() == dot || base[dot] == '.');
    if (!same) break;
    shared = dot + 1;
  }
  return path.substr(shared);
}

std::string shortClass(const std::string& className) {
  const auto dot = className.rfind('.');
  return dot == std::string::npos ? className : className.substr(dot + 1);
}

void describeUnit(const Flow& flow, const Unit& unit, const std::string& around, Box& box) {
  box.kind = unit.kind;
  box.lane = unit.lane;
  box.badges = unit.badges;
  std::string home = around;
  if (unit.kind == BoxKind::Op) {
    const FlowNode& node = flow.nodes[unit.flow];
    box.title = shortOpName(node.node->target);
    const ir::ModuleScope* module = node.node->meta.anyModule();
    if (module && !module->path.empty()) {
      home = module->path;
      box.path = module->path;
      if (module->path != around) box.detail = relativePath(module->path, around);
    }
    joinDetail(box.detail, shapeText(node.node->value));
  } else {
    box.title = unit.label;
    if (unit.flow >= 0) box.detail = shapeText(flow.nodes[unit.flow].node->value);
  }
  for (Badge& badge : box.badges) badge.text = relativePath(badge.text, home);
  for (const int member : unit.members) box.nodes.push_back(flow.nodes[member].node->name);
}

std::string callName(const ModuleCall& call) {
  if (call.repeats == 0) return call.path;
  const std::string name = call.className.empty() ? call.key : shortClass(call.className);
  return name + " ×" + std::to_string(call.repeats);
}

void describeCall(const ModuleCall& call, const std::string& around, int ops, Box& box) {
  box.module = call.key;
  box.path = call.path;
  const std::string count = std::to_string(ops) + (ops == 1 ? " op" : " ops");
  if (call.repeats > 0) {
    box.title = callName(call);
    box.detail = relativePath(call.key, around);
    joinDetail(box.detail, count);
    return;
  }
  box.title = withNameOfList(relativePath(call.path, around), call.path);
  if (const auto times = call.key.find('#'); times != std::string::npos)
    box.title += " " + call.key.substr(times);
  box.detail = shortClass(call.className);
  joinDetail(box.detail, count);
}

}  // namespace core::layout
