#include <QTest>
#include <cstring>

#include "core/load/loaded_model.h"

using namespace core::load;

namespace {

LoadedModelPtr open(const char* name) {
  const auto model = loadModel(std::string(AOT_TEST_DATA "/oracle/models/") + name + ".pt2", {});
  if (!model) qWarning("%s", model.error().message.c_str());
  return model ? *model : nullptr;
}

double sumOfFloats(const LoadedModel& model, const Weight& weight) {
  const auto bytes = model.storageBytes(weight.storage);
  double sum = 0;
  for (std::size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof(value));
    sum += static_cast<double>(value);
  }
  return sum;
}

const ExportNode* nodeOf(const LoadedModel& model, const std::string& target) {
  for (const ExportNode& node : model.program.graph.nodes) {
    if (node.target == target) return &node;
  }
  return nullptr;
}

}  // namespace

class TestLoadedModel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theGraphIsRead() {
    const auto model = open("mlp");
    QVERIFY(model);
    QCOMPARE(model->name, std::string("mlp"));
    const ExportGraph& graph = model->program.graph;
    QCOMPARE(graph.nodes.size(), std::size_t{3});
    QCOMPARE(graph.inputs.size(), std::size_t{5});
    QCOMPARE(graph.nodes[0].target, std::string("torch.ops.aten.linear.default"));
    QCOMPARE(graph.nodes[0].inputs[1].name, std::string("weight"));
    QCOMPARE(std::get<TensorName>(graph.nodes[0].inputs[1].argument).name,
             std::string("p_fc1_weight"));
    QCOMPARE(std::get<TensorName>(graph.outputs.at(0)).name, std::string("linear_1"));
    QVERIFY(graph.tensors.at("linear_1").meta ==
            core::ir::contiguousMeta(core::ir::DType::F32, {8, 10}));
    QCOMPARE(graph.nodes[0].moduleStack.back()->path, std::string("fc1"));
    QCOMPARE(graph.nodes[0].source->line, 35);
    QCOMPARE(model->program.modules.size(), std::size_t{4});
    QCOMPARE(model->program.torchVersion, std::string("2.11.0+cu130"));
  }

  void theSignatureIsRead() {
    const auto model = open("cnn_bn");
    QVERIFY(model);
    const auto& specs = model->program.inputSpecs;
    QCOMPARE(specs.size(), model->program.graph.inputs.size());
    QVERIFY(specs[0].kind == InputKind::Parameter);
    QCOMPARE(specs[0].target, std::string("features.0.weight"));
    int buffers = 0;
    int users = 0;
    for (const InputSpec& spec : specs) {
      buffers += spec.kind == InputKind::Buffer ? 1 : 0;
      users += spec.kind == InputKind::UserInput ? 1 : 0;
    }
    QCOMPARE(buffers, 6);
    QCOMPARE(users, 2);
    QVERIFY(model->program.outputSpecs[0].kind == OutputKind::UserOutput);
  }

  void weightsLieWhereTheArchiveSays() {
    // The sums are those of PyTorch's own reading of the file.
    const auto model = open("mlp");
    QVERIFY(model);
    QCOMPARE(model->weights.size(), std::size_t{4});
    const Weight* weight = model->findWeight("fc1.weight");
    QVERIFY(weight && weight->isParameter && weight->requiresGrad);
    QVERIFY(weight->meta == core::ir::contiguousMeta(core::ir::DType::F32, {128, 64}));
    QVERIFY(std::abs(sumOfFloats(*model, *weight) - -2.0362502485513687) < 1e-6);
    QVERIFY(std::abs(sumOfFloats(*model, *model->findWeight("fc2.bias")) - -0.009971246006898582) <
            1e-6);
    QVERIFY(!model->findWeight("fc3.bias"));
  }

  void tiedWeightsShareOneStorage() {
    const auto model = open("gpt_sdpa");
    QVERIFY(model);
    const Weight* embedding = model->findWeight("wte.weight");
    const Weight* head = model->findWeight("head.weight");
    QVERIFY(embedding && head);
    QCOMPARE(embedding->storage, head->storage);
    QCOMPARE(model->storages.size(), model->weights.size() - 1);
  }

  void argumentsOfManyKindsAreRead() {
    const auto model = open("gpt_explicit");
    QVERIFY(model);
    const ExportNode* fill = nodeOf(*model, "torch.ops.aten.masked_fill.Scalar");
    QVERIFY(fill);
    QCOMPARE(std::get<double>(fill->inputs.at(2).argument),
             -std::numeric_limits<double>::infinity());
    const ExportNode* split = nodeOf(*model, "torch.ops.aten.split.Tensor");
    QVERIFY(split);
    QCOMPARE(std::get<std::vector<TensorName>>(split->outputs.at(0)).size(), std::size_t{3});
    const ExportNode* range = nodeOf(*model, "torch.ops.aten.arange.default");
    QVERIFY(range);
    bool onCpu = false;
    for (const auto& input : range->inputs) {
      const auto* device = std::get_if<core::ir::Device>(&input.argument);
      onCpu = onCpu || (device && device->type == core::ir::DeviceType::Cpu);
    }
    QVERIFY(onCpu);
  }

  void everyModelOpensWithoutRemarks_data() {
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"mlp", "mlp_ce", "cnn_bn", "resnet18_w16", "gpt_explicit", "gpt_sdpa", "dropout_mlp",
          "mutate_input", "mutate_input_grad", "output_alias", "dup_args", "alias_args"}) {
      QTest::newRow(name) << name;
    }
  }

  void everyModelOpensWithoutRemarks() {
    QFETCH(QString, name);
    int remarks = 0;
    core::StageContext context;
    context.onLog = [&](const core::LogEntry&) { ++remarks; };
    const std::string path = AOT_TEST_DATA "/oracle/models/" + name.toStdString() + ".pt2";
    const auto model = loadModel(path, context);
    QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
    QCOMPARE(remarks, 0);
    for (const ExportNode& node : (*model)->program.graph.nodes) QVERIFY(node.source);
  }

  void aStopBeforeTheStartIsObeyed() {
    std::stop_source stop;
    stop.request_stop();
    core::StageContext context;
    context.stop = stop.get_token();
    const auto model = loadModel(AOT_TEST_DATA "/oracle/models/mlp.pt2", context);
    QVERIFY(!model && model.error().code == core::ErrorCode::Cancelled);
  }
};

QTEST_GUILESS_MAIN(TestLoadedModel)
#include "tst_loaded_model.moc"
