#include "tests/support/cuda_on_cpu.h"

#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "core/jit/jit_module.h"

namespace tests {
namespace {

using core::codegen::KernelLaunch;
using core::codegen::KernelSource;

constexpr std::size_t kStackBytes = 128 * 1024;
constexpr std::size_t kMostThreads = 1024;

/// What a kernel sees of the GPU; the words below read it, so the layout is theirs too.
struct Machine {
  unsigned thread[3] = {};
  unsigned block[3] = {};
  unsigned linear = 0;
  void (*wait)(Machine*, int kind) = nullptr;
  void* shared = nullptr;
  std::uint64_t slots[kMostThreads] = {};
};

constexpr const char* kWords = R"(
struct Place { unsigned x, y, z; };
struct Machine {
  Place thread, block;
  unsigned linear;
  void (*wait)(Machine*, int kind);
  void* shared;
  unsigned long slots[1024];
};
static Machine* machine;
#define __device__
#define __global__
#define __forceinline__ __attribute__((always_inline)) inline
#define __launch_bounds__(n)
#define __shared__ static
#define threadIdx (machine->thread)
#define blockIdx (machine->block)
[[maybe_unused]] static void __syncthreads() { machine->wait(machine, 1); }
template <class V>
static V __shfl_xor_sync(unsigned, V x, int mask) {
  const unsigned me = machine->linear;
  __builtin_memcpy(&machine->slots[me], &x, sizeof x);
  machine->wait(machine, 2);
  V other;
  __builtin_memcpy(&other, &machine->slots[me ^ (unsigned)mask], sizeof x);
  machine->wait(machine, 3);
  return other;
}
#define FN [[maybe_unused]] static inline
FN unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
FN float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
FN double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }
FN float __fdividef(float a, float b) { return a / b; }
FN float fmaf(float a, float b, float c) { return a * b + c; }
FN float copysignf(float a, float b) { return __builtin_copysignf(a, b); }
#define ROUNDING(name, builtin) \
  FN float name##f(float x) { return __builtin_elementwise_##builtin(x); } \
  FN double name(double x) { return __builtin_elementwise_##builtin(x); } \
  FN float name(float x) { return name##f(x); }
ROUNDING(floor, floor) ROUNDING(ceil, ceil) ROUNDING(trunc, trunc) ROUNDING(rint, roundeven)
ROUNDING(fabs, abs)
FN float sqrtf(float x) { return __builtin_sqrtf(x); }
FN double sqrt(double x) { return __builtin_sqrt(x); }
FN float rsqrtf(float x) { return 1.0f / sqrtf(x); }
FN double rsqrt(double x) { return 1.0 / sqrt(x); }
#define UNARY(name) \
  extern "C" double name(double); \
  FN float name##f(float x) { return (float)name((double)x); }
UNARY(exp) UNARY(exp2) UNARY(expm1) UNARY(log) UNARY(log1p) UNARY(log2) UNARY(log10) UNARY(sin)
UNARY(cos) UNARY(tan) UNARY(sinh) UNARY(cosh) UNARY(tanh) UNARY(asin) UNARY(acos) UNARY(atan)
UNARY(erf) UNARY(erfc)
#define BINARY(name) \
  extern "C" double name(double, double); \
  FN float name##f(float x, float y) { return (float)name((double)x, (double)y); }
BINARY(pow) BINARY(fmod) BINARY(atan2)
)";

/// Kinds of waiting: 0 is the end of the thread.
struct Fiber {
  ucontext_t context{};
  int waitsFor = -1;
};

/// Runs the threads of one block in turns.
class Block {
 public:
  Block(const core::codegen::BuiltKernel& kernel, std::size_t launch, void* const* arguments,
        Machine& machine)
      : m_kernel(kernel), m_launch(launch), m_arguments(arguments), m_machine(machine) {
    static std::vector<std::byte> stacks(kStackBytes * kMostThreads);
    m_stacks = stacks.data();
  }

  void run(const KernelLaunch& shape) {
    s_running = this;
    m_machine.wait = &Block::waitOnMachine;
    const unsigned count = shape.block[0] * shape.block[1] * shape.block[2];
    m_fibers.assign(count, Fiber{});
    for (unsigned i = 0; i < count; ++i) start(i);
    for (bool isAlive = true; isAlive;) {
      for (unsigned i = 0; i < count; ++i) {
        place(shape, i);
        m_current = i;
        if (m_fibers[i].waitsFor != 0) swapcontext(&m_scheduler, &m_fibers[i].context);
      }
      for (const Fiber& fiber : m_fibers)
        if (fiber.waitsFor != m_fibers[0].waitsFor) {
          std::fprintf(stderr, "%s: threads wait at different places\n", m_kernel.name.c_str());
          std::abort();
        }
      isAlive = m_fibers[0].waitsFor != 0;
    }
  }

 private:
  static void waitOnMachine(Machine*, int kind) { s_running->wait(kind); }
  static void enter() {
    s_running->m_kernel.function(s_running->m_arguments,
                                 static_cast<std::int64_t>(s_running->m_launch), 0);
    s_running->wait(0);
  }

  void wait(int kind) {
    Fiber& fiber = m_fibers[m_current];
    fiber.waitsFor = kind;
    swapcontext(&fiber.context, &m_scheduler);
  }

  void start(unsigned index) {
    ucontext_t& context = m_fibers[index].context;
    getcontext(&context);
    context.uc_stack.ss_sp = m_stacks + index * kStackBytes;
    context.uc_stack.ss_size = kStackBytes;
    context.uc_link = nullptr;
    makecontext(&context, &Block::enter, 0);
  }

  void place(const KernelLaunch& shape, unsigned index) {
    m_machine.linear = index;
    m_machine.thread[0] = index % shape.block[0];
    m_machine.thread[1] = index / shape.block[0] % shape.block[1];
    m_machine.thread[2] = index / shape.block[0] / shape.block[1];
  }

  static inline Block* s_running = nullptr;
  const core::codegen::BuiltKernel& m_kernel;
  std::size_t m_launch;
  void* const* m_arguments;
  Machine& m_machine;
  std::byte* m_stacks;
  ucontext_t m_scheduler{};
  std::vector<Fiber> m_fibers;
  unsigned m_current = 0;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// The parameters of an entry's definition, as types.
std::vector<std::string> parameterTypes(const std::string& text, const std::string& entry) {
  std::size_t at = text.find(" " + entry + "(");
  at = text.find('(', at) + 1;
  const std::string list = text.substr(at, text.find(')', at) - at);
  std::vector<std::string> types;
  for (std::size_t from = 0; from < list.size();) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    const std::string parameter = list.substr(from, comma - from);
    types.push_back(parameter.substr(0, parameter.rfind('*') + 1));
    from = comma + 1;
  }
  return types;
}

/// A source whose entry runs one thread: the launch is told by `begin`.
KernelSource threadSource(const KernelSource& source) {
  KernelSource result;
  result.name = "run_thread";
  result.source = kWords + replaced(source.source, "extern __shared__ uint4 rowMemory[];",
                                    "auto* rowMemory = (Pack<u64, 2>*)machine->shared;");
  result.source += "\nextern \"C\" void run_thread(void* const* arguments, i64 launch, i64) {\n";
  result.source += "  machine = (Machine*)arguments[0];\n";
  for (std::size_t i = 0; i < source.launches.size(); ++i) {
    const KernelLaunch& launch = source.launches[i];
    const std::vector<std::string> types = parameterTypes(source.source, launch.entry);
    result.source += "  if (launch == " + std::to_string(i) + ") " + launch.entry + "(";
    for (std::size_t a = 0; a < launch.arguments.size(); ++a)
      result.source += (a ? ", (" : "(") + types[a] + ")arguments[" + std::to_string(a + 1) + "]";
    result.source += ");\n";
  }
  result.source += "}\n";
  return result;
}

[[noreturn]] void fail(const core::Error& error, const std::string& text) {
  std::fprintf(stderr, "%s\n%s\n%s\n", error.message.c_str(), error.details.c_str(), text.c_str());
  std::abort();
}

}  // namespace

CudaOnCpu::CudaOnCpu(const KernelSource& source) : m_source(source) {
  const auto compiler = core::jit::openCpuCompiler();
  if (!compiler) fail(compiler.error(), "");
  const KernelSource text = threadSource(source);
  auto kernels = (*compiler)->build({text}, {}, {});
  if (!kernels) fail(kernels.error(), source.source);
  m_kernel = kernels->front();
  m_kernel.name = source.name;
}

int CudaOnCpu::run(std::vector<Bytes>& buffers) const {
  std::int32_t status = 0;
  Bytes workspace(static_cast<std::size_t>(m_source.workspaceBytes), std::byte{0xff});
  std::vector<std::uint64_t> shared(32 * 1024);
  const auto machine = std::make_unique<Machine>();
  machine->shared = shared.data();
  for (std::size_t i = 0; i < m_source.launches.size(); ++i) {
    const KernelLaunch& shape = m_source.launches[i];
    std::vector<void*> arguments{machine.get()};
    for (const int argument : shape.arguments) {
      const auto at = static_cast<std::size_t>(argument);
      arguments.push_back(argument == KernelLaunch::kWorkspace ? workspace.data()
                          : at == buffers.size()               ? static_cast<void*>(&status)
                                                               : buffers[at].data());
    }
    Block block(m_kernel, i, arguments.data(), *machine);
    for (unsigned y = 0; y < shape.grid[1]; ++y)
      for (unsigned x = 0; x < shape.grid[0]; ++x) {
        machine->block[0] = x;
        machine->block[1] = y;
        block.run(shape);
      }
  }
  return status;
}

std::string compareCudaWithInterpreter(const core::schedule::LoopNest& nest, Tolerance tolerance,
                                       const core::codegen::CudaTarget& target) {
  std::vector<Bytes> expected = randomBuffers(nest, 7);
  std::vector<Bytes> actual = expected;
  interpret(nest, expected);
  const auto source = core::codegen::writeCudaKernel(nest, target);
  if (!source) fail(source.error(), "");
  const CudaOnCpu kernel(*source);
  if (!kernel.log().empty()) return nest.name + " compiles with remarks:\n" + kernel.log();
  kernel.run(actual);
  return firstDifference(nest, expected, actual, tolerance);
}

}  // namespace tests
