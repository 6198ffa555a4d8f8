// Whole models, through the module: eager against PyTorch's own numbers, compiled against eager.

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <cmath>

#include "core/ir/graph_builder.h"
#include "core/load/capture/document_text.h"
#include "tests/core/run/run_model.h"

using namespace core;
using support::Build;

namespace {

struct Case {
  const char* name;
  int lossOutput;  ///< -1: mean_square
  std::uint64_t seed;
};

constexpr Case kCases[] = {
    {"mlp", -1, 0},
    {"mlp_ce", 0, 0},
    {"cnn_bn", 0, 0},
    {"resnet18_w16", -1, 0},
    {"gpt_explicit", 0, 0},
    {"gpt_sdpa", 0, 0},
    {"dropout_mlp", -1, 1234},
    {"mutate_input", -1, 0},
    {"mutate_input_grad", -1, 0},
    {"output_alias", -1, 0},
    {"dup_args", -1, 0},
    {"alias_args", -1, 0},
};

torch::RunOptions optionsOf(const Case& model) {
  torch::RunOptions options;
  options.seed = model.seed;
  if (model.lossOutput >= 0) options.loss.output = model.lossOutput;
  return options;
}

/// One checksum of a golden against ours, by the rule of the oracle's judge; empty if they agree.
QString difference(const QString& what, const QJsonValue& want,
                   const std::optional<run::Checksum>& got, double atol) {
  if (want.isNull() != !got.has_value()) return what + ": one is missing";
  if (!got) return {};
  const QJsonArray first = want["first8"].toArray();
  if (want["shape"].toArray().size() != std::ssize(got->shape)) return what + ": other rank";
  if (first.size() != std::ssize(got->first8)) return what + ": other size";
  double count = 1;
  for (const std::int64_t size : got->shape) count *= static_cast<double>(size);
  const double scale = want["abs_sum"].toDouble() / std::max(count, 1.0);
  for (qsizetype i = 0; i < first.size(); ++i) {
    const double expected = first[i].toDouble();
    const double allowed = 1e-4 * std::max(scale, std::abs(expected)) + atol;
    const double found = got->first8[static_cast<std::size_t>(i)];
    if (!(std::abs(found - expected) <= allowed))
      return QString("%1: element %2 is %3, not %4").arg(what).arg(i).arg(found).arg(expected);
  }
  const double allowed = 1e-4 * want["abs_sum"].toDouble() + atol * count;
  if (!(std::abs(got->sum - want["sum"].toDouble()) <= allowed)) return what + ": other sum";
  return {};
}

QString difference(const QString& what, const QJsonArray& want,
                   const std::vector<std::optional<run::Checksum>>& got) {
  if (want.size() != std::ssize(got)) return what + ": other number";
  for (qsizetype i = 0; i < want.size(); ++i) {
    const QString name = what + QString::number(i);
    const QString found = difference(name, want[i], got[static_cast<std::size_t>(i)], 1e-6);
    if (!found.isEmpty()) return found;
  }
  return {};
}

QString difference(const QString& what, const QJsonObject& want,
                   const std::vector<run::NamedChecksum>& got, double atol) {
  if (want.size() != std::ssize(got)) return what + ": other number";
  for (const auto& [name, checksum] : got) {
    const QString key = QString::fromStdString(name);
    if (!want.contains(key)) return what + ": unknown " + key;
    const QString found = difference(what + key, want[key], checksum, atol);
    if (!found.isEmpty()) return found;
  }
  return {};
}

/// Everything a step gave against the golden's `eager`.
QString differenceFromPyTorch(const std::string& model, const run::StepResult& step) {
  const auto text = load::readDocumentText(AOT_TEST_DATA "/oracle/goldens/" + model + ".json.gz");
  if (!text) return QString::fromStdString(text.error().message);
  const QJsonObject eager =
      QJsonDocument::fromJson(QByteArray::fromStdString(*text))["eager"].toObject();
  const double loss = eager["loss_value"].toDouble();
  if (!(std::abs(step.lossValue.value_or(NAN) - loss) <= 1e-4 * std::abs(loss)))
    return "the loss differs";
  double largest = 1;
  for (const auto& [name, gradient] : step.gradients) {
    for (const double value : gradient ? gradient->first8 : std::vector<double>{})
      largest = std::max(largest, std::abs(value));
  }
  for (const QString& found :
       {difference("output ", eager["outputs"].toArray(), step.outputs),
        difference("input ", eager["inputs_after"].toArray(), step.inputsAfter),
        difference("gradient ", eager["gradients"].toObject(), step.gradients, 1e-6 * largest),
        difference("buffer ", eager["buffers_after"].toObject(), step.buffersAfter, 1e-6)}) {
    if (!found.isEmpty()) return found;
  }
  return {};
}

const char* sentenceOf(const run::CheckResult& check) {
  return check.sentence.c_str();
}

}  // namespace

class TestRunModels : public QObject {
  Q_OBJECT

