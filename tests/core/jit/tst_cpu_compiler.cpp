// The module is opened as the engine opens it; every test compiles real code.

#include <QtTest>

#include <array>
#include <iterator>

#include "core/jit/jit_module.h"

using core::ErrorCode;
using core::Result;
using core::StageContext;
using core::codegen::BuiltKernel;
using core::codegen::KernelSource;
using core::jit::BuildOptions;
using core::jit::CpuCompiler;

namespace {

KernelSource makeSource(const std::string& name, const std::string& body) {
  KernelSource source;
  source.name = name;
  source.source = "extern \"C\" void " + name + "(void* const* buffers, long begin, long end) {\n" +
                  body + "\n}\n";
  source.units = 8;
  source.grain = 2;
  source.checksIndices = true;
  return source;
}

const char* const kAddTen =
    "  float* out = (float*)buffers[0];\n"
    "  for (long i = begin; i < end; ++i) out[i] += 10;  // remark";

CpuCompiler& compiler() {
  Result<CpuCompiler*> opened = core::jit::openCpuCompiler();
  if (!opened) qFatal("%s\n%s", opened.error().message.c_str(), opened.error().details.c_str());
  return **opened;
}

Result<std::vector<BuiltKernel>> build(const std::vector<KernelSource>& sources,
                                       const std::string& folder = "") {
  return compiler().build(sources, BuildOptions{.cacheFolder = folder}, StageContext{});
}

QStringList objectFiles(const QTemporaryDir& folder) {
  return QDir(folder.path()).entryList(QDir::Files);
}

}  // namespace

