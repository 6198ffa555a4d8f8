#include <QTest>
#include <set>

#include "core/trace/input_overlap.h"

using core::trace::mayOverlap;
using core::trace::StridedView;

namespace {

/// Every element that the view touches.
std::set<std::int64_t> elements(const StridedView& view) {
  std::set<std::int64_t> places{view.offset};
  for (std::size_t d = 0; d < view.sizes.size(); ++d) {
    std::set<std::int64_t> moved;
    for (const std::int64_t place : places)
      for (std::int64_t i = 0; i < view.sizes[d]; ++i) moved.insert(place + i * view.strides[d]);
    places = std::move(moved);
  }
  return places;
}

bool reallyOverlap(const StridedView& a, const StridedView& b) {
  const std::set<std::int64_t> left = elements(a);
  for (const std::int64_t place : elements(b))
    if (left.contains(place)) return true;
  return false;
}

}  // namespace

class TestInputOverlap : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void neighboursDoNotOverlap() {
    QVERIFY(!mayOverlap({{8}, {1}, 0}, {{8}, {1}, 8}));
    QVERIFY(!mayOverlap({{8}, {1}, 8}, {{8}, {1}, 0}));
    QVERIFY(mayOverlap({{9}, {1}, 0}, {{8}, {1}, 8}));
  }

  void columnBlocksInterleave() {
    QVERIFY(!mayOverlap({{4, 4}, {8, 1}, 0}, {{4, 4}, {8, 1}, 4}));
    QVERIFY(mayOverlap({{4, 5}, {8, 1}, 0}, {{4, 4}, {8, 1}, 4}));
    QVERIFY(!mayOverlap({{2, 2}, {8, 1}, 2}, {{4, 2}, {8, 1}, 12}));
  }

  void evenAndOddPlacesInterleave() {
    QVERIFY(!mayOverlap({{4}, {2}, 0}, {{4}, {2}, 1}));
    QVERIFY(mayOverlap({{4}, {2}, 0}, {{4}, {2}, 2}));
    QVERIFY(!mayOverlap({{3, 2}, {6, 2}, 0}, {{4}, {4}, 3}));
  }

  void anEmptyViewOverlapsNothing() {
    QVERIFY(!mayOverlap({{0, 4}, {4, 1}, 0}, {{4, 4}, {4, 1}, 0}));
  }

  void aScalarOverlapsWhatHoldsIt() {
    QVERIFY(mayOverlap({{}, {}, 3}, {{4}, {1}, 0}));
    QVERIFY(!mayOverlap({{}, {}, 4}, {{4}, {1}, 0}));
  }

  /// "No" must be certain, for every pair of small two-dimensional views.
  void noIsNeverWrong() {
    std::vector<StridedView> views;
    for (std::int64_t rows = 1; rows <= 3; ++rows)
      for (std::int64_t columns = 1; columns <= 3; ++columns)
        for (const std::int64_t pitch : {1, 2, 3, 4, 6})
          for (const std::int64_t step : {1, 2})
            for (std::int64_t offset = 0; offset < 8; ++offset)
              views.push_back({{rows, columns}, {pitch, step}, offset});
    int disjoint = 0;
    for (const StridedView& a : views)
      for (const StridedView& b : views)
        if (!mayOverlap(a, b)) {
          ++disjoint;
          QVERIFY(!reallyOverlap(a, b));
        }
    QVERIFY(disjoint > 1000);
  }
};

QTEST_APPLESS_MAIN(TestInputOverlap)
#include "tst_input_overlap.moc"
