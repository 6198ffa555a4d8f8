#include "tests/support/walk_nests.h"

#include <string>

namespace tests {
namespace {

using core::ir::DType;
using core::schedule::LoopNest;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;

constexpr DType kF32 = DType::F32;
constexpr DType kBf16 = DType::BF16;

int meanOf(NestBuilder& b, int value, std::int64_t columns) {
  return b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, value),
                                   b.constant(1.0 / static_cast<double>(columns))});
}

/// A product of two tensors, and the sums of its columns; nothing is reduced along rows.
LoopNest pointsWithSums(std::int64_t slots, std::int64_t rows, std::int64_t columns) {
  const NestBuilder::Sizes at{rows * columns, columns, 1};
  NestBuilder b("points_" + std::to_string(columns), {slots, rows}, {columns});
  const int y = b.compute(ScalarFn::Mul, {b.load("x", kBf16, at), b.load("g", kBf16, at)});
  b.store("y", kBf16, at, y);
  b.accumulate("sums", kF32, {columns, 0, 1}, y);
  return b.nest();
}

/// Rows of two axes, of which the outer one is a slot's own.
LoopNest twoRowAxes() {
  NestBuilder b("two_axes", {6, 5, 3}, {64});
  const int x = b.load("x", kF32, {960, 192, 64, 1});
  const int top = b.reduce(ReduceFn::Max, x);
  b.store("y", kF32, {960, 192, 64, 1}, b.compute(ScalarFn::Sub, {x, top}));
  b.accumulate("sums", kF32, {64, 0, 0, 1}, b.compute(ScalarFn::Mul, {x, top}));
  return b.nest();
}

/// Rows that a gather picks: they cannot be loaded ahead.
LoopNest gatheredRows() {
  NestBuilder b("gathered", {4, 6}, {256});
  const int at = b.load("at", DType::I64, {6, 1, 0});
  const int x = b.load("x", kF32, {0, 0, 1}, 0, {{at, 256, 6}});
  b.store("mean", kF32, {6, 1, 0}, meanOf(b, x, 256));
  b.accumulate("sums", kF32, {256, 0, 1}, x);
  return b.nest();
}

}  // namespace

LoopNest normBackward(std::int64_t slots, std::int64_t rows, std::int64_t columns, DType dtype) {
  const NestBuilder::Sizes at{rows * columns, columns, 1}, row{rows, 1, 0}, column{0, 0, 1};
  NestBuilder b("walked_norm_" + std::to_string(columns), {slots, rows}, {columns});
  const int g = b.load("g", dtype, at), h = b.load("h", dtype, at);
  const int scale = b.load("rstd", kF32, row);
  const int weighted = b.compute(ScalarFn::Mul, {g, b.load("w", dtype, column)});
  const int normal = b.compute(ScalarFn::Mul, {h, scale});
  const int mean = meanOf(b, b.compute(ScalarFn::Mul, {weighted, normal}), columns);
  const int inner = b.compute(ScalarFn::Sub, {weighted, b.compute(ScalarFn::Mul, {normal, mean})});
  b.store("dx", dtype, at, b.compute(ScalarFn::Mul, {inner, scale}));
  b.accumulate("dw", kF32, {columns, 0, 1}, b.compute(ScalarFn::Mul, {g, normal}));
  return b.nest();
}

LoopNest normGeluBackward(std::int64_t slots, std::int64_t rows, std::int64_t columns) {
  const NestBuilder::Sizes at{rows * columns, columns, 1}, column{0, 0, 1};
  NestBuilder b("walked_norm_gelu_" + std::to_string(columns), {slots, rows}, {columns});
  const auto mul = [&](int x, int y) { return b.compute(ScalarFn::Mul, {x, y}); };
  const auto sub = [&](int x, int y) { return b.compute(ScalarFn::Sub, {x, y}); };
  const auto add = [&](int x, int y) { return b.compute(ScalarFn::Add, {x, y}); };
  const int x = b.load("x", kBf16, at), g = b.load("g", kBf16, at);
  const int w = b.load("w", kBf16, column);
  const int centred = sub(x, meanOf(b, x, columns));
  const int variance = meanOf(b, mul(centred, centred), columns);
  const int scale = b.compute(ScalarFn::Rsqrt, {add(variance, b.constant(1e-5))});
  const int normal = mul(centred, scale);
  const int z = add(mul(normal, w), b.load("b", kBf16, column));
  const int bell = b.compute(ScalarFn::Exp, {mul(mul(z, z), b.constant(-0.5))});
  const int slope =
      add(b.compute(ScalarFn::NormalCdf, {z}), mul(z, mul(bell, b.constant(0.3989422804014327))));
  const int dz = mul(g, slope);
  const int weighted = mul(dz, w);
  const int rest = mul(normal, meanOf(b, mul(weighted, normal), columns));
  b.store("dx", kBf16, at, mul(scale, sub(sub(weighted, meanOf(b, weighted, columns)), rest)));
  b.accumulate("dw", kF32, {columns, 0, 1}, mul(dz, normal));
  b.accumulate("db", kF32, {columns, 0, 1}, dz);
  return b.nest();
}

const std::vector<KernelCase>& walkCases() {
  constexpr Tolerance kLoose{1e-2, 1e-2};
  static const std::vector<KernelCase> cases{{normBackward(4, 5, 1024, kBf16), kLoose},
                                             {normBackward(3, 7, 40, kF32), {1e-4, 1e-4}},
                                             {normBackward(3, 4, 1001, kBf16), kLoose},
                                             {normBackward(2, 3, 50000, kBf16), kLoose},
                                             {normGeluBackward(3, 4, 2048), kLoose},
                                             {normGeluBackward(5, 3, 96), kLoose},
                                             {pointsWithSums(4, 6, 512), kLoose},
                                             {pointsWithSums(7, 3, 12), kLoose},
                                             {twoRowAxes(), {1e-4, 1e-4}},
                                             {gatheredRows(), {1e-4, 1e-4}}};
  return cases;
}

}  // namespace tests
