// Measured times and errors of nodes, as the graphs paint them.

#include <QTest>
#include <numeric>

#include "tests/support/sample_record.h"
#include "views/pages/measured_figures.h"

using namespace views;
using namespace views::pages;

namespace {

Snapshot sampleSnapshot() {
  Snapshot snapshot;
  snapshot.index = std::make_shared<const models::RecordIndex>(
      support::sampleRecord(support::Filled::Partition));
  return snapshot;
}

double totalOf(const std::unordered_map<std::string, double>& figures) {
  return std::accumulate(figures.begin(), figures.end(), 0.0,
                         [](double sum, const auto& it) { return sum + it.second; });
}

}  // namespace

class TstMeasuredFigures : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void withoutAProfileThereAreNoTimes() {
    const auto measured = measuredFigures(sampleSnapshot());
    QVERIFY(measured);
    QVERIFY(measured->eagerSeconds.forward.empty() && measured->compiledSeconds.backward.empty());
    QVERIFY(!measuredFigures(Snapshot()));
  }

  void everyTimeWithANodeIsSharedOutOnce() {
    Snapshot snapshot = sampleSnapshot();
    snapshot.profile = std::make_shared<const core::run::Profile>(support::sampleProfile());
    const auto measured = measuredFigures(snapshot);
    double eager = 0, compiled = 0;
    for (const auto& slice : snapshot.profile->eager.slices)
      if (!slice.node.empty()) eager += slice.durationUs / 1e6;
    for (const auto& slice : snapshot.profile->compiled.slices)
      if (!slice.node.empty()) compiled += slice.durationUs / 1e6;
    const auto both = [](const graph::NodeFigures& figures) {
      return totalOf(figures.forward) + totalOf(figures.backward);
    };
    QVERIFY(eager > 0 && compiled > 0);
    QVERIFY(std::abs(both(measured->eagerSeconds) - eager) < 1e-12);
    QVERIFY(std::abs(both(measured->compiledSeconds) - compiled) < 1e-12);
    QCOMPARE(measuredFigures(snapshot), measured);
    snapshot.profileStale = true;
    QVERIFY(measuredFigures(snapshot)->isTimeStale);
  }

  void aSearchTellsTheErrorOfEveryValue() {
    Snapshot snapshot = sampleSnapshot();
    auto search = std::make_shared<core::run::StepSearch>();
    search->compared = {{"mm", false, true, 1e-6, 2e-6}, {"mm_1", true, false, 1e-3, 3e-3}};
    snapshot.search = search;
    const auto measured = measuredFigures(snapshot);
    QCOMPARE(measured->errors.forward.at("mm"), 2e-6);
    QCOMPARE(measured->errors.backward.at("mm_1"), 3e-3);
    QCOMPARE(measured->errors.forward.count("mm_1"), std::size_t(0));
  }
};

QTEST_GUILESS_MAIN(TstMeasuredFigures)
#include "tst_measured_figures.moc"
