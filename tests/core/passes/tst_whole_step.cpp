// Forward, loss and backward joined into one graph, by structure and by the values of its schedule.

#include <QTest>
#include <cmath>
#include <functional>

#include "core/ir/graph_builder.h"
#include "core/passes/whole_step.h"
#include "core/schedule/make_schedule.h"
#include "tests/support/graph_from_text.h"
#include "tests/support/run_schedule.h"

using namespace core;
using tests::Elements;

namespace {

/// y = tanh(x) * w, which saves w and recomputes the tanh; both gradients.
constexpr const char* kForward = R"(graph {
  %primals_1 : f32[4, 8] = placeholder
  %primals_2 : f32[4, 8] = placeholder
  %tanh : f32[4, 8] = aten.tanh.default(%primals_1)
  %mul : f32[4, 8] = aten.mul.Tensor(%tanh, %primals_2)
  return (%mul, %primals_1, %primals_2)
})";
constexpr const char* kBackward = R"(graph {
  %primals_1 : f32[4, 8] = placeholder
  %primals_2 : f32[4, 8] = placeholder
  %tangents_1 : f32[4, 8] = placeholder
  %tanh : f32[4, 8] = aten.tanh.default(%primals_1)
  %mul_1 : f32[4, 8] = aten.mul.Tensor(%tangents_1, %tanh)
  %mul_2 : f32[4, 8] = aten.mul.Tensor(%tangents_1, %primals_2)
  %tanh_backward : f32[4, 8] = aten.tanh_backward.default(%mul_2, %tanh)
  return (%tanh_backward, %mul_1)
})";

/// Two losses, each of one input.
constexpr const char* kScalarForward = R"(graph {
  %primals_1 : f32[6] = placeholder
  %primals_2 : f32[6] = placeholder
  %sum_1 : f32[] = aten.sum.default(%primals_1)
  %sum_2 : f32[] = aten.sum.default(%primals_2)
  return (%sum_1, %sum_2)
})";
constexpr const char* kScalarBackward = R"(graph {
  %tangents_1 : f32[] = placeholder
  %tangents_2 : f32[] = placeholder
  %expand : f32[6]{0} = aten.expand.default(%tangents_1, [6])
  %expand_1 : f32[6]{0} = aten.expand.default(%tangents_2, [6])
  return (%expand, %expand_1)
})";

/// A joint graph that is as good as these halves to who joins them.
ir::JointGraph jointOf(const ir::Graph& forward, const std::vector<ir::TensorMeta>& tangents) {
  ir::JointGraph joint;
  ir::GraphBuilder builder;
  std::vector<ir::Argument> outputs;
  for (const ir::NodeId id : forward.placeholders())
    builder.addPlaceholder(forward.node(id).name, forward.node(id).value);
  for (std::size_t i = 0; i < tangents.size(); ++i)
    outputs.push_back(builder.addPlaceholder("tangents_" + std::to_string(i + 1), tangents[i]));
  builder.setOutputs(std::move(outputs));
  joint.graph = std::move(builder).freeze();
  joint.signature.numPrimals = static_cast<int>(forward.placeholders().size());
  joint.signature.numForwardOutputs = static_cast<int>(tangents.size());
  joint.metadata.tracedTangents = tangents;
  joint.metadata.inputs.resize(forward.placeholders().size());
  joint.metadata.outputs.resize(tangents.size());
  for (ir::OutputInfo& output : joint.metadata.outputs) output.requiresGrad = true;
  return joint;
}

struct Step {
  ir::GraphPtr forward = support::graphFromText(kForward);
  ir::GraphPtr backward = support::graphFromText(kBackward);
  ir::JointGraph joint = jointOf(*forward, {ir::contiguousMeta(ir::DType::F32, {4, 8})});

  Result<ir::GraphPtr> whole(std::optional<int> loss = std::nullopt) const {
    return passes::wholeStepGraph(joint, *forward, *backward, loss);
  }
};

Step scalarStep() {
  const ir::TensorMeta scalar = ir::contiguousMeta(ir::DType::F32, {});
  Step step{support::graphFromText(kScalarForward), support::graphFromText(kScalarBackward), {}};
  step.joint = jointOf(*step.forward, {scalar, scalar});
  return step;
}

}  // namespace

