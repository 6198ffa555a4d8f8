#include "tests/support/kernel_set.h"

#include <string>

namespace tests {
namespace {

using core::ir::DType;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;
using Sizes = NestBuilder::Sizes;

constexpr DType kF32 = DType::F32;
constexpr DType kBf16 = DType::BF16;
constexpr Tolerance kExact{2e-6, 2e-6};
constexpr Tolerance kSums{1e-5, 2e-5};
constexpr Tolerance kHalf{1e-2, 1e-2};

class Set {
 public:
  void add(NestBuilder builder, Tolerance tolerance = kExact) {
    m_cases.push_back({builder.nest(), tolerance});
  }

  std::vector<KernelCase> take() { return std::move(m_cases); }

 private:
  std::vector<KernelCase> m_cases;
};

std::string named(const std::string& kind, std::int64_t size) {
  return kind + "_" + std::to_string(size);
}

NestBuilder geluChain(DType dtype, std::int64_t rows, std::int64_t columns) {
  NestBuilder b(named("gelu_" + std::string(core::ir::dtypeName(dtype)), columns), {rows, columns});
  const Sizes at{columns, 1};
  const int t = b.compute(ScalarFn::Add, {b.load("x", dtype, at), b.load("bias", dtype, {0, 1})});
  const int cubed = b.compute(ScalarFn::Pow, {t, b.constant(3)});
  const int inner = b.compute(ScalarFn::Fma, {cubed, b.constant(0.044715), t});
  const int curve =
      b.compute(ScalarFn::Tanh, {b.compute(ScalarFn::Mul, {inner, b.constant(0.7978845608)})});
  const int half = b.compute(ScalarFn::Mul, {t, b.constant(0.5)});
  const int gelu =
      b.compute(ScalarFn::Mul, {half, b.compute(ScalarFn::Add, {curve, b.constant(1)})});
  b.store("y", dtype, at, b.compute(ScalarFn::Mul, {gelu, b.load("column", kF32, {1, 0})}));
  return b;
}

NestBuilder softmax(DType dtype, std::int64_t rows, std::int64_t n) {
  NestBuilder b(named("softmax_" + std::string(core::ir::dtypeName(dtype)), n), {rows}, {n});
  const int x = b.load("x", dtype, {n, 1});
  const int e =
      b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)})});
  b.store("y", dtype, {n, 1}, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
  return b;
}

NestBuilder layerNorm(DType dtype, std::int64_t rows, std::int64_t n) {
  NestBuilder b(named("layer_norm_" + std::string(core::ir::dtypeName(dtype)), n), {rows}, {n});
  const int x = b.compute(ScalarFn::Add, {b.load("x", dtype, {n, 1}), b.load("r", dtype, {n, 1})});
  const int count = b.constant(1.0 / static_cast<double>(n));
  const int mean = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, x), count});
  const int centred = b.compute(ScalarFn::Sub, {x, mean});
  const int square = b.compute(ScalarFn::Mul, {centred, centred});
  const int variance = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, square), count});
  const int scale =
      b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {variance, b.constant(1e-5)})});
  b.store("h", dtype, {n, 1}, x);
  b.store("mean", kF32, {1, 0}, mean);
  b.store("rstd", kF32, {1, 0}, scale);
  const int normal = b.compute(ScalarFn::Mul, {centred, scale});
  const int weighted = b.compute(ScalarFn::Mul, {normal, b.load("weight", dtype, {0, 1})});
  b.store("y", dtype, {n, 1}, b.compute(ScalarFn::Add, {weighted, b.load("bias", dtype, {0, 1})}));
  return b;
}

NestBuilder columnSums(DType dtype, std::int64_t columns, std::int64_t rows) {
  NestBuilder b(named("column_sums_" + std::string(core::ir::dtypeName(dtype)) + "_" +
                          std::to_string(columns),
                      rows),
                {columns}, {rows});
  const int x = b.load("x", dtype, {1, columns});
  const int scaled = b.compute(ScalarFn::Mul, {x, b.load("scale", kF32, {1, 0})});
  b.store("sum", dtype, {1, 0}, b.reduce(ReduceFn::Sum, scaled));
  b.store("max", kF32, {1, 0}, b.reduce(ReduceFn::Max, x));
  return b;
}

NestBuilder columnNorm(std::int64_t columns, std::int64_t rows) {
  NestBuilder b(named("column_norm_" + std::to_string(columns), rows), {2, columns}, {rows});
  const Sizes at{rows * columns, 1, columns};
  const int x = b.load("x", kF32, at);
  const int e =
      b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)})});
  b.store("y", kF32, at, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
  return b;
}

