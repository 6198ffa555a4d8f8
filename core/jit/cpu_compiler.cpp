// The compiler behind the module's one exported symbol. Sources are reduced to their canonical
// form; each distinct one is found in memory, or in the folder of objects, or compiled. The calling
// thread compiles, with helpers on the other cores: a step has dozens of kernels and a person
// waits.

#include <clang/Basic/Version.h>
#include <llvm/Support/TargetSelect.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/sha256.h"
#include "core/codegen/canonical_source.h"
#include "core/codegen/object_cache.h"
#include "core/jit/compile_to_object.h"
#include "core/jit/disassemble.h"
#include "core/jit/host_target.h"
#include "core/jit/jit_module.h"
#include "core/jit/loaded_kernel.h"

namespace core::jit {
namespace {

using codegen::BuiltKernel;
using codegen::canonicalSource;
using codegen::kCanonicalEntry;
using codegen::KernelSource;
using codegen::ObjectCache;

/// One distinct source on its way to machine code.
struct Job {
  std::string key;
  std::string source;
  std::string firstName;  ///< of the kernel that asked for it first, for messages
  std::optional<Error> error;
  LoadedKernel kernel;
  bool fromCache = false;
  double seconds = 0;
  std::string log;
};

class ClangCompiler final : public CpuCompiler {
 public:
  ClangCompiler() {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetDisassembler();
    m_target = detectHostTarget();
    m_fingerprint = compilerFingerprint(m_target);
  }

  std::string compilerVersion() const override { return "clang " CLANG_VERSION_STRING; }
  std::string targetCpu() const override { return m_target.description; }

  Result<std::vector<BuiltKernel>> build(const std::vector<KernelSource>& sources,
                                         const BuildOptions& options,
                                         const StageContext& context) override;
  Result<Assembly> disassemble(const KernelSource& source, const BuildOptions& options) override;

 private:
  std::vector<std::size_t> makeJobs(const std::vector<KernelSource>& sources,
                                    std::vector<Job>& jobs) const;
  void runJobs(std::vector<Job>& jobs, const BuildOptions& options, const StageContext& context);
  void runJob(Job& job, const ObjectCache& cache, std::chrono::duration<double> limit);
  Result<void> compileJob(Job& job, const ObjectCache& cache,
                          std::chrono::duration<double> limit) const;
  std::optional<LoadedKernel> findLoaded(const std::string& key);

