// Kernels that sum down columns, in panels or beside the rows, against the plain interpreter.

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
using tests::sourceOf;
using tests::Tolerance;

namespace {

constexpr DType kF32 = DType::F32;

}  // namespace

class TestColumnKernels : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void columnSumsOfEveryWidth() {
    for (const std::int64_t columns : {1, 5, 16, 31, 64, 100, 256, 300}) {
      NestBuilder b("column_sum", {columns}, {123});
      const int x = b.load("x", kF32, {1, columns});
      b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, x));
      COMPARE_KERNEL(b, {1e-5, 2e-5});
    }
  }

  void panelsOfColumns() {
    for (const std::int64_t columns : {256, 300, 1000, 1024}) {
      NestBuilder b("panel", {2, columns}, {131});
      const NestBuilder::Sizes at{131 * columns, 1, columns};
      const int x = b.load("x", kF32, at);
      const int scaled = b.compute(ScalarFn::Mul, {x, b.load("scale", kF32, {1, 0, 0})});
      b.store("sum", kF32, {columns, 1, 0}, b.reduce(ReduceFn::Sum, scaled));
      b.store("max", kF32, {columns, 1, 0}, b.reduce(ReduceFn::Max, x));
      b.store("y", kF32, at, scaled);
      COMPARE_KERNEL(b, {1e-5, 2e-5});
      QVERIFY(QString::fromStdString(sourceOf(b)).contains("a unit"));
    }
  }

  void panelsOverTwoInnerAxes() {
    NestBuilder b("deep_panel", {270}, {5, 33});
    const int x = b.load("x", kF32, {1, 270 * 40, 270});
    b.store("sum", kF32, {1, 0, 0}, b.reduce(ReduceFn::Sum, x));
    COMPARE_KERNEL(b, {1e-5, 2e-5});
    QVERIFY(QString::fromStdString(sourceOf(b)).contains("a unit"));
  }

  void columnNormRereadsColumns() {
    NestBuilder b("column_norm", {300}, {17});
    const int x = b.load("x", kF32, {1, 300});
    const int e =
        b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)})});
    b.store("y", kF32, {1, 300}, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
    COMPARE_KERNEL(b);
  }

  void channelStatisticsOverTwoInnerAxes() {
    for (const std::int64_t pixels : {48, 49}) {
      NestBuilder b("batch_norm", {6}, {4, pixels});
      const std::int64_t image = 6 * pixels;
      const int x = b.load("x", kF32, {pixels, image, 1});
      const int count = b.constant(1.0 / static_cast<double>(4 * pixels));
      const int mean = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, x), count});
      const int centred = b.compute(ScalarFn::Sub, {x, mean});
      const int square = b.compute(ScalarFn::Mul, {centred, centred});
      const int variance = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, square), count});
      const int scale =
          b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {variance, b.constant(1e-5)})});
      const int normal = b.compute(ScalarFn::Mul, {centred, scale});
      b.store("y", kF32, {pixels, image, 1}, b.compute(ScalarFn::Relu, {normal}));
      b.store("mean", kF32, {1, 0, 0}, mean);
      COMPARE_KERNEL(b, {1e-5, 1e-5});
    }
  }

  void channelsLastStatisticsRunAlongChannels() {
    NestBuilder b("channels_last", {20}, {4, 49});
    const int x = b.load("x", kF32, {1, 49 * 20, 20});
    b.store("sum", kF32, {1, 0, 0}, b.reduce(ReduceFn::Sum, x));
    COMPARE_KERNEL(b, {1e-5, 1e-5});
    QVERIFY(QString::fromStdString(sourceOf(b)).contains("columns side by side"));
  }

  void longColumnSumStaysExact() {
    NestBuilder b("long_column_sum", {16}, {700, 300});
    const int x = b.load("x", kF32, {1, 300 * 16, 16});
    const int y = b.compute(ScalarFn::Add, {x, b.constant(3)});
    b.store("sum", kF32, {1, 0, 0}, b.reduce(ReduceFn::Sum, y));
    COMPARE_KERNEL(b, {2e-7, 0});
  }

  /// y = x * weight with its own sum over each row, and sums over the rows of each slot.
  void columnsAreSummedBesideRows() {
    for (const std::int64_t columns : {3, 37, 64, 300}) {
      NestBuilder b("beside", {4, 9}, {columns});
      const NestBuilder::Sizes at{9 * columns, columns, 1};
      const int x = b.load("x", kF32, at);
      const int scaled = b.compute(ScalarFn::Mul, {x, b.load("weight", kF32, {0, 0, 1})});
      const int mean = b.reduce(ReduceFn::Sum, scaled);
      b.store("rows", kF32, {9, 1, 0}, mean);
      b.accumulate("sums", kF32, {columns, 0, 1}, scaled);
      const int centred = b.compute(ScalarFn::Sub, {scaled, mean});
      b.accumulate("centred_sums", kF32, {columns, 0, 1}, centred);
      b.store("y", kF32, at, centred);
      COMPARE_KERNEL(b, {1e-4, 1e-4});
      QCOMPARE(core::codegen::writeCpuKernel(b.nest())->units, std::int64_t{4});
    }
  }

  void columnsAreSummedWithoutAnySumOverRows() {
    NestBuilder b("only_columns", {8, 16}, {100});
    const int x = b.load("x", DType::F64, {1600, 100, 1});
    b.store("y", DType::F64, {1600, 100, 1}, b.compute(ScalarFn::Neg, {x}));
    b.accumulate("sums", DType::F64, {100, 0, 1}, x);
    COMPARE_KERNEL(b);
  }

  /// The folded axis stands outside of the slots, and what is added is the same for all columns.
  void foldedAxesMayComeFirst() {
    NestBuilder b("first", {6, 5}, {48});
    const int x = b.load("x", kF32, {5 * 48, 48, 1});
    b.accumulate("sums", kF32, {0, 48, 1}, x);
    b.accumulate("counts", kF32, {0, 48, 1}, b.load("row", kF32, {5, 1, 0}));
    COMPARE_KERNEL(b, {1e-5, 1e-5});
  }

  void columnsOfTwoInnerAxesAreSummed() {
    NestBuilder b("two_axes", {3, 7}, {5, 20});
    const int x = b.load("x", kF32, {1000, 120, 21, 1});
    b.accumulate("sums", kF32, {100, 0, 20, 1}, x);
    COMPARE_KERNEL(b, {1e-5, 1e-5});
  }
};

QTEST_GUILESS_MAIN(TestColumnKernels)
#include "tst_column_kernels.moc"
