#include "core/codegen/write_reproducer.h"

#include <algorithm>

#include "core/codegen/code_writer.h"

namespace core::codegen {

namespace {

using ir::DType;
using schedule::BufferAccess;
using schedule::KernelBuffer;
using schedule::LoopNest;

constexpr std::int64_t kMostInteger =
    8;  ///< made up integers lie below, for products to stay small

constexpr const char* kIncludes = R"(
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if !defined(__clang__)
// What the kernel takes from clang, in the words of g++.
using __fp16 = _Float16;
template <template <class T, T...> class S, class T, T n>
using __make_integer_seq = S<T, __integer_pack(n)...>;
#define __builtin_nontemporal_store(value, place) (*(place) = (value))
#pragma GCC diagnostic ignored "-Wpsabi"
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

)";

/// @LIMIT@: made up integers lie below. The generator is Knuth's 64-bit linear congruential one.
constexpr const char* kHarness = R"(
double nextNumber() {  // in [-1, 1)
  static unsigned long state = 1;
  state = state * 6364136223846793005ul + 1442695040888963407ul;
  return (double)(state >> 11) / 4503599627370496.0 - 1;
}

template <class T>
void fill(void* place, long count) {
  for (long i = 0; i < count; ++i) {
    const double x = nextNumber();
    if constexpr ((T)0.5f != (T)0)
      ((T*)place)[i] = (T)x;
    else
      ((T*)place)[i] = (T)((x + 1) / 2 * @LIMIT@);
  }
}
void fillBool(void* place, long count) {
  for (long i = 0; i < count; ++i) ((unsigned char*)place)[i] = nextNumber() > 0;
}
void fillBf16(void* place, long count) {
  for (long i = 0; i < count; ++i) {
    const float x = (float)nextNumber();
    memcpy((char*)place + 2 * i, (const char*)&x + 2, 2);
  }
}

template <class T>
double value(const void* place, long i) { return (double)((const T*)place)[i]; }
double valueBf16(const void* place, long i) {
  float x = 0;
  memcpy((char*)&x + 2, (const char*)place + 2 * i, 2);
  return x;
}

struct Buffer {
  const char* what;
  long count;
  long bytes;
  void (*fill)(void* place, long count);
  double (*value)(const void* place, long i);
};

)";

constexpr const char* kMain = R"(
constexpr int kBuffers = sizeof(buffers) / sizeof(buffers[0]);

int transfer(const char* file, const char* mode, void* const* places) {
  FILE* stream = fopen(file, mode);
  if (!stream) return fprintf(stderr, "cannot open %s\n", file), 1;
  bool whole = true;
  for (int i = 0; i < kBuffers; ++i) {
    const size_t bytes = (size_t)buffers[i].bytes;
    const size_t moved = *mode == 'r' ? fread(places[i], 1, bytes, stream)
                                      : fwrite(places[i], 1, bytes, stream);
    whole = whole && moved == bytes;
  }
  if (fclose(stream) != 0 || !whole) return fprintf(stderr, "%s is too short\n", file), 1;
  return 0;
}

void printBuffer(int i, const void* place) {
  double sum = 0, low = INFINITY, high = -INFINITY;
  long nans = 0;
  for (long at = 0; at < buffers[i].count; ++at) {
    const double x = buffers[i].value(place, at);
    nans += x != x;
    sum += x;
    low = x < low ? x : low;
    high = x > high ? x : high;
  }
  printf("buffer %d  %-10s %10ld elements  sum %.9g  from %.9g to %.9g  NaN %ld\n", i,
         buffers[i].what, buffers[i].count, sum, low, high, nans);
}

