// The profile of a step: pure parts on made-up slices.

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "core/run/profile.h"
#include "core/run/profile_gaps.h"
#include "core/run/profile_study.h"
#include "tests/support/graph_from_text.h"

using namespace core;

namespace {

run::StepProfile sampleStep() {
  run::StepProfile step;
  step.wallUs = 100;
  step.slices = {{"aten::mm", "", false, 0, 30, 0},
                 {"aten::relu", "", false, 30, 10, 1},
                 {"ReluBackward0", "", true, 50, 20, 1},
                 {"aten::mm", "", false, 75, 20, 7}};
  return step;
}

double totalOf(const run::StepProfile& step, const std::string& name) {
  for (const run::ProfileTotal& total : run::totalsByName(step))
    if (total.name == name) return total.us;
  return 0;
}

const char* const kJoint = R"(graph {
  %x : f32[2, 2] = placeholder
  %mm : f32[2, 2] = aten.mm.default(%x, %x)  # is_forward seq=0
  %view : f32[4] = aten.view.default(%mm, [4])  # is_forward seq=1
  %relu : f32[4] = aten.relu.default(%view)  # is_forward seq=1
  %threshold : f32[4] = aten.threshold_backward.default(%relu, %relu, 0)  # is_backward seq=1
  %back : f32[2, 2] = aten.view.default(%threshold, [2, 2])  # is_backward seq=1
  return (%relu, %back)
}
)";

}  // namespace

