// Each nest is written, compiled, run on random data and compared with the plain interpreter.

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

class TestWriteCpuKernel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void pointwiseWithBroadcastsOfBothKinds() {
    NestBuilder b("broadcasts", {37, 50});
    const int x = b.load("x", kF32, {50, 1});
    const int row = b.load("row", kF32, {0, 1});
    const int column = b.load("column", kF32, {1, 0});
    const int sum = b.compute(ScalarFn::Add, {x, row});
    b.store("y", kF32, {50, 1}, b.compute(ScalarFn::Mul, {sum, column}));
    COMPARE_KERNEL(b);
  }

  void everyTailLengthIsExact() {
    for (std::int64_t n = 1; n <= 70; ++n) {
      NestBuilder b("tail", {3, n});
      const int x = b.load("x", kF32, {n + 2, 1});
      const int bias = b.load("bias", kF32, {0, 1});
      const int sum = b.compute(ScalarFn::Add, {x, bias});
      b.store("y", kF32, {n + 2, 1}, b.compute(ScalarFn::Relu, {sum}));
      COMPARE_KERNEL(b);
    }
  }

  void everyRowLengthReduces() {
    for (std::int64_t n = 1; n <= 70; ++n) {
      NestBuilder b("rows", {5}, {n});
      const int x = b.load("x", kF32, {n, 1});
      b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, x));
      b.store("max", kF32, {1, 0}, b.reduce(ReduceFn::Max, x));
      b.store("min", kF32, {1, 0}, b.reduce(ReduceFn::Min, x));
      COMPARE_KERNEL(b, {1e-5, 1e-5});
    }
  }

  void longAxisIsSplitOverUnits() {
    NestBuilder b("long_axis", {100003});
    const int x = b.load("x", kF32, {1});
    b.store("y", kF32, {1}, b.compute(ScalarFn::Mul, {x, b.constant(0.5)}));
    COMPARE_KERNEL(b);
    const auto source = core::codegen::writeCpuKernel(b.nest());
    QVERIFY(source->units > 8);
    QVERIFY(source->grain > 1);
    QVERIFY(source->grain <= source->units);
  }

  void geluChain() {
    NestBuilder b("gelu", {33, 100});
    const int x = b.load("x", kF32, {100, 1});
    const int cubed = b.compute(ScalarFn::Pow, {x, b.constant(3)});
    const int inner = b.compute(ScalarFn::Fma, {cubed, b.constant(0.044715), x});
    const int t =
        b.compute(ScalarFn::Tanh, {b.compute(ScalarFn::Mul, {inner, b.constant(0.7978845608)})});
    const int half = b.compute(ScalarFn::Mul, {x, b.constant(0.5)});
    b.store("y", kF32, {100, 1},
            b.compute(ScalarFn::Mul, {half, b.compute(ScalarFn::Add, {t, b.constant(1)})}));
    COMPARE_KERNEL(b);
  }

  void softmaxKeepsTheExponentials() {
    for (const std::int64_t n : {1000, 64, 7}) {
      NestBuilder b("softmax", {9}, {n});
      const int x = b.load("x", kF32, {n, 1});
      const int shifted = b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)});
      const int e = b.compute(ScalarFn::Exp, {shifted});
      const int sum = b.reduce(ReduceFn::Sum, e);
      b.store("y", kF32, {n, 1}, b.compute(ScalarFn::Div, {e, sum}));
      COMPARE_KERNEL(b);
      // The exponential is computed in one pass only.
      QCOMPARE(QString::fromStdString(sourceOf(b)).count("= exp("), 1);
    }
  }

  void softmaxOfARowTooLongToKeep() {
    const std::int64_t n = 80001;
    NestBuilder b("wide_softmax", {2}, {n});
    const int x = b.load("x", kF32, {n, 1});
    const int shifted = b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)});
    const int e = b.compute(ScalarFn::Exp, {shifted});
    b.store("y", kF32, {n, 1}, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
    COMPARE_KERNEL(b, {1e-5, 0});
    QCOMPARE(QString::fromStdString(sourceOf(b)).count("= exp("), 2);
  }

  void layerNormWithAffineAndStatistics() {
    for (const std::int64_t n : {256, 100}) {
      NestBuilder b("layer_norm", {11}, {n});
      const int x = b.load("x", kF32, {n, 1});
      const int count = b.constant(1.0 / static_cast<double>(n));
      const int mean = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, x), count});
      const int centred = b.compute(ScalarFn::Sub, {x, mean});
      const int square = b.compute(ScalarFn::Mul, {centred, centred});
      const int variance = b.compute(ScalarFn::Mul, {b.reduce(ReduceFn::Sum, square), count});
      const int scale =
          b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {variance, b.constant(1e-5)})});
      b.store("mean", kF32, {1, 0}, mean);
      b.store("rstd", kF32, {1, 0}, scale);
      const int normal = b.compute(ScalarFn::Mul, {centred, scale});
      const int weighted = b.compute(ScalarFn::Mul, {normal, b.load("weight", kF32, {0, 1})});
      b.store("y", kF32, {n, 1},
              b.compute(ScalarFn::Add, {weighted, b.load("bias", kF32, {0, 1})}));
      COMPARE_KERNEL(b, {1e-5, 1e-5});
    }
  }

  void longSumStaysExact() {
    NestBuilder b("long_sum", {1}, {3000000});
    const int x = b.load("x", kF32, {0, 1});
    const int y = b.compute(ScalarFn::Add, {x, b.constant(3)});
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, y));
    COMPARE_KERNEL(b, {2e-7, 0});
  }

  void reduceOfABroadcastCountsEveryPoint() {
    NestBuilder b("count", {3}, {45});
    const int one = b.load("one", kF32, {1, 0});
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, one));
    b.store("prod", kF32, {1, 0},
            b.reduce(ReduceFn::Sum, b.compute(ScalarFn::Mul, {one, b.constant(2)})));
    COMPARE_KERNEL(b, {1e-5, 1e-5});
  }

  void rowOfOneElementIsItsOwnSum() {
    NestBuilder b("single", {40}, {1});
    const int x = b.load("x", kF32, {1, 0});
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, x));
    COMPARE_KERNEL(b);
  }

  void singlePointIsScalarCode() {
    NestBuilder b("scalar", {});
    const int x = b.load("x", kF32, {});
    const int y = b.compute(ScalarFn::Exp, {x});
    b.store("y", kF32, {}, b.compute(ScalarFn::Add, {y, b.constant(1)}));
    COMPARE_KERNEL(b);
    QVERIFY(QString::fromStdString(sourceOf(b)).contains("one element at a time"));
  }

  void emptyDomainRunsNothing() {
    NestBuilder b("empty", {0, 5});
    const int x = b.load("x", kF32, {5, 1});
    b.store("y", kF32, {5, 1}, x);
    QCOMPARE(core::codegen::writeCpuKernel(b.nest())->units, std::int64_t(0));
    COMPARE_KERNEL(b);
  }

  void transposedReversedAndStridedLoads() {
    NestBuilder b("layouts", {35, 21});
    const int transposed = b.load("t", kF32, {1, 35});
    const int reversed = b.load("r", kF32, {21, -1}, 20);
    const int strided = b.load("s", kF32, {63, 3});
    const int sum = b.compute(ScalarFn::Add, {transposed, reversed});
    b.store("y", kF32, {21, 1}, b.compute(ScalarFn::Sub, {sum, strided}));
    b.store("z", kF32, {1, 35}, sum);
    COMPARE_KERNEL(b);
  }

  void embeddingReadsRowsByIndex() {
    NestBuilder b("embedding", {13, 40});
    const int row = b.load("rows", DType::I64, {1, 0});
    const int x = b.load("table", kF32, {0, 1}, 0, {{row, 40, 6}});
    b.store("y", kF32, {40, 1}, x);
    COMPARE_KERNEL(b);
    // The index is checked once per row, before its loop.
    const QString source = QString::fromStdString(sourceOf(b));
    QVERIFY(source.indexOf("= checked(") < source.indexOf("const auto pass0"));
  }

  void gatherReadsElementsByIndex() {
    NestBuilder b("gather", {50});
    const int at = b.load("at", DType::I64, {1});
    const int x = b.load("x", kF32, {0}, 0, {{at, 1, 6}});
    b.store("y", kF32, {1}, x);
    COMPARE_KERNEL(b);
  }

  void indexOutOfRangeIsReportedAndNotRead() {
    for (const bool byRow : {false, true}) {
      NestBuilder b("checked", byRow ? NestBuilder::Sizes{9, 20} : NestBuilder::Sizes{20});
      const NestBuilder::Sizes index = byRow ? NestBuilder::Sizes{1, 0} : NestBuilder::Sizes{1};
      const NestBuilder::Sizes along = byRow ? NestBuilder::Sizes{0, 1} : NestBuilder::Sizes{0};
      const NestBuilder::Sizes out = byRow ? NestBuilder::Sizes{20, 1} : NestBuilder::Sizes{1};
      const int at = b.load("at", DType::I64, index);
      b.store("y", kF32, out, b.load("x", kF32, along, 0, {{at, byRow ? 20 : 1, 4}}));
      const LoopNest& nest = b.nest();
      QVERIFY(core::codegen::writeCpuKernel(nest)->checksIndices);
      const auto kernel = tests::buildKernel(nest);
      std::vector<Bytes> buffers = tests::randomBuffers(nest, 3);
      for (std::size_t i = 0; i < static_cast<std::size_t>(nest.buffers[0].extent); ++i)
        tests::setElement(buffers[0], DType::I64, i, static_cast<double>(i % 4));
      QCOMPARE(tests::runKernel(kernel, buffers), 0);
      for (const double bad : {4.0, -1.0, 1e15}) {
        tests::setElement(buffers[0], DType::I64, 5, bad);
        QCOMPARE(tests::runKernel(kernel, buffers), 1);
        const std::size_t first = byRow ? 5 * 20 : 5;
        QCOMPARE(tests::elementAt(buffers[2], kF32, first), tests::elementAt(buffers[1], kF32, 0));
      }
    }
  }

  void scatterWritesByIndex() {
    NestBuilder b("scatter", {6});
    const int at = b.load("at", DType::I64, {1});
    b.store("y", kF32, {0}, b.load("x", kF32, {1}), 0, {{at, 1, 6}});
    const auto permutation = [](std::vector<Bytes>& buffers) {
      for (std::size_t i = 0; i < 6; ++i)
        tests::setElement(buffers[0], DType::I64, i, static_cast<double>(5 - i));
    };
    QCOMPARE(tests::compareWithInterpreter(b.nest(), {}, permutation), std::string());
  }

  void crossEntropyGathersTheTarget() {
    NestBuilder b("cross_entropy", {12}, {50});
    const int x = b.load("x", kF32, {50, 1});
    const int peak = b.reduce(ReduceFn::Max, x);
    const int e = b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, peak})});
    const int log = b.compute(ScalarFn::Log, {b.reduce(ReduceFn::Sum, e)});
    const int target = b.load("target", DType::I64, {1, 0});
    const int picked = b.load("x", kF32, {50, 0}, 0, {{target, 1, 50}});
    const int shifted = b.compute(ScalarFn::Sub, {picked, peak});
    b.store("loss", kF32, {1, 0}, b.compute(ScalarFn::Sub, {log, shifted}));
    COMPARE_KERNEL(b);
  }

  void largeResultsAreStreamed() {
    const std::int64_t n = (4 << 20) + 5;
    NestBuilder b("large", {n});
    const int x = b.load("x", kF32, {0});
    b.store("y", kF32, {1}, b.compute(ScalarFn::Add, {x, x}));
    QVERIFY(QString::fromStdString(sourceOf(b)).contains("stream(out1"));
    COMPARE_KERNEL(b);
    NestBuilder inPlace("large_in_place", {n});
    const int z = inPlace.load("z", kF32, {1});
    inPlace.store("z", kF32, {1}, inPlace.compute(ScalarFn::Add, {z, z}));
    QVERIFY(!QString::fromStdString(sourceOf(inPlace)).contains("stream(out0"));
  }

  void bufferReadAndWrittenInPlace() {
    NestBuilder b("in_place", {500});
    const int x = b.load("x", kF32, {1});
    b.store("x", kF32, {1}, b.compute(ScalarFn::Add, {x, b.constant(1)}));
    COMPARE_KERNEL(b);
  }

  void rowNormalizedInPlaceIsWrittenLast() {
    NestBuilder b("in_place_rows", {4}, {50});
    const int x = b.load("x", kF32, {50, 1});
    b.store("x", kF32, {50, 1}, b.compute(ScalarFn::Mul, {x, b.constant(2)}));
    b.store("sum", kF32, {1, 0},
            b.reduce(ReduceFn::Sum, b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)})));
    COMPARE_KERNEL(b, {1e-5, 1e-5});
  }

  void equalNestsGiveEqualCode() {
    const auto withoutComments = [](const std::string& source) {
      return QString::fromStdString(source).replace(QRegularExpression("//[^\n]*"), "");
    };
    const auto make = [](const std::string& name, const std::string& tensor) {
      NestBuilder b(name, {8, 64});
      b.store(tensor + "_out", kF32, {64, 1},
              b.compute(ScalarFn::Exp, {b.load(tensor, kF32, {64, 1})}));
      return sourceOf(b);
    };
    QCOMPARE(make("same", "fc1"), make("same", "fc1"));
    QCOMPARE(withoutComments(make("same", "fc1")), withoutComments(make("same", "fc2")));
    QCOMPARE(withoutComments(make("k1", "fc1")).replace("k1", "k"),
             withoutComments(make("k2", "fc1")).replace("k2", "k"));
  }

  void onlyUsedFunctionsAreWritten() {
    NestBuilder b("plain", {64});
    const int x = b.load("x", kF32, {1});
    b.store("y", kF32, {1}, b.compute(ScalarFn::Add, {x, x}));
    const QString source = QString::fromStdString(sourceOf(b));
    QVERIFY(!source.contains("tanh"));
    QVERIFY(!source.contains("INLINE f32v exp("));
  }
};

QTEST_GUILESS_MAIN(TestWriteCpuKernel)
#include "tst_write_cpu_kernel.moc"
