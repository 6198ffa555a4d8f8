// Autocast regions are inlined; their casts are nodes.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

namespace {

ir::DType dtypeOf(const ir::Graph& graph, const std::string& name) {
  const auto id = graph.find(name);
  CORE_CHECK(id.has_value(), "no node '" + name + "'");
  return graph.node(*id).tensor()->dtype;
}

/// `op` of x and the parameter w inside the region.
ProgramBuilder castProduct(const std::string& op, const std::string& second) {
  ProgramBuilder program;
  program.parameter("w", {4, 4}).input("x", {4, 4});
  program.openAutocastRegion()
      .call("y", op, {{"self", value("x")}, {second, value("w")}})
      .closeRegion();
  program.call("z", "aten.mm.default", {{"self", value("x")}, {"mat2", value("w")}});
  program.output("y").output("z");
  return program;
}

std::ptrdiff_t count(const ir::Graph& graph, const std::string& target) {
  const auto targets = support::calls(graph);
  return std::count(targets.begin(), targets.end(), target);
}

}  // namespace

class TestAotAutocast : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void productsRunInTheLowerPrecision() {
    ProgramBuilder program = castProduct("aten.mm.default", "mat2");
    const auto traced = support::trace(program);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    QCOMPARE(dtypeOf(*traced.joint->graph, "mm"), ir::DType::BF16);
    QCOMPARE(traced.joint->metadata.tracedTangents[0].dtype, ir::DType::BF16);
  }

  void theRegionEndsWhereItEnds() {
    ProgramBuilder program = castProduct("aten.mm.default", "mat2");
    const auto traced = support::trace(program);
    QCOMPARE(dtypeOf(*traced.joint->graph, "mm_1"), ir::DType::F32);
  }

  void theGradientIsCastBack() {
    ProgramBuilder program = castProduct("aten.mm.default", "mat2");
    const auto traced = support::trace(program);
    const ir::Graph& graph = *traced.joint->graph;
    const ir::Node& gradient = graph.node(graph.outputs()[2].node());
    QCOMPARE(gradient.tensor()->dtype, ir::DType::F32);
  }

  void lossesRunInFloat32() {
    ProgramBuilder program;
    program.parameter("w", {4, 4}).input("x", {4, 4}, ir::DType::BF16);
    program.openAutocastRegion()
        .call("y", "aten.mse_loss.default", {{"self", value("x")}, {"target", value("w")}})
        .closeRegion();
    const auto traced = support::trace(program.output("y"));
    QVERIFY(!traced.error);
    QCOMPARE(dtypeOf(*traced.joint->graph, "mse_loss"), ir::DType::F32);
  }

  void operatorsWithoutARuleAreLeftAlone() {
    ProgramBuilder program = castProduct("aten.mul.Tensor", "other");
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QCOMPARE(dtypeOf(*traced.joint->graph, "mul"), ir::DType::F32);
    QCOMPARE(count(*traced.joint->graph, "aten._to_copy.default"), std::ptrdiff_t{0});
  }

  void aConcatenationTakesTheWidestType() {
    ProgramBuilder program;
    program.parameter("w", {4, 4}).input("x", {4, 4}, ir::DType::BF16);
    program.openAutocastRegion()
        .call("y", "aten.cat.default", {{"tensors", std::vector<load::TensorName>{{"x"}, {"w"}}}})
        .closeRegion();
    const auto traced = support::trace(program.output("y"));
    QVERIFY(!traced.error);
    QCOMPARE(dtypeOf(*traced.joint->graph, "cat"), ir::DType::F32);
  }

  void aWeightIsCastOncePerRegion() {
    ProgramBuilder program;
    program.parameter("w", {4, 4});
    program.openAutocastRegion()
        .call("a", "aten.mm.default", {{"self", value("w")}, {"mat2", value("w")}})
        .call("y", "aten.mm.default", {{"self", value("a")}, {"mat2", value("w")}})
        .closeRegion();
    const auto traced = support::trace(program.output("y"));
    QVERIFY(!traced.error);
    // One cast of the weight, one of its gradient.
    QCOMPARE(count(*traced.joint->graph, "aten._to_copy.default"), std::ptrdiff_t{2});
  }

  void compositesAreCastInside() {
    ProgramBuilder program;
    program.parameter("w", {4, 4}).input("x", {2, 4});
    program.openAutocastRegion()
        .call("y", "aten.linear.default", {{"input", value("x")}, {"weight", value("w")}})
        .closeRegion();
    const auto traced = support::trace(program.output("y"));
    QVERIFY(!traced.error);
    QCOMPARE(dtypeOf(*traced.joint->graph, "mm"), ir::DType::BF16);
  }

  void theLastArgumentIsCastFirst() {
    ProgramBuilder program;
    program.parameter("w", {4, 4}).parameter("b", {4}).input("x", {2, 4});
    program.openAutocastRegion()
        .call("y", "aten.linear.default",
              {{"input", value("x")}, {"weight", value("w")}, {"bias", value("b")}})
        .closeRegion();
    const auto traced = support::trace(program.output("y"));
    QVERIFY(!traced.error);
    const ir::Graph& graph = *traced.joint->graph;
    std::vector<std::string> cast;
    for (const char* name : {"_to_copy", "_to_copy_1", "_to_copy_2"})
      cast.push_back(graph.node(graph.node(*graph.find(name)).args[0].node()).name);
    QCOMPARE(cast, (std::vector<std::string>{"primals_2", "primals_1", "primals_3"}));
  }

  /// PyTorch's shape function says bf16; the kernel gives f32, and the gradient wants it so.
  void statisticsOfALayerNormKeepTheDtypeOfItsWeight() {
    ProgramBuilder program;
    program.parameter("w", {4, 4}).parameter("g", {4}).input("x", {2, 4});
    program.openAutocastRegion()
        .call("p", "aten.linear.default", {{"input", value("x")}, {"weight", value("w")}})
        .call("y", "aten.layer_norm.default",
              {{"input", value("p")},
               {"normalized_shape", std::vector<std::int64_t>{4}},
               {"weight", value("g")}})
        .closeRegion();
    const auto traced = support::trace(program.output("y"));
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    QCOMPARE(dtypeOf(*traced.joint->graph, "getitem"), ir::DType::BF16);
    QCOMPARE(dtypeOf(*traced.joint->graph, "getitem_1"), ir::DType::F32);
  }

  void nothingIsLeftOnAfterwards() {
    ProgramBuilder program = castProduct("aten.mm.default", "mat2");
    QVERIFY(!support::trace(program).error);
    ProgramBuilder plain;
    plain.parameter("w", {4, 4});
    plain.call("y", "aten.mm.default", {{"self", value("w")}, {"mat2", value("w")}}).output("y");
    const auto traced = support::trace(plain);
    QCOMPARE(dtypeOf(*traced.joint->graph, "mm"), ir::DType::F32);
  }
};

QTEST_APPLESS_MAIN(TestAotAutocast)
#include "tst_aot_autocast.moc"
