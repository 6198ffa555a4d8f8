// What is said where there is no GPU, and how kernels are built where there is NVRTC or a GPU.

#include <QtTest>

#include "core/gpu/compile_cuda.h"
#include "core/gpu/gpu.h"
#include "tests/support/cuda_places.h"

using core::codegen::KernelLanguage;
using core::codegen::KernelSource;

namespace {

KernelSource scaleKernel(const std::string& name, const std::string& factor) {
  KernelSource kernel;
  kernel.name = name;
  kernel.language = KernelLanguage::Cuda;
  kernel.source = "// " + name + "\nextern \"C\" __global__ void " + name +
                  "(float* x) { x[threadIdx.x] *= " + factor + "; }\n";
  kernel.launches = {{name, {1, 1, 1}, {32, 1, 1}, 0, {0}}};
  return kernel;
}

}  // namespace

class TestOpenGpu : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void whatIsMissingIsNamed() {
    const auto gpu = core::gpu::openGpu({0, {}});
    if (gpu) QSKIP("this machine has a GPU");
    QCOMPARE(gpu.error().code, core::ErrorCode::DeviceUnavailable);
    QVERIFY2(!gpu.error().message.empty(), "says what to do");
    const auto devices = core::gpu::listDevices();
    QVERIFY(!devices);
    QCOMPARE(devices.error().message, gpu.error().message);
  }

  void missingCompilerIsNamedWithItsPackage() {
    const auto nvrtc = core::gpu::openNvrtc({"/nowhere"});
    if (nvrtc) QSKIP("NVRTC is installed in the system");
    QCOMPARE(nvrtc.error().code, core::ErrorCode::DeviceUnavailable);
    QVERIFY(nvrtc.error().message.find("nvidia-cuda-nvrtc") != std::string::npos);
    QVERIFY(nvrtc.error().details.find("/nowhere/libnvrtc.so.13") != std::string::npos);
  }

  void compilesWithoutAGpuAndReportsErrorsWithTheirLog() {
    const auto nvrtc = core::gpu::openNvrtc(tests::nvrtcFolders());
    if (!nvrtc) QSKIP("NVRTC is not here");
    const auto cubin = core::gpu::compileCuda(*nvrtc, scaleKernel("good", "2.0f").source, 90);
    QVERIFY(cubin);
    QCOMPARE(cubin->bytes.substr(1, 3), std::string("ELF"));
    const auto bad = core::gpu::compileCuda(*nvrtc, scaleKernel("bad", "nothing").source, 90);
    QVERIFY(!bad);
    QCOMPARE(bad.error().code, core::ErrorCode::KernelCompileFailed);
    QVERIFY(bad.error().details.find("nothing") != std::string::npos);
  }

  void equalKernelsAreBuiltOnceAndFoundAgain() {
    const auto gpu = core::gpu::openGpu({0, tests::nvrtcFolders()});
    if (!gpu) QSKIP(gpu.error().message.c_str());
    QTemporaryDir folder;
    const core::gpu::BuildOptions options{folder.path().toStdString()};
    const std::vector<KernelSource> sources{scaleKernel("a", "2.0f"), scaleKernel("b", "2.0f"),
                                            scaleKernel("c", "3.0f")};
    const auto built = (*gpu)->build(sources, options, {});
    QVERIFY(built);
    QCOMPARE(built->at(0).fromCache, false);
    QCOMPARE(built->at(1).fromCache, true);
    QCOMPARE(built->at(2).fromCache, false);
    const auto again = (*gpu)->build(sources, options, {});
    QVERIFY(again);
    for (const auto& kernel : *again) QVERIFY(kernel.fromCache && kernel.gpu);
  }
};

QTEST_GUILESS_MAIN(TestOpenGpu)
#include "tst_open_gpu.moc"
