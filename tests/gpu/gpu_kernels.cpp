// Generated CUDA kernels on a real GPU, without Qt and LibTorch, so that the program can be carried
// to a machine that has one.
//
//   gpu_kernels check            every kernel of the set and random ones, against the interpreter
//   gpu_kernels bench            times and rates of memory-bound kernels, and of other choices
//   gpu_kernels write FOLDER     the texts, for other compilers and for reading
//
// Exit codes: 0 fine, 1 something differs, 77 there is no GPU here.

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "core/codegen/write_cuda_kernel.h"
#include "core/gpu/gpu.h"
#include "tests/gpu/bench_nests.h"
#include "tests/support/cuda_places.h"
#include "tests/support/gpu_memory.h"
#include "tests/support/kernel_set.h"
#include "tests/support/random_nest.h"
#include "tests/support/walk_nests.h"

namespace {

using core::codegen::BuiltKernel;
using core::codegen::CudaTarget;
using core::codegen::KernelSource;
using core::schedule::LoopNest;
using tests::Bytes;
using tests::KernelCase;

constexpr int kNoGpu = 77;
constexpr unsigned kRandomNests = 60;

std::vector<KernelCase> checkedCases() {
  std::vector<KernelCase> cases = tests::kernelSet();
  cases.insert(cases.end(), tests::walkCases().begin(), tests::walkCases().end());
  for (unsigned seed = 1; seed <= kRandomNests; ++seed) {
    KernelCase one{tests::RandomNest(seed).make().nest(), {2e-4, 2e-4}};
    one.nest.name = "random_" + std::to_string(seed);
    cases.push_back(std::move(one));
  }
  return cases;
}

std::vector<KernelSource> sourcesOf(const std::vector<LoopNest>& nests, const CudaTarget& target) {
  std::vector<KernelSource> sources;
  for (const LoopNest& nest : nests) sources.push_back(*writeCudaKernel(nest, target));
  return sources;
}

CudaTarget targetOf(const core::gpu::DeviceFacts& facts) {
  return {facts.capability, facts.multiprocessors, facts.blockShared};
}

/// Runs the kernel with every buffer `shift` elements behind an aligned place.
std::string checkOne(core::gpu::Gpu& gpu, const KernelCase& one, const BuiltKernel& kernel,
                     std::size_t shift) {
  std::vector<Bytes> expected = tests::randomBuffers(one.nest, 7);
  std::vector<Bytes> actual = expected;
  tests::interpret(one.nest, expected);
  std::vector<std::size_t> shifts;
  std::vector<Bytes> all;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    shifts.push_back(shift * static_cast<std::size_t>(dtypeBytes(one.nest.buffers[i].dtype)));
    all.emplace_back(shifts[i]);
    all[i].insert(all[i].end(), actual[i].begin(), actual[i].end());
  }
  all.emplace_back(4);
  tests::GpuBuffers buffers(all);
  tests::GpuBuffers workspace(
      std::vector<std::size_t>{static_cast<std::size_t>(kernel.workspaceBytes)});
  std::vector<void*> pointers(buffers.pointers(), buffers.pointers() + all.size());
  for (std::size_t i = 0; i < shifts.size(); ++i)
    pointers[i] = static_cast<std::byte*>(pointers[i]) + shifts[i];
  const auto launched = gpu.launch(kernel, pointers.data(), workspace.pointer(0), nullptr);
  if (!launched) return launched.error().message;
  if (const int result = tests::waitForGpu(); result != 0)
    return one.nest.name + " ends with CUDA error " + std::to_string(result);
  for (std::size_t i = 0; i < actual.size(); ++i) {
    buffers.read(i, all[i]);
    actual[i].assign(all[i].begin() + static_cast<std::ptrdiff_t>(shifts[i]), all[i].end());
  }
  return tests::firstDifference(one.nest, expected, actual, one.tolerance);
}

int check(core::gpu::Gpu& gpu) {
  const std::vector<KernelCase> cases = checkedCases();
  std::vector<LoopNest> nests;
  for (const KernelCase& one : cases) nests.push_back(one.nest);
  const auto kernels = gpu.build(sourcesOf(nests, targetOf(gpu.facts())), {}, {});
  if (!kernels) {
    std::printf("%s\n%s\n", kernels.error().message.c_str(), kernels.error().details.c_str());
    return 1;
  }
  int failures = 0;
  for (std::size_t i = 0; i < 2 * cases.size(); ++i) {
    const std::size_t at = i / 2, shift = i % 2;
    // A few of the shifted ones: each compiles its narrow form.
    if (shift == 1 && at % 8 != 3) continue;
    const std::string difference = checkOne(gpu, cases[at], (*kernels)[at], shift);
    if (difference.empty()) continue;
    ++failures;
    std::printf("FAIL %s\n", difference.c_str());
  }
  std::printf("%zu kernels checked on %s, %d differ\n", cases.size(), gpu.facts().name.c_str(),
              failures);
  return failures ? 1 : 0;
}

