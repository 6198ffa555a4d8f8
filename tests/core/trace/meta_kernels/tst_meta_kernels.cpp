// Every meta kernel of ours against the CPU kernel it stands for.

#include "core/trace/meta_kernels/meta_kernels.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <QTest>
#include <algorithm>
#include <array>
#include <memory>

#include "tests/core/trace/meta_kernels/meta_check.h"
#include "tests/core/trace/meta_kernels/operator_sample.h"

using metatest::Layout;
using metatest::OperatorSample;
using metatest::Variant;

namespace {

// The first one is what every sample has to run in; the others are left out where the CPU has no
// kernel for the dtype.
constexpr std::array<Variant, 10> kVariants{{
    {"f32", at::kFloat, at::kFloat, Layout::Contiguous},
    {"f32 channels_last", at::kFloat, at::kFloat, Layout::ChannelsLast},
    {"f32 permuted", at::kFloat, at::kFloat, Layout::Permuted},
    {"f64", at::kDouble, at::kDouble, Layout::Contiguous},
    {"f64 channels_last", at::kDouble, at::kDouble, Layout::ChannelsLast},
    {"bf16", at::kBFloat16, at::kBFloat16, Layout::Contiguous},
    {"bf16 channels_last", at::kBFloat16, at::kBFloat16, Layout::ChannelsLast},
    {"bf16 with f32 parameters", at::kBFloat16, at::kFloat, Layout::Contiguous},
    {"f16", at::kHalf, at::kHalf, Layout::Contiguous},
    {"f16 channels_last", at::kHalf, at::kHalf, Layout::ChannelsLast},
}};

std::vector<OperatorSample> allSamples() {
  std::vector<OperatorSample> samples;
  for (auto more : {metatest::layerSamples, metatest::lossAndReductionSamples,
                    metatest::elementwiseSamples, metatest::indexingSamples}) {
    for (OperatorSample& sample : more()) samples.push_back(std::move(sample));
  }
  return samples;
}

bool hasCpuKernel(const std::string& name) {
  const auto dot = name.find('.');
  const auto op = c10::Dispatcher::singleton().findSchema(
      {name.substr(0, dot), dot == std::string::npos ? "" : name.substr(dot + 1)});
  return op && op->hasKernelForDispatchKey(c10::DispatchKey::CPU);
}

}  // namespace

class TestMetaKernels : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void everyKernelLaysOutItsResultsAsTheCpu_data();
  void everyKernelLaysOutItsResultsAsTheCpu();
  void batchNormKeepsTheOrderOfItsInput();
  void everyKernelIsCoveredByASample();
  void maskedIndexingIsRefusedByItsReason();
  void registeringTwiceChangesNothing();
  void namesAreSortedAndUnique();

 private:
  std::vector<OperatorSample> m_samples;
  std::unique_ptr<metatest::MetaCheck> m_check;
};

void TestMetaKernels::initTestCase() {
  core::trace::registerMetaKernels();
  m_samples = allSamples();
  m_check = std::make_unique<metatest::MetaCheck>(core::trace::ownMetaKernelNames());
}

void TestMetaKernels::everyKernelLaysOutItsResultsAsTheCpu_data() {
  QTest::addColumn<int>("sample");
  for (std::size_t i = 0; i < m_samples.size(); ++i) {
    QTest::newRow(m_samples[i].name) << static_cast<int>(i);
  }
}

void TestMetaKernels::everyKernelLaysOutItsResultsAsTheCpu() {
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
    for (const std::string& difference : m_check->takeDifferences()) {
      failures += QStringLiteral("\n%1: %2").arg(variant.name, difference.c_str());
    }
  }
  QVERIFY2(failures.isEmpty(), qPrintable(failures));
}

void TestMetaKernels::batchNormKeepsTheOrderOfItsInput() {
  using Strides = std::vector<std::int64_t>;
  const auto meta = at::device(at::kMeta);
  const at::Tensor x = at::empty({2, 5, 6}, meta).transpose(1, 2);
  const at::Tensor each = at::empty({6}, meta);
  const auto forward = at::native_batch_norm(x, each, each, each, each, true, 0.1, 1e-5);
  QCOMPARE(std::get<0>(forward).strides().vec(), (Strides{30, 1, 6}));
  const at::Tensor gradient = at::empty({2, 6, 5}, meta);
  const auto backward = [&](bool training) {
    return std::get<0>(at::native_batch_norm_backward(gradient, x, each, each, each, each, each,
                                                      training, 1e-5, {true, true, true}));
  };
  QCOMPARE(backward(true).strides().vec(), (Strides{30, 5, 1}));
  QCOMPARE(backward(false).strides().vec(), (Strides{30, 5, 1}));
}

void TestMetaKernels::everyKernelIsCoveredByASample() {
  QStringList missing;
  for (const std::string& name : core::trace::ownMetaKernelNames()) {
    // Those of a GPU alone cannot be compared here (tst_cuda_trace has their shapes).
    if (!hasCpuKernel(name)) continue;
    if (!m_check->covered().count(name)) missing += QString::fromStdString(name);
  }
  QVERIFY2(missing.isEmpty(), qPrintable(missing.join(' ')));
}

void TestMetaKernels::maskedIndexingIsRefusedByItsReason() {
  const auto meta = at::device(at::kMeta);
  const at::Tensor values = at::empty({3, 4}, meta);
  const at::Tensor mask = at::empty({3, 4}, meta.dtype(at::kBool));
  try {
    at::index(values, {std::optional<at::Tensor>(mask)});
    QFAIL("indexing by a mask was not refused");
  } catch (const c10::NotImplementedError& error) {
    const std::string message = error.what_without_backtrace();
    QVERIFY(message.find("nonzero`: its output shape depends on data") != std::string::npos);
  }
}

void TestMetaKernels::registeringTwiceChangesNothing() {
  const auto before = core::trace::ownMetaKernelNames();
  core::trace::registerMetaKernels();
  QVERIFY(core::trace::ownMetaKernelNames() == before);
}

void TestMetaKernels::namesAreSortedAndUnique() {
  const auto names = core::trace::ownMetaKernelNames();
  QVERIFY(std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()) == names.end());
}

QTEST_GUILESS_MAIN(TestMetaKernels)
#include "tst_meta_kernels.moc"
