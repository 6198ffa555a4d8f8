#include "core/jit/assembly.h"

#include <algorithm>
#include <map>

namespace core::jit {

namespace {

/// A loop nested deeper is drawn in the same column.
constexpr int kDeepest = 6;

bool isVector(const Instruction& instruction) {
  for (const char* name : {"zmm", "ymm", "xmm"})
    if (instruction.text.find(name) != std::string::npos) return true;
  return false;
}

int vectorsIn(const Assembly& assembly, const AssemblyLoop& loop) {
  const auto first = assembly.instructions.begin() + loop.first;
  const auto last = assembly.instructions.begin() + loop.last + 1;
  return static_cast<int>(std::count_if(first, last, isVector));
}

bool holds(const AssemblyLoop& outer, const AssemblyLoop& inner) {
  return outer.first <= inner.first && inner.last <= outer.last &&
         (outer.first != inner.first || outer.last != inner.last);
}

/// "vmovups [mem], zmm0" writes memory, "vaddps zmm0, zmm0, [mem]" reads it.
enum class Touch { None, Read, Write };

Touch touchOf(const std::string& text) {
  const std::size_t operands = text.find_first_of(" \t");
  const std::size_t bracket = text.find('[');
  if (operands == std::string::npos || bracket == std::string::npos || text.starts_with("lea") ||
      text.starts_with("nop") || text.starts_with("prefetch"))
    return Touch::None;
  const std::size_t comma = text.find(',', operands);
  const bool isMove = text.starts_with("vmov") || text.starts_with("mov") ||
                      text.find("scatter") != std::string::npos || text.starts_with("vpmov") ||
                      text.starts_with("vcvtps2ph");
  return isMove && comma != std::string::npos && bracket < comma ? Touch::Write : Touch::Read;
}

/// The widest vectors that any of the instructions uses.
const char* widthOf(const std::vector<Instruction>& instructions, const AssemblyLoop& loop) {
  const char* width = "no vectors";
  for (const auto& [name, words] : {std::pair{"xmm", "128-bit vectors"},
                                    {"ymm", "256-bit vectors"},
                                    {"zmm", "512-bit vectors"}})
    for (int i = loop.first; i <= loop.last; ++i)
      if (instructions[static_cast<std::size_t>(i)].text.find(name) != std::string::npos)
        width = words;
  return width;
}

std::string summaryOf(const Assembly& assembly, const AssemblyLoop& loop) {
  int loads = 0;
  int stores = 0;
  int spills = 0;
  for (int i = loop.first; i <= loop.last; ++i) {
    const std::string& text = assembly.instructions[static_cast<std::size_t>(i)].text;
    const Touch touch = touchOf(text);
    const bool onStack = text.find("[rsp") != std::string::npos;
    spills += touch != Touch::None && onStack;
    loads += touch == Touch::Read && !onStack;
    stores += touch == Touch::Write && !onStack;
  }
  return "; hot loop (*): " + std::to_string(loop.last - loop.first + 1) + " instructions, " +
         widthOf(assembly.instructions, loop) + "\n;   loads: " + std::to_string(loads) +
         ", stores: " + std::to_string(stores) +
         "\n;   on the stack for want of registers: " + std::to_string(spills) + "\n";
}

/// "L3" for the instruction that jumps go to.
std::map<int, std::string> labelsOf(const Assembly& assembly) {
  std::map<int, std::string> labels;
  for (const Instruction& instruction : assembly.instructions)
    if (instruction.target >= 0) labels[instruction.target];
  int number = 0;
  for (auto& [place, label] : labels) label = "L" + std::to_string(number++);
  return labels;
}

/// The margin of instruction `place`: a column for each loop around it.
std::string marginOf(const Assembly& assembly, int place) {
  std::string margin;
  int depth = 0;
  for (std::size_t i = 0; i < assembly.loops.size() && depth < kDeepest; ++i) {
    const AssemblyLoop& loop = assembly.loops[i];
    if (place < loop.first || place > loop.last) continue;
    const char* bar = place == loop.first ? "┌" : place == loop.last ? "└" : "│";
    margin += bar;
    ++depth;
  }
  return margin + std::string(static_cast<std::size_t>(kDeepest - depth), ' ');
}

std::string withLabel(const Instruction& instruction, const std::map<int, std::string>& labels) {
  if (instruction.target < 0) return instruction.text;
  return instruction.text.substr(0, instruction.text.find_first_of(" \t")) + "\t" +
         labels.at(instruction.target);
}

std::string tabsAsColumns(std::string text) {
  constexpr std::size_t kMnemonicWidth = 14;
  const std::size_t tab = text.find('\t');
  if (tab == std::string::npos) return text;
  text.replace(tab, 1, std::string(tab < kMnemonicWidth ? kMnemonicWidth - tab : 1, ' '));
  return text;
}

}  // namespace

void findLoops(Assembly& assembly) {
  assembly.loops.clear();
  for (int i = 0; i < static_cast<int>(assembly.instructions.size()); ++i) {
    const int target = assembly.instructions[static_cast<std::size_t>(i)].target;
    if (target >= 0 && target <= i) assembly.loops.push_back({target, i});
  }
  std::stable_sort(assembly.loops.begin(), assembly.loops.end(),
                   [](const AssemblyLoop& a, const AssemblyLoop& b) {
                     return a.first != b.first ? a.first < b.first : a.last > b.last;
                   });
  assembly.hotLoop = -1;
  int most = -1;
  for (std::size_t i = 0; i < assembly.loops.size(); ++i) {
    const bool isInnermost =
        std::none_of(assembly.loops.begin(), assembly.loops.end(),
                     [&](const AssemblyLoop& other) { return holds(assembly.loops[i], other); });
    const int vectors = vectorsIn(assembly, assembly.loops[i]);
    if (!isInnermost || vectors <= most) continue;
    most = vectors;
    assembly.hotLoop = static_cast<int>(i);
  }
}

std::string assemblyText(const Assembly& assembly) {
  const std::map<int, std::string> labels = labelsOf(assembly);
  const AssemblyLoop hot = assembly.hotLoop < 0
                               ? AssemblyLoop{-1, -2}
                               : assembly.loops[static_cast<std::size_t>(assembly.hotLoop)];
  std::string text;
  if (assembly.hotLoop >= 0) text += summaryOf(assembly, hot) + "\n";
  for (int i = 0; i < static_cast<int>(assembly.instructions.size()); ++i) {
    const Instruction& instruction = assembly.instructions[static_cast<std::size_t>(i)];
    if (const auto label = labels.find(i); label != labels.end()) text += label->second + ":\n";
    text += (i >= hot.first && i <= hot.last ? "* " : "  ") + marginOf(assembly, i) + " " +
            tabsAsColumns(withLabel(instruction, labels)) + "\n";
  }
  return text;
}

}  // namespace core::jit
