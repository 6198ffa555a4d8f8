#include <QTest>

#include "core/partition/pareto_curve.h"
#include "core/partition/partition_joint.h"
#include "tests/core/partition/joint_from_text.h"
#include "tests/support/random_joint.h"
#include "tests/support/transformer_joint.h"

using namespace core;
using namespace core::partition;

namespace {

ir::JointGraph transformer() {
  return support::transformerJoint({4, 2, 32, 32, 2});
}

ParetoCurve curveOf(const ir::JointGraph& joint, const PartitionOptions& options = {},
                    PeakPlans plans = PeakPlans::With) {
  auto curve = paretoCurve(joint, options, StageContext(), plans);
  CORE_CHECK(curve.has_value(), curve ? std::string() : curve.error().message);
  return std::move(*curve);
}

Partition partitionOf(const ir::JointGraph& joint, const PartitionOptions& options) {
  auto parts = partition::partition(joint, options, StageContext());
  CORE_CHECK(parts.has_value(), parts ? std::string() : parts.error().message);
  return std::move(*parts);
}

bool agree(const PlanFigures& figures, const Partition& parts) {
  return figures.savedBytes == parts.savedBytesTotal &&
         figures.newStorageBytes == parts.savedBytesNewStorage &&
         figures.peakBytes == parts.peakBytes &&
         figures.recomputedCalls == static_cast<int>(parts.recomputed.size()) &&
         figures.savedTensors == static_cast<int>(parts.savedTensors.size()) &&
         std::abs(figures.recomputeSeconds - parts.recomputeSeconds) < 1e-12;
}

}  // namespace

class TestParetoCurve : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyPointIsThePartitionAtItsBudget() {
    const ir::JointGraph joint = transformer();
    const ParetoCurve curve = curveOf(joint, {}, PeakPlans::Without);
    QVERIFY(curve.points.size() > 10);
    for (const ParetoPoint& point : curve.points) {
      QVERIFY(point.budget.has_value());
      PartitionOptions options;
      options.budget = *point.budget;
      QVERIFY2(agree(point.figures, partitionOf(joint, options)),
               qPrintable(QString::number(*point.budget)));
    }
  }

  void noBudgetIsMissed() {
    const ir::JointGraph joint = transformer();
    const ParetoCurve curve = curveOf(joint, {}, PeakPlans::Without);
    for (int percent = 0; percent <= 100; ++percent) {
      PartitionOptions options;
      options.budget = percent / 100.0;
      const Partition parts = partitionOf(joint, options);
      const bool known =
          std::any_of(curve.points.begin(), curve.points.end(),
                      [&](const ParetoPoint& point) { return agree(point.figures, parts); });
      QVERIFY2(known, qPrintable(QString::number(percent)));
    }
  }

  void presentAndPyTorchsPointsAreMarked() {
    const ir::JointGraph joint = transformer();
    PartitionOptions options;
    options.budget = 0.4;
    const ParetoCurve curve = curveOf(joint, options);
    QVERIFY(agree(curve.present, partitionOf(joint, options)));
    PartitionOptions placement;
    placement.partitioner = PartitionerKind::Default;
    QVERIFY(agree(curve.pytorchDefault, partitionOf(joint, placement)));
    QVERIFY(agree(curve.pytorchMinCut, partitionOf(joint, {})));
    QCOMPARE(curve.timeModel, CostModelKind::Roofline);
  }

  void aPeakLimitIsKeptAndIsNeverWorseThanABudget() {
    for (const ir::JointGraph& joint : {transformer(), support::randomJoint(3)}) {
      for (double budget : {0.0, 0.1, 0.3, 0.5, 0.8, 1.0}) {
        PartitionOptions theirs;
        theirs.budget = budget;
        const Partition stock = partitionOf(joint, theirs);
        PartitionOptions ours;
        ours.peakLimit = stock.peakBytes;
        const Partition searched = partitionOf(joint, ours);
        QVERIFY(searched.peakBytes <= stock.peakBytes);
        QVERIFY(searched.recomputeSeconds <= stock.recomputeSeconds);
      }
    }
  }

  void aLowerPeakLimitNeverTakesLessTime() {
    const ir::JointGraph joint = transformer();
    double before = -1;
    const std::int64_t highest = partitionOf(joint, {}).peakBytes;
    for (int percent = 100; percent >= 10; percent -= 5) {
      PartitionOptions options;
      options.peakLimit = highest * percent / 100;
      const auto parts = partition::partition(joint, options, StageContext());
      if (!parts) {
        QCOMPARE(parts.error().code, ErrorCode::PartitionInfeasible);
        QVERIFY(percent < 90);
        break;
      }
      QVERIFY(parts->recomputeSeconds >= before);
      before = parts->recomputeSeconds;
    }
    QVERIFY(before > 0);
  }

  void aPointOfTheSearchIsReachedByItsPeak() {
    const ir::JointGraph joint = transformer();
    int reached = 0;
    for (const ParetoPoint& point : curveOf(joint).points) {
      if (point.budget || !point.onPeakFront) continue;
      PartitionOptions options;
      options.peakLimit = point.figures.peakBytes;
      QVERIFY(agree(point.figures, partitionOf(joint, options)));
      ++reached;
    }
    QVERIFY(reached > 0);
  }

  void theSearchBeatsTheBudgetOnADeepModel() {
    const ParetoCurve curve = curveOf(support::transformerJoint({12, 2, 64, 64, 2}));
    double most = 0;
    for (const ParetoPoint& stock : curve.points) {
      if (!stock.budget) continue;
      for (const ParetoPoint& point : curve.points)
        if (point.figures.recomputeSeconds <= stock.figures.recomputeSeconds)
          most = std::max(most, 1 - static_cast<double>(point.figures.peakBytes) /
                                        static_cast<double>(stock.figures.peakBytes));
    }
    QVERIFY2(most >= 0.2, qPrintable(QString::number(most)));
  }

  void anUnreachableLimitSaysWhatIsReachable() {
    PartitionOptions options;
    options.peakLimit = 1;
    const auto parts = partition::partition(transformer(), options, StageContext());
    QVERIFY(!parts);
    QCOMPARE(parts.error().code, ErrorCode::PartitionInfeasible);
    QVERIFY(parts.error().message.find("smallest one found needs") != std::string::npos);
    options.peakLimit = -5;
    QCOMPARE(partition::partition(transformer(), options, StageContext()).error().code,
             ErrorCode::InvalidArgument);
  }

  void pinsHoldOnTheWholeCurve() {
    const ir::JointGraph joint = transformer();
    PartitionOptions options;
    options.save = {"gelu"};
    const ParetoCurve free = curveOf(joint), pinned = curveOf(joint, options);
    const auto fewest = [](const ParetoCurve& curve) {
      return curve.points.front().figures.newStorageBytes;
    };
    QVERIFY(fewest(pinned) > fewest(free));
    QCOMPARE(pinned.pytorchMinCut, free.pytorchMinCut);
  }

  void anInferenceGraphHasNoPoints() {
    const ParetoCurve curve = curveOf(support::jointFromText(R"(graph {
      %arg0_1 : f32[8] = placeholder
      %sin : f32[8] = aten.sin.default(%arg0_1)
      return (%sin)
    })"));
    QVERIFY(curve.points.empty());
  }
};

QTEST_APPLESS_MAIN(TestParetoCurve)
#include "tst_pareto_curve.moc"
