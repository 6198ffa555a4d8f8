// CUDA kernels of the kernel set and of random nests, run on the CPU and compared with the plain
// interpreter, and compiled by NVRTC where it is.

#include <QtTest>

#include <cmath>

#include "core/codegen/write_cuda_kernel.h"
#include "core/gpu/compile_cuda.h"
#include "tests/support/cuda_on_cpu.h"
#include "tests/support/cuda_places.h"
#include "tests/support/golden.h"
#include "tests/support/kernel_set.h"
#include "tests/support/random_nest.h"

using core::codegen::CudaTarget;
using core::codegen::KernelSource;
using core::codegen::writeCudaKernel;
using core::ir::DType;
using core::schedule::LoopNest;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;
using tests::Bytes;
using tests::NestBuilder;

namespace {

constexpr DType kF32 = DType::F32;

/// Columns with their mean and variance taken out of them.
NestBuilder normalizedColumns(DType dtype, std::int64_t columns, std::int64_t rows) {
  NestBuilder b("normalized", {columns}, {rows});
  const int x = b.load("x", dtype, {1, columns});
  const int count = b.constant(static_cast<double>(rows));
  const int mean = b.compute(ScalarFn::Div, {b.reduce(ReduceFn::Sum, x), count});
  const int d = b.compute(ScalarFn::Sub, {x, mean});
  const int squares = b.reduce(ReduceFn::Sum, b.compute(ScalarFn::Mul, {d, d}));
  const int variance = b.compute(ScalarFn::Div, {squares, count});
  b.store("variance", kF32, {1, 0}, variance);
  const int scale =
      b.compute(ScalarFn::Rsqrt, {b.compute(ScalarFn::Add, {variance, b.constant(1e-5)})});
  b.store("y", dtype, {1, columns}, b.compute(ScalarFn::Mul, {d, scale}));
  return b;
}

}  // namespace

