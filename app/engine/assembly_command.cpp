#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "core/jit/jit_module.h"
#include "core/pipeline/open_model.h"

namespace engine {
namespace {

using namespace core;

Result<std::string> readSource(const std::string& path) {
  const auto all = [](std::istream& stream) {
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  if (path == "-") return all(std::cin);
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error{ErrorCode::FileNotFound,
                 "Cannot read '" + path + "'. Give a source that `aot-engine kernels --out` wrote.",
                 {},
                 {}};
  return all(file);
}

/// The entry point's name: what follows `extern "C" void` at the beginning of a line.
Result<std::string> entryOf(const std::string& source) {
  const std::string mark = "\nextern \"C\" void ";
  const std::size_t at = source.find(mark);
  const std::size_t begin = at + mark.size();
  const std::size_t end = at == std::string::npos ? at : source.find('(', begin);
  if (end == std::string::npos)
    return Error{ErrorCode::InvalidArgument,
                 "This is not the source of a CPU kernel: it has no entry point. Give one that "
                 "`aot-engine kernels --out` wrote.",
                 {},
                 {}};
  return source.substr(begin, end - begin);
}

Result<std::string> assemblyOf(const std::string& path) {
  codegen::KernelSource kernel;
  CORE_TRY(kernel.source, readSource(path));
  CORE_TRY(kernel.name, entryOf(kernel.source));
  CORE_TRY(jit::CpuCompiler * compiler, jit::openCpuCompiler());
  CORE_TRY(const jit::Assembly assembly,
           compiler->disassemble(kernel, {.cacheFolder = pipeline::kernelCacheFolder()}));
  return "; " + kernel.name + "\n; compiled by " + compiler->compilerVersion() + " for " +
         compiler->targetCpu() + "\n" + jit::assemblyText(assembly);
}

}  // namespace

int assemblyCommand(const EngineOptions& options) {
  const auto text = assemblyOf(options.model);
  if (!text) return fail(text.error());
  std::fputs(text->c_str(), stdout);
  return kDone;
}

}  // namespace engine
