#include "core/layout/module_calls.h"

#include <map>

namespace core::layout {
namespace {

std::vector<std::string> prefixesOf(const std::string& path) {
  std::vector<std::string> prefixes;
  if (path.empty()) return prefixes;
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1))
    prefixes.push_back(path.substr(0, dot));
  prefixes.push_back(path);
  return prefixes;
}

/// The tree as executed, before calls that help nobody are left out.
class CallTree {
 public:
  explicit CallTree(const std::vector<ir::ModuleScope>& known) {
    for (const ir::ModuleScope& scope : known) m_classes[scope.path] = scope.className;
  }

  /// The innermost call of a node that runs now in that module.
  int enter(const ir::ModuleScope& module);
  void countBox(int call) {
    if (call >= 0) ++m_raw[call].ownBoxes;
  }
  /// Marks what is left out, children first, and returns the rest; `kept` maps raw to kept calls.
  std::vector<ModuleCall> keep(std::vector<int>& kept) const;

 private:
  struct Raw {
    std::string path;
    std::string key;
    int parent = -1;
    std::vector<int> children;
    int ownBoxes = 0;
  };

  int add(const std::string& path, int parent);
  bool isLeftOut(const Raw& raw, const std::vector<char>& leftOut,
                 const std::vector<int>& directBoxes) const;

  std::vector<Raw> m_raw;  ///< a parent comes before its children
  std::vector<int> m_stack;
  std::map<std::string, std::string> m_classes;
  std::map<std::string, int> m_timesCalled;
};

int CallTree::add(const std::string& path, int parent) {
  Raw raw;
  raw.path = path;
  const int times = ++m_timesCalled[path];
  raw.key = path;
  if (times > 1) raw.key.append("#").append(std::to_string(times));
  raw.parent = parent;
  const int at = static_cast<int>(m_raw.size());
  m_raw.push_back(std::move(raw));
  if (parent >= 0) m_raw[parent].children.push_back(at);
  return at;
}

int CallTree::enter(const ir::ModuleScope& module) {
  const auto prefixes = prefixesOf(module.path);
  std::size_t same = 0;
  while (same < prefixes.size() && same < m_stack.size() &&
         m_raw[m_stack[same]].path == prefixes[same])
    ++same;
  m_stack.resize(same);
  for (std::size_t i = same; i < prefixes.size(); ++i)
    m_stack.push_back(add(prefixes[i], m_stack.empty() ? -1 : m_stack.back()));
  if (!module.className.empty()) m_classes.emplace(module.path, module.className);
  return m_stack.empty() ? -1 : m_stack.back();
}

bool CallTree::isLeftOut(const Raw& raw, const std::vector<char>& leftOut,
                         const std::vector<int>& directBoxes) const {
  int frames = 0;
  for (const int child : raw.children) frames += leftOut[child] == 0;
  const int direct = directBoxes[&raw - m_raw.data()];
  if (frames == 0) return direct <= 1;
  if (direct > 0) return false;
  return frames == 1 || m_classes.find(raw.path) == m_classes.end();
}

std::vector<ModuleCall> CallTree::keep(std::vector<int>& kept) const {
  std::vector<char> leftOut(m_raw.size(), 0);
  std::vector<int> directBoxes(m_raw.size(), 0);
  for (int i = static_cast<int>(m_raw.size()) - 1; i >= 0; --i) {
    directBoxes[i] += m_raw[i].ownBoxes;
    leftOut[i] = isLeftOut(m_raw[i], leftOut, directBoxes);
    if (leftOut[i] && m_raw[i].parent >= 0) directBoxes[m_raw[i].parent] += directBoxes[i];
  }
  std::vector<ModuleCall> calls;
  kept.assign(m_raw.size(), -1);
  for (std::size_t i = 0; i < m_raw.size(); ++i) {
    const Raw& raw = m_raw[i];
    const int parent = raw.parent < 0 ? -1 : kept[raw.parent];
    kept[i] = parent;
    if (leftOut[i]) continue;
    const auto known = m_classes.find(raw.path);
    ModuleCall call;
    call.key = raw.key;
    call.path = raw.path;
    if (known != m_classes.end()) call.className = known->second;
    call.parent = parent;
    call.depth = parent < 0 ? 1 : calls[parent].depth + 1;
    kept[i] = static_cast<int>(calls.size());
    calls.push_back(std::move(call));
  }
  return calls;
}

std::string commonModule(const std::string& a, const std::string& b) {
  const auto ofA = prefixesOf(a);
  const auto ofB = prefixesOf(b);
  std::string common;
  for (std::size_t i = 0; i < ofA.size() && i < ofB.size() && ofA[i] == ofB[i]; ++i)
    common = ofA[i];
  return common;
}

/// The nodes with boxes in execution order, each with its module. A node that knows none (a sum of
/// gradients) is in the module that the nodes before and after it share, so that it does not end a
/// call that goes on after it.
std::vector<std::pair<int, ir::ModuleScope>> modulesOf(const Flow& flow, const Folding& folding) {
  std::vector<std::pair<int, ir::ModuleScope>> modules;
  std::vector<std::size_t> unknown;
  std::string before;
  const auto settle = [&](const std::string& after) {
    for (const std::size_t i : unknown) modules[i].second.path = commonModule(before, after);
    unknown.clear();
  };
  for (std::size_t i = 0; i < flow.nodes.size(); ++i) {
    const FlowNode& node = flow.nodes[i];
    const bool hasBox = node.lane == Lane::Forward && node.role == FlowRole::Call &&
                        !folding.isFolded(static_cast<int>(i));
    if (!hasBox) continue;
    const ir::ModuleScope* module = node.node->meta.anyModule();
    modules.emplace_back(static_cast<int>(i), module ? *module : ir::ModuleScope{});
    if (!module) {
      unknown.push_back(modules.size() - 1);
      continue;
    }
    settle(module->path);
    before = module->path;
  }
  settle({});
  return modules;
}

}  // namespace

ModuleCalls findModuleCalls(const Flow& flow, const Folding& folding,
                            const std::vector<ir::ModuleScope>& known) {
  CallTree tree(known);
  std::vector<int> raw(flow.nodes.size(), -1);
  for (const auto& [node, module] : modulesOf(flow, folding)) {
    raw[node] = tree.enter(module);
    tree.countBox(raw[node]);
  }
  ModuleCalls result;
  std::vector<int> kept;
  result.calls = tree.keep(kept);
  result.callOf.assign(flow.nodes.size(), -1);
  for (std::size_t i = 0; i < raw.size(); ++i)
    if (raw[i] >= 0) result.callOf[i] = kept[raw[i]];
  return result;
}

}  // namespace core::layout
