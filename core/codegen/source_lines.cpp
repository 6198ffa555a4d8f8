// The writers name every value after its op: `mul_18`, `total_20`, `mul_18_row` belong to ops 18,
// 20 and 18. So a line of the work function tells by itself what it computes. A line that assigns
// is about what it assigns to; any other line (a store, a call) about all that it names.

#include "core/codegen/source_lines.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "core/codegen/kernel_plan.h"

namespace core::codegen {

namespace {

bool isWordChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

/// The number in `name_12` and `name_12_suffix`; -1 for other words.
int opNumber(std::string_view word) {
  if (word.empty() || isDigit(word.front())) return -1;
  const std::size_t bar = word.find('_');
  for (std::size_t at = bar; at != std::string_view::npos; at = word.find('_', at + 1)) {
    std::size_t end = at + 1;
    int number = 0;
    while (end < word.size() && isDigit(word[end]) && end - at < 8)
      number = number * 10 + (word[end++] - '0');
    if (end > at + 1 && (end == word.size() || word[end] == '_')) return number;
  }
  return -1;
}

/// Calls `visit(number)` for every op that `text` names.
template <typename Visit>
void forEachOp(std::string_view text, Visit&& visit) {
  for (std::size_t at = 0; at < text.size();) {
    if (!isWordChar(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && isWordChar(text[end])) ++end;
    if (const int number = opNumber(text.substr(at, end - at)); number >= 0) visit(number);
    at = end;
  }
}

/// The part of a line that says what it is about.
std::string_view subject(std::string_view line) {
  line = line.substr(0, line.find("//"));
  const std::size_t equals = line.find(" = ");
  const std::string_view target = line.substr(0, equals);
  bool names = false;
  forEachOp(target, [&](int) { names = true; });
  return equals != std::string_view::npos && names ? target : line;
}

}  // namespace

std::vector<std::vector<ir::NodeId>> nodesOfLines(const KernelSource& kernel,
                                                  const schedule::LoopNest& nest) {
  const schedule::LoopNest written = planKernel(nest).nest;
  std::vector<std::vector<ir::NodeId>> lines;
  bool inWork = false;
  std::string_view rest = kernel.source;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    // The prelude stands first; every kernel function begins with one of these.
    inWork = inWork || line.starts_with("static void work(") ||
             line.starts_with("extern \"C\" void") || line.starts_with("extern \"C\" __global__");
    auto& nodes = lines.emplace_back();
    if (!inWork) continue;
    forEachOp(subject(line), [&](int op) {
      if (op >= static_cast<int>(written.ops.size())) return;
      const ir::NodeId node = written.ops[static_cast<std::size_t>(op)].node;
      if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
    });
  }
  return lines;
}

}  // namespace core::codegen