class TestCpuCompiler : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void namesTheCompilerAndTheCpu() {
    QVERIFY(QString::fromStdString(compiler().compilerVersion()).startsWith("clang 14"));
    QVERIFY(QString::fromStdString(compiler().targetCpu()).contains("-bit vectors"));
  }

  void builtKernelComputesItsRange() {
    const auto kernels = build({makeSource("add_ten", kAddTen)});
    QVERIFY(kernels);
    QCOMPARE(kernels->size(), std::size_t(1));
    const BuiltKernel& kernel = kernels->front();
    QCOMPARE(kernel.name, std::string("add_ten"));
    QCOMPARE(kernel.units, std::int64_t(8));
    QCOMPARE(kernel.grain, std::int64_t(2));
    QVERIFY(kernel.checksIndices);
    std::array<float, 4> values{1, 2, 3, 4};
    void* buffers[] = {values.data(), nullptr};
    kernel.function(buffers, 1, 3);
    QCOMPARE(values, (std::array<float, 4>{1, 12, 13, 4}));
  }

  void machineCodeIsDecodedWithItsLoopsAndCalls() {
    const auto vectors = compiler().disassemble(makeSource("add_ten", kAddTen), {});
    QVERIFY(vectors);
    QVERIFY(vectors->hotLoop >= 0);
    const QString text = QString::fromStdString(core::jit::assemblyText(*vectors));
    QVERIFY2(text.contains("vaddps"), qPrintable(text));
    QVERIFY2(text.contains("-bit vectors\n;   loads:"), qPrintable(text));
    KernelSource source = makeSource(
        "erf_of", "  double* v = (double*)buffers[0]; v[begin] = my_erf(v[end]); v[end] += 1;");
    source.source = "extern \"C\" double my_erf(double) asm(\"erf\");\n" + source.source;
    const auto call = compiler().disassemble(source, {});
    QVERIFY(call);
    const QString callText = QString::fromStdString(core::jit::assemblyText(*call));
    QVERIFY2(callText.contains(QRegularExpression("call\\s+erf")), qPrintable(callText));
  }

  void badSourceFailsWithTheLog() {
    const auto kernels =
        build({makeSource("fine", kAddTen), makeSource("broken", "  return undeclared_thing;")});
    QVERIFY(!kernels);
    QCOMPARE(kernels.error().code, ErrorCode::KernelCompileFailed);
    QVERIFY(QString::fromStdString(kernels.error().message).contains("broken"));
    QVERIFY(QString::fromStdString(kernels.error().details).contains("undeclared_thing"));
  }

  void aKernelOverItsLimitFailsByThat() {
    BuildOptions options;
    options.kernelLimit = std::chrono::seconds(0);
    const auto kernels = compiler().build({makeSource("slow", kAddTen)}, options, {});
    QVERIFY(!kernels);
    QCOMPARE(kernels.error().code, ErrorCode::KernelCompileFailed);
    QVERIFY(QString::fromStdString(kernels.error().message).contains("limit of 0 seconds"));
    // Nothing half-optimised was kept.
    QVERIFY(build({makeSource("slow", kAddTen)}));
  }

  void unknownOutsideSymbolFailsNamingIt() {
    KernelSource source = makeSource("caller", "  no_such_function(begin + end);");
    source.source = "extern \"C\" void no_such_function(long);\n" + source.source;
    const auto kernels = build({source});
    QVERIFY(!kernels);
    QCOMPARE(kernels.error().code, ErrorCode::KernelCompileFailed);
    QVERIFY(QString::fromStdString(kernels.error().details).contains("no_such_function"));
  }

  void mathOfDoubleIsResolved() {
    KernelSource source =
        makeSource("erf_of",
                   "  double* v = (double*)buffers[0]; for (long i = begin; i < end; ++i) "
                   "v[i] = my_erf(v[i]);");
    source.source = "extern \"C\" double my_erf(double) asm(\"erf\");\n" + source.source;
    const auto kernels = build({source});
    QVERIFY(kernels);
    double value = 0.5;
    void* buffers[] = {&value};
    kernels->front().function(buffers, 0, 1);
    QCOMPARE(value, std::erf(0.5));
  }

  void kernelsThatDifferInNamesShareOneObject() {
    QTemporaryDir folder;
    KernelSource other = makeSource("layer2", kAddTen);
    other.source += "// a remark about tensor fc2.bias\n";
    KernelSource first = makeSource("layer1", kAddTen);
    first.source += "/* fc1.bias */\n";
    const auto kernels = build({first, other}, folder.path().toStdString());
    QVERIFY(kernels);
    QCOMPARE(objectFiles(folder).size(), 1);
    QVERIFY(!(*kernels)[0].fromCache);
    QVERIFY((*kernels)[1].fromCache);
    QVERIFY((*kernels)[0].function == (*kernels)[1].function);
    QCOMPARE((*kernels)[1].name, std::string("layer2"));
  }

  void secondBuildComesFromTheFolder() {
    QTemporaryDir folder;
    const KernelSource source = makeSource("cached", "  ((int*)buffers[0])[begin] = 4242;");
    QVERIFY(!build({source}, folder.path().toStdString())->front().fromCache);
    // The first build's code is unmapped by now, so only the folder can answer.
    const auto again = build({source}, folder.path().toStdString());
    QVERIFY(again->front().fromCache);
    QCOMPARE(again->front().seconds, 0.0);
    std::array<int, 2> values{};
    void* buffers[] = {values.data()};
    again->front().function(buffers, 1, 2);
    QCOMPARE(values[1], 4242);
  }

  void otherSourceMissesTheFolder() {
    QTemporaryDir folder;
    QVERIFY(
        build({makeSource("one", "  ((int*)buffers[0])[0] = 1;")}, folder.path().toStdString()));
    const auto other =
        build({makeSource("one", "  ((int*)buffers[0])[0] = 2;")}, folder.path().toStdString());
    QVERIFY(!other->front().fromCache);
    QCOMPARE(objectFiles(folder).size(), 2);
  }

  void damagedObjectIsCompiledAfresh() {
    QTemporaryDir folder;
    const KernelSource source = makeSource("damaged", "  ((int*)buffers[0])[0] = 77;");
    QVERIFY(build({source}, folder.path().toStdString()));
    const QString path = folder.filePath(objectFiles(folder).front());
    {
      QFile file(path);
      QVERIFY(file.open(QIODevice::ReadWrite));
      QVERIFY(file.seek(file.size() / 2));
      file.write("garbage garbage");
    }
    const auto again = build({source}, folder.path().toStdString());
    QVERIFY(again);
    QVERIFY(!again->front().fromCache);
    int value = 0;
    void* buffers[] = {&value};
    again->front().function(buffers, 0, 1);
    QCOMPARE(value, 77);
    QVERIFY(build({source}, folder.path().toStdString())->front().fromCache);
  }

  void folderThatCannotBeWrittenIsNoError() {
    QVERIFY(build({makeSource("nowhere", "  ((int*)buffers[0])[0] = 3;")}, "/proc/none/cache"));
  }

  void stopRequestEndsTheBuild() {
    std::stop_source stop;
    stop.request_stop();
    const auto kernels = compiler().build({makeSource("late", kAddTen)}, BuildOptions{},
                                          StageContext{stop.get_token(), {}, {}});
    QVERIFY(!kernels);
    QCOMPARE(kernels.error().code, ErrorCode::Cancelled);
  }

  void moduleExportsOneSymbolOnly() {
    QProcess nm;
    nm.start("nm", {"-D", "--defined-only", QString(AOT_BIN_DIR) + "/libaot_cpu_jit.so"});
    if (!nm.waitForFinished()) QSKIP("nm is not installed");
    QStringList strong;
    for (const QString& line : QString(nm.readAllStandardOutput()).split('\n'))
      if (line.contains(" T ")) strong << line.section(' ', -1);
    QCOMPARE(strong, QStringList{"aotCpuCompiler"});
  }
};

QTEST_GUILESS_MAIN(TestCpuCompiler)
#include "tst_cpu_compiler.moc"
