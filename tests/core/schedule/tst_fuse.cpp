// What becomes one kernel, what does not, and why.

#include <QTest>
#include <algorithm>
#include <cmath>

#include "tests/support/run_schedule.h"

using namespace core::schedule;
using tests::Decompose;
using tests::Elements;

namespace {

std::size_t stepsOf(const Schedule& schedule) {
  return schedule.steps.size();
}

bool hasRefusal(const Schedule& schedule, const std::string& producer, const std::string& consumer,
                const std::string& rule) {
  const auto name = [&](core::ir::NodeId id) { return schedule.graph->node(id).name; };
  return std::any_of(
      schedule.refusals.begin(), schedule.refusals.end(), [&](const FusionRefusal& refusal) {
        return name(refusal.producer) == producer && name(refusal.consumer) == consumer &&
               refusal.rule == rule && !refusal.sentence.empty();
      });
}

const char* const kSoftmax =
    "%x : f64[4, 8] = placeholder\n%m : f64[4, 1] = aten.amax.default(%x, [1], True)\n"
    "%d : f64[4, 8] = aten.sub.Tensor(%x, %m)\n%e : f64[4, 8] = aten.exp.default(%d)\n"
    "%s : f64[4, 1] = aten.sum.dim_IntList(%e, [1], True)\n"
    "%r : f64[4, 8] = aten.div.Tensor(%e, %s)\nreturn (%r)\n";

}  // namespace

