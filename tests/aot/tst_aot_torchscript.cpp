// TorchScript programs become exported programs; where the way depends on data they are cut.
// scripts/make_scripts.py made the files, and the same model as an exported program.

#include <QTest>

#include <map>

#include "core/load/torchscript_file.h"
#include "tests/aot/trace_model.h"

using namespace core;

namespace {

std::string scriptPath(const std::string& name) {
  return std::string(AOT_TEST_DATA "/aot/scripts/") + name;
}

std::vector<torch::ScriptSegment> segmentsOf(const std::string& name, const std::string& inputs) {
  return support::valueOf(support::torchModule().openTorchScript(
      scriptPath(name), support::valueOf(load::readInputSet(scriptPath(inputs))), {}));
}

torch::TraceResult traceSegment(const torch::ScriptSegment& segment) {
  return support::trace(segment.model, *segment.model->sampleInputs);
}

std::map<std::string, int> opCounts(const ir::Graph& graph) {
  std::map<std::string, int> counts;
  for (const std::string& target : support::calls(graph)) ++counts[target];
  return counts;
}

std::vector<std::string> programCalls(const torch::ScriptSegment& segment) {
  std::vector<std::string> targets;
  for (const load::ExportNode& node : segment.model->program.graph.nodes)
    targets.push_back(node.target.substr(10));
  return targets;
}

}  // namespace

class TestAotTorchScript : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aScriptTracesLikeTheExportedModel_data() {
    QTest::addColumn<QString>("file");
    QTest::newRow("scripted") << "net_scripted.pt";
    QTest::newRow("traced") << "net_traced.pt";
  }
  void aScriptTracesLikeTheExportedModel() {
    QFETCH(QString, file);
    const auto segments = segmentsOf(file.toStdString(), "net.json");
    QCOMPARE(segments.size(), std::size_t{1});
    QVERIFY(segments[0].breakReason.empty());
    const auto script = traceSegment(segments[0]);
    QVERIFY2(!script.error, script.error ? script.error->message.c_str() : "");
    const auto exported =
        support::trace(support::valueOf(load::loadModel(scriptPath("net.pt2"), {})),
                       support::valueOf(load::readInputSet(scriptPath("net.json"))));
    QVERIFY(!exported.error);
    QCOMPARE(opCounts(*script.joint->graph), opCounts(*exported.joint->graph));
    const auto names = [](const ir::JointGraph& joint) {
      return std::pair(joint.signature.parameterOrder, joint.signature.numForwardOutputs);
    };
    QCOMPARE(names(*script.joint), names(*exported.joint));
  }

  void valuesAreThoseOfTheExportedModel() {
    const auto loss = [](load::LoadedModelPtr model) {
      const auto opened = support::openModel(
          std::move(model), support::valueOf(load::readInputSet(scriptPath("net.json"))));
      torch::RunOptions options;
      options.loss.output = 0;
      return support::valueOf(opened->runEager(options, {})).lossValue.value();
    };
    const double exported = loss(support::valueOf(load::loadModel(scriptPath("net.pt2"), {})));
    const double script = loss(segmentsOf("net_scripted.pt", "net.json")[0].model);
    QVERIFY(std::abs(script - exported) <= 1e-6 * std::abs(exported));
  }

  void nodesKnowTheirModuleAndLine() {
    const auto segments = segmentsOf("net_scripted.pt", "net.json");
    const load::ExportNode& first = segments[0].model->program.graph.nodes.front();
    QCOMPARE(first.target, std::string("torch.ops.aten.conv2d.default"));
    QCOMPARE(first.moduleStack.back()->path, std::string("conv"));
    QCOMPARE(first.moduleStack.back()->className, std::string("torch.nn.modules.conv.Conv2d"));
    QVERIFY(first.source);
  }

  void aBranchOnDataGivesFourSegments() {
    const auto segments = segmentsOf("branch.pt", "rows.json");
    QCOMPARE(segments.size(), std::size_t{4});
    using Calls = std::vector<std::string>;
    QCOMPARE(programCalls(segments[0]),
             (Calls{"aten.add.Tensor", "aten.select.int", "aten.select.int", "aten.lt.Scalar"}));
    QCOMPARE(programCalls(segments[1]), (Calls{"aten.add.Tensor", "aten.sin.default"}));
    QCOMPARE(programCalls(segments[2]), (Calls{"aten.mul.Tensor"}));
    QCOMPARE(programCalls(segments[3]), (Calls{"aten.mul.Tensor"}));
    const std::string& reason = segments[0].breakReason;
    QVERIFY2(reason.find("a branch depends on data at make_scripts.py:") != std::string::npos,
             reason.c_str());
    QVERIFY(reason.find("if bool(y[0][0] < 3):") != std::string::npos);
    QVERIFY(segments[1].title.starts_with("if, at "));
    QVERIFY(segments[2].title.starts_with("else, at "));
    QVERIFY(segments[3].breakReason.empty());
  }

  void everySegmentIsAJointGraphOfItsOwn() {
    for (const char* file : {"branch.pt", "loop.pt", "checked.pt"}) {
      for (const torch::ScriptSegment& segment : segmentsOf(file, "rows.json")) {
        const auto traced = traceSegment(segment);
        QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
        QVERIFY(!support::calls(*traced.joint->graph).empty());
      }
    }
    const auto traced = traceSegment(segmentsOf("branch.pt", "rows.json")[2]);
    QCOMPARE(traced.joint->signature.parameterOrder, (std::vector<std::string>{"p"}));
    QVERIFY(traced.joint->metadata.isTrain);
  }

  void aLoopThatDependsOnDataIsReadOnce() {
    const auto segments = segmentsOf("loop.pt", "rows.json");
    QCOMPARE(segments.size(), std::size_t{3});
    QVERIFY(segments[0].breakReason.starts_with("how often a loop runs depends on data"));
    QCOMPARE(programCalls(segments[1]), (std::vector<std::string>{"aten.sin.default"}));
    QCOMPARE(programCalls(segments[2]), (std::vector<std::string>{"aten.cos.default"}));
  }

  void aCheckThatRaisesAddsNoWay() {
    const auto segments = segmentsOf("checked.pt", "rows.json");
    QCOMPARE(segments.size(), std::size_t{2});
    QCOMPARE(programCalls(segments[1]), (std::vector<std::string>{"aten.mul.Tensor"}));
  }

  void otherInputsAreAnError() {
    auto inputs = support::valueOf(load::readInputSet(scriptPath("rows.json")));
    inputs.inputs.push_back(inputs.inputs.front());
    const auto read = support::torchModule().openTorchScript(scriptPath("branch.pt"), inputs, {});
    QVERIFY(!read);
    QVERIFY2(
        read.error().message.find("forward takes 1 inputs, but 2 were given") != std::string::npos,
        read.error().message.c_str());
  }

  void scriptsAreToldFromOtherFilesWithoutLoadingThem() {
    QVERIFY(load::isTorchScript(scriptPath("branch.pt")));
    QVERIFY(!load::isTorchScript(scriptPath("net.pt2")));
    QVERIFY(!load::isTorchScript(scriptPath("rows.json")));
    QVERIFY(!load::isTorchScript(scriptPath("none.pt")));
  }
};

QTEST_APPLESS_MAIN(TestAotTorchScript)
#include "tst_aot_torchscript.moc"
