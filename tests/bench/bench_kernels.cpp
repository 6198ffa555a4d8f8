// Generated kernels beside the loops that one would write by hand and give to g++, one thread, in
// milliseconds: the median and the best of interleaved rounds; the ratio is of the best. With an
// argument, also writes each kernel's source into that folder.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "core/codegen/write_cpu_kernel.h"
#include "tests/support/loop_nests.h"

namespace {

using core::ir::DType;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;
using tests::Bytes;
using tests::NestBuilder;

constexpr DType kF32 = DType::F32;
constexpr int kRounds = 21;

using Loop = std::function<void(std::vector<float*>&)>;

double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  return samples[samples.size() / 2];
}

double best(const std::vector<double>& samples) {
  return *std::min_element(samples.begin(), samples.end());
}

/// Tensors lie at multiples of 64 bytes.
float* alignedCopy(Bytes& bytes) {
  const std::size_t size = bytes.size();
  bytes.resize(size + 64);
  const std::size_t misplaced = reinterpret_cast<std::uintptr_t>(bytes.data()) % 64;
  std::byte* place = bytes.data() + (64 - misplaced) % 64;
  std::memmove(place, bytes.data(), size);
  return reinterpret_cast<float*>(place);
}

void compare(NestBuilder& builder, const char* folder, const Loop& loop) {
  const core::schedule::LoopNest& nest = builder.nest();
  if (folder) {
    std::ofstream file(std::string(folder) + "/" + nest.name + ".cpp");
    file << core::codegen::writeCpuKernel(nest)->source;
  }
  const core::codegen::BuiltKernel kernel = tests::buildKernel(nest);
  std::vector<Bytes> buffers = tests::randomBuffers(nest, 1);
  std::vector<void*> pointers;
  std::vector<float*> floats;
  double bytes = 0;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    float* place = alignedCopy(buffers[i]);
    pointers.push_back(place);
    floats.push_back(place);
    bytes += static_cast<double>(nest.buffers[i].extent) * 4;
  }
  pointers.push_back(nullptr);
  std::vector<double> ours, theirs;
  for (int round = 0; round < kRounds; ++round) {
    ours.push_back(milliseconds([&] { kernel.function(pointers.data(), 0, kernel.units); }));
    theirs.push_back(milliseconds([&] { loop(floats); }));
  }
  std::printf(
      "%-18s %8.3f (best %7.3f) ms, g++ %8.3f (%8.3f) ms: %6.2f times, %5.1f GB/s, "
      "compiled in %3.0f ms\n",
      nest.name.c_str(), median(ours), best(ours), median(theirs), best(theirs),
      best(theirs) / best(ours), bytes / best(ours) / 1e6, kernel.seconds * 1000);
}

void addScale(const char* folder) {
  const std::int64_t rows = 2048, columns = 1024;
  NestBuilder b("bias_relu", {rows, columns});
  const int sum =
      b.compute(ScalarFn::Add, {b.load("x", kF32, {columns, 1}), b.load("bias", kF32, {0, 1})});
  b.store("y", kF32, {columns, 1}, b.compute(ScalarFn::Relu, {sum}));
  compare(b, folder, [=](std::vector<float*>& p) {
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t c = 0; c < columns; ++c)
        p[2][i * columns + c] = std::max(0.0f, p[0][i * columns + c] + p[1][c]);
  });
}

int geluTanh(NestBuilder& b, int t) {
  const int cubed = b.compute(ScalarFn::Pow, {t, b.constant(3)});
  const int inner = b.compute(ScalarFn::Fma, {cubed, b.constant(0.044715), t});
  const int th =
      b.compute(ScalarFn::Tanh, {b.compute(ScalarFn::Mul, {inner, b.constant(0.7978845608)})});
  const int half = b.compute(ScalarFn::Mul, {t, b.constant(0.5)});
  return b.compute(ScalarFn::Mul, {half, b.compute(ScalarFn::Add, {th, b.constant(1)})});
}

void geluChain(const char* folder) {
  const std::int64_t rows = 1024, columns = 4096;
  NestBuilder b("gelu_chain", {rows, columns});
  const int t =
      b.compute(ScalarFn::Add, {b.load("x", kF32, {columns, 1}), b.load("bias", kF32, {0, 1})});
  const int scaled = b.compute(ScalarFn::Mul, {geluTanh(b, t), b.load("scale", kF32, {0, 1})});
  b.store("y", kF32, {columns, 1},
          b.compute(ScalarFn::Add, {scaled, b.load("residual", kF32, {columns, 1})}));
  compare(b, folder, [=](std::vector<float*>& p) {
    for (std::int64_t i = 0; i < rows * columns; ++i) {
      const std::int64_t c = i % columns;
      const float v = p[0][i] + p[1][c];
      const float h = 0.5f * v * (1 + std::tanh(0.79788456f * (v + 0.044715f * v * v * v)));
      p[4][i] = h * p[2][c] + p[3][i];
    }
  });
}

void largeAdd(const char* folder) {
  const std::int64_t n = 16 << 20;
  NestBuilder b("large_add", {n});
  b.store("z", kF32, {1},
          b.compute(ScalarFn::Add, {b.load("x", kF32, {1}), b.load("y", kF32, {1})}));
  compare(b, folder, [=](std::vector<float*>& p) {
    for (std::int64_t i = 0; i < n; ++i) p[2][i] = p[0][i] + p[1][i];
  });
}

