#include "core/trace/pointwise_layout.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <QTest>

using at::Tensor;
using core::trace::fixPointwiseLayout;
using Values = std::vector<c10::IValue>;
using Strides = std::vector<int64_t>;

namespace {

c10::OperatorHandle findOperator(const char* name, const char* overload) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
}

Tensor onMeta(const Strides& sizes, const Strides& strides) {
  return at::empty_strided(sizes, strides, at::device(at::kMeta));
}

// The strides of add's result after the rule, the result being contiguous before.
Strides fixedStrides(const Tensor& left, const Tensor& right) {
  Values results{at::empty(left.sizes(), at::device(at::kMeta))};
  fixPointwiseLayout(findOperator("aten::add", "Tensor"), {left, right, 1}, results);
  return results[0].toTensor().strides().vec();
}

}  // namespace

class TestPointwiseLayout : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void ambiguousOperandsKeepChannelsLast();
  void contiguousOperandsStayContiguous();
  void anOperandThatCannotTellLeavesItToTheNext();
  void aBroadcastOperandLeavesItToTheOther();
  void maskedFillIsContiguous();
  void theGradientOfDropoutHasAMemoryFormat();
  void selfDecidesBeforeTheGradientWhereAConditionIsOnIt();
  void aCloneKeepsItsStrides();
  void anAskedLayoutStays();
  void contiguousOperandsOfOtherRanksChangeNothing();
  void operatorsThatAreNotPointwiseChangeNothing();
  void backwardsWithoutTheTagCount();
};

void TestPointwiseLayout::ambiguousOperandsKeepChannelsLast() {
  const Tensor x = onMeta({2, 64, 1, 1}, {64, 1, 64, 64});
  QCOMPARE(fixedStrides(x, x), (Strides{64, 1, 64, 64}));
}

void TestPointwiseLayout::contiguousOperandsStayContiguous() {
  const Tensor x = onMeta({2, 64, 1, 1}, {64, 1, 1, 1});
  QCOMPARE(fixedStrides(x, x), (Strides{64, 1, 1, 1}));
}

void TestPointwiseLayout::anOperandThatCannotTellLeavesItToTheNext() {
  const Tensor last = onMeta({2, 64, 1, 1}, {64, 1, 64, 64});
  const Tensor first = onMeta({2, 64, 1, 1}, {64, 1, 1, 1});
  QCOMPARE(fixedStrides(last, first), (Strides{64, 1, 64, 64}));
  QCOMPARE(fixedStrides(first, last), (Strides{64, 1, 64, 64}));
}

void TestPointwiseLayout::aBroadcastOperandLeavesItToTheOther() {
  const Tensor ambiguous = onMeta({2, 64, 1, 1}, {64, 1, 64, 64});
  const Strides channelsLast{64, 1, 64, 64};
  QCOMPARE(fixedStrides(ambiguous, onMeta({64, 1, 1}, {1, 1, 1})), channelsLast);
  QCOMPARE(fixedStrides(ambiguous, onMeta({1, 64, 1, 1}, {64, 1, 64, 64})), channelsLast);
}

void TestPointwiseLayout::maskedFillIsContiguous() {
  const Tensor x = onMeta({2, 3, 4, 5}, {60, 1, 15, 3});
  const Tensor mask = at::empty(x.sizes(), at::device(at::kMeta).dtype(at::kBool));
  Values results{at::empty_like(x)};
  fixPointwiseLayout(findOperator("aten::masked_fill", "Scalar"), {x, mask, 1.0}, results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{60, 20, 5, 1}));
}

void TestPointwiseLayout::theGradientOfDropoutHasAMemoryFormat() {
  const Tensor x = onMeta({2, 3, 4}, {12, 1, 3});
  Values results{at::empty_like(x)};
  fixPointwiseLayout(findOperator("aten::native_dropout_backward", ""), {x, x, 2.0}, results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{12, 4, 1}));
}

void TestPointwiseLayout::selfDecidesBeforeTheGradientWhereAConditionIsOnIt() {
  const Tensor gradient = onMeta({2, 6, 5}, {30, 5, 1});
  const Tensor self = onMeta({2, 6, 5}, {30, 1, 6});
  Values results{at::empty({2, 6, 5}, at::device(at::kMeta))};
  fixPointwiseLayout(findOperator("aten::threshold_backward", ""), {gradient, self, 0}, results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{30, 1, 6}));
  fixPointwiseLayout(findOperator("aten::tanh_backward", ""), {gradient, self}, results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{30, 5, 1}));
}

void TestPointwiseLayout::aCloneKeepsItsStrides() {
  const Tensor x = onMeta({1, 3}, {7, 1});
  Values results{at::empty_strided({1, 3}, {7, 1}, at::device(at::kMeta))};
  fixPointwiseLayout(findOperator("aten::clone", ""), {x, c10::IValue()}, results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{7, 1}));
}

void TestPointwiseLayout::anAskedLayoutStays() {
  const Tensor x = onMeta({2, 64, 1, 1}, {64, 1, 64, 64});
  const c10::IValue none;
  Values results{at::empty({2, 64, 1, 1}, at::device(at::kMeta))};
  fixPointwiseLayout(findOperator("aten::empty_like", ""),
                     {x, none, none, none, none, at::MemoryFormat::Contiguous}, results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{64, 1, 1, 1}));
  fixPointwiseLayout(findOperator("aten::empty_like", ""), {x, none, none, none, none, none},
                     results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{64, 1, 64, 64}));
}

void TestPointwiseLayout::contiguousOperandsOfOtherRanksChangeNothing() {
  const Tensor x = onMeta({64, 1, 1}, {1, 64, 64});
  QCOMPARE(fixedStrides(x, x), (Strides{1, 1, 1}));
}

void TestPointwiseLayout::operatorsThatAreNotPointwiseChangeNothing() {
  const Tensor x = onMeta({2, 64, 1, 1}, {64, 1, 64, 64});
  Values results{at::empty({2, 64, 1, 1}, at::device(at::kMeta))};
  fixPointwiseLayout(findOperator("aten::roll", ""), {x, Strides{1}, Strides{1}}, results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{64, 1, 1, 1}));
}

void TestPointwiseLayout::backwardsWithoutTheTagCount() {
  const Tensor x = onMeta({2, 64, 1, 1}, {64, 1, 64, 64});
  Values results{at::empty({2, 64, 1, 1}, at::device(at::kMeta))};
  fixPointwiseLayout(findOperator("aten::hardswish_backward", ""), {x, x}, results);
  QCOMPARE(results[0].toTensor().strides().vec(), (Strides{64, 1, 64, 64}));
}

QTEST_GUILESS_MAIN(TestPointwiseLayout)
#include "tst_pointwise_layout.moc"
