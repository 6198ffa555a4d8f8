// Each operator of the table, alone in a program: traced, replayed node by node, differentiated,
// and compared with eager, in several sizes, dtypes and layouts.

#include <ATen/Parallel.h>

#include <QTest>
#include <algorithm>
#include <memory>
#include <set>
#include <string_view>

#include <torch/csrc/autograd/autograd.h>
#include "core/run/trace_check_torch.h"

#include "core/schedule/lowerings.h"
#include "core/torch/bind_weights_torch.h"
#include "core/torch/empty_calls_torch.h"
#include "core/torch/flat_tensors_torch.h"
#include "core/torch/guard_torch.h"
#include "core/trace/joint_tracer.h"
#include "core/trace/meta_kernels/meta_kernels.h"
#include "tests/core/trace/sweep/compiled_row.h"
#include "tests/core/trace/sweep/sample_row.h"

using namespace core;
using sweep::Layout;
using sweep::Program;
using sweep::Row;
using sweep::Sample;

namespace {

/// An operator, and the node of its trace that is laid out otherwise than in eager.
struct KnownLayout {
  const char* op;
  const char* target;
};

// As in PyTorch: its Python decomposes or replaces the operator, its shape function knows no
// channels_last, or its functional form gives contiguous memory. Runs copy into the graph's layout.
constexpr KnownLayout kKnownLayouts[] = {
    {"aten.layer_norm.default", "aten.native_layer_norm_backward.default"},
    {"aten.native_layer_norm.default", "aten.native_layer_norm_backward.default"},
    {"aten.upsample_nearest1d.vec", "aten._unsafe_index.Tensor"},
    {"aten.upsample_nearest3d.vec", "aten._unsafe_index.Tensor"},
    {"aten.dropout.default", "aten.clone.default"},
    {"aten.lift_fresh_copy.default", "aten.clone.default"},
    {"aten.rrelu.default", "getitem"},
    {"aten.pixel_shuffle.default", "aten.pixel_shuffle.default"},
    {"aten.pixel_unshuffle.default", "aten.pixel_unshuffle.default"},
    {"aten.pad.default", "aten.replication_pad2d.default"},
    {"aten.replication_pad2d.default", "aten.replication_pad2d.default"},
    {"aten.reflection_pad3d.default", "aten.reflection_pad3d.default"},
    {"aten.replication_pad3d.default", "aten.replication_pad3d.default"},
    {"aten.reflection_pad3d.default", "aten.reflection_pad3d_backward.default"},
    {"aten.scatter_.src", "aten.scatter.src"},
    {"aten.masked_fill_.Scalar", "aten.masked_fill.Scalar"},
    {"aten.native_dropout_backward.default", "aten.native_dropout_backward.default"},
    {"aten.pow.Scalar", "aten.pow.Scalar"},
    {"aten.logaddexp2.default", "aten.pow.Scalar"},
    {"aten.logit.default", "aten.logit_backward.default"},
    {"aten.relu6.default", "aten.hardtanh_backward.default"},
    {"aten.hardtanh.default", "aten.hardtanh_backward.default"},
    {"aten.elu.default", "aten.elu_backward.default"},
    {"aten.celu.default", "aten.elu_backward.default"},
    {"aten.selu.default", "aten.elu_backward.default"},
    {"aten.hardsigmoid.default", "aten.hardsigmoid_backward.default"},
    {"aten.hardswish.default", "aten.hardswish_backward.default"},
    {"aten.softplus.default", "aten.softplus_backward.default"},
    {"aten.batch_norm.default", "getitem"},
    {"aten.native_batch_norm.default", "getitem"},
    {"aten._native_batch_norm_legit_no_training.default", "getitem"},
    {"aten._native_batch_norm_legit.default", "getitem"},
    {"aten.batch_norm.default", "aten._native_batch_norm_legit_functional.default"},
    {"aten.batch_norm.default", "aten._native_batch_norm_legit.no_stats"},
    {"aten.batch_norm.default", "aten._native_batch_norm_legit_no_training.default"},
    {"aten.native_batch_norm.default", "aten._native_batch_norm_legit_functional.default"},
    {"aten.native_batch_norm.default", "aten._native_batch_norm_legit_no_training.default"},
    {"aten._native_batch_norm_legit_no_training.default",
     "aten._native_batch_norm_legit_no_training.default"},
    {"aten._native_batch_norm_legit.default", "aten._native_batch_norm_legit_functional.default"},
};

// A trace takes these apart; a log of PyTorch, or a graph that was decomposed there, has them.
constexpr std::string_view kInLogsOnly[] = {
    "aten.div.Scalar_mode",         "aten.empty_strided.default", "aten.isfinite.default",
    "aten.lift_fresh_copy.default", "aten.where.Scalar",          "aten.new_empty_strided.default",
    "aten.where.ScalarOther",       "aten.where.ScalarSelf",
};

// Compared with the real kernels in tests/core/trace/meta_kernels, the attention of a GPU with
// PyTorch's shapes in tests/aot/tst_aot_cuda_trace.cpp; a row cannot give their arguments (results
// of other calls, dtypes, another device), or they have no result.
constexpr std::string_view kSampledElsewhere[] = {
    "_scaled_dot_product_cudnn_attention",
    "_scaled_dot_product_cudnn_attention_backward",
    "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_efficient_attention_backward",
    "_scaled_dot_product_flash_attention",
    "_scaled_dot_product_flash_attention_backward",
    "_assert_async",
    "_assert_async.msg",
    "_cholesky_solve_helper",
    "_ctc_loss.Tensor",
    "_ctc_loss_backward.Tensor",
    "_cummax_helper",
    "_cummin_helper",
    "_dirichlet_grad",
    "_embedding_bag_dense_backward",
    "_embedding_bag_forward_only",
    "_fake_quantize_learnable_per_channel_affine",
    "_fake_quantize_learnable_per_channel_affine_backward",
    "_fake_quantize_learnable_per_tensor_affine",
    "_fake_quantize_learnable_per_tensor_affine_backward",
    "_fake_quantize_per_tensor_affine_cachemask_tensor_qparams",
    "_int_mm",
    "_segment_reduce_backward",
    "binomial",
    "fake_quantize_per_channel_affine_cachemask",
    "fake_quantize_per_tensor_affine_cachemask",
    "fractional_max_pool3d_backward",
    "mkldnn_rnn_layer",
    "mkldnn_rnn_layer_backward",
    "multi_margin_loss_backward",
    "remainder.Scalar_Tensor",
    "repeat_interleave.Tensor",
    "rrelu_with_noise",
    "segment_reduce",
};

// The compiled step returns a copy, as PyTorch's, where eager returns the input itself.
constexpr std::string_view kCopiesItsInput = "aten.dropout.default";

bool isKnown(const Row& row, const std::string& relaid) {
  return std::any_of(std::begin(kKnownLayouts), std::end(kKnownLayouts),
                     [&](const KnownLayout& known) {
                       const std::string target = std::string("(") + known.target + ")";
                       return row.op == known.op && relaid.find(target) != std::string::npos;
                     });
}

std::vector<Sample> samplesOf(const Row& row) {
  std::vector<Sample> samples;
  for (const Layout layout :
       {Layout::Contiguous, Layout::ChannelsLast, Layout::Permuted, Layout::Strided})
    for (const std::int64_t n : {3, 1, 0}) samples.push_back({n, at::kFloat, layout});
  for (const at::ScalarType dtype : {at::kDouble, at::kBFloat16, at::kHalf})
    samples.push_back({3, dtype, Layout::Contiguous});
  if (row.takesIntegers())
    for (const at::ScalarType dtype : {at::kLong, at::kInt, at::kByte, at::kBool})
      samples.push_back({3, dtype, Layout::Contiguous});
  return samples;
}

/// Every result of the one call of a program, after their gradients were taken; an Error if eager
/// refuses either.
Result<std::vector<c10::IValue>> eagerResults(const Program& program) {
  return core::torch::guardTorch("eager", [&]() -> Result<std::vector<c10::IValue>> {
    CORE_TRY(const trace::PreparedProgram prepared,
             trace::prepareProgram({program.model, &program.model->program}));
    core::torch::BoundTensors bound(*program.model, program.inputs, core::torch::Precision::Native);
    std::vector<c10::IValue> results;
    trace::InterpretOptions options;
    options.onResults = [&](const load::ExportNode&, const std::vector<c10::IValue>& stack) {
      results = stack;
    };
    CORE_TRY_VOID(trace::interpret(prepared, bound.graphInputs(), options, {}));
    std::vector<at::Tensor> roots, seeds;
    for (const at::Tensor& tensor : core::torch::flatTensors(results)) {
      if (!tensor.defined() || !tensor.requires_grad()) continue;
      roots.push_back(tensor);
      seeds.push_back(at::ones_like(tensor));
    }
    if (!roots.empty()) ::torch::autograd::backward(roots, seeds);
    return results;
  });
}

enum class Verdict { Agrees, EagerRefuses, Differs };

struct Outcome {
  Verdict verdict = Verdict::Agrees;
  std::string text;  ///< why not
  core::torch::TraceResult traced;
  std::set<std::string> recorded;  ///< operators of the joint graph
  std::set<std::string> fused;     ///< those that became part of a generated kernel
};

enum class Kernels { Build, Leave };

Outcome differs(std::string text) {
  return {Verdict::Differs, std::move(text), {}, {}, {}};
}

Outcome sweepOne(const Row& row, const Sample& sample, Kernels kernels) {
  Program program = sweep::programOf(row, sample);
  const auto results = eagerResults(program);
  if (!results) return {Verdict::EagerRefuses, results.error().message, {}, {}, {}};
  program.model = sweep::withOutputs(*program.model, *results);
  auto prepared = trace::prepareProgram({program.model, &program.model->program});
  if (!prepared) return differs(prepared.error().message);
  Outcome outcome;
  outcome.traced = trace::traceJoint(*program.model, program.inputs, *prepared, {}, {});
  if (outcome.traced.error) {
    outcome.verdict = Verdict::Differs;
    outcome.text = outcome.traced.error->message;
    return outcome;
  }
  const auto check =
      run::checkTrace(*program.model, program.inputs, *prepared, outcome.traced, {}, {});
  if (!check) {
    // Eager has no gradient of it in this dtype.
    const bool inEager = check.error().message.find("The eager step failed") != std::string::npos;
    return {inEager ? Verdict::EagerRefuses : Verdict::Differs, check.error().message, {}, {}, {}};
  }
  if (check->mismatch) return differs(check->mismatch->text());
  for (const std::string& relaid : check->relaid)
    if (!isKnown(row, relaid)) return differs(relaid);
  for (const ir::Node& node : outcome.traced.joint->graph->nodes())
    if (node.isCall()) outcome.recorded.insert(node.target);
  // What the graph lays out otherwise, a run does too.
  if (kernels == Kernels::Leave || !check->relaid.empty()) return outcome;
  auto compiled = sweep::compileAndCheck(program, *prepared, outcome.traced);
  outcome.fused = std::move(compiled.fused);
  const bool isCopy =
      row.op == kCopiesItsInput && compiled.difference.find("is_leaf is no") != std::string::npos;
  if (compiled.difference.empty() || isCopy) return outcome;
  outcome.verdict = Verdict::Differs;
  outcome.text = "compiled: " + compiled.difference;
  return outcome;
}

/// What a row that does not fit its operator throws is a failure of the row.
Outcome guarded(const Row& row, const Sample& sample, Kernels kernels) {
  try {
    return sweepOne(row, sample, kernels);
  } catch (const c10::Error& error) {
    return differs(error.what_without_backtrace());
  }
}

}  // namespace