void softmax(const char* folder) {
  const std::int64_t rows = 2048, columns = 1024;
  NestBuilder b("softmax", {rows}, {columns});
  const int x = b.load("x", kF32, {columns, 1});
  const int e =
      b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)})});
  b.store("y", kF32, {columns, 1}, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
  compare(b, folder, [=](std::vector<float*>& p) {
    for (std::int64_t i = 0; i < rows; ++i) {
      const float* in = p[0] + i * columns;
      float* out = p[1] + i * columns;
      float peak = in[0], sum = 0;
      for (std::int64_t c = 1; c < columns; ++c) peak = std::max(peak, in[c]);
      for (std::int64_t c = 0; c < columns; ++c) sum += out[c] = std::exp(in[c] - peak);
      for (std::int64_t c = 0; c < columns; ++c) out[c] /= sum;
    }
  });
}

void layerNormGelu(const char* folder) {
  const std::int64_t rows = 2048, columns = 1024;
  const float inverse = 1.0f / static_cast<float>(columns);
  NestBuilder b("layer_norm_gelu", {rows}, {columns});
  const int x = b.load("x", kF32, {columns, 1});
  const int count = b.constant(inverse);
  const int mean = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, x), count});
  const int centred = b.compute(ScalarFn::Sub, {x, mean});
  const int square = b.compute(ScalarFn::Mul, {centred, centred});
  const int variance = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, square), count});
  const int scale =
      b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {variance, b.constant(1e-5)})});
  const int normal = b.compute(ScalarFn::Mul, {centred, scale});
  const int z = b.compute(ScalarFn::Fma,
                          {normal, b.load("weight", kF32, {0, 1}), b.load("bias", kF32, {0, 1})});
  b.store("y", kF32, {columns, 1},
          b.compute(ScalarFn::Mul, {z, b.compute(ScalarFn::NormalCdf, {z})}));
  compare(b, folder, [=](std::vector<float*>& p) {
    for (std::int64_t i = 0; i < rows; ++i) {
      const float* in = p[0] + i * columns;
      float sum = 0, squares = 0;
      for (std::int64_t c = 0; c < columns; ++c) sum += in[c];
      const float m = sum * inverse;
      for (std::int64_t c = 0; c < columns; ++c) squares += (in[c] - m) * (in[c] - m);
      const float r = 1 / std::sqrt(squares * inverse + 1e-5f);
      for (std::int64_t c = 0; c < columns; ++c) {
        const float v = (in[c] - m) * r * p[1][c] + p[2][c];
        p[3][i * columns + c] = v * 0.5f * (1 + std::erf(v * 0.70710678f));
      }
    }
  });
}

void columnSum(const char* folder) {
  const std::int64_t rows = 4096, columns = 1024;
  NestBuilder b("column_sum", {columns}, {rows});
  b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, b.load("x", kF32, {1, columns})));
  compare(b, folder, [=](std::vector<float*>& p) {
    std::fill(p[1], p[1] + columns, 0.0f);
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t c = 0; c < columns; ++c) p[1][c] += p[0][i * columns + c];
  });
}

void batchNorm(const char* folder) {
  const std::int64_t images = 8, channels = 64, pixels = 3136, image = channels * pixels;
  const float inverse = 1.0f / static_cast<float>(images * pixels);
  NestBuilder b("batch_norm_relu", {channels}, {images, pixels});
  const int x = b.load("x", kF32, {pixels, image, 1});
  const int count = b.constant(inverse);
  const int mean = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, x), count});
  const int centred = b.compute(ScalarFn::Sub, {x, mean});
  const int square = b.compute(ScalarFn::Mul, {centred, centred});
  const int variance = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, square), count});
  const int scale =
      b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {variance, b.constant(1e-5)})});
  const int normal = b.compute(ScalarFn::Mul, {centred, scale});
  b.store("y", kF32, {pixels, image, 1}, b.compute(ScalarFn::Relu, {normal}));
  compare(b, folder, [=](std::vector<float*>& p) {
    for (std::int64_t ch = 0; ch < channels; ++ch) {
      float sum = 0, squares = 0;
      const auto at = [=](std::int64_t n) { return n * image + ch * pixels; };
      for (std::int64_t n = 0; n < images; ++n)
        for (std::int64_t c = 0; c < pixels; ++c) sum += p[0][at(n) + c];
      const float m = sum * inverse;
      for (std::int64_t n = 0; n < images; ++n)
        for (std::int64_t c = 0; c < pixels; ++c)
          squares += (p[0][at(n) + c] - m) * (p[0][at(n) + c] - m);
      const float r = 1 / std::sqrt(squares * inverse + 1e-5f);
      for (std::int64_t n = 0; n < images; ++n)
        for (std::int64_t c = 0; c < pixels; ++c)
          p[1][at(n) + c] = std::max(0.0f, (p[0][at(n) + c] - m) * r);
    }
  });
}

void smallChain(const char* folder) {
  NestBuilder b("chain_of_200", {1024});
  int v = b.load("x", kF32, {1});
  const int w = b.load("w", kF32, {1}), bias = b.load("b", kF32, {1});
  for (int k = 0; k < 50; ++k) {
    const int product = b.compute(ScalarFn::Mul, {v, w});
    const int relu = b.compute(ScalarFn::Relu, {b.compute(ScalarFn::Add, {product, bias})});
    v = b.compute(ScalarFn::Mul, {relu, b.constant(0.999)});
  }
  b.store("y", kF32, {1}, v);
  compare(b, folder, [](std::vector<float*>& p) {
    for (int i = 0; i < 1024; ++i) {
      float value = p[0][i];
      for (int k = 0; k < 50; ++k) value = std::max(0.0f, value * p[1][i] + p[2][i]) * 0.999f;
      p[3][i] = value;
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  const char* folder = argc > 1 ? argv[1] : nullptr;
  addScale(folder);
  geluChain(folder);
  largeAdd(folder);
  softmax(folder);
  layerNormGelu(folder);
  columnSum(folder);
  batchNorm(folder);
  smallChain(folder);
}
