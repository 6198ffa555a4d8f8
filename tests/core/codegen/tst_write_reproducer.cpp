// Reproducers are built by the system's compiler, run on stored inputs and compared with the plain
// interpreter.

#include <QtTest>

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include "core/codegen/write_cpu_kernel.h"
#include "core/codegen/write_reproducer.h"
#include "tests/support/loop_nests.h"

using core::ir::DType;
using core::schedule::LoopNest;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;
using tests::Bytes;
using tests::NestBuilder;

namespace {

constexpr DType kF32 = DType::F32;

std::string reproducerOf(const LoopNest& nest) {
  const auto kernel = core::codegen::writeCpuKernel(nest);
  return core::codegen::writeReproducer(kernel.value(), nest).value();
}

void writeFile(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(bytes);
}

/// Everything the process printed; empty if it failed or did not end.
QString outputOf(const QString& program, const QStringList& arguments) {
  QProcess process;
  process.setProcessChannelMode(QProcess::MergedChannels);
  process.start(program, arguments);
  const bool ended = process.waitForFinished(60000);
  const QString output = QString::fromUtf8(process.readAll());
  if (ended && process.exitCode() == 0) return output;
  qWarning("%s", qUtf8Printable(output));
  return {};
}

/// The directory with the built program "reproducer".
class Reproducer {
 public:
  explicit Reproducer(const LoopNest& nest) : m_nest(nest) {
    writeFile(path("reproducer.cpp"), QByteArray::fromStdString(reproducerOf(nest)));
    outputOf("c++", {"-std=c++20", "-O1", "-march=native", "-Wall", "-Wno-psabi",
                     path("reproducer.cpp"), "-o", path("reproducer")});
  }

  QString run(const QStringList& files = {}) const { return outputOf(path("reproducer"), files); }

  /// Runs on random data; empty if every written buffer is as the interpreter's.
  QString mismatch() const {
    auto expected = tests::randomBuffers(m_nest, 1);
    QByteArray inputs;
    for (std::size_t i = 0; i < expected.size(); ++i)
      inputs.append(reinterpret_cast<const char*>(expected[i].data()), bytesOf(i));
    writeFile(path("inputs"), inputs);
    if (run({path("inputs"), path("outputs")}).isEmpty()) return "the program failed";
    auto actual = expected;
    tests::interpret(m_nest, expected);
    QFile outputs(path("outputs"));
    if (!outputs.open(QIODevice::ReadOnly)) return "no outputs";
    for (std::size_t i = 0; i < actual.size(); ++i)
      outputs.read(reinterpret_cast<char*>(actual[i].data()), bytesOf(i));
    return QString::fromStdString(tests::firstDifference(m_nest, expected, actual, {1e-5, 1e-5}));
  }

 private:
  QString path(const char* name) const { return m_folder.filePath(name); }
  qint64 bytesOf(std::size_t buffer) const {
    return m_nest.buffers[buffer].extent * core::ir::dtypeBytes(m_nest.buffers[buffer].dtype);
  }

  const LoopNest& m_nest;
  QTemporaryDir m_folder;
};

}  // namespace

class TestWriteReproducer : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    if (QStandardPaths::findExecutable("c++").isEmpty()) QSKIP("there is no C++ compiler here");
  }

  void rowsWithATailAreAsInterpreted() {
    NestBuilder b("rows", {9}, {1003});
    const int x = b.load("x", kF32, {1003, 1});
    const int shifted = b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)});
    const int e = b.compute(ScalarFn::Exp, {shifted});
    b.store("y", kF32, {1003, 1}, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
    QCOMPARE(Reproducer(b.nest()).mismatch(), QString());
  }

  void longColumnsOfBfloatsAreAsInterpreted() {
    NestBuilder b("columns", {40}, {5000});
    const int x = b.load("x", DType::BF16, {1, 40});
    b.store("sum", kF32, {1, 0}, b.reduce(ReduceFn::Sum, x));
    QCOMPARE(Reproducer(b.nest()).mismatch(), QString());
  }

  void madeUpIndicesStayInTheirTable() {
    NestBuilder b("gather", {50, 7});
    const int at = b.load("index", DType::I64, {1, 0});
    const int row = b.load("table", kF32, {0, 1}, 0, {{at, 7, 5}});
    b.store("y", kF32, {7, 1}, b.compute(ScalarFn::Sigmoid, {row}));
    const QString output = Reproducer(b.nest()).run();
    QVERIFY2(output.contains("buffer 2  f32 written"), qUtf8Printable(output));
    QVERIFY2(!output.contains("out of range"), qUtf8Printable(output));
    QVERIFY2(output.contains("one call on one thread"), qUtf8Printable(output));
  }

  void namesOfTensorsDoNotReachTheCode() {
    NestBuilder plain("names", {8});
    plain.store("y", kF32, {1}, plain.compute(ScalarFn::Neg, {plain.load("x", kF32, {1})}));
    NestBuilder hostile("names", {8});
    const int x = hostile.load("*/ int main() {}", kF32, {1});
    hostile.store("\"); abort(); //\n", kF32, {1}, hostile.compute(ScalarFn::Neg, {x}));
    const auto withoutComments = [](const std::string& text) {
      return QString::fromStdString(text).remove(QRegularExpression("//[^\n]*"));
    };
    QCOMPARE(withoutComments(reproducerOf(hostile.nest())),
             withoutComments(reproducerOf(plain.nest())));
  }

  void aCudaKernelIsRefusedByName() {
    core::codegen::KernelSource kernel;
    kernel.name = "fused_add";
    kernel.language = core::codegen::KernelLanguage::Cuda;
    const auto text = core::codegen::writeReproducer(kernel, {});
    QVERIFY(!text);
    QCOMPARE(text.error().code, core::ErrorCode::UnsupportedOp);
    QVERIFY(QString::fromStdString(text.error().message).contains("fused_add"));
  }
};

QTEST_APPLESS_MAIN(TestWriteReproducer)
#include "tst_write_reproducer.moc"
