// Where values of half precision are rounded inside of a kernel.

#include "core/schedule/keep_single.h"

#include <QTest>
#include <algorithm>

#include "core/schedule/make_schedule.h"
#include "tests/support/graph_from_text.h"
#include "tests/support/run_schedule.h"

using namespace core::schedule;
using tests::Elements;

namespace {

/// 1 + 2^-9 lies between two bf16 numbers, 2^-9 does not.
constexpr double kSmall = 1.0 / 512;

const char* const kAddAndTakeAway =
    "%a : bf16[1] = placeholder\n%b : bf16[1] = placeholder\n"
    "%s : bf16[1] = aten.add.Tensor(%a, %b)\n%d : bf16[1] = aten.sub.Tensor(%s, %a)\n"
    "return (%d)\n";

Schedule scheduleOf(const char* text, bool roundsLikeEager) {
  FusionOptions options;
  options.roundsLikeEager = roundsLikeEager;
  return makeSchedule(support::graphFromText(text), {}, options).value();
}

double onlyElement(const Schedule& schedule, std::vector<Elements> inputs) {
  return tests::runSchedule(schedule, inputs)[0][0];
}

std::ptrdiff_t castsToHalf(const Schedule& schedule) {
  const std::vector<LoopOp>& ops = schedule.groups[0].nest.ops;
  return std::count_if(ops.begin(), ops.end(), [](const LoopOp& op) {
    return op.kind == LoopOpKind::Compute && op.fn == ScalarFn::Cast &&
           (op.dtype == core::ir::DType::BF16 || op.dtype == core::ir::DType::F16);
  });
}

}  // namespace

class TestKeepSingle : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aChainIsRoundedOnlyWhereItIsStored() {
    const Schedule schedule = scheduleOf(kAddAndTakeAway, false);
    QCOMPARE(castsToHalf(schedule), std::ptrdiff_t{0});
    QCOMPARE(onlyElement(schedule, {{1}, {kSmall}}), kSmall);
  }

  void onRequestEveryOperatorRounds() {
    const Schedule schedule = scheduleOf(kAddAndTakeAway, true);
    QCOMPARE(castsToHalf(schedule), std::ptrdiff_t{2});
    QCOMPARE(onlyElement(schedule, {{1}, {kSmall}}), 0.0);
  }

  void conversionsOfTheGraphAreNoExceptions() {
    const Schedule schedule = scheduleOf(
        "%a : f32[1] = placeholder\n%h : f16[1] = aten._to_copy.default(%a)\n"
        "%b : bf16[1] = aten._to_copy.default(%h)\n"
        "%s : f32[1] = aten._to_copy.default(%b)\n"
        "%d : f32[1] = aten.sub.Tensor(%s, 1)\nreturn (%d)\n",
        false);
    QCOMPARE(castsToHalf(schedule), std::ptrdiff_t{0});
    QCOMPARE(onlyElement(schedule, {{1 + kSmall}}), kSmall);
  }

  void aComparisonSeesWhatAnotherKernelWouldLoad() {
    const char* const text =
        "%a : bf16[1] = placeholder\n%b : bf16[1] = placeholder\n"
        "%s : bf16[1] = aten.add.Tensor(%a, %b)\n%e : b8[1] = aten.eq.Tensor(%s, %a)\n"
        "%w : bf16[1] = aten.where.self(%e, %a, %s)\n%d : bf16[1] = aten.sub.Tensor(%w, %a)\n"
        "%r : bf16[1] = aten.add.Tensor(%d, %b)\nreturn (%r)\n";
    QCOMPARE(onlyElement(scheduleOf(text, false), {{1}, {kSmall}}), kSmall);
  }

  void anOrderRelationWithZeroNeedsNoRounding() {
    const Schedule schedule = scheduleOf(
        "%a : bf16[1] = placeholder\n%s : bf16[1] = aten.mul.Tensor(%a, %a)\n"
        "%e : b8[1] = aten.gt.Scalar(%s, 0)\nreturn (%e)\n",
        false);
    QCOMPARE(castsToHalf(schedule), std::ptrdiff_t{0});
    QCOMPARE(onlyElement(schedule, {{3}}), 1.0);
  }

  void aValueThatBecomesAnIntegerIsRoundedBefore() {
    const char* const text =
        "%a : bf16[1] = placeholder\n%s : bf16[1] = aten.sub.Tensor(%a, 0.001)\n"
        "%i : i64[1] = aten._to_copy.default(%s)\nreturn (%i)\n";
    QCOMPARE(onlyElement(scheduleOf(text, false), {{2}}), 2.0);
  }

  void infinityIsFoundAsEagerFindsIt() {
    const char* const text =
        "%a : f16[1] = placeholder\n%s : f16[1] = aten.mul.Tensor(%a, %a)\n"
        "%i : b8[1] = aten.isinf.default(%s)\nreturn (%i)\n";
    QCOMPARE(onlyElement(scheduleOf(text, false), {{300}}), 1.0);
  }
};

QTEST_APPLESS_MAIN(TestKeepSingle)
#include "tst_keep_single.moc"