class TestFuse : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aPointwiseChainIsOneKernelWithOneLoadAndOneStore() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[8, 4] = placeholder\n%b : f32[8, 4] = aten.exp.default(%a)\n"
        "%c : f32[8, 4] = aten.neg.default(%b)\n%d : f32[8, 4] = aten.mul.Tensor(%c, %b)\n"
        "return (%d)\n");
    QCOMPARE(QString::fromStdString(loopNestText(schedule.groups[0].nest)),
             QString("fused_exp_neg_mul outer [32]\n  read a : f32[32]\n  write d : f32[32]\n"
                     "  %0 = load f32 a[(1)]\n  %1 = exp f32 %0\n  %2 = neg f32 %1\n"
                     "  %3 = mul f32 %2 %1\n  store d[(1)] %3\n"));
    QCOMPARE(schedule.groups[0].nodes.size(), std::size_t{3});
    QVERIFY(!schedule.groups[0].reasons.empty());
    QVERIFY(schedule.refusals.empty());
  }

  void softmaxIsOneRowKernelThatReadsItsInputOnce() {
    const auto schedule = tests::scheduleOf(kSoftmax);
    QCOMPARE(stepsOf(schedule), std::size_t{1});
    const LoopNest& nest = schedule.groups[0].nest;
    QCOMPARE(nest.outer, std::vector<std::int64_t>{4});
    QCOMPARE(nest.inner, std::vector<std::int64_t>{8});
    QCOMPARE(nest.buffers.size(), std::size_t{2});
    const auto isLoad = [](const LoopOp& op) { return op.kind == LoopOpKind::Load; };
    QCOMPARE(std::count_if(nest.ops.begin(), nest.ops.end(), isLoad), std::ptrdiff_t{1});
  }

  void layerNormAndGeluAreOneKernel() {
    const auto schedule = tests::scheduleOf(
        "%x : f32[8, 16] = placeholder\n%w : f32[16] = placeholder\n%b : f32[16] = placeholder\n"
        "%ln : (f32[8, 16], f32[8, 1], f32[8, 1]) = aten.native_layer_norm.default(%x, [16], %w, "
        "%b, 1e-05)\n%y : f32[8, 16] = getitem(%ln, 0)\n%mean : f32[8, 1] = getitem(%ln, 1)\n"
        "%rstd : f32[8, 1] = getitem(%ln, 2)\n%g : f32[8, 16] = aten.gelu.default(%y)\n"
        "return (%g, %y, %mean, %rstd)\n",
        Decompose::Yes);
    QCOMPARE(schedule.groups.size(), std::size_t{1});
    QCOMPARE(schedule.groups[0].nest.name, std::string("fused_native_layer_norm_gelu"));
    // Three inputs, and what is returned; nothing in the arena.
    QCOMPARE(schedule.groups[0].buffers.size(), std::size_t{7});
    QCOMPARE(schedule.arenaBytes, std::int64_t{0});
  }

  void theMeanOfNormalizedRowsIsTakenWhereTheyAreMade() {
    const auto schedule = tests::scheduleOf(
        "%x : f32[64, 1024] = placeholder\n"
        "%ln : (f32[64, 1024], f32[64, 1], f32[64, 1]) = aten.native_layer_norm.default(%x, "
        "[1024], None, None, 1e-05)\n%y : f32[64, 1024] = getitem(%ln, 0)\n"
        "%q : f32[64, 1024] = aten.mul.Tensor(%y, %y)\n%m : f32[] = aten.mean.default(%q)\n"
        "return (%m)\n",
        Decompose::Yes);
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QCOMPARE(schedule.groups[0].nest.inner, std::vector<std::int64_t>{1024});
    QCOMPARE(schedule.groups[1].nest.inner, std::vector<std::int64_t>{64});
    QCOMPARE(schedule.arenaBytes, std::int64_t{256});
  }

  void aMeanLossGathersInTheRowKernelOfItsSoftmax() {
    const auto schedule = tests::scheduleOf(
        "%x : f32[64, 10] = placeholder\n%t : i64[64] = placeholder\n"
        "%l : f32[64, 10] = aten._log_softmax.default(%x, 1, False)\n"
        "%n : (f32[], f32[]) = aten.nll_loss_forward.default(%l, %t, None, 1, -100)\n"
        "%o : f32[] = getitem(%n, 0)\nreturn (%o)\n",
        Decompose::Yes);
    QCOMPARE(schedule.groups[0].nest.inner, std::vector<std::int64_t>{10});
    // The probabilities themselves never reach memory.
    for (const auto& buffer : schedule.buffers)
      QVERIFY(buffer.kind == BufferKind::GraphInput || buffer.bytes <= 64 * 4);
  }

  void batchNormStatisticsAndApplyAreOneKernelPerChannel() {
    const auto schedule = tests::scheduleOf(
        "%x : f32[2, 3, 4, 4] = placeholder\n%w : f32[3] = placeholder\n%b : f32[3] = placeholder\n"
        "%rm : f32[3] = placeholder\n%rv : f32[3] = placeholder\n"
        "%bn : (f32[2, 3, 4, 4], f32[3], f32[3], f32[3], f32[3]) = "
        "aten._native_batch_norm_legit_functional.default(%x, %w, %b, %rm, %rv, True, 0.1, 1e-05)\n"
        "%y : f32[2, 3, 4, 4] = getitem(%bn, 0)\n%m : f32[3] = getitem(%bn, 3)\n"
        "%v : f32[3] = getitem(%bn, 4)\n%r : f32[2, 3, 4, 4] = aten.relu.default(%y)\n"
        "return (%r, %m, %v)\n",
        Decompose::Yes);
    QCOMPARE(schedule.groups.size(), std::size_t{1});
    QCOMPARE(schedule.groups[0].nest.outer, std::vector<std::int64_t>{3});
    QCOMPARE(schedule.groups[0].nest.inner, (std::vector<std::int64_t>{2, 16}));
  }

  void crossEntropyGathersInItsRowKernel() {
    const auto schedule = tests::scheduleOf(
        "%x : f32[8, 10] = placeholder\n%t : i64[8] = placeholder\n"
        "%l : f32[8, 10] = aten._log_softmax.default(%x, 1, False)\n"
        "%n : (f32[8], f32[]) = aten.nll_loss_forward.default(%l, %t, None, 0, -100)\n"
        "%o : f32[8] = getitem(%n, 0)\nreturn (%o)\n",
        Decompose::Yes);
    QCOMPARE(schedule.groups.size(), std::size_t{1});
    QCOMPARE(schedule.groups[0].nest.inner, std::vector<std::int64_t>{10});
  }

  void rowsAndColumnsOfOneTensorAreTwoKernels() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[4, 6] = placeholder\n%b : f64[4, 6] = aten.exp.default(%a)\n"
        "%r : f64[4] = aten.sum.dim_IntList(%b, [1])\n"
        "%c : f64[6] = aten.sum.dim_IntList(%b, [0])\nreturn (%r, %c)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QVERIFY(hasRefusal(schedule, "b", "c", "different domain"));
  }

  /// The gradients of a layer norm: dx needs sums over rows, those of weight and bias over columns.
  void columnSumsOfManyRowsAreTakenWhereTheRowsAreWalked() {
    const std::string text =
        "%g : f32[512, 64] = placeholder\n%x : f32[512, 64] = placeholder\n"
        "%m : f32[512, 1] = placeholder\n%r : f32[512, 1] = placeholder\n"
        "%w : f32[64] = placeholder\n%y : f32[512, 64] = aten.exp.default(%g)\n"
        "%b : (f32[512, 64], f32[64], f32[64]) = aten.native_layer_norm_backward.default(%y, %x, "
        "[64], %m, %r, %w, %w, [True, True, True])\n"
        "%dx : f32[512, 64] = getitem(%b, 0)\n%dw : f32[64] = getitem(%b, 1)\n"
        "%db : f32[64] = getitem(%b, 2)\nreturn (%dx, %dw, %db)\n";
    const auto schedule = tests::scheduleOf(text, Decompose::Yes);
    const LoopNest& nest = schedule.groups[0].nest;
    QCOMPARE(nest.outer, (std::vector<std::int64_t>{16, 32}));
    QCOMPARE(nest.inner, std::vector<std::int64_t>{64});
    QCOMPARE(foldedAxes(nest), (std::vector<bool>{false, true}));
    QVERIFY(std::none_of(nest.buffers.begin(), nest.buffers.end(),
                         [](const KernelBuffer& buffer) { return buffer.name == "y"; }));
    std::vector<Elements> inputs;
    for (const std::size_t count : {512 * 64, 512 * 64, 512, 512, 64})
      inputs.push_back(
          tests::randomElements(count, static_cast<unsigned>(inputs.size()) + 1, 0, 1));
    const auto out = tests::runSchedule(schedule, inputs);
    Elements weight(64, 0), bias(64, 0);
    for (std::size_t i = 0; i < inputs[0].size(); ++i) {
      const double gradient = std::exp(inputs[0][i]);
      bias[i % 64] += gradient;
      weight[i % 64] += gradient * (inputs[1][i] - inputs[2][i / 64]) * inputs[3][i / 64];
    }
    QVERIFY(tests::largestDifference(out[1], weight) < 1e-4);
    QVERIFY(tests::largestDifference(out[2], bias) < 1e-5);
  }

  void columnSumsOfFewSlotsLeaveTheRowsToThemselves() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[4, 300, 64] = placeholder\n%b : f32[4, 300, 64] = aten.exp.default(%a)\n"
        "%r : f32[4, 300] = aten.sum.dim_IntList(%b, [2])\n"
        "%c : f32[4, 64] = aten.sum.dim_IntList(%b, [1])\nreturn (%r, %c)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QVERIFY(hasRefusal(schedule, "b", "c", "different domain"));
  }

  void aFormulaThatOnlyAColumnSumReadsStaysWithIt() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[4, 6] = placeholder\n%m : f64[4, 1] = aten.mean.dim(%a, [1], True)\n"
        "%d : f64[4, 6] = aten.sub.Tensor(%a, %m)\n%q : f64[4, 6] = aten.mul.Tensor(%a, %a)\n"
        "%c : f64[6] = aten.sum.dim_IntList(%q, [0])\nreturn (%d, %c)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QCOMPARE(schedule.groups[1].nodes.size(), std::size_t{2});  // q and c
    QCOMPARE(schedule.arenaBytes, std::int64_t{0});
  }

  void aTransposedReadOfAFusedValueIsRefused() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[4, 4] = placeholder\n%b : f64[4, 4] = aten.exp.default(%a)\n"
        "%t : f64[4, 4]{1, 4} = aten.t.default(%b)\n%c : f64[4, 4] = aten.add.Tensor(%b, %t)\n"
        "return (%c)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QVERIFY(hasRefusal(schedule, "b", "c", "index"));
    std::vector<Elements> inputs{tests::randomElements(16, 5)};
    const auto out = tests::runSchedule(schedule, inputs);
    QCOMPARE(out[0][1], std::exp(inputs[0][1]) + std::exp(inputs[0][4]));
  }

  void aPathThroughALibraryCallKeepsNeighboursApart() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[4, 4] = placeholder\n%b : f64[4, 4] = aten.exp.default(%a)\n"
        "%m : f64[4, 4] = aten.mm.default(%b, %b)\n%c : f64[4, 4] = aten.add.Tensor(%b, %m)\n"
        "return (%c)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QVERIFY(hasRefusal(schedule, "b", "c", "path"));
    QVERIFY(hasRefusal(schedule, "b", "m", "extern"));
    QVERIFY(hasRefusal(schedule, "m", "c", "extern"));
  }

  void readersOfOneInputShareItsLoad() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[4, 4] = placeholder\n%b : f64[4, 4] = aten.exp.default(%a)\n"
        "%c : f64[4, 4] = aten.neg.default(%a)\nreturn (%b, %c)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{1});
    QCOMPARE(schedule.groups[0].buffers.size(), std::size_t{3});
  }

  void constantsAndMasksOfPositionsNeverReachMemory() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[2, 4, 4] = placeholder\n%o : b8[4, 4] = aten.ones.default([4, 4])\n"
        "%l : b8[4, 4] = aten.tril.default(%o)\n%n : b8[4, 4] = aten.bitwise_not.default(%l)\n"
        "%r : f32[2, 4, 4] = aten.masked_fill.Scalar(%a, %n, -1.0)\nreturn (%r)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{1});
    QCOMPARE(schedule.groups[0].buffers.size(), std::size_t{2});
    QCOMPARE(schedule.groups[0].nodes.size(), std::size_t{4});
    std::vector<Elements> inputs{Elements(32, 1.0)};
    const auto out = tests::runSchedule(schedule, inputs);
    QCOMPARE(out[0][0], 1.0);
    QCOMPARE(out[0][1], -1.0);
    QCOMPARE(out[0][4], 1.0);
  }

  void expensiveValuesAreNotRepeatedOverABroadcast() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[64, 16] = placeholder\n%w : f32[16] = placeholder\n"
        "%e : f32[16] = aten.exp.default(%w)\n%r : f32[64, 16] = aten.mul.Tensor(%a, %e)\n"
        "return (%r)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QVERIFY(hasRefusal(schedule, "e", "r", "repeated work"));
  }

  void kernelsStayBelowTheLimitOfOperations() {
    std::string text = "%v0 : f32[4] = placeholder\n";
    for (int i = 0; i < 200; ++i)
      text += "%v" + std::to_string(i + 1) + " : f32[4] = aten.sin.default(%v" + std::to_string(i) +
              ")\n";
    const auto schedule = tests::scheduleOf(text + "return (%v200)\n");
    QVERIFY(schedule.groups.size() >= 4);
    for (const FusionGroup& group : schedule.groups) {
      QVERIFY(group.nodes.size() <= 64);
      QVERIFY(group.nest.ops.size() <= 256);
    }
    const bool isRefusedForSize =
        std::any_of(schedule.refusals.begin(), schedule.refusals.end(),
                    [](const FusionRefusal& r) { return r.rule == "too many operations"; });
    QVERIFY(isRefusedForSize);
  }

  void everyEdgeBetweenStepsHasARefusal() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[4, 4] = placeholder\n%b : f64[4, 4] = aten.exp.default(%a)\n"
        "%m : f64[4, 4] = aten.mm.default(%b, %b)\n%c : f64[4] = aten.sum.dim_IntList(%m, [1])\n"
        "%d : f64[4] = aten.sum.dim_IntList(%m, [0])\nreturn (%c, %d)\n");
    QCOMPARE(schedule.refusals.size(), std::size_t{3});  // b-m, m-c, m-d
  }

  void theSameGraphGivesTheSameSchedule() {
    const auto first = tests::scheduleOf(kSoftmax);
    const auto second = tests::scheduleOf(kSoftmax);
    QCOMPARE(loopNestText(first.groups[0].nest), loopNestText(second.groups[0].nest));
  }

  void softmaxOverRowsHasTheRightValues() {
    const Elements x = tests::randomElements(32, 9, -5, 5);
    const auto out = tests::runText(kSoftmax, {x});
    Elements want(32);
    for (std::size_t row = 0; row < 4; ++row) {
      double sum = 0;
      for (std::size_t i = 0; i < 8; ++i) sum += std::exp(x[row * 8 + i]);
      for (std::size_t i = 0; i < 8; ++i) want[row * 8 + i] = std::exp(x[row * 8 + i]) / sum;
    }
    QVERIFY(tests::largestDifference(out[0], want) < 1e-12);
  }
};

QTEST_APPLESS_MAIN(TestFuse)
#include "tst_fuse.moc"
