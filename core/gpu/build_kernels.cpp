// From texts to loaded kernels. A program of many kernels compiles about twice as fast as as many
// programs, and programs compile in parallel, so the distinct kernels that no cache holds are dealt
// out to as many programs as there are cores, and to more where one would exceed kBatch kernels.
//
// On disk a kernel's entry (its key is the hash of its canonical text and of what decides the code
// beside it) names the cubin that holds it and the entry's prefix there; the cubin's own key is the
// hash of its program.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <sstream>
#include <thread>

#include "core/base/check.h"
#include "core/base/sha256.h"
#include "core/codegen/canonical_source.h"
#include "core/codegen/object_cache.h"
#include "core/gpu/compile_cuda.h"
#include "core/gpu/open_gpu.h"

namespace core::gpu {
namespace {

using codegen::BuiltKernel;
using codegen::KernelLaunch;
using codegen::KernelSource;
using codegen::ObjectCache;

constexpr std::size_t kBatch = 20;

std::vector<std::string> entriesOf(const KernelSource& source) {
  std::vector<std::string> entries;
  for (const KernelLaunch& launch : source.launches)
    if (std::find(entries.begin(), entries.end(), launch.entry) == entries.end())
      entries.push_back(launch.entry);
  return entries;
}

/// One distinct kernel on its way to machine code.
struct Job {
  std::string key;
  std::string source;                ///< canonical
  std::vector<std::string> entries;  ///< canonical
  std::string firstName;             ///< of the kernel that asked for it first, for messages
  std::string cubinKey;
  std::string prefix;  ///< of its entries in the cubin
  std::string cubin;
  bool fromCache = false;
  double seconds = 0;
  std::string log;
};

/// Kernels that are compiled together.
struct Program {
  std::vector<Job*> jobs;
  std::optional<Error> error;
};

std::string programText(const std::vector<Job*>& jobs) {
  std::string text;
  for (Job* job : jobs) {
    text.append("namespace ").append(job->prefix).append("_names {\n");
    text += codegen::canonicalSource(job->source, job->entries, job->prefix) + "}\n";
  }
  return text;
}

void compile(Program& program, const NvrtcApi& nvrtc, int capability, const ObjectCache& cache) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < program.jobs.size(); ++i)
    program.jobs[i]->prefix = "k" + std::to_string(i);
  const std::string text = programText(program.jobs);
  Result<Cubin> cubin = compileCuda(nvrtc, text, capability);
  if (!cubin) {
    program.error = std::move(cubin.error());
    program.error->details += "\n" + text;
    return;
  }
  const std::string key = sha256(compilerFingerprint(nvrtc, capability) + "\n" + text);
  cache.store(key, cubin->bytes);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (Job* job : program.jobs) {
    job->cubin = cubin->bytes;
    job->cubinKey = key;
    job->log = cubin->log;
    job->seconds = seconds / static_cast<double>(program.jobs.size());
    cache.store(job->key, key + " " + job->prefix);
  }
}

bool findInCache(Job& job, const ObjectCache& cache) {
  const std::optional<std::string> place = cache.load(job.key);
  if (!place) return false;
  std::istringstream words(*place);
  if (!(words >> job.cubinKey >> job.prefix)) return false;
  std::optional<std::string> cubin = cache.load(job.cubinKey);
  if (!cubin) return false;
  job.cubin = std::move(*cubin);
  job.fromCache = true;
  return true;
}

std::vector<Program> dealOut(std::vector<Job>& jobs, const ObjectCache& cache) {
  std::vector<Job*> missing;
  for (Job& job : jobs)
    if (!findInCache(job, cache)) missing.push_back(&job);
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t wanted = std::max(cores, (missing.size() + kBatch - 1) / kBatch);
  std::vector<Program> programs(std::min(wanted, missing.size()));
  for (std::size_t i = 0; i < missing.size(); ++i)
    programs[i % programs.size()].jobs.push_back(missing[i]);
  return programs;
}

void compileAll(std::vector<Program>& programs, const NvrtcApi& nvrtc, int capability,
                const ObjectCache& cache, const StageContext& context) {
  std::atomic<std::size_t> next = 0, finished = 0;
  std::atomic<bool> failed = false;
  const auto work = [&](bool isCaller) {
    while (!failed && !context.stopRequested()) {
      const std::size_t index = next++;
      if (index >= programs.size()) return;
      compile(programs[index], nvrtc, capability, cache);
      if (programs[index].error) failed = true;
      ++finished;
      if (isCaller)
        context.progress(static_cast<double>(finished) / static_cast<double>(programs.size()),
                         "Compile: " + programs[index].jobs.front()->firstName);
    }
  };
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(cores, programs.size()); ++i)
    helpers.emplace_back([&work] { work(false); });
  work(true);
}

