#include "core/jit/loaded_kernel.h"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Support/MemoryBuffer.h>

#include <cmath>
#include <utility>

namespace core::jit {
namespace {

using UnaryMath = double (*)(double);
using BinaryMath = double (*)(double, double);

constexpr std::pair<const char*, UnaryMath> kUnaryMath[] = {
    {"exp", std::exp},     {"exp2", std::exp2}, {"expm1", std::expm1}, {"log", std::log},
    {"log1p", std::log1p}, {"log2", std::log2}, {"log10", std::log10}, {"sin", std::sin},
    {"cos", std::cos},     {"tan", std::tan},   {"sinh", std::sinh},   {"cosh", std::cosh},
    {"tanh", std::tanh},   {"asin", std::asin}, {"acos", std::acos},   {"atan", std::atan},
    {"erf", std::erf},     {"erfc", std::erfc},
};
constexpr std::pair<const char*, BinaryMath> kBinaryMath[] = {
    {"pow", std::pow}, {"fmod", std::fmod}, {"atan2", std::atan2}};

template <typename Function>
llvm::JITEvaluatedSymbol symbolOf(Function function) {
  return llvm::JITEvaluatedSymbol(
      llvm::pointerToJITTargetAddress(reinterpret_cast<void*>(function)),
      llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable);
}

llvm::Error defineMath(llvm::orc::LLJIT& jit) {
  llvm::orc::SymbolMap symbols;
  for (const auto& [name, function] : kUnaryMath)
    symbols[jit.mangleAndIntern(name)] = symbolOf(function);
  for (const auto& [name, function] : kBinaryMath)
    symbols[jit.mangleAndIntern(name)] = symbolOf(function);
  return jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols)));
}

Error linkError(llvm::Error error) {
  return Error{ErrorCode::KernelCompileFailed,
               "A compiled kernel could not be linked into the process.",
               llvm::toString(std::move(error)), ""};
}

}  // namespace

Result<LoadedKernel> loadKernel(const std::string& object, const std::string& entry) {
  // The default platform would add a module of its own for static constructors; kernels have none.
  auto made = llvm::orc::LLJITBuilder().setPlatformSetUp(llvm::orc::setUpInactivePlatform).create();
  if (!made) return linkError(made.takeError());
  std::shared_ptr<llvm::orc::LLJIT> jit = std::move(*made);
  // Unresolved symbols are reported in the result, not on the terminal.
  std::string remarks;
  jit->getExecutionSession().setErrorReporter([&remarks](llvm::Error error) {
    remarks.append(llvm::toString(std::move(error))).append("\n");
  });
  if (llvm::Error error = defineMath(*jit)) return linkError(std::move(error));
  if (llvm::Error error = jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, entry)))
    return linkError(std::move(error));
  auto symbol = jit->lookup(entry);
  if (!symbol) {
    Error error = linkError(symbol.takeError());
    error.details += "\n" + remarks;
    return error;
  }
  jit->getExecutionSession().setErrorReporter(
      [](llvm::Error error) { llvm::consumeError(std::move(error)); });
  LoadedKernel kernel;
  kernel.function = reinterpret_cast<codegen::KernelFunction>(symbol->getAddress());
  kernel.owner = std::move(jit);
  return kernel;
}

}  // namespace core::jit
