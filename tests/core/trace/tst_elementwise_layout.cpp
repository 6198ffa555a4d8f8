#include "core/trace/elementwise_layout.h"

#include <QTest>

using core::trace::elementwiseStrides;
using core::trace::expandedStrides;
using core::trace::Extents;

class TestElementwiseLayout : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void denseOperandsKeepTheirOrder() {
    QCOMPARE(elementwiseStrides({2, 3, 4}, {{12, 4, 1}}), (Extents{12, 4, 1}));
    QCOMPARE(elementwiseStrides({2, 3, 4, 5}, {{60, 1, 15, 3}}), (Extents{60, 1, 15, 3}));
    QCOMPARE(elementwiseStrides({2, 3}, {{1, 2}}), (Extents{1, 2}));
  }

  void gapsAreClosed() {
    QCOMPARE(elementwiseStrides({2, 3}, {{10, 2}}), (Extents{3, 1}));
    QCOMPARE(elementwiseStrides({5}, {{7}}), (Extents{1}));
  }

  void aContiguousOperandStaysSoWhateverItsDimensionsOfOne() {
    QCOMPARE(elementwiseStrides({2, 1, 8}, {{8, 1, 1}}), (Extents{8, 8, 1}));
  }

  void contiguousAndChannelsLastAtOnceIsSortedByStrides() {
    QCOMPARE(elementwiseStrides({2, 64, 1, 1}, {{64, 1, 64, 64}}), (Extents{64, 1, 64, 64}));
    QCOMPARE(elementwiseStrides({2, 64, 1, 1}, {{64, 1, 1, 1}}), (Extents{64, 1, 1, 1}));
  }

  void anOperandThatCannotTellLeavesItToTheNext() {
    const Extents last{64, 1, 64, 64};
    const Extents first{64, 1, 1, 1};
    QCOMPARE(elementwiseStrides({2, 64, 1, 1}, {last, first}), last);
    QCOMPARE(elementwiseStrides({2, 64, 1, 1}, {first, last}), last);
  }

  void aRepeatedOperandMakesTheLayoutAQuestionOfStrides() {
    QCOMPARE(elementwiseStrides({2, 1, 32}, {{32, 1, 1}, {1, 1, 0}}), (Extents{32, 1, 1}));
  }

  void noOperandsOrNoElementsAreContiguous() {
    QCOMPARE(elementwiseStrides({2, 3}, {}), (Extents{3, 1}));
    QCOMPARE(elementwiseStrides({}, {}), Extents{});
    QCOMPARE(elementwiseStrides({0, 3}, {{3, 1}}), (Extents{3, 1}));
  }

  void expandingRepeatsWithStrideZero() {
    QCOMPARE(expandedStrides({3}, {1}, {2, 3}), (Extents{0, 1}));
    QCOMPARE(expandedStrides({2, 1}, {5, 7}, {2, 3}), (Extents{5, 0}));
    QCOMPARE(expandedStrides({3}, {2}, {1, 3}), (Extents{6, 2}));
    QCOMPARE(expandedStrides({}, {}, {1, 2}), (Extents{1, 0}));
  }
};

QTEST_APPLESS_MAIN(TestElementwiseLayout)
#include "tst_elementwise_layout.moc"
