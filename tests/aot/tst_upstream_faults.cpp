// Where PyTorch 2.11's AOTAutograd is wrong, ours is right: each test has PyTorch's value, eager's
// and ours. The recomputed dropout is in tst_run_models.

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <cstring>

#include "core/load/capture/document_text.h"
#include "tests/aot/check_program.h"
#include "tests/aot/program_text.h"
#include "tests/core/run/run_model.h"

using namespace core;
using support::ProgramBuilder;

namespace {

template <typename T>
void fill(load::InputSet& inputs, std::size_t input, const std::vector<T>& values) {
  std::memcpy(inputs.storages[static_cast<std::size_t>(inputs.inputs[input].storage)].data(),
              values.data(), values.size() * sizeof(T));
}

/// Eager's step and the compiled one, with the numbers that the program's inputs hold.
struct Steps {
  run::StepResult eager;
  run::StepResult compiled;
};

Steps stepsOf(torch::TorchModel& model, const torch::RunOptions& options) {
  const auto step =
      support::compile(model, options.mode, support::minCut(1), support::Build::Kernels);
  return {support::valueOf(model.runEager(options, {})),
          support::valueOf(model.runCompiled(step, options, {}))};
}

bool close(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return std::abs(x - y) < 1e-5; });
}

int countOf(const ir::Graph& graph, const std::string& target) {
  return static_cast<int>(std::count_if(graph.nodes().begin(), graph.nodes().end(),
                                        [&](const ir::Node& n) { return n.target == target; }));
}

}  // namespace

class TestUpstreamFaults : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  /// PyTorch takes the loss apart, and the compiled function gives another loss and other gradients
  /// than eager, without a word.
  void multilabelMarginLossHasEagersGradient() {
    const double pytorchsLoss = 2.6866667, eagersLoss = 0.84;
    const std::vector<double> pytorchs{-0.8,       0.33333334,  0.33333334,  -0.2,
                                       0.33333334, -0.73333335, -0.26666668, 0.33333334};
    const std::vector<double> eagers{-0.2,       0.13333334, 0.13333334,  -0.2,
                                     0.13333334, 0.06666667, -0.26666668, 0.06666667};
    ProgramBuilder program = support::programFromText(
        "input x f32[3, 5] leaf\ninput t i64[3, 5]\n"
        "y = aten.multilabel_margin_loss.default(x, target=t)\nreturn y\n");
    fill<float>(program.inputs(), 0,
                {0, -0.1F, 0.2F, -0.3F, 0.4F, 0.05F, -0.05F, 0.25F, -0.25F, 0.45F, 0.1F, 0, 0.3F,
                 -0.2F, 0.5F});
    fill<std::int64_t>(program.inputs(), 1, {3, 0, -1, 1, 4, 1, -1, 0, 2, 3, 0, 1, 2, 3, 4});
    const auto model = support::openModel(program.model(), program.inputs());
    torch::RunOptions options;
    options.loss.output = 0;
    const auto [eager, compiled] = stepsOf(*model, options);
    for (const run::StepResult* step : {&eager, &compiled}) {
      QVERIFY(std::abs(*step->lossValue - eagersLoss) < 1e-5);
      QVERIFY(std::abs(*step->lossValue - pytorchsLoss) > 1);
      const std::vector<double>& gradient = step->gradients[0].second->first8;
      QVERIFY(close(gradient, eagers));
      QVERIFY(!close(gradient, pytorchs));
    }
  }

  /// PyTorch's Python LSTM gives its states one dimension more; eager's have [layers, batch, size].
  void theStatesOfARecurrentLayerHaveEagersShape() {
    const std::vector<std::int64_t> pytorchs{1, 1, 2, 4}, eagers{1, 2, 4};
    ProgramBuilder program;
    program.parameter("wi", {16, 3}).parameter("wh", {16, 4}).parameter("bi", {16});
    program.parameter("bh", {16}).input("x", {5, 2, 3}).input("h", {1, 2, 4}).input("c", {1, 2, 4});
    using Tensors = std::vector<load::TensorName>;
    program.call(std::vector<std::string>{"y", "hn", "cn"}, "aten.lstm.input",
                 {{"input", support::value("x")},
                  {"hx", Tensors{{"h"}, {"c"}}},
                  {"params", Tensors{{"wi"}, {"wh"}, {"bi"}, {"bh"}}},
                  {"has_biases", true},
                  {"num_layers", std::int64_t{1}},
                  {"dropout", 0.0},
                  {"train", true},
                  {"bidirectional", false},
                  {"batch_first", false}});
    program.output("y").output("hn").output("cn");
    const auto model = support::openProgram(program);
    const auto [eager, compiled] = stepsOf(*model, {});
    for (const std::size_t state : {1, 2}) {
      QCOMPARE(eager.outputs[state]->shape, eagers);
      QCOMPARE(compiled.outputs[state]->shape, eagers);
      QVERIFY(compiled.outputs[state]->shape != pytorchs);
      QVERIFY(close(compiled.outputs[state]->first8, eager.outputs[state]->first8));
    }
  }

  /// PyTorch's default partition leaves a dropout in the backward whose result nobody reads: it
  /// would draw random numbers. Our backward holds none, and the step equals eager's.
  void aDeadRandomOperatorIsNotRun() {
    const auto text = support::valueOf(
        load::readDocumentText(AOT_TEST_DATA "/oracle/goldens/dropout_mlp.json.gz"));
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(text));
    const QJsonObject counts =
        document["captures"]["none"]["variants"]["default"]["backward"]["op_counts"].toObject();
    QCOMPARE(counts["aten.native_dropout.default"].toInt(), 1);
    const auto model = support::openOracle("dropout_mlp");
    partition::PartitionOptions plain;
    plain.partitioner = partition::PartitionerKind::Default;
    const auto step = support::compile(*model, run::Mode::Train, plain, support::Build::ExternOnly);
    QCOMPARE(countOf(*step.backward.schedule->graph, "aten.native_dropout.default"), 0);
    torch::RunOptions options;
    options.seed = 1234;
    const auto check = support::valueOf(model->check(step, options, {}));
    QVERIFY2(check.passed, check.sentence.c_str());
  }

  /// PyTorch's capture of such a call ends with an index error where writes stay in the graph.
  void aWrittenTensorPassedTwiceIsTraced() {
    ProgramBuilder program = support::programFromText(
        "input a f32[3]\ninput b f32[3] same=a\n"
        "m = aten.mul_.Tensor(a, other=2)\ny = aten.add.Tensor(m, other=b)\nreturn y\n");
    fill<float>(program.inputs(), 0, {1, 2, 3});
    const auto model = support::openModel(program.model(), program.inputs());
    torch::RunOptions options;
    options.mode = run::Mode::Infer;
    const auto [eager, compiled] = stepsOf(*model, options);
    for (const run::StepResult* step : {&eager, &compiled}) {
      QCOMPARE(step->outputs[0]->first8, (std::vector<double>{4, 8, 12}));
      QCOMPARE(step->inputsAfter[0]->first8, (std::vector<double>{2, 4, 6}));
      QCOMPARE(step->inputsAfter[1]->first8, (std::vector<double>{2, 4, 6}));
    }
  }
};

QTEST_GUILESS_MAIN(TestUpstreamFaults)
#include "tst_upstream_faults.moc"
