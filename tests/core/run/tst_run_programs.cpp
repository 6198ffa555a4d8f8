// What the compiled step redoes on the user's tensors, on small programs made here: writes, views
// of inputs, views of other outputs. The check compares values, strides, gradients and inputs after
// the run with eager.

#include <QTest>

#include "tests/aot/check_program.h"
#include "tests/core/run/run_model.h"

using namespace core;
using support::Build;
using support::ProgramBuilder;
using support::value;

namespace {

std::vector<std::int64_t> sizes(std::initializer_list<std::int64_t> list) {
  return list;
}

/// An input that requires grad and is no leaf, as a model inside a larger one sees it.
void inputNeedsGrad(ProgramBuilder& program, std::size_t index) {
  program.inputs().inputs[index].requiresGrad = true;
  program.inputs().inputs[index].isLeaf = false;
}

}  // namespace

class TestRunPrograms : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void anOutputThatIsAViewOfAnInput() {
    ProgramBuilder program;
    program.parameter("w", {6}).input("x", {2, 3});
    inputNeedsGrad(program, 0);
    program.call("flat", "aten.view.default", {{"self", value("x")}, {"size", sizes({6})}})
        .call("y", "aten.mul.Tensor", {{"self", value("flat")}, {"other", value("w")}})
        .output("flat")
        .output("y");
    VERIFY_PROGRAM(program);
  }

  void outputsThatAreViewsOfOneIntermediate() {
    ProgramBuilder program;
    program.parameter("w", {2, 3});
    program.call("y", "aten.sin.default", {{"self", value("w")}})
        .call("a", "aten.view.default", {{"self", value("y")}, {"size", sizes({6})}})
        .call("b", "aten.t.default", {{"self", value("y")}})
        .output("a")
        .output("b");
    VERIFY_PROGRAM(program);
  }

  void anOutputAndAViewOfIt() {
    ProgramBuilder program;
    program.parameter("w", {2, 3});
    program.call("y", "aten.exp.default", {{"self", value("w")}})
        .call("row", "aten.select.int",
              {{"self", value("y")}, {"dim", std::int64_t{0}}, {"index", std::int64_t{1}}})
        .output("row")
        .output("y");
    VERIFY_PROGRAM(program);
  }

  void anInputThatIsReturned() {
    ProgramBuilder program;
    program.parameter("w", {3}).input("x", {2, 3});
    inputNeedsGrad(program, 0);
    program.call("y", "aten.mul.Tensor", {{"self", value("x")}, {"other", value("w")}})
        .output("x")
        .output("y");
    VERIFY_PROGRAM(program);
  }

  void anInputThatIsWrittenAndReturned() {
    ProgramBuilder program;
    program.parameter("w", {3}).input("x", {2, 3});
    inputNeedsGrad(program, 0);
    program.call("twice", "aten.mul_.Tensor", {{"self", value("x")}, {"other", std::int64_t{2}}})
        .call("y", "aten.mul.Tensor", {{"self", value("twice")}, {"other", value("w")}})
        .output("twice")
        .output("y");
    VERIFY_PROGRAM(program);
  }

  void aConstantOfASubmoduleIsAnAttribute() {
    ProgramBuilder program;
    program.constant("head.two", {3}).parameter("w", {3}).input("x", {2, 3});
    program.call("two", "aten.lift_fresh_copy.default", {{"self", value("head.two")}})
        .call("y", "aten.mul.Tensor", {{"self", value("w")}, {"other", value("two")}})
        .call("z", "aten.mul.Tensor", {{"self", value("y")}, {"other", value("x")}})
        .output("z");
    VERIFY_PROGRAM(program);
    const std::string kernels = support::differenceOfKernels(program);
    QVERIFY2(kernels.empty(), kernels.c_str());
    const auto model = support::openProgram(program);
    const auto traced = model->trace({}, {});
    QVERIFY(!traced.error);
    QCOMPARE(traced.joint->signature.numPrimals, 2);
    const auto lift = traced.joint->graph->find("lift_fresh_copy");
    QVERIFY(lift.has_value());
    const ir::Node& read =
        traced.joint->graph->node(traced.joint->graph->node(*lift).args.front().node());
    QCOMPARE(read.kind, ir::NodeKind::Attribute);
    QCOMPARE(read.name, std::string("_tensor_constant0"));
    const auto check = support::valueOf(model->checkTrace(traced, {}, {}));
    QVERIFY2(!check.mismatch, check.sentence().c_str());
  }

  void anInputThatIsReadBeforeItIsWritten() {
    ProgramBuilder program;
    program.parameter("w", {3}).input("x", {2, 3});
    program.call("before", "aten.clone.default", {{"self", value("x")}})
        .call("y", "aten.mul.Tensor", {{"self", value("before")}, {"other", value("w")}})
        .call("after", "aten.add_.Tensor", {{"self", value("x")}, {"other", std::int64_t{1}}})
        .output("y");
    VERIFY_PROGRAM(program);
  }

  void aBufferThatIsReadBeforeItIsWritten() {
    ProgramBuilder program;
    program.parameter("w", {3}).buffer("mean", {3}).input("x", {2, 3});
    program.call("before", "aten.clone.default", {{"self", value("mean")}})
        .call("y", "aten.mul.Tensor", {{"self", value("w")}, {"other", value("before")}})
        .call("z", "aten.mul.Tensor", {{"self", value("y")}, {"other", value("x")}})
        .call("after", "aten.mul_.Tensor", {{"self", value("mean")}, {"other", 0.5}})
        .output("z");
    VERIFY_PROGRAM(program);
  }

  void aParameterThatFlowsIntoABuffer() {
    ProgramBuilder program;
    program.parameter("w", {3}).buffer("state", {2, 3});
    program
        .call("row", "aten.select.int",
              {{"self", value("state")}, {"dim", std::int64_t{0}}, {"index", std::int64_t{1}}})
        .call("written", "aten.copy_.default", {{"self", value("row")}, {"src", value("w")}})
        .call("y", "aten.mul.Tensor", {{"self", value("w")}, {"other", value("state")}})
        .output("y");
    const auto model = support::openProgram(program);
    const auto step =
        support::compile(*model, run::Mode::Train, support::minCut(), Build::ExternOnly);
    const auto check = model->check(step, {}, {});
    QVERIFY2(check.has_value(), check ? "" : check.error().message.c_str());
    QVERIFY2(check->passed, check->sentence.c_str());
    // Steps in a row: the buffer must not carry the last step's autograd graph along.
    torch::BenchOptions options;
    options.minSamples = 3;
    const auto measured = model->measure(step, options, {});
    QVERIFY2(measured.has_value(), measured ? "" : measured.error().message.c_str());
  }

  void aWriteWithoutGradRegion() {
    ProgramBuilder program;
    program.parameter("w", {3}).buffer("ema", {3});
    program.call("y", "aten.sin.default", {{"self", value("w")}})
        .openGradRegion(false)
        .call("kept", "aten.mul_.Tensor", {{"self", value("ema")}, {"other", value("y")}})
        .closeRegion()
        .output("y");
    VERIFY_PROGRAM(program);
  }

  void anInputWithStridesAndOffset() {
    ProgramBuilder program;
    program.parameter("w", {2}).input("x", {3, 2});
    auto& input = program.inputs().inputs[0];
    input.meta.strides = {ir::Size(1), ir::Size(4)};
    input.storageOffset = 3;
    program.inputs().storages[0].resize(64);
    program.call("y", "aten.mul.Tensor", {{"self", value("x")}, {"other", value("w")}})
        .call("part", "aten.slice.Tensor",
              {{"self", value("y")},
               {"dim", std::int64_t{0}},
               {"start", std::int64_t{1}},
               {"end", std::int64_t{3}}})
        .output("part");
    VERIFY_PROGRAM(program);
  }

  void overlappingInputsOneOfThemWritten() {
    ProgramBuilder program;
    program.parameter("w", {3}).input("a", {2, 3}).input("b", {2, 3});
    auto& inputs = program.inputs();
    inputs.storages.resize(1);
    inputs.storages[0].resize(40);
    inputs.inputs[0].meta.strides = {ir::Size(4), ir::Size(1)};
    inputs.inputs[1] = inputs.inputs[0];
    inputs.inputs[1].storageOffset = 1;
    program.call("plus", "aten.add_.Tensor", {{"self", value("a")}, {"other", std::int64_t{1}}})
        .call("s", "aten.add.Tensor", {{"self", value("plus")}, {"other", value("b")}})
        .call("y", "aten.mul.Tensor", {{"self", value("s")}, {"other", value("w")}})
        .output("y");
    VERIFY_PROGRAM(program);
  }

  /// oneDNN's layer keeps a workspace for its gradient, whose size only it knows.
  void aRecurrentLayerOfAFixedInput() {
    ProgramBuilder program;
    program.parameter("wi", {16, 3}).parameter("wh", {16, 4}).parameter("bi", {16});
    program.parameter("bh", {16}).input("x", {5, 2, 3}).input("h", {1, 2, 4}).input("c", {1, 2, 4});
    using Tensors = std::vector<load::TensorName>;
    program.call(std::vector<std::string>{"y", "hn", "cn"}, "aten.lstm.input",
                 {{"input", value("x")},
                  {"hx", Tensors{{"h"}, {"c"}}},
                  {"params", Tensors{{"wi"}, {"wh"}, {"bi"}, {"bh"}}},
                  {"has_biases", true},
                  {"num_layers", std::int64_t{1}},
                  {"dropout", 0.0},
                  {"train", true},
                  {"bidirectional", false},
                  {"batch_first", false}});
    program.output("y");
    VERIFY_PROGRAM(program);
  }

  void randomOperatorsDrawAsEager_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<int>("form");
    for (const char* op : {"dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"})
      QTest::newRow(op) << op << 0;
    QTest::newRow("rrelu") << "rrelu" << 1;
    for (const char* op : {"rand_like", "randn_like", "bernoulli"}) QTest::newRow(op) << op << 2;
  }

  /// Compiled and eager start from one seed. Whatever is recomputed (the smallest budget recomputes
  /// all it may), a draw is made once, and one that nobody reads still moves the generator on.
  void randomOperatorsDrawAsEager() {
    QFETCH(QString, op);
    QFETCH(int, form);
    const std::string target = "aten." + op.toStdString() + ".default";
    const auto draw = [&](const std::string& from) {
      ProgramBuilder::Inputs inputs{{op == "dropout" || form == 0 ? "input" : "self", value(from)}};
      if (form == 0) {
        inputs.push_back({"p", 0.4});
        inputs.push_back({"train", true});
      } else if (form == 1) {
        inputs.push_back({"training", true});
      }
      return inputs;
    };
    ProgramBuilder program;
    program.parameter("w", {3, 4, 5});
    program.call("s", "aten.sigmoid.default", {{"self", value("w")}})
        .call("unread", target, draw("s"))
        .call("drawn", target, draw("s"))
        .call("c", "aten.cos.default", {{"self", value("s")}})
        .call("m", "aten.mul.Tensor", {{"self", value("drawn")}, {"other", value("c")}})
        .call("e", "aten.sigmoid.default", {{"self", value("m")}})
        .call("again", target, draw("e"))
        .call("y", "aten.mul.Tensor", {{"self", value("again")}, {"other", value("e")}})
        .output("y");
    VERIFY_PROGRAM(program);
  }

  void aWideBroadcastOutput() {
    ProgramBuilder program;
    program.parameter("w", {1, 3});
    program.call("y", "aten.cos.default", {{"self", value("w")}})
        .call("wide", "aten.expand.default", {{"self", value("y")}, {"size", sizes({4, 3})}})
        .output("wide");
    VERIFY_PROGRAM(program);
  }

  void anOutputThatNeedsNoGradient() {
    ProgramBuilder program;
    program.parameter("w", {4}).input("x", {4});
    program.call("y", "aten.mul.Tensor", {{"self", value("w")}, {"other", value("x")}})
        .call("best", "aten.argmax.default", {{"self", value("y")}})
        .call("plain", "aten.detach.default", {{"self", value("y")}})
        .output("best")
        .output("plain")
        .output("y");
    VERIFY_PROGRAM(program);
  }

  void aModelWithoutParameters() {
    ProgramBuilder program;
    program.input("x", {2, 3});
    program.call("y", "aten.relu.default", {{"self", value("x")}}).output("y");
    VERIFY_PROGRAM(program);
  }
};

QTEST_GUILESS_MAIN(TestRunPrograms)
#include "tst_run_programs.moc"