NestBuilder batchNorm(std::int64_t channels, std::int64_t images, std::int64_t pixels) {
  NestBuilder b(named("batch_norm_" + std::to_string(channels), pixels), {channels},
                {images, pixels});
  const Sizes at{pixels, channels * pixels, 1};
  const int x = b.load("x", kF32, at);
  const int count = b.constant(1.0 / static_cast<double>(images * pixels));
  const int mean = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, x), count});
  const int centred = b.compute(ScalarFn::Sub, {x, mean});
  const int square = b.compute(ScalarFn::Mul, {centred, centred});
  const int variance = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, square), count});
  const int scale =
      b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {variance, b.constant(1e-5)})});
  b.store("y", kF32, at, b.compute(ScalarFn::Relu, {b.compute(ScalarFn::Mul, {centred, scale})}));
  b.store("mean", kF32, {1, 0, 0}, mean);
  return b;
}

NestBuilder fullReduction(std::int64_t n) {
  NestBuilder b(named("full_reduction", n), {1}, {n});
  const int x = b.load("x", kF32, {0, 1});
  b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, b.compute(ScalarFn::Abs, {x})));
  b.store("max", kF32, {1, 0}, b.reduce(ReduceFn::Max, x));
  const int isLarge = b.compute(ScalarFn::Gt, {x, b.constant(1.999)});
  b.store("any", DType::Bool, {1, 0}, b.reduce(ReduceFn::Any, isLarge));
  return b;
}

NestBuilder crossEntropy(DType dtype, std::int64_t rows, std::int64_t n) {
  NestBuilder b(named("cross_entropy_" + std::string(core::ir::dtypeName(dtype)), n), {rows}, {n});
  const int x = b.load("x", dtype, {n, 1});
  const int peak = b.reduce(ReduceFn::Max, x);
  const int e = b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, peak})});
  const int log = b.compute(ScalarFn::Log, {b.reduce(ReduceFn::Sum, e)});
  const int target = b.load("target", DType::I64, {1, 0});
  const int picked = b.load("x", dtype, {n, 0}, 0, {{target, 1, n}});
  b.store("loss", kF32, {1, 0},
          b.compute(ScalarFn::Sub, {log, b.compute(ScalarFn::Sub, {picked, peak})}));
  return b;
}

void addPoints(Set& set) {
  for (const std::int64_t n : {1, 7, 64, 70, 1000}) {
    NestBuilder b(named("tail", n), {3, n});
    const int sum =
        b.compute(ScalarFn::Add, {b.load("x", kF32, {n + 2, 1}), b.load("bias", kF32, {0, 1})});
    b.store("y", kF32, {n + 2, 1}, b.compute(ScalarFn::Relu, {sum}));
    set.add(std::move(b));
  }
  set.add(geluChain(kF32, 33, 100));
  set.add(geluChain(kF32, 33, 201));
  set.add(geluChain(kBf16, 33, 104), kHalf);
  set.add(geluChain(kBf16, 33, 205), kHalf);
  set.add(geluChain(DType::F16, 5, 33), {2e-3, 2e-3});
  {
    NestBuilder b("layouts", {35, 21});
    const int transposed = b.load("t", kF32, {1, 35});
    const int reversed = b.load("r", kF32, {21, -1}, 20);
    const int sum = b.compute(ScalarFn::Add, {transposed, reversed});
    b.store("y", kF32, {21, 1}, b.compute(ScalarFn::Sub, {sum, b.load("s", kF32, {63, 3})}));
    b.store("z", kF32, {1, 35}, sum);
    set.add(std::move(b));
  }
  {
    NestBuilder b("single_point", {});
    b.store("y", kF32, {}, b.compute(ScalarFn::Exp, {b.load("x", kF32, {})}));
    set.add(std::move(b));
  }
  {
    NestBuilder b("empty", {0, 5});
    b.store("y", kF32, {5, 1}, b.load("x", kF32, {5, 1}));
    set.add(std::move(b));
  }
  {
    NestBuilder b("dropout", {12, 64});
    const int keep = b.load("keep", DType::Bool, {64, 1});
    const int x = b.load("x", kBf16, {64, 1});
    b.store("y", kBf16, {64, 1}, b.where(keep, x, b.constant(0)));
    b.store("mask", DType::Bool, {64, 1}, b.compute(ScalarFn::LogicalNot, {keep}));
    set.add(std::move(b), kHalf);
  }
  {
    NestBuilder b("in_place", {500});
    const int x = b.load("x", kF32, {1});
    b.store("x", kF32, {1}, b.compute(ScalarFn::Add, {x, b.constant(1)}));
    set.add(std::move(b));
  }
  {
    NestBuilder b("positions", {6, 37});
    const int causal = b.compute(ScalarFn::Le, {b.index(1), b.index(0)});
    b.store("mask", kF32, {37, 1}, b.where(causal, b.constant(0), b.constant(-9)));
    b.store("column", DType::I64, {37, 1}, b.index(1));
    set.add(std::move(b));
  }
}

