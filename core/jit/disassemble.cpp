#include "core/jit/disassemble.h"

#include <llvm-c/Disassembler.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>

namespace core::jit {

namespace {

using llvm::object::ObjectFile;
using llvm::object::SectionRef;

struct DisposeDecoder {
  void operator()(void* decoder) const { LLVMDisasmDispose(decoder); }
};
using Decoder = std::unique_ptr<void, DisposeDecoder>;

Error readError(std::string details) {
  return Error{ErrorCode::KernelCompileFailed, "The machine code of a kernel could not be read.",
               std::move(details), ""};
}

Decoder makeDecoder(const HostTarget& target) {
  std::string features;
  for (const std::string& feature : target.features)
    features.append(features.empty() ? "" : ",").append(feature);
  Decoder decoder(LLVMCreateDisasmCPUFeatures(target.triple.c_str(), target.cpu.c_str(),
                                              features.c_str(), nullptr, 0, nullptr, nullptr));
  if (decoder)
    LLVMSetDisasmOptions(decoder.get(), LLVMDisassembler_Option_AsmPrinterVariant |
                                            LLVMDisassembler_Option_PrintImmHex);
  return decoder;
}

/// The functions outside the section that its calls reach, by the address of the operand.
std::map<std::uint64_t, std::string> calledFunctions(const ObjectFile& file,
                                                     const SectionRef& code) {
  std::map<std::uint64_t, std::string> names;
  for (const SectionRef& section : file.sections()) {
    auto of = section.getRelocatedSection();
    if (!of) {
      llvm::consumeError(of.takeError());
      continue;
    }
    if (*of == file.section_end() || **of != code) continue;
    for (const auto& relocation : section.relocations()) {
      if (relocation.getSymbol() == file.symbol_end()) continue;
      if (auto name = relocation.getSymbol()->getName())
        names[relocation.getOffset()] = name->str();
      else
        llvm::consumeError(name.takeError());
    }
  }
  return names;
}

/// Where "jne -40" goes, as a distance from the next instruction.
std::optional<std::int64_t> jumpDistance(const std::string& text) {
  if (!text.starts_with("j")) return std::nullopt;
  const std::size_t operand = text.find('\t');
  if (operand == std::string::npos) return std::nullopt;
  const char* begin = text.c_str() + operand + 1;
  char* end = nullptr;
  const std::int64_t distance = std::strtoll(begin, &end, 0);
  return *end == '\0' && end != begin ? std::optional(distance) : std::nullopt;
}

std::string trimmed(const char* text) {
  while (*text == '\t' || *text == ' ') ++text;
  return text;
}

Assembly decode(const std::string& code, void* decoder,
                const std::map<std::uint64_t, std::string>& called) {
  Assembly assembly;
  std::map<std::uint64_t, int> placeOf;
  std::map<int, std::uint64_t> jumps;
  std::uint64_t at = 0;
  while (at < code.size()) {
    char text[256];
    auto* bytes = reinterpret_cast<std::uint8_t*>(const_cast<char*>(code.data() + at));
    const std::size_t size =
        LLVMDisasmInstruction(decoder, bytes, code.size() - at, at, text, sizeof text);
    const int place = static_cast<int>(assembly.instructions.size());
    placeOf[at] = place;
    Instruction instruction{at, size > 0 ? trimmed(text) : "(no instruction)", -1};
    if (const auto distance = jumpDistance(instruction.text))
      jumps[place] = at + size + static_cast<std::uint64_t>(*distance);
    // A call is its opcode and a distance of four bytes.
    if (const auto name = called.find(at + 1);
        instruction.text.starts_with("call") && name != called.end())
      instruction.text = "call\t" + name->second;
    assembly.instructions.push_back(std::move(instruction));
    at += std::max<std::size_t>(1, size);
  }
  for (const auto& [place, address] : jumps)
    if (const auto target = placeOf.find(address); target != placeOf.end())
      assembly.instructions[static_cast<std::size_t>(place)].target = target->second;
  return assembly;
}

}  // namespace

Result<Assembly> disassemble(const std::string& object, const HostTarget& target) {
  const Decoder decoder = makeDecoder(target);
  if (!decoder) return readError("LLVM has no disassembler for " + target.triple);
  auto file = ObjectFile::createObjectFile(llvm::MemoryBufferRef(object, "kernel.o"));
  if (!file) return readError(llvm::toString(file.takeError()));
  for (const SectionRef& section : (*file)->sections()) {
    if (!section.isText() || section.getSize() == 0) continue;
    auto code = section.getContents();
    if (!code) return readError(llvm::toString(code.takeError()));
    Assembly assembly = decode(code->str(), decoder.get(), calledFunctions(**file, section));
    findLoops(assembly);
    return assembly;
  }
  return readError("The object has no code.");
}

}  // namespace core::jit