class TestWholeStep : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theLossAndItsGradientTakeTheTangentsPlace() {
    const auto graph = Step{}.whole();
    QVERIFY(graph.has_value());
    QCOMPARE((*graph)->placeholders().size(), std::size_t{2});
    QCOMPARE((*graph)->outputs().size(), std::size_t{4});  // mul, loss, two gradients
    const ir::Node& tangent = (*graph)->node(*(*graph)->find("tangents_1"));
    QCOMPARE(tangent.target, std::string("aten.mul.Tensor"));
    QCOMPARE(*tangent.args[1].number(), 2.0 / 32);
  }

  void whatTheBackwardRecomputesIsComputedAgain() {
    const auto graph = Step{}.whole();
    QVERIFY((*graph)->find("tanh"));
    const ir::Node& again = (*graph)->node(*(*graph)->find("tanh_again_1"));
    QCOMPARE(again.target, std::string("aten.tanh.default"));
  }

  void oneScheduleGivesOutputsLossAndGradients() {
    auto schedule = schedule::makeSchedule(*Step{}.whole(), {});
    QVERIFY(schedule.has_value());
    std::vector<Elements> inputs{tests::randomElements(32, 1), tests::randomElements(32, 2)};
    const auto values = tests::runSchedule(*schedule, inputs);
    Elements y(32), gradientX(32), gradientW(32);
    double loss = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      const double t = std::tanh(inputs[0][i]), w = inputs[1][i];
      y[i] = t * w;
      loss += y[i] * y[i] / 32;
      gradientX[i] = 2 * y[i] / 32 * w * (1 - t * t);
      gradientW[i] = 2 * y[i] / 32 * t;
    }
    QVERIFY(tests::largestDifference(values[0], y) < 1e-5);
    QVERIFY(tests::largestDifference(values[1], {loss}) < 1e-5);
    QVERIFY(tests::largestDifference(values[2], gradientX) < 1e-5);
    QVERIFY(tests::largestDifference(values[3], gradientW) < 1e-5);
  }

  void onlyTheChosenOutputIsDifferentiated() {
    const auto graph = scalarStep().whole(1);
    QVERIFY(graph.has_value());
    const auto& outputs = (*graph)->outputs();
    QCOMPARE(outputs.size(), std::size_t{5});
    QCOMPARE(outputs[2], outputs[1]);  // the loss
    QVERIFY(outputs[3].isNone());
    auto schedule = schedule::makeSchedule(*graph, {});
    std::vector<Elements> inputs{tests::randomElements(6, 3), tests::randomElements(6, 4)};
    QCOMPARE(tests::runSchedule(*schedule, inputs)[4], Elements(6, 1.0));
  }

  void aLossThatIsNoNumberIsRefused() {
    const auto graph = Step{}.whole(0);
    QVERIFY(!graph.has_value());
    QCOMPARE(graph.error().code, ErrorCode::InvalidArgument);
  }

  void stepsWithMoreAroundTheGraphsAreRefused_data() {
    using Change = std::function<void(ir::JointGraph&)>;
    QTest::addColumn<Change>("change");
    const auto row = [](const char* name, Change change) { QTest::newRow(name) << change; };
    row("view of an intermediate", [](ir::JointGraph& j) { j.metadata.intermediateBases = 1; });
    row("view of an input",
        [](ir::JointGraph& j) { j.metadata.outputs[0].type = ir::OutputType::AliasOfInput; });
    row("written input with a gradient", [](ir::JointGraph& j) {
      j.metadata.inputs[0].mutatesData = j.metadata.inputs[0].requiresGrad = true;
    });
    row("written inputs that share memory",
        [](ir::JointGraph& j) { j.signature.inputBindings.emplace_back().isView = true; });
    row("nothing to differentiate", [](ir::JointGraph& j) { j.metadata.tracedTangents.clear(); });
  }
  void stepsWithMoreAroundTheGraphsAreRefused() {
    QFETCH(std::function<void(ir::JointGraph&)>, change);
    Step step;
    change(step.joint);
    const auto graph = step.whole();
    QVERIFY(!graph.has_value());
    QCOMPARE(graph.error().code, ErrorCode::UnsupportedOp);
  }
};

QTEST_APPLESS_MAIN(TestWholeStep)
#include "tst_whole_step.moc"
