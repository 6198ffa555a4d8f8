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
  void unambiguousOrBroadcastOperandsChangeNothing();
  void otherRanksChangeNothing();
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

void TestPointwiseLayout::unambiguousOrBroadcastOperandsChangeNothing() {
  const Tensor ambiguous = onMeta({2, 64, 1, 1}, {64, 1, 64, 64});
  const Strides contiguous{64, 1, 1, 1};
  QCOMPARE(fixedStrides(ambiguous, onMeta({64, 1, 1}, {1, 1, 1})), contiguous);
  QCOMPARE(fixedStrides(ambiguous, onMeta({1, 64, 1, 1}, {64, 1, 64, 64})), contiguous);
}

void TestPointwiseLayout::otherRanksChangeNothing() {
  const Tensor x = onMeta({64, 1, 1}, {1, 64, 64});
  QCOMPARE(fixedStrides(x, x), (Strides{1, 1, 1}));
}

void TestPointwiseLayout::operatorsThatAreNotPointwiseChangeNothing() {
  const Tensor x = onMeta({2, 64, 1, 1}, {64, 1, 64, 64});
  Values results{at::empty({2, 64, 1, 1}, at::device(at::kMeta))};
  fixPointwiseLayout(findOperator("aten::flip", ""), {x, Strides{1}}, results);
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
