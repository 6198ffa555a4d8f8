#include <QTest>

#include "core/trace/view_layout.h"

using core::trace::pythonViewStrides;
using Numbers = std::vector<std::int64_t>;

class TestViewLayout : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aDimensionOfOneKeepsItsStride() {
    QVERIFY(pythonViewStrides({2, 2, 1, 8}, {16, 8, 16, 1}, {4, 1, 8}) == (Numbers{8, 16, 1}));
    QVERIFY(pythonViewStrides({2, 1, 4, 8}, {32, 8, 8, 1}, {2, 1, 32}) == (Numbers{32, 8, 1}));
    QVERIFY(pythonViewStrides({1, 16, 32}, {544, 32, 1}, {1, 4, 4, 32}) ==
            (Numbers{544, 128, 32, 1}));
  }

  void dimensionsAreSplitAndMerged() {
    QVERIFY(pythonViewStrides({6, 4}, {4, 1}, {2, 3, 4}) == (Numbers{12, 4, 1}));
    QVERIFY(pythonViewStrides({2, 3, 4}, {12, 4, 1}, {2, 12}) == (Numbers{12, 1}));
    QVERIFY(pythonViewStrides({2, 3}, {3, 1}, {2, 3, 1}) == (Numbers{3, 1, 1}));
    QVERIFY(pythonViewStrides({1, 5}, {7, 1}, {5}) == (Numbers{1}));
  }

  void someViewsAreNotPossible() { QVERIFY(!pythonViewStrides({2, 3}, {1, 2}, {6})); }

  void emptyTensorsAndNumbersAreContiguous() {
    QVERIFY(pythonViewStrides({0, 3}, {9, 1}, {3, 0}) == (Numbers{1, 1}));
    QVERIFY(pythonViewStrides({}, {}, {1, 1}) == (Numbers{1, 1}));
  }
};

QTEST_APPLESS_MAIN(TestViewLayout)
#include "tst_view_layout.moc"
