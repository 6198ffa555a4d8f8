// The whole text of three kernels, one of each shape.

#include <QtTest>

#include "core/codegen/write_cpu_kernel.h"
#include "tests/support/golden.h"
#include "tests/support/loop_nests.h"

using core::ir::DType;
using core::schedule::ReduceFn;
using core::schedule::ScalarFn;
using tests::NestBuilder;

namespace {

constexpr DType kF32 = DType::F32;

QString difference(const QString& name, NestBuilder& builder) {
  return tests::goldenDifference(name, core::codegen::writeCpuKernel(builder.nest())->source);
}

}  // namespace

class TestKernelGolden : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void pointwiseRows() {
    NestBuilder b("fused_add_relu", {32, 100});
    const int sum = b.compute(
        ScalarFn::Add, {b.load("linear", kF32, {100, 1}), b.load("primals_2", kF32, {0, 1})});
    b.store("relu", kF32, {100, 1}, b.compute(ScalarFn::Relu, {sum}));
    QCOMPARE(difference("fused_add_relu.kernel.txt", b), QString());
  }

  void rowReductions() {
    NestBuilder b("fused_softmax", {64}, {1000});
    const int x = b.load("primals_1", kF32, {1000, 1});
    const int shifted = b.compute(ScalarFn::Sub, {x, b.reduce(ReduceFn::Max, x)});
    const int e = b.compute(ScalarFn::Exp, {shifted});
    b.store("softmax", kF32, {1000, 1}, b.compute(ScalarFn::Div, {e, b.reduce(ReduceFn::Sum, e)}));
    QCOMPARE(difference("fused_softmax.kernel.txt", b), QString());
  }

  void columnReduction() {
    NestBuilder b("fused_sum", {768}, {512});
    const int x = b.load("tangents_1", DType::BF16, {1, 768});
    b.store("sum_1", kF32, {1, 0}, b.reduce(ReduceFn::Sum, x));
    QCOMPARE(difference("fused_sum.kernel.txt", b), QString());
  }
};

QTEST_GUILESS_MAIN(TestKernelGolden)
#include "tst_kernel_golden.moc"