void addTypes(Set& set) {
  const DType types[] = {kF32,       DType::F64, DType::I64, DType::I32,
                         DType::I16, DType::I8,  DType::U8,  DType::Bool};
  NestBuilder casts("casts", {40});
  for (const DType from : types) {
    const int x = casts.load("in_" + std::string(core::ir::dtypeName(from)), from, {1});
    for (const DType to : types) {
      const bool isUndefined = to == DType::U8 && (from == kF32 || from == DType::F64);
      if (to == from || isUndefined) continue;
      casts.store(
          std::string(core::ir::dtypeName(from)) + "_to_" + std::string(core::ir::dtypeName(to)),
          to, {1}, casts.cast(x, to));
    }
  }
  set.add(std::move(casts));
  for (const DType dtype : {kF32, DType::F64}) {
    NestBuilder b("functions_" + std::string(core::ir::dtypeName(dtype)), {50});
    const int x = b.load("x", dtype, {1}), y = b.load("y", dtype, {1});
    const int positive = b.compute(ScalarFn::Abs, {x});
    const int unit = b.compute(ScalarFn::Mul, {x, b.constant(0.49, dtype)});
    int out = 0;
    const auto keep = [&](int value) { b.store("o" + std::to_string(out++), dtype, {1}, value); };
    for (auto fn = static_cast<int>(ScalarFn::Neg); fn <= static_cast<int>(ScalarFn::Sign); ++fn) {
      const auto f = static_cast<ScalarFn>(fn);
      const bool wantsPositive = f == ScalarFn::Log || f == ScalarFn::Log2 ||
                                 f == ScalarFn::Log10 || f == ScalarFn::Sqrt ||
                                 f == ScalarFn::Rsqrt;
      const bool wantsUnit = f == ScalarFn::Asin || f == ScalarFn::Acos || f == ScalarFn::Log1p;
      keep(b.compute(f, {wantsPositive ? positive : wantsUnit ? unit : x}));
    }
    keep(b.compute(ScalarFn::NormalCdf, {x}));
    for (const double exponent : {0.5, -0.5, 2.0, -2.0, -1.0, 1.0, 4.0})
      keep(b.compute(ScalarFn::Pow, {positive, b.constant(exponent, dtype)}));
    for (const ScalarFn f :
         {ScalarFn::Div, ScalarFn::Maximum, ScalarFn::Minimum, ScalarFn::Remainder, ScalarFn::Fmod,
          ScalarFn::FloorDiv, ScalarFn::Atan2})
      keep(b.compute(f, {x, y}));
    set.add(std::move(b), {4e-6, 8e-7});
  }
  for (const DType dtype : {DType::I64, DType::I32, DType::I8}) {
    NestBuilder b("integers_" + std::string(core::ir::dtypeName(dtype)), {40});
    const int x = b.load("x", dtype, {1}), y = b.load("y", dtype, {1});
    int out = 0;
    const auto keep = [&](int value) { b.store("o" + std::to_string(out++), dtype, {1}, value); };
    for (const ScalarFn f :
         {ScalarFn::Neg, ScalarFn::Abs, ScalarFn::Relu, ScalarFn::Sign, ScalarFn::BitwiseNot})
      keep(b.compute(f, {x}));
    for (const ScalarFn f :
         {ScalarFn::Add, ScalarFn::Sub, ScalarFn::Mul, ScalarFn::Div, ScalarFn::Maximum,
          ScalarFn::Minimum, ScalarFn::Remainder, ScalarFn::Fmod, ScalarFn::FloorDiv,
          ScalarFn::BitwiseAnd, ScalarFn::BitwiseOr, ScalarFn::BitwiseXor})
      keep(b.compute(f, {x, y}));
    keep(b.compute(ScalarFn::Pow, {x, b.compute(ScalarFn::Abs, {b.compute(ScalarFn::Sign, {y})})}));
    set.add(std::move(b));
  }
}