class TestOperatorSweep : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void aTraceIsWhatEagerDoes_data();
  void aTraceIsWhatEagerDoes();
  void refusedOperatorsAreNamed_data();
  void refusedOperatorsAreNamed();
  void everyLoweringWasCompiled_data();
  void everyLoweringWasCompiled();
  void everyMetaKernelOfOursWasTraced_data();
  void everyMetaKernelOfOursWasTraced();

 private:
  void addRows(bool refused) const;
  std::vector<Row> m_rows;
  std::set<std::string> m_recorded;  ///< over all rows
  std::set<std::string> m_fused;
  bool m_hasSwept = false;  ///< the last row was among them
};

void TestOperatorSweep::initTestCase() {
  core::torch::guardEmptyCalls();
  trace::registerMetaKernels();
  at::set_num_threads(1);
  m_rows = sweep::readRows(AOT_TEST_DATA "/core/trace/sweep/operator_samples.txt");
  QVERIFY(m_rows.size() > 400);
}

void TestOperatorSweep::addRows(bool refused) const {
  QTest::addColumn<int>("row");
  for (std::size_t i = 0; i < m_rows.size(); ++i)
    if (m_rows[i].isRefused == refused)
      QTest::newRow(m_rows[i].text().c_str()) << static_cast<int>(i);
}

