// Every override against the operator that it replaces.

#include "core/trace/overrides/composite_overrides.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/record_function.h>
#include <torch/csrc/autograd/autograd.h>

#include <QTest>
#include <algorithm>
#include <set>

#include "tests/core/trace/overrides/override_case.h"

using at::Tensor;
using core::trace::compositeOverrides;
using core::trace::keepWhole;
using overridetest::OverrideCase;
using torch::jit::Stack;

namespace {

c10::OperatorHandle findOperator(const std::string& op) {
  const auto dot = op.find('.');
  return c10::Dispatcher::singleton().findSchemaOrThrow(
      ("aten::" + op.substr(0, dot)).c_str(),
      dot == std::string::npos ? "" : op.substr(dot + 1).c_str());
}

bool callOverride(const std::string& op, Stack& stack) {
  return compositeOverrides().at(&findOperator(op).schema())(&stack);
}

std::vector<Tensor> tensorsOf(const Stack& stack) {
  std::vector<Tensor> tensors;
  for (const c10::IValue& value : stack) {
    if (value.isTensor()) tensors.push_back(value.toTensor());
    if (!value.isTensorList()) continue;
    for (const Tensor& tensor : value.toTensorVector()) tensors.push_back(tensor);
  }
  return tensors;
}

// Results, and the gradients of their sum weighted by sines, of the arguments that want one.
struct Outcome {
  std::vector<Tensor> results;
  std::vector<Tensor> gradients;
};

Outcome differentiate(const Stack& arguments, const Stack& results) {
  Outcome outcome{tensorsOf(results), {}};
  std::vector<Tensor> leaves, roots, weights;
  for (const Tensor& tensor : tensorsOf(arguments)) {
    if (tensor.requires_grad()) leaves.push_back(tensor);
  }
  for (const Tensor& result : outcome.results) {
    if (!result.requires_grad()) continue;
    roots.push_back(result);
    weights.push_back(
        at::arange(result.numel()).to(result.scalar_type()).sin().reshape(result.sizes()));
  }
  if (!leaves.empty() && !roots.empty()) {
    outcome.gradients = torch::autograd::grad(roots, leaves, weights, std::nullopt, false, true);
  }
  return outcome;
}

// An unrolled LSTM leaves a dimension of one in its final states, as PyTorch's does.
bool isClose(const Tensor& a, const Tensor& b) {
  if (a.defined() != b.defined()) return false;
  if (!a.defined()) return true;
  return a.scalar_type() == b.scalar_type() && a.squeeze().sizes() == b.squeeze().sizes() &&
         at::allclose(a.reshape_as(b), b, 1e-4, 1e-5);
}

std::vector<std::string> recordedNames(const std::string& op, Stack stack) {
  static std::vector<std::string> names;
  names.clear();
  const auto handle = at::addThreadLocalCallback(at::RecordFunctionCallback(
      [](const at::RecordFunction& call) -> std::unique_ptr<at::ObserverContext> {
        names.push_back(call.name());
        return nullptr;
      }));
  callOverride(op, stack);
  at::removeCallback(handle);
  return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

class TestCompositeOverrides : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { m_cases = overridetest::equalCases(); }
  void overrideGivesWhatTheOperatorGives_data();
  void overrideGivesWhatTheOperatorGives();
  void everyOverrideIsCovered();
  void dropoutInTrainingIsOneNode();
  void matmulFoldsIfTheSmallerWantsAGradient();
  void lstmIsOneKernelIfItsInputIsFixed();
  void attentionWithDropoutTakesItsUsualWay();
  void integerImagesKeepTheirKernel();
  void packedSequencesAreRefusedByName();
  void operatorsThatFallApartOnMetaStayWhole();

 private:
  std::vector<OverrideCase> m_cases;
};

void TestCompositeOverrides::overrideGivesWhatTheOperatorGives_data() {
  QTest::addColumn<int>("index");
  for (std::size_t i = 0; i < m_cases.size(); ++i) {
    QTest::newRow(m_cases[i].name.c_str()) << static_cast<int>(i);
  }
}

void TestCompositeOverrides::overrideGivesWhatTheOperatorGives() {
  QFETCH(int, index);
  const OverrideCase& overrideCase = m_cases[static_cast<std::size_t>(index)];
  const auto run = [&](const auto& call) {
    at::manual_seed(7);
    const Stack arguments = overrideCase.arguments();
    Stack stack = arguments;
    at::manual_seed(11);
    if (!call(stack)) return Outcome{};
    return differentiate(arguments, stack);
  };
  const Outcome ours = run([&](Stack& stack) { return callOverride(overrideCase.op, stack); });
  QVERIFY2(!ours.results.empty(), "the override declined");
  const Outcome theirs = run([&](Stack& stack) {
    findOperator(overrideCase.op).callBoxed(&stack);
    return true;
  });
  QVERIFY(ours.results.size() >= theirs.results.size());
  for (std::size_t i = 0; i < theirs.results.size(); ++i) {
    QVERIFY2(isClose(ours.results[i], theirs.results[i]), qPrintable(QString("result %1").arg(i)));
  }
  QCOMPARE(ours.gradients.size(), theirs.gradients.size());
  for (std::size_t i = 0; i < theirs.gradients.size(); ++i) {
    QVERIFY2(isClose(ours.gradients[i], theirs.gradients[i]),
             qPrintable(QString("gradient %1").arg(i)));
  }
}

void TestCompositeOverrides::everyOverrideIsCovered() {
  std::set<const c10::FunctionSchema*> covered;
  for (const OverrideCase& one : m_cases) covered.insert(&findOperator(one.op).schema());
  // These have no values to compare: they only refuse.
  for (const char* op : {"lstm.data", "gru.data", "rnn_tanh.data", "rnn_relu.data", "combinations",
                         "tensor_split.tensor_indices_or_sections"}) {
    covered.insert(&findOperator(op).schema());
  }
  for (const auto& [schema, override] : compositeOverrides()) {
    QVERIFY2(covered.count(schema), schema->name().c_str());
  }
}

void TestCompositeOverrides::dropoutInTrainingIsOneNode() {
  const auto names = recordedNames("dropout", {at::randn({3}), 0.5, true});
  QVERIFY(has(names, "aten::native_dropout"));
  const auto evaluation = recordedNames("dropout", {at::randn({3}), 0.5, false});
  QVERIFY(has(evaluation, "aten::clone"));
}

void TestCompositeOverrides::matmulFoldsIfTheSmallerWantsAGradient() {
  const Tensor strided = at::randn({4, 3, 2}).transpose(0, 2);
  const auto folded = recordedNames("matmul", {strided, at::randn({4, 5}).requires_grad_(true)});
  QVERIFY(has(folded, "aten::mm") && has(folded, "aten::_unsafe_view"));
  const auto batched = recordedNames("matmul", {strided, at::randn({4, 5})});
  QVERIFY(has(batched, "aten::bmm") && !has(batched, "aten::mm"));
}

void TestCompositeOverrides::lstmIsOneKernelIfItsInputIsFixed() {
  const auto find = [&](const std::string& name) {
    return std::find_if(m_cases.begin(), m_cases.end(),
                        [&](const OverrideCase& one) { return one.name == name; });
  };
  const auto fixed = find("lstm.input both ways, batch first, fixed input");
  const auto free = find("lstm.input both ways, batch first");
  QVERIFY(fixed != m_cases.end() && free != m_cases.end());
  QVERIFY(has(recordedNames("lstm.input", fixed->arguments()), "aten::mkldnn_rnn_layer"));
  QVERIFY(!has(recordedNames("lstm.input", free->arguments()), "aten::mkldnn_rnn_layer"));
}

void TestCompositeOverrides::attentionWithDropoutTakesItsUsualWay() {
  const Tensor x = at::randn({1, 2, 4, 8});
  Stack stack{x, x, x, {}, 0.1, false, {}, false};
  QVERIFY(!callOverride("scaled_dot_product_attention", stack));
  QCOMPARE(stack.size(), std::size_t{8});
}

void TestCompositeOverrides::integerImagesKeepTheirKernel() {
  Stack stack{at::ones({1, 1, 2, 2}, at::kByte), std::vector<int64_t>{4, 4}, false, {}};
  QVERIFY(!callOverride("upsample_bilinear2d.vec", stack));
  QCOMPARE(stack.size(), std::size_t{4});
}

void TestCompositeOverrides::packedSequencesAreRefusedByName() {
  Stack stack(9);
  try {
    callOverride("lstm.data", stack);
    QFAIL("lstm.data was not refused");
  } catch (const c10::NotImplementedError& error) {
    const std::string message = error.what_without_backtrace();
    QVERIFY(message.find("aten.lstm.data") != std::string::npos);
    QVERIFY(message.find("packed sequences") != std::string::npos);
  }
}

void TestCompositeOverrides::operatorsThatFallApartOnMetaStayWhole() {
  for (const char* op : {"mish_backward", "silu_backward", "native_channel_shuffle"}) {
    QVERIFY2(keepWhole().count(&findOperator(op).schema()), op);
  }
  QVERIFY(!keepWhole().count(&findOperator("relu").schema()));
  QVERIFY(!keepWhole().count(&findOperator("linear").schema()));
}

QTEST_GUILESS_MAIN(TestCompositeOverrides)
#include "tst_composite_overrides.moc"
