// The profile of a step: pure parts on made-up slices.

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "core/run/profile.h"
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
