#include "tests/support/gpu_memory.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tests {
namespace {

/// A function of the driver, which a Gpu has opened before.
template <typename... Arguments>
void call(const char* name, Arguments... arguments) {
  static void* driver = dlopen("libcuda.so.1", RTLD_NOW);
  const auto function = reinterpret_cast<int (*)(Arguments...)>(dlsym(driver, name));
  const int result = function ? function(arguments...) : -1;
  if (result == 0) return;
  std::fprintf(stderr, "%s failed with %d\n", name, result);
  std::exit(1);
}

using Address = unsigned long long;

Address addressOf(void* pointer) {
  return reinterpret_cast<Address>(pointer);
}

}  // namespace

void GpuBuffers::allocate(std::size_t bytes) {
  Address address = 0;
  call("cuMemAlloc_v2", &address, std::max<std::size_t>(16, bytes));
  m_pointers.push_back(reinterpret_cast<void*>(address));
  m_sizes.push_back(bytes);
}

GpuBuffers::GpuBuffers(const std::vector<Bytes>& contents) {
  for (const Bytes& bytes : contents) {
    allocate(bytes.size());
    if (!bytes.empty()) fill(m_pointers.size() - 1, bytes);
  }
}

GpuBuffers::GpuBuffers(const std::vector<std::size_t>& sizes) {
  for (const std::size_t size : sizes) allocate(size);
}

GpuBuffers::~GpuBuffers() {
  for (void* pointer : m_pointers) call("cuMemFree_v2", addressOf(pointer));
}

void GpuBuffers::fill(std::size_t index, const Bytes& bytes) {
  for (std::size_t at = 0; at < m_sizes[index]; at += bytes.size())
    call("cuMemcpyHtoD_v2", addressOf(m_pointers[index]) + at,
         static_cast<const void*>(bytes.data()), std::min(bytes.size(), m_sizes[index] - at));
}

void GpuBuffers::read(std::size_t index, Bytes& bytes) const {
  call("cuCtxSynchronize");
  if (!bytes.empty())
    call("cuMemcpyDtoH_v2", static_cast<void*>(bytes.data()), addressOf(m_pointers[index]),
         bytes.size());
}

double gpuMilliseconds(const std::function<void()>& run, const std::function<void()>& flush,
                       int samples) {
  void* begin = nullptr;
  void* end = nullptr;
  call("cuEventCreate", &begin, 0u);
  call("cuEventCreate", &end, 0u);
  std::vector<float> times;
  for (int i = 0; i < samples + 3; ++i) {
    flush();
    call("cuEventRecord", begin, static_cast<void*>(nullptr));
    run();
    call("cuEventRecord", end, static_cast<void*>(nullptr));
    call("cuEventSynchronize", end);
    float milliseconds = 0;
    call("cuEventElapsedTime", &milliseconds, begin, end);
    if (i >= 3) times.push_back(milliseconds);
  }
  call("cuEventDestroy_v2", begin);
  call("cuEventDestroy_v2", end);
  std::sort(times.begin(), times.end());
  return static_cast<double>(times[times.size() / 2]);
}

int waitForGpu() {
  static void* driver = dlopen("libcuda.so.1", RTLD_NOW);
  return reinterpret_cast<int (*)()>(dlsym(driver, "cuCtxSynchronize"))();
}

}  // namespace tests
