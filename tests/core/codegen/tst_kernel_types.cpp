// Kernels over every dtype and function, with special values, against the plain interpreter.

#include <QtTest>

#include <cmath>
#include <limits>

#include "core/codegen/write_cpu_kernel.h"
#include "tests/support/cpu_kernel_check.h"
#include "tests/support/loop_nests.h"

using core::ir::DType;
using core::schedule::LoopNest;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;
using tests::Bytes;
using tests::NestBuilder;
using tests::Tolerance;

namespace {

constexpr DType kF32 = DType::F32;

}  // namespace

class TestKernelTypes : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void boolsAndWhere() {
    for (const std::int64_t n : {64, 77, 3}) {
      NestBuilder b("bools", {n});
      const int x = b.load("x", kF32, {1}), y = b.load("y", kF32, {1});
      const int mask = b.load("mask", DType::Bool, {1});
      const int less = b.compute(ScalarFn::Lt, {x, y});
      const int both = b.compute(ScalarFn::LogicalAnd, {mask, less});
      const int either = b.compute(ScalarFn::LogicalOr, {mask, b.compute(ScalarFn::Ge, {x, y})});
      const int notBoth = b.compute(ScalarFn::LogicalNot, {both});
      b.store("picked", kF32, {1}, b.where(both, x, b.constant(-1)));
      b.store("either", DType::Bool, {1}, either);
      b.store("xor", DType::Bool, {1}, b.compute(ScalarFn::LogicalXor, {mask, notBoth}));
      b.store("ordered", DType::Bool, {1}, b.compute(ScalarFn::Lt, {mask, less}));
      b.store("count", kF32, {1}, b.cast(notBoth, kF32));
      COMPARE_KERNEL(b);
    }
  }

  void anyAndAllOfRows() {
    NestBuilder b("any_all", {30}, {33});
    const int x = b.load("x", kF32, {33, 1});
    b.store("any", DType::Bool, {1, 0},
            b.reduce(ReduceFn::Any, b.compute(ScalarFn::Gt, {x, b.constant(1.9)})));
    b.store("all", DType::Bool, {1, 0},
            b.reduce(ReduceFn::All, b.compute(ScalarFn::Lt, {x, b.constant(1.9)})));
    COMPARE_KERNEL(b);
  }

  void halfPrecisionIsRoundedOnce() {
    for (const DType half : {DType::BF16, DType::F16}) {
      NestBuilder b("half", {5, 43});
      const int x = b.load("x", half, {43, 1}), y = b.load("y", half, {0, 1});
      const int product = b.compute(ScalarFn::Mul, {x, y});
      b.store("z", half, {43, 1}, b.compute(ScalarFn::Add, {product, b.constant(0.125)}));
      b.store("first", half, {1, 0}, b.load("x", half, {43, 0}));
      // One unit of the half type, where float and double round to different sides.
      COMPARE_KERNEL(b, {half == DType::BF16 ? 0.0079 : 0.00098, 1e-6});
    }
  }

  void halfPrecisionSpecialValues() {
    NestBuilder b("bf16_specials", {20});
    b.store("y", DType::BF16, {1}, b.load("x", kF32, {1}));
    const auto specials = [](std::vector<Bytes>& buffers) {
      const double infinity = std::numeric_limits<double>::infinity();
      tests::setElement(buffers[0], kF32, 0, std::nan(""));
      tests::setElement(buffers[0], kF32, 1, infinity);
      tests::setElement(buffers[0], kF32, 2, -infinity);
      tests::setElement(buffers[0], kF32, 3, 3.4e38);  // rounds to infinity
    };
    std::vector<Bytes> buffers = tests::randomBuffers(b.nest(), 1);
    specials(buffers);
    tests::runKernel(tests::buildKernel(b.nest()), buffers);
    QVERIFY(std::isnan(tests::elementAt(buffers[1], DType::BF16, 0)));
    QVERIFY(std::isinf(tests::elementAt(buffers[1], DType::BF16, 1)));
    QVERIFY(tests::elementAt(buffers[1], DType::BF16, 2) < 0);
    QVERIFY(std::isinf(tests::elementAt(buffers[1], DType::BF16, 3)));
  }

  void integerFunctions() {
    for (const DType dtype : {DType::I64, DType::I32, DType::I16, DType::I8, DType::U8}) {
      for (const std::int64_t n : {45, 2}) {
        NestBuilder b("integers", {n});
        const int x = b.load("x", dtype, {1}), y = b.load("y", dtype, {1});
        int out = 0;
        for (const ScalarFn fn :
             {ScalarFn::Add, ScalarFn::Sub, ScalarFn::Mul, ScalarFn::Div, ScalarFn::Remainder,
              ScalarFn::Fmod, ScalarFn::FloorDiv, ScalarFn::Maximum, ScalarFn::Minimum,
              ScalarFn::Pow, ScalarFn::BitwiseAnd, ScalarFn::BitwiseOr, ScalarFn::BitwiseXor})
          b.store("o" + std::to_string(out++), dtype, {1}, b.compute(fn, {x, y}));
        for (const ScalarFn fn :
             {ScalarFn::Neg, ScalarFn::Abs, ScalarFn::Relu, ScalarFn::Sign, ScalarFn::BitwiseNot})
          b.store("o" + std::to_string(out++), dtype, {1}, b.compute(fn, {x}));
        b.store("less", DType::Bool, {1}, b.compute(ScalarFn::Lt, {x, y}));
        b.store("float", kF32, {1}, b.cast(x, kF32));
        COMPARE_KERNEL(b);
      }
    }
  }

  void integerReductionsAndPositions() {
    NestBuilder b("positions", {7}, {37});
    const int position = b.index(1), row = b.index(0);
    const int x = b.load("x", DType::I64, {37, 1});
    const int sum = b.compute(ScalarFn::Add, {x, b.compute(ScalarFn::Mul, {position, row})});
    b.store("sum", DType::I64, {1, 0}, b.reduce(ReduceFn::Sum, sum));
    b.store("max", DType::I64, {1, 0}, b.reduce(ReduceFn::Max, sum));
    b.store("min", DType::I32, {1, 0}, b.reduce(ReduceFn::Min, b.cast(sum, DType::I32)));
    const int causal = b.compute(ScalarFn::Le, {position, row});
    b.store("mask", kF32, {37, 1}, b.where(causal, b.constant(0), b.constant(-9)));
    COMPARE_KERNEL(b);
  }

  void extremeConstants() {
    NestBuilder b("constants", {20});
    int out = 0;
    for (const DType dtype : {DType::I64, DType::I32, kF32, DType::F64})
      for (const double value :
           {-9223372036854775808.0, -2147483648.0, -1.0, 0.1, 2147483647.0, 9007199254740992.0}) {
        if (dtype == DType::I32 && std::fabs(value) > 2147483648.0) continue;
        b.store("o" + std::to_string(out++), dtype, {1}, b.constant(value, dtype));
      }
    COMPARE_KERNEL(b, {0, 1e-8});
  }

  void castsBetweenAllTypes() {
    const DType types[] = {kF32,       DType::F64, DType::I64, DType::I32,
                           DType::I16, DType::I8,  DType::Bool};
    for (const std::int64_t n : {40, 1}) {
      NestBuilder b("casts", {n});
      for (const DType from : types) {
        const int x = b.load("in_" + std::string(core::ir::dtypeName(from)), from, {1});
        for (const DType to : types) {
          if (to == from) continue;
          const std::string name = std::string(core::ir::dtypeName(from)) + "_to_" +
                                   std::string(core::ir::dtypeName(to));
          b.store(name, to, {1}, b.cast(x, to));
        }
      }
      COMPARE_KERNEL(b);
    }
  }

  void functionsOfFloatAndDouble() {
    for (const DType dtype : {kF32, DType::F64}) {
      for (const std::int64_t n : {50, 1}) {
        NestBuilder b("functions", {n});
        const int x = b.load("x", dtype, {1}), y = b.load("y", dtype, {1});
        const int positive = b.compute(ScalarFn::Abs, {x});
        const int unit = b.compute(ScalarFn::Mul, {x, b.constant(0.49, dtype)});
        int out = 0;
        const auto keep = [&](int value) {
          b.store("o" + std::to_string(out++), dtype, {1}, value);
        };
        for (auto fn = static_cast<int>(ScalarFn::Neg); fn <= static_cast<int>(ScalarFn::Sign);
             ++fn) {
          const auto f = static_cast<ScalarFn>(fn);
          const bool wantsPositive = f == ScalarFn::Log || f == ScalarFn::Log2 ||
                                     f == ScalarFn::Log10 || f == ScalarFn::Sqrt ||
                                     f == ScalarFn::Rsqrt;
          const bool wantsUnit = f == ScalarFn::Asin || f == ScalarFn::Acos || f == ScalarFn::Log1p;
          keep(b.compute(f, {wantsPositive ? positive : wantsUnit ? unit : x}));
        }
        keep(b.compute(ScalarFn::NormalCdf, {x}));
        keep(b.compute(ScalarFn::Pow, {positive, y}));
        for (const double exponent : {0.5, -0.5, 2.0, -2.0, -1.0, 1.0, 4.0})
          keep(b.compute(ScalarFn::Pow, {positive, b.constant(exponent, dtype)}));
        for (const ScalarFn f :
             {ScalarFn::Div, ScalarFn::Maximum, ScalarFn::Minimum, ScalarFn::Remainder,
              ScalarFn::Fmod, ScalarFn::FloorDiv, ScalarFn::Atan2})
          keep(b.compute(f, {x, y}));
        COMPARE_KERNEL(b, {2e-6, 4e-7});
      }
    }
  }

  void nanGoesThroughMaximumAndRelu() {
    NestBuilder b("nan", {40}, {3});
    const int x = b.load("x", kF32, {3, 1});
    b.store("max", kF32, {1, 0}, b.reduce(ReduceFn::Max, x));
    b.store("min", kF32, {1, 0}, b.reduce(ReduceFn::Min, x));
    b.store("relu", kF32, {3, 1}, b.compute(ScalarFn::Relu, {x}));
    b.store("larger", kF32, {3, 1}, b.compute(ScalarFn::Maximum, {x, b.constant(0.5)}));
    b.store("smaller", kF32, {3, 1}, b.compute(ScalarFn::Minimum, {b.constant(0.5), x}));
    b.store("is", DType::Bool, {3, 1}, b.compute(ScalarFn::IsNan, {x}));
    const auto nans = [](std::vector<Bytes>& buffers) {
      for (std::size_t i = 0; i < 120; i += 7) tests::setElement(buffers[0], kF32, i, std::nan(""));
    };
    QCOMPARE(tests::compareWithInterpreter(b.nest(), {}, nans), std::string());
  }

  void complexIsRefusedByName() {
    NestBuilder b("complex", {4});
    b.store("y", DType::C64, {1}, b.load("x", DType::C64, {1}));
    const auto source = core::codegen::writeCpuKernel(b.nest());
    QVERIFY(!source);
    QCOMPARE(source.error().code, core::ErrorCode::UnsupportedOp);
    QVERIFY(source.error().message.find("c64") != std::string::npos);
  }

  void functionOfIntegersIsRefusedByName() {
    NestBuilder b("integer_exp", {4});
    b.store("y", DType::I64, {1}, b.compute(ScalarFn::Exp, {b.load("x", DType::I64, {1})}));
    const auto source = core::codegen::writeCpuKernel(b.nest());
    QVERIFY(!source);
    QCOMPARE(source.error().code, core::ErrorCode::UnsupportedOp);
    QVERIFY(source.error().message.find("exp of i64") != std::string::npos);
  }
};

QTEST_GUILESS_MAIN(TestKernelTypes)
#include "tst_kernel_types.moc"