  HostTarget m_target;
  std::string m_fingerprint;
  std::mutex m_mutex;
  /// Code that some BuiltKernel still holds.
  std::map<std::string, std::pair<codegen::KernelFunction, std::weak_ptr<const void>>> m_loaded;
};

/// Fills `jobs` with the distinct sources; returns the job of each source.
std::vector<std::size_t> ClangCompiler::makeJobs(const std::vector<KernelSource>& sources,
                                                 std::vector<Job>& jobs) const {
  std::map<std::string, std::size_t> byKey;
  std::vector<std::size_t> jobOf;
  for (const KernelSource& source : sources) {
    Job job;
    job.source = canonicalSource(source.source, {source.name});
    job.key = sha256(m_fingerprint + "\n" + job.source);
    job.firstName = source.name;
    const auto [place, isNew] = byKey.emplace(job.key, jobs.size());
    if (isNew) jobs.push_back(std::move(job));
    jobOf.push_back(place->second);
  }
  return jobOf;
}

std::optional<LoadedKernel> ClangCompiler::findLoaded(const std::string& key) {
  const std::lock_guard lock(m_mutex);
  const auto found = m_loaded.find(key);
  if (found == m_loaded.end()) return std::nullopt;
  std::shared_ptr<const void> owner = found->second.second.lock();
  if (!owner) return std::nullopt;
  return LoadedKernel{found->second.first, std::move(owner)};
}

Result<void> ClangCompiler::compileJob(Job& job, const ObjectCache& cache,
                                       std::chrono::duration<double> limit) const {
  const auto start = std::chrono::steady_clock::now();
  CORE_TRY(ObjectCode object, compileToObject(job.source, m_target, limit));
  CORE_TRY(job.kernel, loadKernel(object.bytes, kCanonicalEntry));
  job.log = std::move(object.log);
  cache.store(job.key, object.bytes);
  job.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {};
}

void ClangCompiler::runJob(Job& job, const ObjectCache& cache,
                           std::chrono::duration<double> limit) {
  if (std::optional<LoadedKernel> loaded = findLoaded(job.key)) {
    job.kernel = std::move(*loaded);
    job.fromCache = true;
    return;
  }
  if (const std::optional<std::string> object = cache.load(job.key)) {
    if (Result<LoadedKernel> kernel = loadKernel(*object, kCanonicalEntry)) {
      job.kernel = std::move(*kernel);
      job.fromCache = true;
    }
  }
  if (!job.fromCache) {
    if (Result<void> compiled = compileJob(job, cache, limit); !compiled) {
      job.error = compiled.error();
      return;
    }
  }
  const std::lock_guard lock(m_mutex);
  m_loaded[job.key] = {job.kernel.function, job.kernel.owner};
}

void ClangCompiler::runJobs(std::vector<Job>& jobs, const BuildOptions& options,
                            const StageContext& context) {
  const ObjectCache cache(options.cacheFolder);
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> finished = 0;
  std::atomic<bool> failed = false;
  const auto work = [&](bool isCaller) {
    while (!failed && !context.stopRequested()) {
      const std::size_t index = next++;
      if (index >= jobs.size()) return;
      runJob(jobs[index], cache, options.kernelLimit);
      if (jobs[index].error) failed = true;
      ++finished;
      if (isCaller)
        context.progress(static_cast<double>(finished) / static_cast<double>(jobs.size()),
                         "Compile: " + jobs[index].firstName);
    }
  };
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(cores, jobs.size()); ++i)
    helpers.emplace_back([&work] { work(false); });
  work(true);
}

Result<Assembly> ClangCompiler::disassemble(const KernelSource& source,
                                            const BuildOptions& options) {
  std::vector<Job> jobs;
  makeJobs({source}, jobs);
  const ObjectCache cache(options.cacheFolder);
  if (const std::optional<std::string> object = cache.load(jobs[0].key))
    return jit::disassemble(*object, m_target);
  CORE_TRY(const ObjectCode object, compileToObject(jobs[0].source, m_target, options.kernelLimit));
  return jit::disassemble(object.bytes, m_target);
}

Result<std::vector<BuiltKernel>> ClangCompiler::build(const std::vector<KernelSource>& sources,
                                                      const BuildOptions& options,
                                                      const StageContext& context) {
  if (!m_target.canRunKernels)
    return Error{ErrorCode::DeviceUnavailable,
                 "Generated kernels need a CPU with AVX2, FMA and F16C; this one is " +
                     m_target.description + ". Run eager.",
                 "", ""};
  std::vector<Job> jobs;
  const std::vector<std::size_t> jobOf = makeJobs(sources, jobs);
  runJobs(jobs, options, context);
  for (Job& job : jobs) {
    if (!job.error) continue;
    job.error->message = "Kernel " + job.firstName + ": " + job.error->message;
    return std::move(*job.error);
  }
  CORE_TRY_VOID(context.checkCancelled("compile"));

  std::vector<BuiltKernel> kernels;
  std::vector<bool> reported(jobs.size(), false);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Job& job = jobs[jobOf[i]];
    BuiltKernel kernel;
    kernel.name = sources[i].name;
    kernel.function = job.kernel.function;
    kernel.units = sources[i].units;
    kernel.grain = sources[i].grain;
    kernel.checksIndices = sources[i].checksIndices;
    // The second kernel of a source costs nothing.
    kernel.fromCache = job.fromCache || reported[jobOf[i]];
    kernel.seconds = reported[jobOf[i]] ? 0 : job.seconds;
    kernel.log = job.log;
    kernel.owner = job.kernel.owner;
    reported[jobOf[i]] = true;
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

}  // namespace
}  // namespace core::jit

extern "C" __attribute__((visibility("default"))) core::jit::CpuCompiler* aotCpuCompiler() {
  static core::jit::ClangCompiler compiler;
  return &compiler;
}
