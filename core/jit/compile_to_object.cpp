// Why in process and in these three steps: a small kernel takes about 30 ms instead of 100 ms and
// more with a compiler driver, and no compiler need be installed. The front end runs with cc1's
// flags (the driver's are not known here) and without its own optimiser, because the pipeline below
// is told that LLVM may use the CPU's full vectors.
//
// Contraction to fused multiply-add is allowed; -ffast-math is not, because it breaks infinities
// and NaN. -fno-builtin keeps loops from becoming calls of memset, and math-errno is off (cc1's
// default when -fmath-errno is absent) so that square roots are instructions.

#include "core/jit/compile_to_object.h"

#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Basic/Version.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <vector>

namespace core::jit {
namespace {

constexpr const char* kFileName = "kernel.cpp";

std::vector<std::string> frontEndFlags(const HostTarget& target) {
  std::vector<std::string> flags{
      "-triple", target.triple, "-emit-llvm-only", "-x", "c++", "-std=c++20", "-O3",
      "-disable-llvm-passes", "-ffp-contract=fast", "-fno-builtin", "-fno-rounding-math",
      // Vectors wider than registers go to functions that are always inlined: no calling
      // convention is concerned.
      "-Wno-psabi", "-nostdsysteminc", "-nobuiltininc", "-mrelocation-model", "pic", "-pic-level",
      "2", "-target-cpu", target.cpu};
  if (target.has512BitVectors) {
    flags.push_back("-mprefer-vector-width=512");
    flags.push_back("-tune-cpu");
    flags.push_back("skylake-avx512");
  }
  for (const std::string& feature : target.features) {
    flags.push_back("-target-feature");
    flags.push_back(feature);
  }
  flags.push_back(kFileName);
  return flags;
}

Error compileError(std::string log) {
  return Error{ErrorCode::KernelCompileFailed,
               "A generated kernel did not compile. The compiler's log is in the details; please "
               "report it with the kernel's source.",
               std::move(log), ""};
}

/// Parses `source` into a module; null if it has errors, which are then in `log`.
std::unique_ptr<llvm::Module> parseSource(const std::string& source, const HostTarget& target,
                                          llvm::LLVMContext& context, std::string& log) {
  clang::CompilerInstance compiler;
  llvm::raw_string_ostream stream(log);
  compiler.setVerboseOutputStream(stream);  // "1 error generated."
  auto options = llvm::makeIntrusiveRefCnt<clang::DiagnosticOptions>();
  compiler.createDiagnostics(new clang::TextDiagnosticPrinter(stream, options.get()));

  const std::vector<std::string> flags = frontEndFlags(target);
  std::vector<const char*> arguments;
  for (const std::string& flag : flags) arguments.push_back(flag.c_str());
  if (!clang::CompilerInvocation::CreateFromArgs(compiler.getInvocation(), arguments,
                                                 compiler.getDiagnostics()))
    return nullptr;
  // The diagnostics were made before the flags were read.
  clang::ProcessWarningOptions(compiler.getDiagnostics(), compiler.getDiagnosticOpts());
  // The preprocessor owns the remapped buffer.
  compiler.getPreprocessorOpts().addRemappedFile(
      kFileName, llvm::MemoryBuffer::getMemBufferCopy(source, kFileName).release());

  clang::EmitLLVMOnlyAction action(&context);
  if (!compiler.ExecuteAction(action)) return nullptr;
  return action.takeModule();
}

std::unique_ptr<llvm::TargetMachine> makeTargetMachine(const HostTarget& target) {
  std::string ignored;
  const llvm::Target* registered = llvm::TargetRegistry::lookupTarget(target.triple, ignored);
  if (!registered) return nullptr;
  std::string features;
  for (const std::string& feature : target.features)
    features.append(features.empty() ? "" : ",").append(feature);
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Fast;
  return std::unique_ptr<llvm::TargetMachine>(registered->createTargetMachine(
      target.triple, target.cpu, features, options, llvm::Reloc::PIC_, llvm::CodeModel::Small,
      llvm::CodeGenOpt::Aggressive));
}

using Clock = std::chrono::steady_clock;

Error limitError(std::chrono::duration<double> limit) {
  return Error{ErrorCode::KernelCompileFailed,
               "A generated kernel took longer to compile than its limit of " +
                   std::to_string(static_cast<long>(limit.count())) + " seconds.",
               {},
               {}};
}

/// Passes that would begin after `deadline` are left out.
void optimize(llvm::Module& module, llvm::TargetMachine& machine, Clock::time_point deadline) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = true;
  tuning.LoopInterleaving = true;
  tuning.LoopUnrolling = true;
  llvm::PassInstrumentationCallbacks callbacks;
  callbacks.registerShouldRunOptionalPassCallback(
      [deadline](llvm::StringRef, llvm::Any) { return Clock::now() < deadline; });
  llvm::PassBuilder builder(&machine, tuning, llvm::None, &callbacks);

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  // No library function is assumed to exist, so no loop turns into a call.
  llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3).run(module, modules);
}

}  // namespace

std::string compilerFingerprint(const HostTarget& target) {
  std::string text = clang::getClangFullVersion();
  for (const std::string& flag : frontEndFlags(target)) text.append("\n").append(flag);
  return text;
}

Result<ObjectCode> compileToObject(const std::string& source, const HostTarget& target,
                                   std::chrono::duration<double> limit) {
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(limit);
  ObjectCode object;
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::Module> module = parseSource(source, target, context, object.log);
  if (!module) return compileError(std::move(object.log));

  const std::unique_ptr<llvm::TargetMachine> machine = makeTargetMachine(target);
  if (!machine) return compileError("LLVM has no code generator for " + target.triple);
  module->setDataLayout(machine->createDataLayout());
  optimize(*module, *machine, deadline);
  if (Clock::now() >= deadline) return limitError(limit);

  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager generator;
  if (machine->addPassesToEmitFile(generator, stream, nullptr, llvm::CGFT_ObjectFile))
    return compileError("LLVM cannot write object files for " + target.triple);
  generator.run(*module);
  object.bytes.assign(bytes.begin(), bytes.end());
  return object;
}

}  // namespace core::jit
