#include "tests/gpu/bench_nests.h"

#include <string>

#include "tests/support/walk_nests.h"

namespace tests {
namespace {

using core::ir::DType;
using core::schedule::LoopNest;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;

constexpr DType kF32 = DType::F32;
constexpr DType kBf16 = DType::BF16;
constexpr std::int64_t kRows = 32768;

std::string named(const std::string& kind, std::int64_t width) {
  return kind + "_" + std::to_string(width);
}

LoopNest copy() {
  const std::int64_t n = std::int64_t{16384} * 8192;
  NestBuilder b("copy", {n});
  b.store("y", kBf16, {1}, b.load("x", kBf16, {1}));
  return b.nest();
}

LoopNest chain() {
  const std::int64_t rows = 16384, n = 8192;
  NestBuilder b("chain", {rows, n});
  const int t = b.compute(ScalarFn::Add, {b.load("x", kBf16, {n, 1}), b.load("b", kBf16, {0, 1})});
  const int cubed = b.compute(ScalarFn::Pow, {t, b.constant(3)});
  const int inner = b.compute(ScalarFn::Fma, {cubed, b.constant(0.044715), t});
  const int curve =
      b.compute(ScalarFn::Tanh, {b.compute(ScalarFn::Mul, {inner, b.constant(0.7978845608)})});
  const int half = b.compute(ScalarFn::Mul, {t, b.constant(0.5)});
  const int gelu =
      b.compute(ScalarFn::Mul, {half, b.compute(ScalarFn::Add, {curve, b.constant(1)})});
  const int scaled = b.compute(ScalarFn::Mul, {gelu, b.load("s", kBf16, {0, 1})});
  b.store("y", kBf16, {n, 1}, b.compute(ScalarFn::Add, {scaled, b.load("r", kBf16, {n, 1})}));
  return b.nest();
}

LoopNest softmax(std::int64_t n, std::int64_t rows = kRows) {
  NestBuilder b(named("softmax", n), {rows}, {n});
  const int x = b.load("x", kBf16, {n, 1});
  const int e =
      b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)})});
  b.store("y", kBf16, {n, 1}, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
  return b.nest();
}

LoopNest rmsNorm(std::int64_t n) {
  NestBuilder b(named("rms_norm", n), {kRows}, {n});
  const int sum =
      b.compute(ScalarFn::Add, {b.load("x", kBf16, {n, 1}), b.load("r", kBf16, {n, 1})});
  const int h = b.cast(sum, kBf16);
  const int square = b.reduce(ReduceFn::Sum, b.compute(ScalarFn::Mul, {h, h}));
  const int mean = b.compute(ScalarFn::Mul, {square, b.constant(1.0 / static_cast<double>(n))});
  const int scale =
      b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {mean, b.constant(1e-5)})});
  b.store("h", kBf16, {n, 1}, h);
  b.store("rstd", kF32, {1, 0}, scale);
  const int normal = b.compute(ScalarFn::Mul, {h, scale});
  b.store("y", kBf16, {n, 1}, b.compute(ScalarFn::Mul, {normal, b.load("w", kBf16, {0, 1})}));
  return b.nest();
}

LoopNest rmsNormBackward(std::int64_t n) {
  NestBuilder b(named("rms_norm_backward", n), {kRows}, {n});
  const int g = b.load("g", kBf16, {n, 1}), h = b.load("h", kBf16, {n, 1});
  const int scale = b.load("rstd", kF32, {1, 0});
  const int weighted = b.compute(ScalarFn::Mul, {g, b.load("w", kBf16, {0, 1})});
  const int normal = b.compute(ScalarFn::Mul, {h, scale});
  const int dot = b.reduce(ReduceFn::Sum, b.compute(ScalarFn::Mul, {weighted, normal}));
  const int mean = b.compute(ScalarFn::Mul, {dot, b.constant(1.0 / static_cast<double>(n))});
  const int inner = b.compute(ScalarFn::Sub, {weighted, b.compute(ScalarFn::Mul, {normal, mean})});
  const int own = b.compute(ScalarFn::Mul, {inner, scale});
  b.store("dx", kBf16, {n, 1}, b.compute(ScalarFn::Add, {own, b.load("gh", kBf16, {n, 1})}));
  return b.nest();
}

LoopNest weightGradient(std::int64_t n) {
  NestBuilder b(named("weight_gradient", n), {n}, {kRows});
  const int g = b.load("g", kBf16, {1, n}), h = b.load("h", kBf16, {1, n});
  const int normal = b.compute(ScalarFn::Mul, {h, b.load("rstd", kF32, {0, 1})});
  b.store("dw", kBf16, {1, 0}, b.reduce(ReduceFn::Sum, b.compute(ScalarFn::Mul, {g, normal})));
  return b.nest();
}

