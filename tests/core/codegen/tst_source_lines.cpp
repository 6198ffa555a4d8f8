// Lines of a written kernel and the nodes they belong to, and the work that a nest asks for.

#include <QtTest>

#include "core/codegen/kernel_work.h"
#include "core/codegen/source_lines.h"
#include "core/codegen/write_cpu_kernel.h"
#include "core/codegen/write_cuda_kernel.h"
#include "tests/support/loop_nests.h"

using core::codegen::KernelSource;
using core::ir::DType;
using core::ir::NodeId;
using core::schedule::LoopNest;
using core::schedule::LoopOpKind;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;
using tests::NestBuilder;

namespace {

/// The softmax of rows: op i belongs to node 100 + i.
LoopNest softmaxNest(std::int64_t columns) {
  NestBuilder b("softmax", {9}, {columns});
  const int x = b.load("x", DType::F32, {columns, 1});
  const int shifted = b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)});
  const int e = b.compute(ScalarFn::Exp, {shifted});
  b.store("y", DType::F32, {columns, 1}, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
  LoopNest nest = b.nest();
  for (std::size_t i = 0; i < nest.ops.size(); ++i)
    nest.ops[i].node = NodeId{static_cast<std::uint32_t>(100 + i)};
  return nest;
}

/// The nodes of the only line with `text`, as numbers.
QList<int> nodesOfLineWith(const KernelSource& kernel, const LoopNest& nest, const QString& text) {
  const QStringList lines = QString::fromStdString(kernel.source).split('\n');
  const auto nodes = core::codegen::nodesOfLines(kernel, nest);
  QList<int> found;
  for (qsizetype i = 0; i < lines.size(); ++i) {
    if (!lines[i].contains(text)) continue;
    for (const NodeId id : nodes[static_cast<std::size_t>(i)]) found << static_cast<int>(id.index);
  }
  return found;
}

}  // namespace

class TestSourceLines : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aLineThatAssignsBelongsToItsResult() {
    const LoopNest nest = softmaxNest(1000);
    const auto kernel = core::codegen::writeCpuKernel(nest);
    QCOMPARE(nest.ops[3].kind, LoopOpKind::Compute);
    QCOMPARE(nodesOfLineWith(*kernel, nest, "exp_3 = exp("), QList<int>{103});
    QCOMPARE(nodesOfLineWith(*kernel, nest, "f32 max_1 = "), QList<int>{101});
  }

  void aStoreBelongsToWhatItWrites() {
    const LoopNest nest = softmaxNest(1000);
    const auto kernel = core::codegen::writeCpuKernel(nest);
    const QList<int> nodes = nodesOfLineWith(*kernel, nest, "store(out1");
    QVERIFY(nodes.contains(105));
    QVERIFY(!nodes.contains(100));
  }

  void thePreludeAndTheFrameBelongToNothing() {
    const LoopNest nest = softmaxNest(1000);
    const auto kernel = core::codegen::writeCpuKernel(nest);
    const auto nodes = core::codegen::nodesOfLines(*kernel, nest);
    const QStringList lines = QString::fromStdString(kernel->source).split('\n');
    QVERIFY(nodes.size() + 1 >= static_cast<std::size_t>(lines.size()));
    const auto work = lines.indexOf(QRegularExpression("static void work\\(.*"));
    QVERIFY(work > 0);
    for (qsizetype i = 0; i <= work; ++i) QVERIFY(nodes[static_cast<std::size_t>(i)].empty());
    QVERIFY(nodesOfLineWith(*kernel, nest, "for (i64 unit").isEmpty());
  }

  void linesOfACudaKernelAreToldTheSameWay() {
    const LoopNest nest = softmaxNest(1000);
    const auto kernel = core::codegen::writeCudaKernel(nest, {});
    QVERIFY(kernel);
    QSet<int> all;
    for (const auto& line : core::codegen::nodesOfLines(*kernel, nest))
      for (const NodeId id : line) all.insert(static_cast<int>(id.index));
    for (const int node : {100, 101, 102, 103, 104, 105}) QVERIFY(all.contains(node));
  }

  void reductionsTakeEveryElementAndRowValuesCountOnce() {
    NestBuilder b("mean", {8}, {32});
    const int x = b.load("x", DType::F32, {32, 1});
    const int squared = b.compute(ScalarFn::Mul, {x, x});
    const int sum = b.reduce(ReduceFn::Sum, squared);
    b.store("y", DType::F32, {1, 0}, b.compute(ScalarFn::Sqrt, {sum}));
    const core::codegen::KernelWork work = core::codegen::workOf(b.nest());
    QCOMPARE(work.operations, 8.0 * 32 + 8.0 * 32 + 8.0);
    QCOMPARE(work.readBytes, 8 * 32 * 4);
    QCOMPARE(work.writtenBytes, 8 * 4);
  }

  void aNestWithoutInnerAxesCountsEveryPoint() {
    NestBuilder b("relu", {3, 5});
    b.store("y", DType::F32, {5, 1}, b.compute(ScalarFn::Relu, {b.load("x", DType::F32, {5, 1})}));
    QCOMPARE(core::codegen::workOf(b.nest()).operations, 15.0);
  }
};

QTEST_APPLESS_MAIN(TestSourceLines)
#include "tst_source_lines.moc"
