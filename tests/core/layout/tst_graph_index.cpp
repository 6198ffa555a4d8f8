// The grid finds exactly what a look at every rectangle finds.

#include <QTest>
#include <random>

#include "core/layout/graph_index.h"

using core::layout::GraphIndex;
using core::layout::Rect;

class TestGraphIndex : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void findsWhatACompleteSearchFinds() {
    std::mt19937 random(7);
    const auto number = [&random](int below) { return static_cast<int>(random() % below); };
    std::vector<Rect> items;
    for (int i = 0; i < 500; ++i)
      items.push_back({number(9000), number(60000), 1 + number(400), 1 + number(3000)});
    const GraphIndex index({0, 0, 9400, 63000}, items);
    int found = 0;
    for (int i = 0; i < 200; ++i) {
      const Rect area{number(9500) - 50, number(63000) - 50, 1 + number(900), 1 + number(900)};
      std::vector<int> expected;
      for (int k = 0; k < 500; ++k)
        if (items[k].intersects(area)) expected.push_back(k);
      QCOMPARE(index.query(area), expected);
      found += static_cast<int>(expected.size());
    }
    QVERIFY(found > 100);
  }

  void straightLinesCanBeMet() {
    const GraphIndex index({0, 0, 100, 100}, {{50, 10, 0, 80}, {10, 50, 80, 0}});
    QCOMPARE(index.query({45, 40, 10, 5}), std::vector<int>{0});
    QCOMPARE(index.query({20, 45, 10, 10}), std::vector<int>{1});
    QCOMPARE(index.query({0, 0, 5, 5}), std::vector<int>{});
  }

  void anEmptyIndexFindsNothing() {
    QVERIFY(GraphIndex().query({0, 0, 10, 10}).empty());
    QVERIFY(GraphIndex({0, 0, 10, 10}, {}).query({0, 0, 10, 10}).empty());
  }

  void hugeDrawingsKeepTheGridSmall() {
    const GraphIndex index({0, 0, 2000000000, 2000000000}, {{1999999000, 1999999000, 10, 10}});
    QCOMPARE(index.query({1999999005, 1999999005, 1, 1}), std::vector<int>{0});
    QVERIFY(index.query({5, 5, 1, 1}).empty());
  }
};

QTEST_APPLESS_MAIN(TestGraphIndex)
#include "tst_graph_index.moc"