 private:
  static void addModels() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < std::ssize(kCases); ++i) QTest::newRow(kCases[i].name) << i;
  }

 private Q_SLOTS:
  void eagerGivesPyTorchsNumbers_data() { addModels(); }
  void eagerGivesPyTorchsNumbers() {
    QFETCH(int, index);
    const auto model = support::openOracle(kCases[index].name);
    const auto step = model->runEager(optionsOf(kCases[index]), {});
    QVERIFY2(step.has_value(), step ? "" : step.error().message.c_str());
    const QString found = differenceFromPyTorch(kCases[index].name, *step);
    QVERIFY2(found.isEmpty(), qPrintable(found));
  }

  void callsInLibTorchGivePyTorchsNumbers_data() { addModels(); }
  void callsInLibTorchGivePyTorchsNumbers() {
    QFETCH(int, index);
    const auto model = support::openOracle(kCases[index].name);
    const auto step =
        support::compile(*model, run::Mode::Train, support::minCut(), Build::ExternOnly);
    const auto result = model->runCompiled(step, optionsOf(kCases[index]), {});
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    const QString found = differenceFromPyTorch(kCases[index].name, *result);
    QVERIFY2(found.isEmpty(), qPrintable(found));
  }

  void everyPartitionPassesTheCheck_data() {
    QTest::addColumn<int>("index");
    for (const int i : {0, 1, 2, 5, 6, 7, 8, 9, 10, 11}) QTest::newRow(kCases[i].name) << i;
  }
  void everyPartitionPassesTheCheck() {
    QFETCH(int, index);
    const auto model = support::openOracle(kCases[index].name);
    partition::PartitionOptions plain;
    plain.partitioner = partition::PartitionerKind::Default;
    for (const auto& options : {plain, support::minCut(0.5), support::minCut(0)}) {
      const auto step = support::compile(*model, run::Mode::Train, options, Build::ExternOnly);
      const auto check = model->check(step, optionsOf(kCases[index]), {});
      QVERIFY2(check.has_value(), check ? "" : check.error().message.c_str());
      QVERIFY2(check->passed, sentenceOf(*check));
    }
  }

  void theWorstDifferenceStandsBesideEagersOwnError() {
    const auto model = support::openOracle(kCases[0].name);
    const auto step =
        support::compile(*model, run::Mode::Train, support::minCut(), Build::ExternOnly);
    const auto check = support::valueOf(model->check(step, optionsOf(kCases[0]), {}));
    QVERIFY(check.tensors.at(static_cast<std::size_t>(check.worst)).rmseEager > 0);
    QVERIFY2(check.sentence.find("(error against float64: compiled ") != std::string::npos,
             sentenceOf(check));
  }

  void inferencePassesTheCheck_data() { addModels(); }
  void inferencePassesTheCheck() {
    QFETCH(int, index);
    const auto model = support::openOracle(kCases[index].name);
    const auto step =
        support::compile(*model, run::Mode::Infer, support::minCut(), Build::ExternOnly);
    torch::RunOptions options = optionsOf(kCases[index]);
    options.mode = run::Mode::Infer;
    const auto check = model->check(step, options, {});
    QVERIFY2(check.has_value(), check ? "" : check.error().message.c_str());
    QVERIFY2(check->passed, sentenceOf(*check));
    const auto result = model->runCompiled(step, options, {});
    QVERIFY(result && !result->lossValue && result->gradients.empty());
  }

  void generatedKernelsPassTheCheck_data() {
    QTest::addColumn<int>("index");
    for (const int i : {1, 2, 6, 7, 8, 9}) QTest::newRow(kCases[i].name) << i;
  }
  void generatedKernelsPassTheCheck() {
    QFETCH(int, index);
    const auto model = support::openOracle(kCases[index].name);
    const auto step = support::compile(*model, run::Mode::Train, support::minCut(), Build::Kernels);
    QVERIFY(!step.forward.kernels.empty());
    const auto result = model->runCompiled(step, optionsOf(kCases[index]), {});
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    const QString found = differenceFromPyTorch(kCases[index].name, *result);
    QVERIFY2(found.isEmpty(), qPrintable(found));
  }

  /// PyTorch 2.11 draws a fresh mask where it recomputes dropout: its golden says so itself.
  void recomputedDropoutIsRightWherePyTorchIsWrong() {
    const auto text = support::valueOf(
        load::readDocumentText(AOT_TEST_DATA "/oracle/goldens/dropout_mlp.json.gz"));
    const QJsonObject variant = QJsonDocument::fromJson(QByteArray::fromStdString(
        text))["captures"]["none"]["variants"]["mincut_0.5"]
                                    .toObject();
    QVERIFY(variant.contains("wrong_gradients_upstream"));
    const auto model = support::openOracle("dropout_mlp");
    const auto step =
        support::compile(*model, run::Mode::Train, support::minCut(0.5), Build::ExternOnly);
    torch::RunOptions options;
    options.seed = 1234;
    const auto check = support::valueOf(model->check(step, options, {}));
    QVERIFY2(check.passed, sentenceOf(check));
  }

  void theSeedDecidesWhatDropoutDrops() {
    const auto model = support::openOracle("dropout_mlp");
    const auto step =
        support::compile(*model, run::Mode::Train, support::minCut(0.5), Build::ExternOnly);
    torch::RunOptions options;
    options.seed = 3;
    const auto eager = model->runEager(options, {});
    const auto compiled = model->runCompiled(step, options, {});
    QVERIFY(eager && compiled);
    QCOMPARE(compiled->outputs[0]->sum, eager->outputs[0]->sum);
    options.seed = 4;
    const auto other = model->runCompiled(step, options, {});
    QVERIFY(other && other->outputs[0]->sum != compiled->outputs[0]->sum);
  }

  void runsDoNotSeeEachOther() {
    // The model writes its input and its buffers; each run starts from the file's values.
    const auto model = support::openOracle("mutate_input");
    const auto first = model->runEager({}, {});
    const auto second = model->runEager({}, {});
    QVERIFY(first && second);
    QCOMPARE(first->inputsAfter[0]->sum, second->inputsAfter[0]->sum);
    QCOMPARE(first->buffersAfter[1].second->sum, second->buffersAfter[1].second->sum);
  }

  void theCheckFindsAWrongGraph() {
    const auto model = support::openOracle("mlp");
    torch::ExecutableStep step =
        support::compile(*model, run::Mode::Train, support::minCut(), Build::ExternOnly);
    ir::GraphBuilder wrong;
    for (const ir::Node& node : step.partition->forward->nodes()) {
      if (node.kind == ir::NodeKind::Output) continue;
      ir::Node copy = node;
      if (copy.target == "aten.gelu.default") copy.target = "aten.relu.default";
      wrong.addCopy(copy, [](ir::NodeId id) { return id; });
    }
    wrong.setOutputs(step.partition->forward->outputs());
    step.forward = support::buildHalf(std::move(wrong).freeze(), Build::ExternOnly);
    const auto check = model->check(step, {}, {});
    QVERIFY(check.has_value());
    QVERIFY(!check->passed);
    QVERIFY(check->worst >= 0);
    QVERIFY(!check->tensors[static_cast<std::size_t>(check->worst)].passed);
    QVERIFY(check->sentence.find("differ from eager") != std::string::npos);
    torch::BenchOptions bench;
    bench.minSamples = 3;
    const auto measurement = model->measure(step, bench, {});
    QVERIFY(measurement && !measurement->check.passed && !measurement->speedup);
  }

  void aMeasurementIsComplete() {
    const auto model = support::openOracle("mlp");
    const auto step = support::compile(*model, run::Mode::Train, support::minCut(), Build::Kernels);
    torch::BenchOptions options;
    options.minSamples = 6;
    const auto measured = model->measure(step, options, {});
    QVERIFY2(measured.has_value(), measured ? "" : measured.error().message.c_str());
    QVERIFY2(measured->check.passed, sentenceOf(measured->check));
    QCOMPARE(measured->eager.samplesMs.size(), std::size_t{6});
    QCOMPARE(measured->compiled.samplesMs.size(), std::size_t{6});
    QVERIFY(measured->speedup.has_value());
    QVERIFY(measured->compiled.medianMs > 0);
    QVERIFY(measured->compiledForwardMs > 0 && measured->compiledBackwardMs > 0);
    QCOMPARE(measured->compiled.savedBytes, step.partition->savedBytesNewStorage);
    QCOMPARE(measured->eager.savedBytes, std::int64_t{8 * 128 * 4 * 2});
    QVERIFY(measured->eager.peakBytes > measured->eager.savedBytes);
    QCOMPARE(measured->kernels,
             static_cast<int>(step.forward.kernels.size() + step.backward.kernels.size()));
    QVERIFY(measured->externCalls > 0);
  }

  void aLossThatDoesNotExistIsNamed() {
    const auto model = support::openOracle("mlp");
    torch::RunOptions options;
    options.loss.output = 0;  // a matrix
    const auto matrix = model->runEager(options, {});
    QVERIFY(!matrix && matrix.error().code == ErrorCode::InvalidArgument);
    options.loss.output = 7;
    const auto missing = model->runEager(options, {});
    QVERIFY(!missing && missing.error().code == ErrorCode::InvalidArgument);
    QVERIFY(missing.error().message.find("1 outputs") != std::string::npos);
  }

  void aStopIsObeyed() {
    std::stop_source stop;
    stop.request_stop();
    StageContext context;
    context.stop = stop.get_token();
    const auto model = support::openOracle("mlp");
    const auto eager = model->runEager({}, context);
    QVERIFY(!eager && eager.error().code == ErrorCode::Cancelled);
    const auto step =
        support::compile(*model, run::Mode::Train, support::minCut(), Build::ExternOnly);
    const auto compiled = model->runCompiled(step, {}, context);
    QVERIFY(!compiled && compiled.error().code == ErrorCode::Cancelled);
    const auto measured = model->measure(step, {}, context);
    QVERIFY(!measured && measured.error().code == ErrorCode::Cancelled);
  }

  void anEmptyStepIsAnError() {
    const auto model = support::openOracle("mlp");
    const auto result = model->runCompiled({}, {}, {});
    QVERIFY(!result && result.error().code == ErrorCode::Torch);
  }
};

QTEST_GUILESS_MAIN(TestRunModels)
#include "tst_run_models.moc"
