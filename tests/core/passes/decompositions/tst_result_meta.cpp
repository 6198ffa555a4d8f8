#include <QTest>

#include "core/base/check.h"
#include "core/passes/decompositions/result_meta.h"

using namespace core;
using core::ir::DType;
using core::ir::TensorMeta;
using Numbers = std::vector<std::int64_t>;

namespace {

TensorMeta strided(Numbers sizes, Numbers strides) {
  TensorMeta meta = ir::contiguousMeta(DType::F32, sizes);
  meta.strides = {strides.begin(), strides.end()};
  return meta;
}

}  // namespace

class TestResultMeta : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theBroadcastShapeKeepsTheLayoutOfAFullOperand() {
    const TensorMeta channelsLast = strided({2, 3, 4}, {12, 1, 3});
    const TensorMeta vector = ir::contiguousMeta(DType::F32, {4});
    const TensorMeta meta = passes::broadcastMeta({&vector, &channelsLast}, DType::Bool);
    QCOMPARE(meta.sizeHints(), (Numbers{2, 3, 4}));
    QCOMPARE(meta.strideHints(), (Numbers{12, 1, 3}));
    QCOMPARE(meta.dtype, DType::Bool);
  }

  void aShapeOfNoOperandIsRowMajor() {
    const TensorMeta column = ir::contiguousMeta(DType::F32, {3, 1});
    const TensorMeta row = ir::contiguousMeta(DType::F32, {1, 4});
    const TensorMeta meta = passes::broadcastMeta({&column, &row}, DType::F32);
    QCOMPARE(meta.sizeHints(), (Numbers{3, 4}));
    QCOMPARE(meta.strideHints(), (Numbers{4, 1}));
  }

  void shapesThatDoNotBroadcastAreABug() {
    const TensorMeta a = ir::contiguousMeta(DType::F32, {3});
    const TensorMeta b = ir::contiguousMeta(DType::F32, {4});
    QVERIFY_EXCEPTION_THROWN(passes::broadcastMeta({&a, &b}, DType::F32), InternalError);
  }

  void reducedDimensionsVanishOrBecomeOne() {
    const TensorMeta x = ir::contiguousMeta(DType::F32, {2, 3, 4});
    QCOMPARE(passes::reducedMeta(x, {true, false, true}, false).sizeHints(), (Numbers{3}));
    QCOMPARE(passes::reducedMeta(x, {true, false, true}, true).sizeHints(), (Numbers{1, 3, 1}));
  }

  void viewStridesAreThoseOfPyTorch_data() {
    QTest::addColumn<Numbers>("sizes");
    QTest::addColumn<Numbers>("strides");
    QTest::addColumn<Numbers>("view");
    QTest::addColumn<Numbers>("want");  // empty: no view
    const Numbers none;
    QTest::newRow("contiguous") << Numbers{2, 6} << Numbers{6, 1} << Numbers{3, 4} << Numbers{4, 1};
    QTest::newRow("split a strided dimension")
        << Numbers{6, 2} << Numbers{1, 6} << Numbers{2, 3, 2} << Numbers{3, 1, 6};
    QTest::newRow("merge across a gap") << Numbers{2, 3} << Numbers{8, 1} << Numbers{6} << none;
    QTest::newRow("channels last positions merge") << Numbers{2, 4, 3, 3} << Numbers{36, 1, 12, 4}
                                                   << Numbers{2, 2, 2, 9} << Numbers{36, 2, 1, 4};
    QTest::newRow("channels last all merge")
        << Numbers{2, 4, 3, 3} << Numbers{36, 1, 12, 4} << Numbers{2, 36} << none;
    QTest::newRow("ones anywhere")
        << Numbers{2, 3} << Numbers{1, 2} << Numbers{1, 2, 1, 3} << Numbers{2, 1, 6, 2};
    QTest::newRow("other count") << Numbers{2, 3} << Numbers{3, 1} << Numbers{5} << none;
  }
  void viewStridesAreThoseOfPyTorch() {
    QFETCH(Numbers, sizes);
    QFETCH(Numbers, strides);
    QFETCH(Numbers, view);
    QFETCH(Numbers, want);
    const auto got = passes::viewStrides(strided(sizes, strides), view);
    QCOMPARE(got.has_value(), !want.empty());
    if (!got) return;
    for (std::size_t d = 0; d < view.size(); ++d)
      if (view[d] != 1) QCOMPARE((*got)[d], want[d]);
  }
};

QTEST_APPLESS_MAIN(TestResultMeta)
#include "tst_result_meta.moc"
