#include <QTest>

#include "core/schedule/loop_index.h"

using namespace core::schedule;

class TestLoopIndex : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aDimensionOfSizeOneHasNoAxis() {
    AxisSpace space;
    QVERIFY(space.wholeDim(1).terms.empty());
    QCOMPARE(space.wholeDim(5).terms.size(), std::size_t{1});
  }

  void cuttingSplitsTheAxisThatStraddlesTheBoundary() {
    AxisSpace space;
    std::vector<int> axes{space.add(6), space.add(4)};
    const auto position = space.cut(axes, 8);
    QCOMPARE(position, std::optional<std::size_t>(1));
    QCOMPARE(axes.size(), std::size_t{3});
    QCOMPARE(space.size(axes[0]), std::int64_t{3});
    QCOMPARE(space.size(axes[1]), std::int64_t{2});
    QCOMPARE(space.size(axes[2]), std::int64_t{4});
  }

  void cuttingFailsWhereNoAxisCanBeSplit() {
    AxisSpace space;
    std::vector<int> axes{space.add(3), space.add(5)};
    QVERIFY(!space.cut(axes, 3));
  }

  void anIndexFollowsTheAxesThatReplaceItsOwn() {
    AxisSpace space;
    const DimIndex whole = space.wholeDim(12);
    std::vector<int> axes{whole.terms[0].axis};
    QVERIFY(space.cut(axes, 4));
    const DimIndex now = space.resolved(whole);
    QCOMPARE(now.terms.size(), std::size_t{2});
    QCOMPARE(now.terms[0].stride, std::int64_t{4});
    QCOMPARE(space.size(now.terms[0].axis), std::int64_t{3});
    QCOMPARE(now.terms[1].stride, std::int64_t{1});
    QVERIFY(space.axesOfWholeDim(whole, 12));
  }

  void unitingFindsTheCommonRefinement() {
    AxisSpace space;
    const std::vector<int> a{space.add(2), space.add(6)};
    const std::vector<int> b{space.add(4), space.add(3)};
    QVERIFY(space.unite(a, b));
    const DimIndex whole = space.resolved(dimOver(space, a));
    QCOMPARE(whole, space.resolved(dimOver(space, b)));
    QCOMPARE(whole.terms.size(), std::size_t{3});  // 2, 2, 3
  }

  void unitingFailsWithoutACommonRefinement() {
    AxisSpace space;
    QVERIFY(!space.unite({space.add(2), space.add(3)}, {space.add(3), space.add(2)}));
    QVERIFY(!space.unite({space.add(4)}, {space.add(8)}));
  }

  void onlyAnIndexInOrderFromZeroIsAWholeDimension() {
    AxisSpace space;
    DimIndex index = space.wholeDim(8);
    QVERIFY(space.axesOfWholeDim(index, 8));
    QVERIFY(!space.axesOfWholeDim(index, 16));
    index.offset = 1;
    QVERIFY(!space.axesOfWholeDim(index, 8));
    index.offset = 0;
    index.terms[0].stride = 2;
    QVERIFY(!space.axesOfWholeDim(index, 8));
  }

  void appendedAxesKeepTheirSplits() {
    AxisSpace inner;
    const DimIndex whole = inner.wholeDim(6);
    std::vector<int> axes{whole.terms[0].axis};
    QVERIFY(inner.cut(axes, 2));
    AxisSpace outer;
    outer.add(7);
    const int by = outer.append(inner);
    QCOMPARE(by, 1);
    const LoopIndex index = outer.resolved(shifted({whole}, by));
    QCOMPARE(index[0].terms.size(), std::size_t{2});
    QCOMPARE(outer.size(index[0].terms[0].axis), std::int64_t{3});
  }
};

QTEST_APPLESS_MAIN(TestLoopIndex)
#include "tst_loop_index.moc"