int run(int argc, char** argv) {
  void* places[kBuffers + 1];
  int status = 0;
  places[kBuffers] = &status;
  for (int i = 0; i < kBuffers; ++i) {
    places[i] = aligned_alloc(64, (size_t)(buffers[i].bytes / 64 + 2) * 64);
    if (!places[i]) return fprintf(stderr, "out of memory\n"), 1;
    buffers[i].fill(places[i], buffers[i].count);
  }
  if (argc > 1 && transfer(argv[1], "rb", places) != 0) return 1;
  kernel(places, 0, kUnits);
  if (argc > 2 && transfer(argv[2], "wb", places) != 0) return 1;
  for (int i = 0; i < kBuffers; ++i) printBuffer(i, places[i]);
  if (status != 0) printf("an index was out of range\n");

  using Clock = std::chrono::steady_clock;
  double best = INFINITY;
  const auto end = Clock::now() + std::chrono::milliseconds(200);
  for (auto begin = Clock::now(); begin < end; begin = Clock::now()) {
    kernel(places, 0, kUnits);
    const std::chrono::duration<double> spent = Clock::now() - begin;
    best = spent.count() < best ? spent.count() : best;
  }
  printf("one call on one thread: %.3f us at best\n", best * 1e6);
  return 0;
}
)";

/// The C++ type of an element, for fill<> and value<>; empty for Bool and BF16.
std::string elementType(DType dtype) {
  switch (dtype) {
    case DType::F64: return "double";
    case DType::F32: return "float";
    case DType::F16: return "__fp16";
    case DType::I64: return "long";
    case DType::I32: return "int";
    case DType::I16: return "short";
    case DType::I8: return "signed char";
    case DType::U8: return "unsigned char";
    case DType::U16: return "unsigned short";
    case DType::U32: return "unsigned int";
    case DType::U64: return "unsigned long";
    default: return {};
  }
}

std::string fillOf(DType dtype) {
  if (dtype == DType::Bool) return "fillBool";
  if (dtype == DType::BF16) return "fillBf16";
  return "fill<" + elementType(dtype) + ">";
}

std::string valueOf(DType dtype) {
  if (dtype == DType::Bool) return "value<unsigned char>";
  if (dtype == DType::BF16) return "valueBf16";
  return "value<" + elementType(dtype) + ">";
}

/// No made up integer may point outside what it indexes.
std::int64_t integerLimit(const LoopNest& nest) {
  std::int64_t limit = kMostInteger;
  for (const schedule::LoopOp& op : nest.ops)
    for (const schedule::IndirectTerm& term : op.access.indirect)
      limit = std::min(limit, std::max<std::int64_t>(1, term.bound));
  return limit;
}

void writeBuffers(CodeWriter& code, const LoopNest& nest) {
  code.open("const Buffer buffers[] = {");
  for (const KernelBuffer& buffer : nest.buffers) {
    const char* direction = buffer.access == BufferAccess::Read ? " read" : " written";
    code.line("{\"" + std::string(ir::dtypeName(buffer.dtype)) + direction + "\", " +
              std::to_string(buffer.extent) + ", " +
              std::to_string(buffer.extent * ir::dtypeBytes(buffer.dtype)) + ", " +
              fillOf(buffer.dtype) + ", " + valueOf(buffer.dtype) + "},");
  }
  code.close("};");
}

std::string replaced(std::string text, const std::string& mark, const std::string& by) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
    text.replace(at, mark.size(), by);
  return text;
}

}  // namespace

Result<std::string> writeReproducer(const KernelSource& kernel, const LoopNest& nest) {
  if (kernel.language != KernelLanguage::Cpp)
    return Error{ErrorCode::UnsupportedOp,
                 "Cannot write a reproducer of kernel " + kernel.name +
                     ": it is a CUDA kernel. Generate the kernels for the CPU first.",
                 "", ""};
  CodeWriter code;
  code.line("// Kernel " + kernel.name + " as a program of its own:");
  code.line("//   g++ -std=c++20 -O3 -march=native reproducer.cpp -o reproducer && ./reproducer");
  code.line("// ./reproducer INPUTS OUTPUTS reads and writes the bytes of all buffers, in order.");
  code.raw(kIncludes);
  code.raw(kernel.source);
  code.raw("\nnamespace reproducer {\n");
  code.raw(replaced(kHarness, "@LIMIT@", std::to_string(integerLimit(nest))));
  writeBuffers(code, nest);
  code.line("constexpr long kUnits = " + std::to_string(kernel.units) + ";");
  code.line("constexpr auto kernel = &::" + kernel.name + ";");
  code.raw(kMain);
  code.raw("\n}  // namespace reproducer\n\n");
  code.line("int main(int argc, char** argv) { return reproducer::run(argc, argv); }");
  return code.text();
}

}  // namespace core::codegen
