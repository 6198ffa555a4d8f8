// Inputs that are repeated, overlap, or do not fit the program.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;
using support::ProgramBuilder;
using support::value;

namespace {

ProgramBuilder sumOfTwo(const char* firstOp) {
  ProgramBuilder program;
  program.input("a", {4, 4}).input("b", {4, 4});
  program.call("c", firstOp, {{"self", value("a")}, {"other", std::int64_t{2}}})
      .call("y", "aten.add.Tensor", {{"self", value("c")}, {"other", value("b")}})
      .output("y");
  return program;
}

/// Both inputs as columns [0, 4) and [from, from + 4) of one [4, 8] storage.
void placeInOneStorage(load::InputSet& inputs, std::int64_t from) {
  inputs.storages.assign(1, std::vector<std::byte>(4 * 8 * 4));
  for (load::InputSet::Input& input : inputs.inputs) {
    input.storage = 0;
    input.meta.strides = {ir::Size(8), ir::Size(1)};
  }
  inputs.inputs[1].storageOffset = from;
}

}  // namespace

class TestAotInputs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void overlappingWrittenInputsBecomeViewsOfOneBase() {
    ProgramBuilder program = sumOfTwo("aten.mul_.Tensor");
    placeInOneStorage(program.inputs(), 2);
    const auto traced = support::trace(program);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const ir::JointGraph& joint = *traced.joint;
    QCOMPARE(joint.signature.numPrimals, 1);
    const auto& bindings = joint.signature.inputBindings;
    QVERIFY(bindings[0].isView && bindings[1].isView);
    QCOMPARE(bindings[1].storageOffset, std::int64_t{2});
    const auto targets = support::calls(*joint.graph);
    QVERIFY(std::count(targets.begin(), targets.end(), "aten.as_strided_scatter.default") == 1);
    QVERIFY(joint.metadata.staticInputIndices.empty());
  }

  void disjointColumnsOfOneStorageStayApart() {
    ProgramBuilder program = sumOfTwo("aten.mul_.Tensor");
    placeInOneStorage(program.inputs(), 4);
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QCOMPARE(traced.joint->signature.numPrimals, 2);
    QVERIFY((traced.joint->signature.primalStorage == std::vector<int>{0, 0}));
  }

  void overlapThatIsOnlyReadStaysApart() {
    ProgramBuilder program = sumOfTwo("aten.mul.Tensor");
    placeInOneStorage(program.inputs(), 2);
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QCOMPARE(traced.joint->signature.numPrimals, 2);
    QVERIFY(!traced.joint->signature.inputBindings[0].isView);
  }

  void aTensorPassedTwiceAndWrittenIsOnePrimal() {
    ProgramBuilder program = sumOfTwo("aten.mul_.Tensor");
    program.inputs().inputs[1] = program.inputs().inputs[0];
    program.inputs().inputs[1].sameObjectAs = 0;
    const auto traced = support::trace(program);
    QVERIFY(!traced.error);
    QCOMPARE(traced.joint->signature.numPrimals, 1);
    QCOMPARE(traced.joint->signature.inputBindings[1].primal, 0);
    const ir::Graph& graph = *traced.joint->graph;
    const ir::Node& sum = graph.node(*graph.find("add"));
    QCOMPARE(sum.args[0], sum.args[1]);
  }

  void inputsOfAnotherShapeAreRefused() {
    ProgramBuilder program = sumOfTwo("aten.mul.Tensor");
    program.inputs().inputs[1].meta = ir::contiguousMeta(ir::DType::F32, {4, 5});
    const auto opened = support::torchModule().open(program.model(), program.inputs(), 0);
    QVERIFY(!opened.has_value());
    QCOMPARE(opened.error().code, ErrorCode::InvalidArgument);
    QVERIFY(opened.error().message.find("'b' is f32[4, 5]") != std::string::npos);
  }

  void tooFewInputsAreRefused() {
    ProgramBuilder program = sumOfTwo("aten.mul.Tensor");
    program.inputs().inputs.pop_back();
    const auto opened = support::torchModule().open(program.model(), program.inputs(), 0);
    QVERIFY(!opened.has_value());
    QCOMPARE(opened.error().code, ErrorCode::InvalidArgument);
    QVERIFY(opened.error().message.find("takes 2 tensors, but 1") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestAotInputs)
#include "tst_aot_inputs.moc"