class TestProfile : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void slicesCoverAShareOfTheStep() {
    QCOMPARE(sampleStep().covered(), 0.8);
    QCOMPARE(run::StepProfile().covered(), 0.0);
  }

  void totalsAreByNameLongestFirst() {
    const auto totals = run::totalsByName(sampleStep());
    QCOMPARE(totals.size(), std::size_t{3});
    QCOMPARE(totals[0].name, "aten::mm");
    QCOMPARE(totals[0].count, 2);
    QCOMPARE(totals[0].us, 50.0);
    QCOMPARE(totals[2].name, "aten::relu");
  }

  void slicesAreLinkedBySequenceNumberAndName() {
    run::StepProfile step = sampleStep();
    run::linkToGraph(step, *support::graphFromText(kJoint));
    QCOMPARE(step.slices[0].node, "mm");
    QCOMPARE(step.slices[1].node, "relu");
    QCOMPARE(step.slices[2].node, "threshold");
    QCOMPARE(step.slices[3].node, "");
  }

  void gapsAreWhatNoSliceCoversLongestFirst() {
    const auto gaps = run::launchGaps(sampleStep());
    QCOMPARE(gaps.size(), std::size_t{3});
    QCOMPARE(gaps[0].us, 10.0);
    QCOMPARE(gaps[0].before, "aten::relu");
    QCOMPARE(gaps[0].after, "ReluBackward0");
    QCOMPARE(gaps[0].startUs, 40.0);
    QCOMPARE(gaps[1].us, 5.0);
    QCOMPARE(gaps[1].after, "aten::mm");
    QCOMPARE(gaps[2].startUs, 95.0);
    QCOMPARE(gaps[2].after, "");
    double sum = 0;
    for (const run::LaunchGap& gap : gaps) sum += gap.us;
    QCOMPARE(sum + 80, 100.0);
  }

  void aSliceInsideAnotherMakesNoGap() {
    run::StepProfile step;
    step.wallUs = 50;
    step.slices = {{"long", "", false, 0, 50, -1, {}}, {"short", "", false, 10, 5, -1, {}}};
    QVERIFY(run::launchGaps(step).empty());
  }

  void savingsAreByGroupAndLoseNoTime() {
    run::Profile profile;
    profile.eager = sampleStep();
    run::linkToGraph(profile.eager, *support::graphFromText(kJoint));
    profile.compiled.wallUs = 60;
    profile.compiled.slices = {{"aten.mm.default", "mm", false, 0, 28, -1, {}},
                               {"fused", "threshold", true, 30, 9, -1, {"relu", "threshold"}}};
    const auto groups = run::groupSavings(profile);
    QCOMPARE(groups.size(), std::size_t{3});
    QCOMPARE(groups[0].name, "fused");
    QCOMPARE(groups[0].nodes, 2);
    QCOMPARE(groups[0].savedUs(), 21.0);
    QCOMPARE(groups[1].name, "only in eager");
    QVERIFY(!groups[1].inBackward);
    QCOMPARE(groups[1].nodes, 0);
    QCOMPARE(groups[1].savedUs(), 20.0);
    QCOMPARE(groups[2].name, "aten.mm.default");
    double eager = 0;
    for (const run::GroupSaving& group : groups) eager += group.eagerUs;
    QCOMPARE(eager, 80.0);
  }

  void allTimeBetweenEagersOperatorsHasAName() {
    run::StepProfile step = sampleStep();
    run::nameGaps(step, {42, {}});
    QCOMPARE(step.covered(), 1.0);
    QCOMPARE(totalOf(step, "(dispatch)"), 2.0);
    QCOMPARE(totalOf(step, "(autograd engine)"), 18.0);
    QVERIFY(!run::launchGaps(step).empty());
    QCOMPARE(step.slices[2].name, "(dispatch)");
    QCOMPARE(step.slices[3].startUs, 42.0);
    QVERIFY(!step.slices[2].inBackward && step.slices[3].inBackward);
  }

  void theCompiledStepIsToldFromWhatIsAroundIt() {
    run::StepProfile step;
    step.wallUs = 100;
    step.slices = {{"fused_0", "a", false, 5, 10, -1, {}},
                   {"mm", "b", false, 16, 10, -1, {}},
                   {"fused_1", "c", true, 60, 20, -1, {}}};
    const std::vector<run::ProfileSlice> operators = {
        {"aten::detach", "", false, 1, 2, -1, {}},       // the wrapper's own
        {"aten::mm", "", false, 17, 8, -1, {}},          // called by the schedule
        {"aten::mean", "", false, 35, 5, -1, {}},        // the loss
        {"CompiledBackward", "", true, 55, 30, -1, {}},  // runs the backward schedule
        {"AccumulateGrad", "", true, 90, 4, -1, {}}};
    run::StepPhases phases{30, run::compiledCalls(step, operators, 30)};
    QCOMPARE(phases.compiledCalls.size(), std::size_t{2});
    QCOMPARE(phases.compiledCalls[1].kernels.begin, 60.0);
    run::addOperatorsAround(step, operators);
    QCOMPARE(step.slices.size(), std::size_t{6});
    run::nameGaps(step, phases);
    QCOMPARE(step.covered(), 1.0);
    QCOMPARE(totalOf(step, "(launch gap)"), 1.0);
    QCOMPARE(totalOf(step, "(runtime wrapper)"), 1 + 2 + 4 + 5 + 5.0);
    QCOMPARE(totalOf(step, "(dispatch)"), 5.0);
    QCOMPARE(totalOf(step, "(autograd engine)"), 15 + 5 + 6.0);
    QCOMPARE(totalOf(step, "aten::mm"), 0.0);
    double sum = 0;
    for (const run::ProfileTotal& total : run::totalsByName(step)) sum += total.us;
    QCOMPARE(sum, step.wallUs);
  }

  void savedTimeBetweenOperatorsIsAGroupOfItsOwn() {
    run::Profile profile;
    profile.eager = sampleStep();
    run::nameGaps(profile.eager, {42, {}});
    profile.compiled.wallUs = 10;
    profile.compiled.slices = {{"(launch gap)", "", false, 0, 10, -1, {}}};
    const auto groups = run::groupSavings(profile);
    const auto between = std::find_if(groups.begin(), groups.end(), [](const auto& group) {
      return group.name == "between operators";
    });
    QVERIFY(between != groups.end());
    QCOMPARE(between->savedUs(), 10.0);
  }

  void timeIsSummedUpTheModules() {
    run::StepProfile step;
    step.wallUs = 20;
    step.slices = {{"a", "mm", false, 0, 4, -1, {}},
                   {"b", "relu", false, 4, 3, -1, {}},
                   {"c", "", false, 7, 2, -1, {}}};
    const auto joint = support::graphFromText(R"(graph {
  %x : f32[2, 2] = placeholder
  %mm : f32[2, 2] = aten.mm.default(%x, %x)  # is_forward module="block.0.fc:Linear"
  %relu : f32[2, 2] = aten.relu.default(%mm)  # is_forward module="block.0:Block"
  return (%relu)
}
)");
    const run::ModuleTime whole = run::timeByModule(step, *joint);
    QCOMPARE(whole.us, 9.0);
    QCOMPARE(whole.ownSlices, std::vector<std::size_t>{2});
    QCOMPARE(whole.children.size(), std::size_t{1});
    QCOMPARE(whole.children[0].path, "block");
    const run::ModuleTime& inner = whole.children[0].children[0];
    QCOMPARE(inner.path, "block.0");
    QCOMPARE(inner.us, 7.0);
    QCOMPARE(inner.ownSlices, std::vector<std::size_t>{1});
    QCOMPARE(inner.children[0].path, "block.0.fc");
    QCOMPARE(inner.children[0].us, 4.0);
  }

  void theTraceHasAnEventForEachSlice() {
    run::Profile profile{sampleStep(), sampleStep()};
    profile.compiled.slices.resize(1);
    const auto document =
        QJsonDocument::fromJson(QByteArray::fromStdString(run::chromeTrace(profile)));
    int events = 0;
    for (const QJsonValue& event : document["traceEvents"].toArray()) {
      if (event["ph"].toString() != QStringLiteral("X")) continue;
      ++events;
      QVERIFY(event["dur"].toDouble() > 0);
      QVERIFY(event["pid"].toInt() == 1 || event["pid"].toInt() == 2);
    }
    QCOMPARE(events, 5);
  }
};

QTEST_GUILESS_MAIN(TestProfile)
#include "tst_profile.moc"
