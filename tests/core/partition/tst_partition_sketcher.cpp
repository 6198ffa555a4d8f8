// A sketch is the partition without what a preview does not show.

#include <QTest>

#include "core/partition/partition_sketcher.h"
#include "tests/core/partition/joint_from_text.h"
#include "tests/support/random_joint.h"
#include "tests/support/transformer_joint.h"

using namespace core;
using namespace core::partition;

namespace {

void compare(const Partition& sketch, const Partition& whole) {
  QCOMPARE(support::savedNames(sketch), support::savedNames(whole));
  QCOMPARE(support::savedSyms(sketch), support::savedSyms(whole));
  QCOMPARE(sketch.recomputed, whole.recomputed);
  QCOMPARE(sketch.savedBytesTotal, whole.savedBytesTotal);
  QCOMPARE(sketch.savedBytesNewStorage, whole.savedBytesNewStorage);
  QCOMPARE(sketch.donatedIndices, whole.donatedIndices);
  QCOMPARE(sketch.recomputeSeconds, whole.recomputeSeconds);
  QCOMPARE(sketch.peakBytes, whole.peakBytes);
}

}  // namespace

class TestPartitionSketcher : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void sketchesAreThePartitions() {
    for (unsigned seed = 0; seed < 40; ++seed) {
      const auto joint = std::make_shared<const ir::JointGraph>(support::randomJoint(seed));
      PartitionSketcher sketcher(joint);
      for (const double budget : {1.0, 0.5, 0.0}) {
        PartitionOptions options;
        options.budget = budget;
        const auto sketch = sketcher.sketch(options, {});
        QVERIFY(sketch);
        QVERIFY(!sketch->forward && sketch->decisions.empty());
        compare(*sketch, *support::minCut(*joint, options));
      }
    }
  }

  void otherPinsAreHeeded() {
    PartitionSketcher sketcher(std::make_shared<const ir::JointGraph>(support::mlp()));
    QVERIFY(sketcher.sketch({}, {}));
    PartitionOptions options;
    options.save = {"sin"};
    options.recompute = {"exp"};
    compare(*sketcher.sketch(options, {}), *support::minCut(support::mlp(), options));
    options.recompute = {"primals_1"};
    QCOMPARE(sketcher.sketch(options, {}).error().code, ErrorCode::PartitionInfeasible);
    compare(*sketcher.sketch({}, {}), *support::minCut(support::mlp()));
  }

  void aPointOfAKnownCurveIsSketchedAsWithoutIt() {
    const auto joint =
        std::make_shared<const ir::JointGraph>(support::transformerJoint({2, 2, 8, 16, 2}));
    PartitionOptions asked;
    asked.save = {"gelu"};
    const auto curve = std::make_shared<const ParetoCurve>(
        *paretoCurve(*joint, asked, StageContext(), PeakPlans::With));
    PartitionSketcher plain(joint), knowing(joint);
    knowing.useCurve(curve, asked);
    QVERIFY(curve->points.size() > 10);
    for (const ParetoPoint& point : curve->points) {
      PartitionOptions options = asked;
      if (point.budget)
        options.budget = *point.budget;
      else
        options.peakLimit = point.figures.peakBytes;
      compare(*knowing.sketch(options, {}), *plain.sketch(options, {}));
    }
  }

  void aCurveUnderOtherPinsIsNotUsed() {
    const auto joint =
        std::make_shared<const ir::JointGraph>(support::transformerJoint({2, 2, 8, 16, 2}));
    const auto curve =
        std::make_shared<const ParetoCurve>(*paretoCurve(*joint, {}, StageContext()));
    PartitionSketcher knowing(joint);
    knowing.useCurve(curve, {});
    PartitionOptions options;
    options.budget = *curve->points.front().budget;
    options.save = {"gelu"};
    compare(*knowing.sketch(options, {}), *support::minCut(*joint, options));
    options.save.clear();
    options.moduleBudgets = {{"", 0.7}};
    compare(*knowing.sketch(options, {}), *support::minCut(*joint, options));
  }

  void peakLimitsAndTheDefaultAreSketchedToo() {
    const auto joint =
        std::make_shared<const ir::JointGraph>(support::transformerJoint({2, 2, 8, 16, 2}));
    PartitionSketcher sketcher(joint);
    PartitionOptions options;
    options.peakLimit = support::minCut(*joint)->peakBytes;
    compare(*sketcher.sketch(options, {}), *support::minCut(*joint, options));
    options = {};
    options.partitioner = PartitionerKind::Default;
    compare(*sketcher.sketch(options, {}), *support::byPlacement(*joint));
  }
};

QTEST_APPLESS_MAIN(TestPartitionSketcher)
#include "tst_partition_sketcher.moc"
