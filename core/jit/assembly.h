#pragma once

// Machine code as instructions and loops, and as a text to read. Knows nothing of LLVM.

#include <cstdint>
#include <string>
#include <vector>

namespace core::jit {

struct Instruction {
  std::uint64_t address = 0;  ///< in bytes from the beginning of the code
  std::string text;           ///< "vaddps zmm0, zmm0, zmmword ptr [rdi]", Intel's spelling
  int target = -1;            ///< of a jump within the code: the place of that instruction
};

/// A range of instructions, both ends included, that a jump at its end repeats.
struct AssemblyLoop {
  int first = 0;
  int last = 0;
};

struct Assembly {
  std::vector<Instruction> instructions;
  std::vector<AssemblyLoop> loops;  ///< by `first`, the longer first
  int hotLoop = -1;                 ///< place in `loops`; -1: there is none
};

/// Fills `loops` and `hotLoop` from the jumps. The hot loop is the innermost one with the most
/// vector instructions, the first of equals: what runs most often, judged without running it.
void findLoops(Assembly& assembly);

/// One line an instruction, loops drawn as brackets in the margin, the hot one marked `*`; above it
/// what the hot loop consists of. Jumps name their target as a label.
std::string assemblyText(const Assembly& assembly);

}  // namespace core::jit