class TestWriteCudaKernel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void kernelSetAgreesWithTheInterpreter_data() {
    QTest::addColumn<int>("index");
    const auto& set = tests::kernelSet();
    for (std::size_t i = 0; i < set.size(); ++i)
      QTest::newRow(set[i].nest.name.c_str()) << static_cast<int>(i);
  }

  void kernelSetAgreesWithTheInterpreter() {
    QFETCH(int, index);
    const tests::KernelCase& one = tests::kernelSet()[static_cast<std::size_t>(index)];
    QCOMPARE(tests::compareCudaWithInterpreter(one.nest, one.tolerance), std::string());
  }

  void randomNestsAgreeWithTheInterpreter() {
    for (unsigned seed = 1; seed <= 15; ++seed) {
      NestBuilder builder = tests::RandomNest(seed).make();
      const std::string difference =
          tests::compareCudaWithInterpreter(builder.nest(), {2e-4, 2e-4});
      if (!difference.empty())
        QFAIL(qPrintable(QString("seed %1: %2\n%3")
                             .arg(seed)
                             .arg(QString::fromStdString(difference),
                                  QString::fromStdString(loopNestText(builder.nest())))));
    }
  }

  void kernelSetCompilesForEveryCapability() {
    const auto nvrtc = core::gpu::openNvrtc(tests::nvrtcFolders());
    if (!nvrtc) QSKIP("NVRTC is not here");
    for (const int capability : {75, 90}) {
      std::string program;
      int number = 0;
      for (const tests::KernelCase& one : tests::kernelSet()) {
        // For the older GPU only the prelude differs: some kernels tell.
        if (++number % 8 != 0 && capability < 90) continue;
        const KernelSource source = *writeCudaKernel(one.nest);
        program += "namespace n" + std::to_string(number) + " {\n" + source.source + "}\n";
      }
      const auto cubin = core::gpu::compileCuda(*nvrtc, program, capability);
      QVERIFY2(cubin, cubin ? "" : cubin.error().details.c_str());
      QCOMPARE(cubin->log, std::string());
    }
  }

  void indexOutOfRangeIsReportedAndNotRead() {
    NestBuilder b("checked", {9, 20});
    const int at = b.load("at", DType::I64, {1, 0});
    b.store("y", kF32, {20, 1}, b.load("x", kF32, {0, 1}, 0, {{at, 20, 4}}));
    const KernelSource source = *writeCudaKernel(b.nest());
    QVERIFY(source.checksIndices);
    const tests::CudaOnCpu kernel(source);
    std::vector<Bytes> buffers = tests::randomBuffers(b.nest(), 3);
    for (std::size_t i = 0; i < 9; ++i)
      tests::setElement(buffers[0], DType::I64, i, static_cast<double>(i % 4));
    QCOMPARE(kernel.run(buffers), 0);
    for (const double bad : {4.0, -1.0, 1e15}) {
      tests::setElement(buffers[0], DType::I64, 5, bad);
      QCOMPARE(kernel.run(buffers), 1);
      QCOMPARE(tests::elementAt(buffers[2], kF32, 100), tests::elementAt(buffers[1], kF32, 0));
    }
  }

  void nanGoesThroughMaximumAndRelu() {
    NestBuilder b("nan", {40}, {3});
    const int x = b.load("x", kF32, {3, 1});
    b.store("max", kF32, {1, 0}, b.reduce(ReduceFn::Max, x));
    b.store("relu", kF32, {3, 1}, b.compute(ScalarFn::Relu, {x}));
    b.store("half", DType::BF16, {3, 1}, x);
    b.store("gelu", kF32, {3, 1}, b.compute(ScalarFn::NormalCdf, {x}));
    b.store("tanh", kF32, {3, 1}, b.compute(ScalarFn::Tanh, {x}));
    std::vector<Bytes> buffers = tests::randomBuffers(b.nest(), 3);
    for (std::size_t i = 0; i < 120; i += 3) tests::setElement(buffers[0], kF32, i, std::nan(""));
    tests::CudaOnCpu(*writeCudaKernel(b.nest())).run(buffers);
    for (std::size_t i = 0; i < 40; ++i) QVERIFY(std::isnan(tests::elementAt(buffers[1], kF32, i)));
    for (std::size_t buffer : {2, 4, 5})
      for (std::size_t i = 0; i < 120; ++i)
        QCOMPARE(std::isnan(tests::elementAt(buffers[buffer], kF32, i)), i % 3 == 0);
    for (std::size_t i = 0; i < 120; ++i)
      QCOMPARE(std::isnan(tests::elementAt(buffers[3], DType::BF16, i)), i % 3 == 0);
  }

  void rowsMoveSixteenBytesAtATime() {
    NestBuilder b("wide", {64}, {4096});
    const int x = b.load("x", DType::BF16, {4096, 1});
    b.store("y", DType::BF16, {4096, 1}, b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)}));
    const KernelSource source = *writeCudaKernel(b.nest());
    QCOMPARE(source.launches.size(), std::size_t(1));
    QCOMPARE(source.launches[0].grid[0], 64u);
    QVERIFY(QString::fromStdString(source.source).contains("load<8>(in0"));
    QVERIFY(QString::fromStdString(source.source).contains("storeBf16(out1"));
    // The row is read once: both passes find it in registers.
    QCOMPARE(QString::fromStdString(source.source).count("load<8>(in0"), 1);
  }

  void aLongRowIsSweptOnceForMaximumAndExponentials() {
    NestBuilder b("log_sum_exp", {3}, {300000});
    const int x = b.load("x", DType::BF16, {300000, 1});
    const int top = b.reduce(ReduceFn::Max, x);
    const int e = b.compute(ScalarFn::Exp, {b.compute(ScalarFn::Sub, {x, top})});
    b.store("top", kF32, {1, 0}, top);
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, e));
    CudaTarget target;
    target.multiprocessors = 2;  // so that no row is divided
    const KernelSource source = *writeCudaKernel(b.nest(), target);
    QCOMPARE(QString::fromStdString(source.source).count("load<8>(in0"), 1);
    std::vector<Bytes> expected = tests::randomBuffers(b.nest(), 7);
    for (std::size_t i = 0; i < 300000; ++i)  // a row without any finite element
      tests::setElement(expected[0], DType::BF16, i, -std::numeric_limits<double>::infinity());
    std::vector<Bytes> actual = expected;
    tests::interpret(b.nest(), expected);
    tests::CudaOnCpu(source).run(actual);
    QCOMPARE(tests::elementAt(actual[1], kF32, 0), tests::elementAt(expected[1], kF32, 0));
    QCOMPARE(tests::elementAt(actual[2], kF32, 0), 0.0);
    for (std::size_t row : {1, 2})
      QVERIFY(std::abs(tests::elementAt(actual[2], kF32, row) /
                           tests::elementAt(expected[2], kF32, row) -
                       1) < 1e-5);
  }

  void meanAndVarianceOfHalvesTakeOneSweep() {
    QCOMPARE(writeCudaKernel(normalizedColumns(kF32, 64, 6000).nest())->launches.size(),
             std::size_t(3));
    NestBuilder b = normalizedColumns(DType::BF16, 64, 6000);
    const KernelSource source = *writeCudaKernel(b.nest());
    QCOMPARE(source.launches.size(), std::size_t(2));
    std::vector<Bytes> expected = tests::randomBuffers(b.nest(), 7);
    for (std::size_t i = 0; i < 6000; ++i) {
      // One column of one value, one far from zero.
      tests::setElement(expected[0], DType::BF16, 64 * i, 3);
      tests::setElement(expected[0], DType::BF16, 64 * i + 1, 256 + static_cast<double>(i % 4) * 2);
    }
    std::vector<Bytes> actual = expected;
    tests::interpret(b.nest(), expected);
    tests::CudaOnCpu(source).run(actual);
    QCOMPARE(tests::elementAt(actual[1], kF32, 0), 0.0);
    QCOMPARE(tests::firstDifference(b.nest(), expected, actual, {1e-2, 1e-4}), std::string());
  }

  void aLongRaggedRowLoadsWithoutConditions() {
    NestBuilder b("ragged", {200}, {140001});
    const int x = b.load("x", DType::BF16, {140001, 1});
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, x));
    const QString source = QString::fromStdString(writeCudaKernel(b.nest())->source);
    const auto loop = source.indexOf("for (uat v = t + 1; v < 17500; v += 512)");
    QVERIFY(loop > 0);
    QVERIFY(source.indexOf("load<8>(in0", loop) > loop);
    QVERIFY(source.indexOf("isInRow", loop) > source.indexOf("load<8>(in0", loop));
  }

  void oneElementOfARowIsFoundWithoutASweep() {
    NestBuilder b("one_hot", {40}, {96});
    const int x = b.load("x", kF32, {96, 1}), v = b.load("v", kF32, {1, 0});
    const int place = b.load("place", DType::I64, {1, 0});
    const int isThere = b.compute(ScalarFn::Eq, {b.index(1), place});
    const int isWanted = b.compute(ScalarFn::Gt, {v, b.constant(0)});
    const int both = b.compute(ScalarFn::LogicalAnd, {isThere, isWanted});
    const int hot = b.where(both, v, b.constant(0));
    const int sum = b.reduce(ReduceFn::Sum, hot);
    b.store("sum", kF32, {1, 0}, sum);
    b.store("y", kF32, {96, 1},
            b.compute(ScalarFn::Sub, {hot, b.compute(ScalarFn::Mul, {x, sum})}));
    const KernelSource source = *writeCudaKernel(b.nest());
    QVERIFY(source.source.find("across(") == std::string::npos);
    std::vector<Bytes> expected = tests::randomBuffers(b.nest(), 7);
    // Within the row, at its ends, and outside.
    for (std::size_t i = 0; i < 40; ++i)
      tests::setElement(expected[2], DType::I64, i, static_cast<double>(i) * 4 - 20);
    tests::setElement(expected[2], DType::I64, 7, 95);
    tests::setElement(expected[2], DType::I64, 8, 96);
    std::vector<Bytes> actual = expected;
    tests::interpret(b.nest(), expected);
    tests::CudaOnCpu(source).run(actual);
    QCOMPARE(tests::firstDifference(b.nest(), expected, actual, {}), std::string());
  }

  void narrowFormTakesBuffersThatAreNotAligned() {
    NestBuilder b("narrow", {5}, {256});
    const int x = b.load("x", DType::BF16, {256, 1});
    b.store("y", DType::BF16, {256, 1}, b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)}));
    const KernelSource source = *writeCudaKernel(b.nest());
    QVERIFY(source.narrow);
    QVERIFY(!source.narrow->narrow);
    QVERIFY(source.narrow->source.find("load<") == std::string::npos);
    QVERIFY(source.narrow->source.find("storeBf16(") == std::string::npos);
    std::vector<Bytes> expected = tests::randomBuffers(b.nest(), 7);
    std::vector<Bytes> actual = expected;
    tests::CudaOnCpu(source).run(expected);
    tests::CudaOnCpu(*source.narrow).run(actual);
    QCOMPARE(tests::firstDifference(b.nest(), expected, actual, {}), std::string());
  }

  void oneLongRowIsSharedByBlocks() {
    NestBuilder b("long_row", {1}, {1 << 22});
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, b.load("x", kF32, {0, 1})));
    const KernelSource source = *writeCudaKernel(b.nest());
    QCOMPARE(source.launches.size(), std::size_t(2));
    QVERIFY(source.launches[0].grid[1] >= 132u);
    QCOMPARE(source.launches[1].grid[1], 1u);
    QVERIFY(source.workspaceBytes >= 4 * source.launches[0].grid[1]);
  }

  void positionsHave64BitsWhereTheyMust() {
    NestBuilder b("huge", {std::int64_t{1} << 32});
    b.store("y", DType::I8, {1}, b.load("x", DType::I8, {1}));
    QVERIFY(writeCudaKernel(b.nest())->source.find("using at = i64") != std::string::npos);
  }

  void namesNeverReachTheText() {
    const auto make = [](const std::string& kernel, const std::string& tensor) {
      NestBuilder b(kernel, {8, 64});
      b.store(tensor + "_out", kF32, {64, 1},
              b.compute(ScalarFn::Exp, {b.load(tensor, kF32, {64, 1})}));
      return writeCudaKernel(b.nest())->source;
    };
    QCOMPARE(make("same", "fc1"),
             make("same", "*/ __asm(\"trap;\"); //\n#include \"/etc/passwd\""));
    const std::string hostile = make("k(){}\n#include <x>", "x");
    QVERIFY(hostile.find("run_k______include__x_(") != std::string::npos);
    QVERIFY(hostile.find("#include") == std::string::npos);
  }

  void whatHasNoFormIsRefusedByName() {
    NestBuilder complex("complex", {4});
    complex.store("y", DType::C64, {1}, complex.load("x", DType::C64, {1}));
    const auto first = writeCudaKernel(complex.nest());
    QVERIFY(!first);
    QCOMPARE(first.error().code, core::ErrorCode::UnsupportedOp);
    QVERIFY(first.error().message.find("c64") != std::string::npos);
    NestBuilder b("integer_exp", {4});
    b.store("y", DType::I64, {1}, b.compute(ScalarFn::Exp, {b.load("x", DType::I64, {1})}));
    const auto second = writeCudaKernel(b.nest());
    QVERIFY(!second);
    QVERIFY(second.error().message.find("exp of i64") != std::string::npos);
  }

  void textOfRowsIsAsItWas() {
    NestBuilder b("fused_softmax", {64}, {1000});
    const int x = b.load("primals_1", DType::BF16, {1000, 1});
    const int shifted = b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)});
    const int e = b.compute(ScalarFn::Exp, {shifted});
    b.store("softmax", DType::BF16, {1000, 1},
            b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
    QCOMPARE(tests::goldenDifference("fused_softmax.cuda.txt", writeCudaKernel(b.nest())->source),
             QString());
  }

  void textOfSplitColumnsIsAsItWas() {
    NestBuilder b("fused_sum", {768}, {8192});
    b.store("sum_1", kF32, {1, 0},
            b.reduce(ReduceFn::Sum, b.load("tangents_1", DType::BF16, {1, 768})));
    QCOMPARE(tests::goldenDifference("fused_sum.cuda.txt", writeCudaKernel(b.nest())->source),
             QString());
  }
};

QTEST_GUILESS_MAIN(TestWriteCudaKernel)
#include "tst_write_cuda_kernel.moc"
