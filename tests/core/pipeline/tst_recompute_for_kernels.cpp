// Which values a step with kernels of its own computes again.

#include "core/pipeline/recompute_for_kernels.h"

#include <QTest>

#include "tests/support/graph_from_text.h"

using core::ir::DeviceType;
using core::pipeline::valuesToRecompute;
using Names = std::vector<std::string>;

namespace {

Names namesOf(const std::string& text, DeviceType device = DeviceType::Cuda) {
  return valuesToRecompute(*support::graphFromText(text), device);
}

const std::string kLoss =
    "%x : f32[4, 9] = placeholder\n%t : i64[4] = placeholder\n"
    "%l : f32[4, 9] = aten._log_softmax.default(%x, 1, False)\n"
    "%d : f32[4, 9] = aten.detach.default(%l)\n"
    "%n : (f32[], f32[]) = aten.nll_loss_forward.default(%l, %t, None, 1, -100)\n"
    "%v : f32[] = getitem(%n, 0)\n%w : f32[] = getitem(%n, 1)\n"
    "%b : f32[4, 9] = aten.nll_loss_backward.default(%v, %l, %t, None, 1, -100, %w)\n"
    "%g : f32[4, 9] = aten._log_softmax_backward_data.default(%b, %d, 1, 6)\n";

std::string norm(const std::string& reader) {
  return "%x : f32[4, 8] = placeholder\n%w : f32[8, 8] = placeholder\n"
         "%n : (f32[4, 8], f32[4, 1], f32[4, 1]) = "
         "aten.native_layer_norm.default(%x, [8], None, None, 1e-05)\n"
         "%y : f32[4, 8] = getitem(%n, 0)\n%m : f32[4, 1] = getitem(%n, 1)\n"
         "%r : f32[4, 8] = " +
         reader + "\nreturn (%r, %m)\n";
}

}  // namespace

class TestRecomputeForKernels : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aLossIsComputedAgain() { QCOMPARE(namesOf(kLoss + "return (%v, %g)\n"), Names{"l"}); }
  void aLossOnTheCpuIsSaved() {
    QCOMPARE(namesOf(kLoss + "return (%v, %g)\n", DeviceType::Cpu), Names{});
  }
  void aLossThatIsReturnedIsInMemoryAnyway() {
    QCOMPARE(namesOf(kLoss + "return (%v, %g, %l)\n"), Names{});
    QCOMPARE(namesOf(kLoss + "return (%v, %g, %d)\n"), Names{});
  }
  void aNormBeforeAnActivationIsComputedAgain() {
    QCOMPARE(namesOf(norm("aten.gelu.default(%y)")), Names{"y"});
    QCOMPARE(namesOf(norm("aten.gelu.default(%y)"), DeviceType::Cpu), Names{"y"});
  }
  void aNormBeforeAMatrixProductIsNot() {
    QCOMPARE(namesOf(norm("aten.mm.default(%y, %w)")), Names{});
  }
};

QTEST_APPLESS_MAIN(TestRecomputeForKernels)
#include "tst_recompute_for_kernels.moc"