LoopNest layerNormGelu(std::int64_t n) {
  NestBuilder b(named("layer_norm_gelu", n), {kRows}, {n});
  const int x = b.load("x", kBf16, {n, 1});
  const int count = b.constant(1.0 / static_cast<double>(n));
  const int mean = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, x), count});
  const int centred = b.compute(ScalarFn::Sub, {x, mean});
  const int square = b.compute(ScalarFn::Mul, {centred, centred});
  const int variance = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, square), count});
  const int scale =
      b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {variance, b.constant(1e-5)})});
  b.store("mean", kF32, {1, 0}, mean);
  b.store("rstd", kF32, {1, 0}, scale);
  const int weighted = b.compute(
      ScalarFn::Mul, {b.compute(ScalarFn::Mul, {centred, scale}), b.load("w", kBf16, {0, 1})});
  const int z = b.compute(ScalarFn::Add, {weighted, b.load("b", kBf16, {0, 1})});
  b.store("y", kBf16, {n, 1}, b.compute(ScalarFn::Mul, {z, b.compute(ScalarFn::NormalCdf, {z})}));
  return b.nest();
}

LoopNest columnSum(std::int64_t n) {
  NestBuilder b(named("column_sum", n), {n}, {kRows});
  b.store("sum", kBf16, {1, 0}, b.reduce(ReduceFn::Sum, b.load("x", kBf16, {1, n})));
  return b.nest();
}

LoopNest fullSum() {
  const std::int64_t n = std::int64_t{1} << 28;
  NestBuilder b("full_sum", {1}, {n});
  b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, b.load("x", kBf16, {0, 1})));
  return b.nest();
}

LoopNest crossEntropy(std::int64_t rows, std::int64_t n) {
  NestBuilder b(named("cross_entropy", n), {rows}, {n});
  const int x = b.load("x", kBf16, {n, 1});
  const int peak = b.reduce(ReduceFn::Max, x);
  const int e = b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, peak})});
  const int log = b.compute(ScalarFn::Log, {b.reduce(ReduceFn::Sum, e)});
  const int target = b.load("target", DType::I64, {1, 0});
  const int picked = b.load("x", kBf16, {n, 0}, 0, {{target, 1, n}});
  b.store("loss", kF32, {1, 0},
          b.compute(ScalarFn::Sub, {log, b.compute(ScalarFn::Sub, {picked, peak})}));
  b.store("lse", kF32, {1, 0}, b.compute(ScalarFn::Add, {log, peak}));
  return b.nest();
}

/// The loss of each row and the gradient of its logits.
LoopNest crossEntropyTrain(std::int64_t rows, std::int64_t n) {
  NestBuilder b(named("cross_entropy_train", n), {rows}, {n});
  const int x = b.load("x", kBf16, {n, 1});
  const int peak = b.reduce(ReduceFn::Max, x);
  const int e = b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, peak})});
  const int log = b.compute(ScalarFn::Log, {b.reduce(ReduceFn::Sum, e)});
  const int target = b.load("target", DType::I64, {1, 0});
  const int picked = b.load("x", kBf16, {n, 0}, 0, {{target, 1, n}});
  b.store("loss", kF32, {1, 0},
          b.compute(ScalarFn::Sub, {log, b.compute(ScalarFn::Sub, {picked, peak})}));
  const int shifted = b.compute(ScalarFn::Sub, {b.compute(ScalarFn::Sub, {x, peak}), log});
  const int is = b.compute(ScalarFn::Eq, {b.index(1), target});
  const int one = b.where(is, b.constant(1), b.constant(0));
  const int slope = b.compute(ScalarFn::Sub, {b.compute(ScalarFn::Exp, {shifted}), one});
  b.store("dx", kBf16, {n, 1},
          b.compute(ScalarFn::Mul, {slope, b.constant(1.0 / static_cast<double>(rows))}));
  return b.nest();
}

}  // namespace

std::vector<LoopNest> benchNests() {
  return {copy(),
          chain(),
          softmax(4096),
          softmax(1024),
          rmsNorm(4096),
          rmsNorm(3000),
          rmsNormBackward(4096),
          rmsNormBackward(3000),
          weightGradient(4096),
          weightGradient(3000),
          layerNormGelu(4096),
          columnSum(4096),
          fullSum(),
          crossEntropy(8192, 50304),
          softmax(3001),
          softmax(50257, 8192),
          crossEntropy(8192, 50257),
          crossEntropyTrain(8192, 50257),
          crossEntropyTrain(8192, 50304),
          normBackward(256, 128, 4096, kBf16),
          normBackward(256, 128, 3000, kBf16),
          normGeluBackward(256, 128, 4096),
          normGeluBackward(512, 64, 4096)};
}

}  // namespace tests