void TestOperatorSweep::aTraceIsWhatEagerDoes_data() {
  addRows(false);
}

void TestOperatorSweep::aTraceIsWhatEagerDoes() {
  QFETCH(int, row);
  const Row& current = m_rows[static_cast<std::size_t>(row)];
  m_hasSwept = m_hasSwept || current.text() == m_rows.back().text();
  QString failures;
  const std::vector<Sample> samples = samplesOf(current);
  for (const Sample& sample : samples) {
    const bool isFirst = &sample == samples.data();
    const bool isCompiled = isFirst || qEnvironmentVariableIsSet("AOT_SWEEP_COMPILES_ALL");
    const Outcome outcome = guarded(current, sample, isCompiled ? Kernels::Build : Kernels::Leave);
    m_recorded.insert(outcome.recorded.begin(), outcome.recorded.end());
    m_fused.insert(outcome.fused.begin(), outcome.fused.end());
    const bool mustRun = isFirst && outcome.verdict == Verdict::EagerRefuses;
    if (outcome.verdict == Verdict::Differs || mustRun)
      failures += QStringLiteral("\n%1: %2").arg(sample.text().c_str(), outcome.text.c_str());
  }
  QVERIFY2(failures.isEmpty(), qPrintable(failures));
}

void TestOperatorSweep::refusedOperatorsAreNamed_data() {
  addRows(true);
}