std::int64_t bytesMoved(const LoopNest& nest) {
  std::int64_t bytes = 0;
  for (const auto& buffer : nest.buffers) bytes += buffer.extent * dtypeBytes(buffer.dtype);
  return bytes;
}

double timeOf(core::gpu::Gpu& gpu, const LoopNest& nest, const BuiltKernel& kernel) {
  std::vector<std::size_t> sizes;
  for (const auto& buffer : nest.buffers)
    sizes.push_back(static_cast<std::size_t>(buffer.extent * dtypeBytes(buffer.dtype)));
  sizes.push_back(16);
  sizes.push_back(static_cast<std::size_t>(kernel.workspaceBytes));
  tests::GpuBuffers buffers(sizes);
  // Numbers of ordinary size in every dtype: bf16 and f32 about 1, integers small.
  Bytes pattern(std::size_t{1} << 22);
  for (std::size_t b = 0; b < nest.buffers.size(); ++b) {
    const std::size_t bytes = static_cast<std::size_t>(dtypeBytes(nest.buffers[b].dtype));
    unsigned state = 12345;
    for (std::size_t i = 0; i < pattern.size() / bytes; ++i) {
      state = state * 1664525u + 1013904223u;
      tests::setElement(pattern, nest.buffers[b].dtype, i, (state >> 20) / 2048.0);
    }
    buffers.fill(b, pattern);
  }
  const auto run = [&] {
    const auto launched =
        gpu.launch(kernel, buffers.pointers(), buffers.pointer(sizes.size() - 1), nullptr);
    if (!launched) std::printf("%s\n", launched.error().message.c_str());
  };
  return tests::gpuMilliseconds(
      run, [] {}, 15);
}

/// What the device's own choices are compared with.
std::vector<std::pair<std::string, CudaTarget>> variants(const CudaTarget& own) {
  std::vector<std::pair<std::string, CudaTarget>> all{{"own", own}};
  for (const int vectors : {1, 2, 8}) {
    all.emplace_back("row vectors " + std::to_string(vectors), own);
    all.back().second.rowVectors = vectors;
  }
  for (const int threads : {256, 1024}) {
    all.emplace_back("long rows " + std::to_string(threads), own);
    all.back().second.longRowThreads = threads;
  }
  all.emplace_back("nothing shared", own);
  all.back().second.blockShared = 4096;
  for (const int vectors : {1, 2, 4})
    for (const bool ahead : {false, true}) {
      all.emplace_back((ahead ? "ahead " : "not ahead ") + std::to_string(vectors), own);
      all.back().second.loadsAhead = ahead;
      all.back().second.walkVectors = vectors;
    }
  return all;
}

int bench(core::gpu::Gpu& gpu) {
  const std::vector<LoopNest> nests = tests::benchNests();
  const CudaTarget own = targetOf(gpu.facts());
  const std::vector<KernelSource> ownSources = sourcesOf(nests, own);
  for (const auto& [label, target] : variants(own)) {
    const std::vector<KernelSource> sources = sourcesOf(nests, target);
    const auto kernels = gpu.build(sources, {}, {});
    if (!kernels) {
      std::printf("%s\n%s\n", kernels.error().message.c_str(), kernels.error().details.c_str());
      return 1;
    }
    for (std::size_t i = 0; i < nests.size(); ++i) {
      if (label != "own" && sources[i].source == ownSources[i].source) continue;
      const double ms = timeOf(gpu, nests[i], (*kernels)[i]);
      const double rate = static_cast<double>(bytesMoved(nests[i])) / ms / 1e6;
      std::string log = (*kernels)[i].log.substr(0, (*kernels)[i].log.find('\n'));
      log.erase(0, log.find(':') + 1);
      std::printf("%-24s %-15s %8.4f ms %6.0f GB/s  %s |%s\n", nests[i].name.c_str(), label.c_str(),
                  ms, rate, sources[i].notes[0].c_str(), log.c_str());
      std::fflush(stdout);
    }
  }
  return 0;
}

int write(const std::string& folder) {
  std::vector<LoopNest> nests = tests::benchNests();
  for (const KernelCase& one : checkedCases()) nests.push_back(one.nest);
  for (const KernelSource& source : sourcesOf(nests, {}))
    std::ofstream(folder + "/" + source.name + ".cu") << source.source;
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 1 ? arguments[1] : "check";
  if (what == "write" && count > 2) return write(arguments[2]);
  const auto gpu = core::gpu::openGpu({0, tests::nvrtcFolders()});
  if (!gpu) {
    std::printf("%s\n", gpu.error().message.c_str());
    return kNoGpu;
  }
  return what == "bench" ? bench(**gpu) : check(**gpu);
}
