// Every decomposition of the core table against the CPU kernel of its operator.

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/autograd.h>

#include <QTest>
#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include "core/trace/decompositions/core_decompositions.h"
#include "tests/core/trace/decompositions/decomposition_check.h"
#include "tests/core/trace/decompositions/decomposition_samples.h"

using metatest::Layout;
using metatest::OperatorSample;
using metatest::Variant;

namespace {

// The first one is what every sample has to run in; the others are left out where the CPU has no
// kernel for the dtype.
constexpr std::array<Variant, 6> kVariants{{
    {"f32", at::kFloat, at::kFloat, Layout::Contiguous},
    {"f32 channels_last", at::kFloat, at::kFloat, Layout::ChannelsLast},
    {"f32 permuted", at::kFloat, at::kFloat, Layout::Permuted},
    {"f64", at::kDouble, at::kDouble, Layout::Contiguous},
    {"bf16", at::kBFloat16, at::kBFloat16, Layout::Contiguous},
    {"f16", at::kHalf, at::kHalf, Layout::Contiguous},
}};

/// Has a test of its own.
constexpr const char* kWithoutCpuKernel = "_fused_rms_norm_backward";

std::vector<OperatorSample> allSamples() {
  std::vector<OperatorSample> samples;
  for (auto more :
       {metatest::layerSamples, metatest::lossAndReductionSamples, metatest::elementwiseSamples,
        metatest::indexingSamples, decompositiontest::layerDecompositionSamples,
        decompositiontest::pointwiseDecompositionSamples,
        decompositiontest::shapeDecompositionSamples})
    for (OperatorSample& sample : more()) samples.push_back(std::move(sample));
  return samples;
}

}  // namespace

class TestCoreDecompositions : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void everyDecompositionGivesTheKernelsValues_data();
  void everyDecompositionGivesTheKernelsValues();
  void everyDecompositionIsCoveredByASample();
  void theDerivativeOfRmsNormIsAutograds();

 private:
  std::vector<OperatorSample> m_samples;
  std::unique_ptr<decompositiontest::DecompositionCheck> m_check;
};

void TestCoreDecompositions::initTestCase() {
  m_samples = allSamples();
  m_check = std::make_unique<decompositiontest::DecompositionCheck>();
}

void TestCoreDecompositions::everyDecompositionGivesTheKernelsValues_data() {
  QTest::addColumn<int>("sample");
  for (std::size_t i = 0; i < m_samples.size(); ++i)
    QTest::newRow(m_samples[i].name) << static_cast<int>(i);
}

void TestCoreDecompositions::everyDecompositionGivesTheKernelsValues() {
  QFETCH(int, sample);
  const OperatorSample& operatorSample = m_samples[static_cast<std::size_t>(sample)];
  QString failures;
  for (const Variant& variant : kVariants) {
    try {
      metatest::runSample(operatorSample, variant);
    } catch (const c10::Error& error) {
      if (&variant == kVariants.data()) QFAIL(error.what_without_backtrace());
      continue;
    }
    for (const std::string& difference : m_check->takeDifferences())
      failures += QStringLiteral("\n%1: %2").arg(variant.name, difference.c_str());
  }
  QVERIFY2(failures.isEmpty(), qPrintable(failures));
}

void TestCoreDecompositions::everyDecompositionIsCoveredByASample() {
  QStringList missing;
  for (const std::string& name : decompositiontest::tableNames())
    if (name != kWithoutCpuKernel && !m_check->covered().contains(name))
      missing += QString::fromStdString(name);
  QVERIFY2(missing.isEmpty(), qPrintable(missing.join(' ')));
}

void TestCoreDecompositions::theDerivativeOfRmsNormIsAutograds() {
  const at::Tensor input = at::randn({2, 3, 4}, at::kDouble).requires_grad_(true);
  const at::Tensor weight = at::randn({4}, at::kDouble).requires_grad_(true);
  const at::Tensor grad = at::randn({2, 3, 4}, at::kDouble);
  const auto expected =
      torch::autograd::grad({at::rms_norm(input, {4}, weight, 1e-5)}, {input, weight}, {grad});
  const at::NoGradGuard noGrad;
  const at::Tensor rstd = at::rsqrt(at::mean(input * input, {2}, true) + 1e-5);
  const auto op =
      c10::Dispatcher::singleton().findSchemaOrThrow("aten::_fused_rms_norm_backward", "");
  torch::jit::Stack stack{grad, input,  std::vector<int64_t>{4},
                          rstd, weight, c10::List<bool>({true, true})};
  QVERIFY(core::trace::coreDecompositions().at(&op.schema())(&stack));
  QCOMPARE(stack.size(), std::size_t{2});
  QVERIFY(at::allclose(stack[0].toTensor(), expected[0]));
  QVERIFY(at::allclose(stack[1].toTensor(), expected[1]));
}

QTEST_GUILESS_MAIN(TestCoreDecompositions)
#include "tst_core_decompositions.moc"