void TestOperatorSweep::refusedOperatorsAreNamed() {
  QFETCH(int, row);
  const Row& current = m_rows[static_cast<std::size_t>(row)];
  const Program program = sweep::programOf(current, {});
  const auto prepared = trace::prepareProgram({program.model, &program.model->program});
  QVERIFY2(prepared, prepared ? "" : prepared.error().message.c_str());
  const auto traced = trace::traceJoint(*program.model, program.inputs, *prepared, {}, {});
  QVERIFY(traced.error.has_value());
  const std::string& message = traced.error->message;
  QVERIFY2(message.starts_with("Cannot trace `" + current.op + "`"), message.c_str());
}

void TestOperatorSweep::everyLoweringWasCompiled_data() {
  QTest::addColumn<std::string>("target");
  for (const std::string_view target : schedule::loweredTargets())
    QTest::newRow(std::string(target).c_str()) << std::string(target);
}

/// Looks at what the rows above went through.
void TestOperatorSweep::everyLoweringWasCompiled() {
  QFETCH(std::string, target);
  if (!m_hasSwept) QSKIP("only part of the table was swept");
  const bool isTraced = m_fused.contains(target);
  const bool isInLogsOnly =
      std::find(std::begin(kInLogsOnly), std::end(kInLogsOnly), target) != std::end(kInLogsOnly);
  QVERIFY2(isTraced != isInLogsOnly, "no row compiles it, or it is listed without need");
}

void TestOperatorSweep::everyMetaKernelOfOursWasTraced_data() {
  QTest::addColumn<std::string>("kernel");
  for (const std::string& name : trace::ownMetaKernelNames()) {
    // Forms that write into a given tensor are reached inside LibTorch only.
    const bool isOut =
        name.ends_with("out") || name.ends_with("values") || name == "histogram.bin_ct";
    if (!isOut) QTest::newRow(name.c_str()) << name;
  }
}

void TestOperatorSweep::everyMetaKernelOfOursWasTraced() {
  QFETCH(std::string, kernel);
  if (!m_hasSwept) QSKIP("only part of the table was swept");
  const std::string target =
      "aten." + kernel + (kernel.find('.') == std::string::npos ? ".default" : "");
  const bool hasRow =
      std::any_of(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.op == target; });
  const bool isListed = std::find(std::begin(kSampledElsewhere), std::end(kSampledElsewhere),
                                  kernel) != std::end(kSampledElsewhere);
  QVERIFY2((hasRow || m_recorded.contains(target)) != isListed,
           "no row reaches it, or it is listed without need");
}

QTEST_GUILESS_MAIN(TestOperatorSweep)
#include "tst_operator_sweep.moc"