/// Fills `jobs` with the distinct kernels; returns the job of each source, none for one that
/// launches nothing.
std::vector<std::optional<std::size_t>> makeJobs(const std::vector<KernelSource>& sources,
                                                 const std::string& fingerprint,
                                                 std::vector<Job>& jobs) {
  std::map<std::string, std::size_t> byKey;
  std::vector<std::optional<std::size_t>> jobOf;
  for (const KernelSource& source : sources) {
    CORE_CHECK(source.language == codegen::KernelLanguage::Cuda,
               "kernel " + source.name + " is not written for a GPU");
    if (source.launches.empty()) {
      jobOf.emplace_back();
      continue;
    }
    Job job;
    const std::vector<std::string> entries = entriesOf(source);
    job.source = codegen::canonicalSource(source.source, entries);
    for (std::size_t i = 0; i < entries.size(); ++i)
      job.entries.push_back(codegen::renamedEntry(i));
    job.key = sha256(fingerprint + "\n" + job.source);
    job.firstName = source.name;
    const auto [place, isNew] = byKey.emplace(job.key, jobs.size());
    if (isNew) jobs.push_back(std::move(job));
    jobOf.emplace_back(place->second);
  }
  return jobOf;
}

Result<std::shared_ptr<const LoadedKernel>> loadKernel(
    const KernelSource& source, const Job& job, const std::shared_ptr<const LoadedModule>& module,
    std::string& resources) {
  const std::vector<std::string> entries = entriesOf(source);
  std::vector<LoadedKernel::Launch> launches;
  for (const KernelLaunch& shape : source.launches) {
    const auto at = std::find(entries.begin(), entries.end(), shape.entry) - entries.begin();
    const std::string name = codegen::renamedEntry(static_cast<std::size_t>(at), job.prefix);
    CORE_TRY(DriverApi::Function function, module->function(name, shape.sharedBytes));
    resources += shape.entry + ": " + module->resources(function) + "\n";
    launches.push_back({shape, function});
  }
  return std::shared_ptr<const LoadedKernel>(
      std::make_shared<LoadedKernel>(module, std::move(launches), source.narrow));
}

}  // namespace

Result<std::shared_ptr<const LoadedModule>> OpenedGpu::moduleOf(const std::string& key,
                                                                const std::string& cubin) const {
  const std::lock_guard lock(m_mutex);
  std::weak_ptr<const LoadedModule>& known = m_modules[key];
  if (std::shared_ptr<const LoadedModule> module = known.lock()) return module;
  CORE_TRY(std::shared_ptr<const LoadedModule> module,
           LoadedModule::load(m_driver, m_context, cubin));
  known = module;
  return module;
}

Result<const LoadedKernel*> LoadedKernel::fitting(
    void* const* pointers,
    const std::function<Result<BuiltKernel>(const KernelSource&)>& build) const {
  if (!m_narrow) return this;
  std::uintptr_t bits = 0;
  for (const int argument : m_launches.front().shape.arguments)
    if (argument != KernelLaunch::kWorkspace)
      bits |= reinterpret_cast<std::uintptr_t>(pointers[argument]);
  // The status, a number of its own, is not moved in vectors; that it may ask for the narrow form
  // costs speed only.
  if (bits % codegen::kCudaAlignment == 0) return this;
  const std::lock_guard lock(m_mutex);
  if (!m_builtNarrow) {
    CORE_TRY(const BuiltKernel kernel, build(*m_narrow));
    m_builtNarrow = kernel.gpu;
  }
  return m_builtNarrow.get();
}

Result<std::vector<BuiltKernel>> OpenedGpu::build(const std::vector<KernelSource>& sources,
                                                  const BuildOptions& options,
                                                  const StageContext& context) {
  return buildAll(sources, options, context);
}

Result<std::vector<BuiltKernel>> OpenedGpu::buildAll(const std::vector<KernelSource>& sources,
                                                     const BuildOptions& options,
                                                     const StageContext& context) const {
  const ObjectCache cache(options.cacheFolder);
  std::vector<Job> jobs;
  const auto jobOf = makeJobs(sources, compilerFingerprint(m_nvrtc, m_facts.capability), jobs);
  std::vector<Program> programs = dealOut(jobs, cache);
  compileAll(programs, m_nvrtc, m_facts.capability, cache, context);
  for (Program& program : programs) {
    if (!program.error) continue;
    program.error->message =
        "Kernel " + program.jobs.front()->firstName + ": " + program.error->message;
    return std::move(*program.error);
  }
  CORE_TRY_VOID(context.checkCancelled("compile"));

  std::vector<BuiltKernel> kernels;
  std::vector<bool> reported(jobs.size(), false);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const KernelSource& source = sources[i];
    BuiltKernel kernel;
    kernel.name = source.name;
    kernel.units = source.units;
    kernel.checksIndices = source.checksIndices;
    kernel.workspaceBytes = source.workspaceBytes;
    if (!jobOf[i]) {
      kernel.gpu =
          std::make_shared<LoadedKernel>(nullptr, std::vector<LoadedKernel::Launch>{}, nullptr);
      kernels.push_back(std::move(kernel));
      continue;
    }
    const Job& job = jobs[*jobOf[i]];
    CORE_TRY(const std::shared_ptr<const LoadedModule> module, moduleOf(job.cubinKey, job.cubin));
    kernel.log = job.log;
    CORE_TRY(kernel.gpu, loadKernel(source, job, module, kernel.log));
    // The second kernel of a text costs nothing.
    kernel.fromCache = job.fromCache || reported[*jobOf[i]];
    kernel.seconds = reported[*jobOf[i]] ? 0 : job.seconds;
    reported[*jobOf[i]] = true;
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

}  // namespace core::gpu