void addRows(Set& set) {
  for (const std::int64_t n : {1, 3, 8, 33, 64, 70, 256, 1000}) {
    NestBuilder b(named("rows", n), {37}, {n});
    const int x = b.load("x", kF32, {n, 1});
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, x));
    b.store("max", kF32, {1, 0}, b.reduce(ReduceFn::Max, x));
    b.store("min", kF32, {1, 0}, b.reduce(ReduceFn::Min, x));
    set.add(std::move(b), kSums);
  }
  for (const std::int64_t n : {7, 64, 1000, 4096}) set.add(softmax(kF32, 9, n));
  for (const std::int64_t n : {33, 128, 4096, 30000}) set.add(softmax(kBf16, 3, n), kHalf);
  set.add(softmax(kF32, 2, 60001), kSums);
  for (const std::int64_t n : {100, 768, 3000}) {
    set.add(layerNorm(kF32, 5, n), kSums);
    set.add(layerNorm(kBf16, 5, n), kHalf);
  }
  for (const std::int64_t n : {131, 1001, 5003}) {
    set.add(softmax(kF32, 5, n));
    set.add(softmax(kBf16, 5, n), kHalf);
    set.add(layerNorm(kF32, 5, n), kSums);
  }
  set.add(layerNorm(kBf16, 5, 1003), kHalf);
  set.add(batchNorm(6, 4, 49), kSums);
  set.add(batchNorm(5, 6, 6400), kSums);
  for (const std::int64_t n : {1000, 40000, 140001}) set.add(fullReduction(n), kSums);
  set.add(softmax(DType::F64, 1, 20000), kSums);
  set.add(softmax(kBf16, 1, 30001), kHalf);
  {
    NestBuilder b("in_place_rows", {4}, {50});
    const int x = b.load("x", kF32, {50, 1});
    b.store("x", kF32, {50, 1}, b.compute(ScalarFn::Mul, {x, b.constant(2)}));
    b.store("sum", kF32, {1, 0},
            b.reduce(ReduceFn::Sum, b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)})));
    set.add(std::move(b), kSums);
  }
  {
    NestBuilder b("integer_rows", {12}, {45});
    const int x = b.load("x", DType::I64, {45, 1});
    b.store("sum", DType::I64, {1, 0}, b.reduce(ReduceFn::Sum, x));
    b.store("min", DType::I8, {1, 0}, b.reduce(ReduceFn::Min, b.cast(x, DType::I8)));
    b.store("all", DType::Bool, {1, 0}, b.reduce(ReduceFn::All, b.cast(x, DType::Bool)));
    set.add(std::move(b));
  }
  {
    NestBuilder b("count", {3}, {45});
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, b.load("one", kF32, {1, 0})));
    set.add(std::move(b), kSums);
  }
}

void addColumns(Set& set) {
  for (const std::int64_t columns : {5, 64, 100, 300})
    set.add(columnSums(kF32, columns, 123), kSums);
  set.add(columnSums(kBf16, 256, 700), {1e-2, 0.3});
  set.add(columnSums(DType::F64, 40, 2000), kSums);
  set.add(columnNorm(300, 17), kSums);
  set.add(columnNorm(37, 600), kSums);
  NestBuilder b("channels_last", {20}, {4, 49});
  const int x = b.load("x", kF32, {1, 49 * 20, 20});
  b.store("sum", kF32, {1, 0, 0}, b.reduce(ReduceFn::Sum, x));
  set.add(std::move(b), kSums);
}

void addGathers(Set& set) {
  {
    NestBuilder b("embedding", {13, 40});
    const int row = b.load("rows", DType::I64, {1, 0});
    b.store("y", kF32, {40, 1}, b.load("table", kF32, {0, 1}, 0, {{row, 40, 6}}));
    set.add(std::move(b));
  }
  {
    NestBuilder b("gather", {50});
    const int at = b.load("at", DType::I64, {1});
    b.store("y", kF32, {1}, b.load("x", kF32, {0}, 0, {{at, 1, 6}}));
    set.add(std::move(b));
  }
  {
    NestBuilder b("embedding_norm", {13}, {64});
    const int row = b.load("rows", DType::I64, {1, 0});
    const int x = b.load("table", kBf16, {0, 1}, 0, {{row, 64, 6}});
    b.store("y", kF32, {64, 1}, b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)}));
    set.add(std::move(b));
  }
  set.add(crossEntropy(kF32, 12, 50));
  set.add(crossEntropy(kBf16, 3, 5003), kSums);
  set.add(crossEntropy(kBf16, 2, 50257), kSums);
}

}  // namespace

const std::vector<KernelCase>& kernelSet() {
  static const std::vector<KernelCase> cases = [] {
    Set set;
    addPoints(set);
    addTypes(set);
    addRows(set);
    addColumns(set);
    addGathers(set);
    return set.take();
  }();
  return cases;
}

}  // namespace tests
