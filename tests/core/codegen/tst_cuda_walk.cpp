// CUDA kernels whose blocks walk rows and add their columns up.

#include <QtTest>

#include "core/codegen/write_cuda_kernel.h"
#include "core/gpu/compile_cuda.h"
#include "tests/support/cuda_on_cpu.h"
#include "tests/support/cuda_places.h"
#include "tests/support/walk_nests.h"

using core::codegen::CudaTarget;
using core::codegen::KernelSource;
using core::codegen::writeCudaKernel;

class TestCudaWalk : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void sumsAndRowsAgreeWithTheInterpreter_data() {
    QTest::addColumn<int>("index");
    QTest::addColumn<bool>("loadsAhead");
    const auto& cases = tests::walkCases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::string name = cases[i].nest.name + "_" + std::to_string(i);
      QTest::newRow(name.c_str()) << static_cast<int>(i) << true;
      if (i % 4 == 0) QTest::newRow((name + "_plain").c_str()) << static_cast<int>(i) << false;
    }
  }

  void sumsAndRowsAgreeWithTheInterpreter() {
    QFETCH(int, index);
    QFETCH(bool, loadsAhead);
    const tests::KernelCase& one = tests::walkCases()[static_cast<std::size_t>(index)];
    CudaTarget target;
    target.loadsAhead = loadsAhead;
    QCOMPARE(tests::compareCudaWithInterpreter(one.nest, one.tolerance, target), std::string());
  }

  void aBlockReadsItsRowsOnceAndAhead() {
    CudaTarget target;
    target.loadsAhead = true;
    const KernelSource source =
        *writeCudaKernel(tests::normBackward(264, 16, 4096, core::ir::DType::BF16), target);
    QCOMPARE(source.launches.size(), std::size_t(1));
    QCOMPARE(source.launches[0].grid[0], 264u);
    const QString text = QString::fromStdString(source.source);
    // Before the walk, and for the next row in it.
    QCOMPARE(text.count("load<8>(in0"), 2);
    const auto walk = text.indexOf("for (uat f = 0");
    QVERIFY(walk > 0);
    // The weight is the same for all rows.
    QCOMPARE(text.count("load<8>(in3"), 1);
    QVERIFY(text.indexOf("load<8>(in3") < walk);
    QVERIFY(text.contains("sum_"));
  }

  void kernelsCompile() {
    const auto nvrtc = core::gpu::openNvrtc(tests::nvrtcFolders());
    if (!nvrtc) QSKIP("NVRTC is not here");
    std::string program;
    int number = 0;
    for (const tests::KernelCase& one : tests::walkCases())
      program += "namespace n" + std::to_string(number++) + " {\n" +
                 writeCudaKernel(one.nest)->source + "}\n";
    const auto cubin = core::gpu::compileCuda(*nvrtc, program, 90);
    QVERIFY2(cubin, cubin ? "" : cubin.error().details.c_str());
    QCOMPARE(cubin->log, std::string());
  }
};

QTEST_GUILESS_MAIN(TestCudaWalk)
#include "tst_cuda_walk.moc"
