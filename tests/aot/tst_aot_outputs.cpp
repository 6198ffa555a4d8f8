// What an output is to the inputs and to the other outputs, and which get a tangent.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

namespace {

/// y = sin(w), an intermediate that needs a gradient.
ProgramBuilder sine() {
  ProgramBuilder program;
  program.parameter("w", {2, 4}).call("y", "aten.sin.default", {{"self", value("w")}});
  return program;
}

ProgramBuilder& flat(ProgramBuilder& program, const std::string& result, const std::string& of) {
  return program.call(result, "aten.view.default",
                      {{"self", value(of)}, {"size", std::vector<std::int64_t>{8}}});
}

std::vector<ir::OutputType> kinds(const torch::TraceResult& traced) {
  CORE_CHECK(!traced.error, traced.error ? traced.error->message : "");
  std::vector<ir::OutputType> types;
  for (const ir::OutputInfo& output : traced.joint->metadata.outputs) types.push_back(output.type);
  return types;
}

}  // namespace

class TestAotOutputs : public QObject {
  Q_OBJECT

  using Kinds = std::vector<ir::OutputType>;

 private Q_SLOTS:
  void aNewTensorIsNoAlias() {
    ProgramBuilder program = sine();
    const auto traced = support::trace(program.output("y"));
    QVERIFY((kinds(traced) == Kinds{ir::OutputType::NonAlias}));
    QCOMPARE(traced.joint->metadata.tracedTangents.size(), std::size_t{1});
  }

  void anInputGivenBackIsThatInput() {
    ProgramBuilder program = sine();
    program.input("x", {3}).output("x").output("y");
    const auto traced = support::trace(program);
    QVERIFY((kinds(traced) == Kinds{ir::OutputType::IsInput, ir::OutputType::NonAlias}));
    QCOMPARE(traced.joint->metadata.outputs[0].baseIndex, std::optional<int>(1));
    QCOMPARE(traced.joint->metadata.tracedTangents.size(), std::size_t{1});
  }

  void aViewOfAParameterIsAnAliasOfIt() {
    ProgramBuilder program = sine();
    flat(program, "v", "w").output("v").output("y");
    const auto traced = support::trace(program);
    QVERIFY((kinds(traced) == Kinds{ir::OutputType::AliasOfInput, ir::OutputType::NonAlias}));
    QVERIFY((traced.joint->metadata.outputs[0].meta->sizeHints() == std::vector<std::int64_t>{8}));
  }

  void aLoneViewOfAnIntermediateNeedsNoBase() {
    ProgramBuilder program = sine();
    const auto traced = support::trace(flat(program, "v", "y").output("v"));
    QVERIFY((kinds(traced) == Kinds{ir::OutputType::UnsafeViewAlias}));
    QCOMPARE(traced.joint->metadata.intermediateBases, 0);
  }

  void twoViewsOfAnIntermediateShareABase() {
    ProgramBuilder program = sine();
    flat(program, "a", "y")
        .call("b", "aten.t.default", {{"self", value("y")}})
        .output("a")
        .output("b");
    const auto traced = support::trace(program);
    QVERIFY((kinds(traced) == Kinds{ir::OutputType::AliasOfIntermediateSaveAsOutput,
                                    ir::OutputType::AliasOfIntermediate}));
    const ir::ViewAndMutationMeta& meta = traced.joint->metadata;
    QCOMPARE(meta.intermediateBases, 1);
    QCOMPARE(meta.tracedTangents.size(), std::size_t{1});
    QCOMPARE(traced.joint->signature.numForwardOutputs, 3);
    QCOMPARE(traced.joint->graph->outputDescriptors()[2],
             std::string("IntermediateBaseAOTOutput(base_of=PlainAOTOutput(idx=0))"));
  }

  void aViewBesideItsBasePointsToIt() {
    ProgramBuilder program = sine();
    const auto traced = support::trace(flat(program.output("y"), "v", "y").output("v"));
    QVERIFY((kinds(traced) ==
             Kinds{ir::OutputType::NonAlias, ir::OutputType::AliasOfIntermediateBaseIsUserOutput}));
    QCOMPARE(traced.joint->metadata.outputs[1].baseIndex, std::optional<int>(0));
  }

  void aDetachedTwinPointsToTheOther() {
    ProgramBuilder program = sine();
    program.call("d", "aten.detach.default", {{"self", value("y")}}).output("y").output("d");
    const auto traced = support::trace(program);
    QVERIFY((kinds(traced) ==
             Kinds{ir::OutputType::NonAlias, ir::OutputType::AliasOfIntermediateBaseIsUserOutput}));
    QVERIFY(!traced.joint->metadata.outputs[1].requiresGrad);
    QCOMPARE(traced.joint->metadata.tracedTangents.size(), std::size_t{1});
  }

  void integersGetNoTangent() {
    ProgramBuilder program = sine();
    program.call("i", "aten.argmax.default", {{"self", value("y")}}).output("i").output("y");
    const auto traced = support::trace(program);
    QVERIFY((kinds(traced) == Kinds{ir::OutputType::NonAlias, ir::OutputType::NonAlias}));
    QVERIFY((traced.joint->metadata.tracedTangentDescriptors ==
             std::vector<std::string>{"TangentAOTInput(output=PlainAOTOutput(idx=1))"}));
  }

  void channelsLastOutputsGetChannelsLastTangents() {
    ProgramBuilder program;
    program.parameter("w", {2, 3, 4, 5})
        .call("c", "aten.contiguous.default",
              {{"self", value("w")}, {"memory_format", ir::MemoryFormat::ChannelsLast}})
        .call("y", "aten.sin.default", {{"self", value("c")}})
        .output("y");
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QVERIFY((traced.joint->metadata.tracedTangents[0].strideHints() ==
             std::vector<std::int64_t>{60, 1, 15, 3}));
  }
};

QTEST_APPLESS_MAIN(TestAotOutputs)
#include "tst_aot_outputs.moc"
