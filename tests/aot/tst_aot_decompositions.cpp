// What core ATen's table makes of forward and backward.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

namespace {

constexpr torch::TraceOptions kCore{run::Mode::Train, torch::TraceDecompositions::Core};

/// y = op(w), w a parameter of the given sizes.
torch::TraceResult traceUnary(const std::string& op, std::vector<std::int64_t> sizes,
                              ProgramBuilder::Inputs more = {}) {
  ProgramBuilder program;
  program.parameter("w", std::move(sizes));
  ProgramBuilder::Inputs inputs{{"self", value("w")}};
  for (auto& input : more) inputs.push_back(std::move(input));
  program.call("y", op, std::move(inputs)).output("y");
  return support::openModel(program.model(), program.inputs())->trace(kCore, {});
}

QString callText(const ir::Graph& graph) {
  QStringList names;
  for (const std::string& target : support::calls(graph))
    names += QString::fromStdString(target).remove("aten.");
  return names.join(' ');
}

}  // namespace

class TestAotDecompositions : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void anOperatorBecomesItsCallsInPyTorchsOrder_data();
  void anOperatorBecomesItsCallsInPyTorchsOrder();
  void backwardCallsKeepTheNumberOfTheirForwardNode();
  void everyCallKnowsTheOutermostOperator();
  void numbersStayNumbers();
  void aReshapeOfWhatWasDecomposedCopies();
};

void TestAotDecompositions::anOperatorBecomesItsCallsInPyTorchsOrder_data() {
  QTest::addColumn<QString>("op");
  QTest::addColumn<QString>("calls");
  QTest::newRow("with a backward") << "aten.silu.default"
                                   << "sigmoid.default mul.Tensor neg.default exp.default "
                                      "add.Tensor reciprocal.default mul.Tensor mul.Tensor "
                                      "sub.Tensor mul.Tensor add.Tensor mul.Tensor";
  QTest::newRow("saved result") << "aten.tanh.default"
                                << "tanh.default alias.default alias.default mul.Tensor sub.Tensor "
                                   "mul.Tensor";
  QTest::newRow("nested") << "aten.mish.default"
                          << "exp.default log1p.default gt.Scalar where.self tanh.default "
                             "mul.Tensor exp.default log1p.default gt.Scalar where.self "
                             "tanh.default sigmoid.default mul.Tensor mul.Tensor sub.Tensor "
                             "mul.Tensor add.Tensor mul.Tensor";
  QTest::newRow("composite inside") << "aten.relu.default"
                                    << "relu.default alias.default alias.default le.Scalar "
                                       "scalar_tensor.default where.self";
  QTest::newRow("view") << "aten.t.default"
                        << "permute.default";
}

void TestAotDecompositions::anOperatorBecomesItsCallsInPyTorchsOrder() {
  QFETCH(QString, op);
  QFETCH(QString, calls);
  const auto traced = traceUnary(op.toStdString(), {2, 3});
  QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
  QCOMPARE(callText(*traced.joint->graph), calls);
}

void TestAotDecompositions::backwardCallsKeepTheNumberOfTheirForwardNode() {
  const auto traced = traceUnary("aten.silu.default", {2, 3});
  QVERIFY(!traced.error);
  int backward = 0;
  for (const ir::Node& node : traced.joint->graph->nodes()) {
    if (!node.isCall()) continue;
    QCOMPARE(node.meta.sequenceNumber, std::optional<std::int64_t>(0));
    backward += node.meta.tag == ir::PartitionerTag::IsBackward;
  }
  QCOMPARE(backward, 10);
}

void TestAotDecompositions::everyCallKnowsTheOutermostOperator() {
  const auto traced = traceUnary("aten.mish.default", {2, 3});
  QVERIFY(!traced.error);
  for (const ir::Node& node : traced.joint->graph->nodes()) {
    if (!node.isCall()) continue;
    const bool isBackward = node.meta.tag == ir::PartitionerTag::IsBackward;
    QCOMPARE(node.meta.originalOp,
             std::string(isBackward ? "aten.mish_backward.default" : "aten.mish.default"));
  }
}

void TestAotDecompositions::numbersStayNumbers() {
  const auto traced = traceUnary("aten.softplus.default", {3},
                                 {{"beta", std::int64_t{2}}, {"threshold", std::int64_t{5}}});
  QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
  const ir::Graph& graph = *traced.joint->graph;
  const ir::Node& scaled = graph.node(*graph.find("mul"));
  QCOMPARE(scaled.target, std::string("aten.mul.Tensor"));
  QVERIFY(scaled.args[1] == ir::Argument(std::int64_t{2}));
  QVERIFY(graph.node(*graph.find("gt")).args[1] == ir::Argument(std::int64_t{5}));
}

/// The gradient of select, whole, is contiguous; taken apart, it has the strides of what comes in.
void TestAotDecompositions::aReshapeOfWhatWasDecomposedCopies() {
  using Sizes = std::vector<std::int64_t>;
  ProgramBuilder program;
  program.parameter("w", {2, 480}).input("x", {2, 4, 5, 8});
  program.call("v", "aten.view.default", {{"self", value("w")}, {"size", Sizes{2, 5, 4, 3, 8}}})
      .call("s", "aten.select.int",
            {{"self", value("v")}, {"dim", std::int64_t{3}}, {"index", std::int64_t{1}}})
      .call("t", "aten.permute.default", {{"self", value("s")}, {"dims", Sizes{0, 2, 1, 3}}})
      .call("y", "aten.mul.Tensor", {{"self", value("t")}, {"other", value("x")}})
      .output("y");
  const auto model = support::openModel(program.model(), program.inputs());
  const auto traced = model->trace(kCore, {});
  QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
  QVERIFY2(callText(*traced.joint->graph).endsWith("where.self clone.default view.default"),
           qPrintable(callText(*traced.joint->graph)));
}

QTEST_APPLESS_MAIN(TestAotDecompositions)
#include "tst_aot_decompositions.moc"
