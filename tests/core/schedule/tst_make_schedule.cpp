// The order of steps, extern calls, copies into inputs, and the schedule without kernels.

#include <QTest>

#include "core/schedule/make_schedule.h"
#include "tests/support/graph_from_text.h"
#include "tests/support/run_schedule.h"

using namespace core::schedule;
using tests::Elements;

namespace {

const char* const kTopk =
    "%a : f32[4, 8] = placeholder\n%b : f32[4, 8] = aten.exp.default(%a)\n"
    "%k : (f32[4, 2], i64[4, 2]) = aten.topk.default(%b, 2)\n%i : i64[4, 2] = getitem(%k, 1)\n"
    "%g : f32[4, 2] = aten.gather.default(%a, 1, %i)\nreturn (%g)\n";

}  // namespace

class TestMakeSchedule : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void unusedResultsOfAnExternCallHaveNoBuffer() {
    const auto schedule = tests::scheduleOf(kTopk);
    QCOMPARE(schedule.steps.size(), std::size_t{3});
    const auto& call = std::get<ExternStep>(schedule.steps[1]);
    QCOMPARE(call.results.size(), std::size_t{2});
    QVERIFY(!call.results[0].has_value());
    QVERIFY(call.results[1].has_value());
    const Buffer& buffer = schedule.buffers[static_cast<std::size_t>(*call.results[1])];
    QVERIFY(buffer.kind == BufferKind::External);
    QCOMPARE(buffer.name, std::string("i"));
    QVERIFY(!call.reason.empty());
  }

  /// The kernel of sin and cos could wait for the second draw, whose input is there already.
  void randomNumbersAreDrawnInTheOrderOfTheGraph() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[4, 8] = placeholder\n%b : f32[4, 8] = placeholder\n"
        "%sin : f32[4, 8] = aten.sin.default(%a)\n"
        "%d : (f32[4, 8], b8[4, 8]) = aten.native_dropout.default(%sin, 0.5, True)\n"
        "%x : f32[4, 8] = getitem(%d, 0)\n"
        "%e : (f32[4, 8], b8[4, 8]) = aten.native_dropout.default(%b, 0.5, True)\n"
        "%y : f32[4, 8] = getitem(%e, 0)\n"
        "%cos : f32[4, 8] = aten.cos.default(%a)\nreturn (%x, %y, %cos)\n");
    std::vector<std::string> draws;
    for (const auto& step : schedule.steps)
      if (const auto* call = std::get_if<ExternStep>(&step))
        draws.push_back(schedule.graph->node(call->node).name);
    QCOMPARE(draws, (std::vector<std::string>{"d", "e"}));
    QCOMPARE(schedule.groups.size(), std::size_t{1});
  }

  void deadNodesAreNotScheduled() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[4] = placeholder\n%b : f32[4] = aten.exp.default(%a)\n"
        "%m : f32[4] = aten.erfinv.default(%a)\n%c : f32[4] = aten.neg.default(%a)\nreturn (%c)\n");
    QCOMPARE(schedule.steps.size(), std::size_t{1});
    QVERIFY(!schedule.places[schedule.graph->find("b")->index].has_value());
  }

  void anInputIsOverwrittenAfterItsLastRead() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[4] = placeholder\n%b : f64[4] = aten.add.Tensor(%a, 1)\n"
        "%c : f64[4] = aten.mul.Tensor(%a, %b)\n"
        "%w : f64[4] = aten.copy_.default(%a, %b)\nreturn (%c)\n");
    QVERIFY(std::holds_alternative<CopyStep>(schedule.steps.back()));
    std::vector<Elements> inputs{{1, 2, 3, 4}};
    const auto out = tests::runSchedule(schedule, inputs);
    QCOMPARE(out[0], (Elements{2, 6, 12, 20}));
    QCOMPARE(inputs[0], (Elements{2, 3, 4, 5}));
  }

  void aLaterReaderSeesTheOverwrittenInput() {
    std::vector<Elements> inputs{{1, 2}};
    const auto out = tests::runSchedule(
        tests::scheduleOf("%a : f64[2] = placeholder\n%b : f64[2] = aten.add.Tensor(%a, 1)\n"
                          "%w : f64[2] = aten.copy_.default(%a, %b)\n"
                          "%c : f64[2] = aten.mul.Tensor(%a, 10)\nreturn (%c)\n"),
        inputs);
    QCOMPARE(out[0], (Elements{20, 30}));
  }

  void symbolicScalarsAreTheirHints() {
    std::vector<Elements> inputs{{3, 6, 9}};
    const auto schedule = tests::scheduleOf(
        "%a : f64[s0=3] = placeholder\n%n : sym[s0=3] = aten.sym_size.int(%a, 0)\n"
        "%r : f64[s0=3] = aten.div.Tensor(%a, %n)\nreturn (%r, %n)\n");
    QCOMPARE(schedule.steps.size(), std::size_t{1});
    const auto run = tests::runSchedule(
        tests::scheduleOf("%a : f64[s0=3] = placeholder\n"
                          "%n : sym[s0=3] = aten.sym_size.int(%a, 0)\n"
                          "%r : f64[s0=3] = aten.div.Tensor(%a, %n)\nreturn (%r)\n"),
        inputs);
    QCOMPARE(run[0], (Elements{1, 2, 3}));
  }

  void aReductionOfConstantsIsComputed() {
    const std::vector<std::string> sums{
        "%s : f32[4] = aten.sum.dim_IntList(%f, [1])\n",  // over rows
        "%s : f32[4] = aten.sum.dim_IntList(%g, [1])\n",  // over a dimension of size 1
        "%s : f32[] = aten.sum.default(%f)\n"};           // over all
    const std::vector<double> expected{6, 2, 24};
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const std::string text =
          "%a : f32[4] = placeholder\n%f : f32[4, 3] = aten.full.default([4, 3], 2.0)\n"
          "%g : f32[4, 1] = aten.full.default([4, 1], 2.0)\n" +
          sums[i] + "%m : f32[4] = aten.mul.Tensor(%a, %s)\nreturn (%m)\n";
      const auto out = tests::runText(text, {{1, 2, 3, 4}});
      const double e = expected[i];
      QCOMPARE(out[0], (Elements{e, 2 * e, 3 * e, 4 * e}));
    }
  }

  void anInputThatIsReturnedStaysAnInput() {
    const auto schedule = tests::scheduleOf("%a : f64[2] = placeholder\nreturn (%a, None)\n");
    QVERIFY(schedule.steps.empty());
    QVERIFY(schedule.buffers[0].kind == BufferKind::GraphInput);
  }

  void kernelNamesAreUniqueIdentifiers() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[2, 2] = placeholder\n%b : f32[2, 2] = aten.exp.default(%a)\n"
        "%m : f32[2, 2] = aten.mm.default(%b, %b)\n%c : f32[2, 2] = aten.exp.default(%m)\n"
        "return (%c)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{2});
    QCOMPARE(schedule.groups[0].nest.name, std::string("fused_exp"));
    QCOMPARE(schedule.groups[1].nest.name, std::string("fused_exp_1"));
  }

  void everyOperatorCanBeAnExternCall() {
    const Schedule schedule = makeExternSchedule(support::graphFromText(kTopk));
    QVERIFY(schedule.groups.empty());
    QCOMPARE(schedule.steps.size(), std::size_t{3});
    for (const Step& step : schedule.steps) QVERIFY(std::holds_alternative<ExternStep>(step));
    const auto place = schedule.places[schedule.graph->find("i")->index];
    QVERIFY(place.has_value());
    QCOMPARE(schedule.buffers[static_cast<std::size_t>(place->buffer)].lastStep, 2);
    const auto result = schedule.places[schedule.graph->find("g")->index];
    QVERIFY(schedule.buffers[static_cast<std::size_t>(result->buffer)].kind ==
            BufferKind::GraphOutput);
  }

  void copiesIntoInputsAreCopyStepsWithoutKernelsToo() {
    const Schedule schedule = makeExternSchedule(
        support::graphFromText("%a : f64[2] = placeholder\n%b : f64[2] = aten.neg.default(%a)\n"
                               "%w : f64[2] = aten.copy_.default(%a, %b)\nreturn ()\n"));
    QCOMPARE(schedule.steps.size(), std::size_t{2});
    const auto& copy = std::get<CopyStep>(schedule.steps[1]);
    QVERIFY(schedule.buffers[static_cast<std::size_t>(copy.destination.buffer)].kind ==
            BufferKind::GraphInput);
  }

  void aRequestToStopEndsTheWork() {
    std::stop_source source;
    source.request_stop();
    core::StageContext context;
    context.stop = source.get_token();
    const auto schedule = makeSchedule(support::graphFromText(kTopk), context);
    QVERIFY(!schedule.has_value());
    QCOMPARE(schedule.error().code, core::ErrorCode::Cancelled);
  }
};

QTEST_APPLESS_MAIN(TestMakeSchedule)
#include "tst_make_schedule.moc"
