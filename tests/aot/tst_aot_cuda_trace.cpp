// A trace for a GPU, made without one: the kernels that PyTorch would take there, and their layouts
// as PyTorch's own shape functions give them for CUDA tensors.

#include <QTest>

#include "tests/aot/program_text.h"
#include "tests/aot/trace_model.h"

using namespace core;

namespace {

constexpr int kAmpere = 80;
constexpr int kHopper = 90;

ir::GraphPtr traceFor(support::ProgramBuilder& program, int capability) {
  torch::TraceOptions options;
  options.device = {ir::DeviceType::Cuda, 0};
  options.capability = capability;
  const auto traced = support::openModel(program.model(), program.inputs())->trace(options, {});
  CORE_CHECK(!traced.error, traced.error ? traced.error->message : std::string());
  return traced.joint->graph;
}

ir::GraphPtr traceFor(const std::string& text, int capability) {
  support::ProgramBuilder program = support::programFromText(text);
  return traceFor(program, capability);
}

/// Attention of queries of length 10 over 12 keys; `more` are further arguments.
std::string attention(const std::string& dtype, const std::string& more, int valueWidth = 16,
                      int width = 16) {
  const auto sizes = [](int length, int columns) {
    return "[2, 4, " + std::to_string(length) + ", " + std::to_string(columns) + "] leaf\n";
  };
  return "input q " + dtype + sizes(10, width) + "input k " + dtype + sizes(12, width) +
         "input v " + dtype + sizes(12, valueWidth) +
         "y = aten.scaled_dot_product_attention.default(query=q, key=k, value=v" + more +
         ")\nreturn y\n";
}

const ir::Node& callOf(const ir::Graph& graph, const std::string& target) {
  for (const ir::Node& node : graph.nodes())
    if (node.isCallTo(target)) return node;
  CORE_CHECK(false, "the graph does not call " + target);
}

/// Its tensors; numbers among the results are left out.
QString resultText(const ir::Node& node) {
  QStringList parts;
  for (const auto& element : node.tuple()->elements)
    parts += element ? QString::fromStdString(ir::tensorMetaText(*element)) : QString("-");
  return parts.join("; ");
}

QString kernelName(const ir::Graph& graph) {
  for (const std::string& target : support::calls(graph))
    if (target.starts_with("aten._scaled_dot_product")) return QString::fromStdString(target);
  return "none";
}

}  // namespace

class TestAotCudaTrace : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void attentionTakesTheKernelOfTheDevice_data();
  void attentionTakesTheKernelOfTheDevice();
  void fusedAttentionIsLaidOutAsPyTorchSays_data();
  void fusedAttentionIsLaidOutAsPyTorchSays();
  void flashPadsAWidthThatIsNoMultipleOfEight();
  void valuesLieOnTheDevice();
  void recurrentLayersDoNotTakeOneDnn();
  void autocastFollowsTheRulesOfCuda();
};

void TestAotCudaTrace::attentionTakesTheKernelOfTheDevice_data() {
  QTest::addColumn<QString>("program");
  QTest::addColumn<int>("capability");
  QTest::addColumn<QString>("kernel");
  const auto row = [](const char* name, const std::string& program, int capability,
                      const char* kernel) {
    QTest::newRow(name) << QString::fromStdString(program) << capability << QString(kernel);
  };
  row("half on 9.0", attention("bf16", ""), kHopper,
      "aten._scaled_dot_product_cudnn_attention.default");
  row("half on 8.0", attention("bf16", ""), kAmpere,
      "aten._scaled_dot_product_flash_attention.default");
  row("float32", attention("f32", ""), kHopper,
      "aten._scaled_dot_product_efficient_attention.default");
  row("values of another width on 8.0", attention("f16", "", 24), kAmpere,
      "aten._scaled_dot_product_efficient_attention.default");
  row("causal, not square, on 8.0", attention("f16", ", is_causal=True"), kAmpere,
      "aten._scaled_dot_product_efficient_attention.default");
  row("an odd width of float32", attention("f32", "", 15, 15), kHopper, "none");
  row("float64", attention("f64", ""), kHopper, "none");
}

void TestAotCudaTrace::attentionTakesTheKernelOfTheDevice() {
  QFETCH(QString, program);
  QFETCH(int, capability);
  QFETCH(QString, kernel);
  QCOMPARE(kernelName(*traceFor(program.toStdString(), capability)), kernel);
}

void TestAotCudaTrace::fusedAttentionIsLaidOutAsPyTorchSays_data() {
  QTest::addColumn<QString>("dtype");
  QTest::addColumn<int>("valueWidth");
  QTest::addColumn<int>("capability");
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("forward");
  QTest::addColumn<QString>("backward");
  QTest::newRow("flash") << "bf16" << 16 << kAmpere << "flash"
                         << "bf16[2, 4, 10, 16]; f32[2, 4, 10]; -; -; u64[2]; u64[]; bf16[0]"
                         << "bf16[2, 4, 10, 16]; bf16[2, 4, 12, 16]; bf16[2, 4, 12, 16]";
  QTest::newRow("efficient")
      << "bf16" << 24 << kAmpere << "efficient"
      << "bf16[2, 4, 10, 24]{960, 24, 96, 1}; f32[2, 4, 32]; i64[]; i64[]"
      << "bf16[2, 4, 10, 16]{640, 16, 64, 1}; bf16[2, 4, 12, 16]{768, 16, 64, 1}; "
         "bf16[2, 4, 12, 24]{1152, 24, 96, 1}; -";
  QTest::newRow("cudnn") << "bf16" << 24 << kHopper << "cudnn"
                         << "bf16[2, 4, 10, 24]; f32[2, 4, 10, 1]; -; -; i64[]; i64[]; -"
                         << "bf16[2, 4, 10, 16]; bf16[2, 4, 12, 16]; bf16[2, 4, 12, 24]";
}

void TestAotCudaTrace::fusedAttentionIsLaidOutAsPyTorchSays() {
  QFETCH(QString, dtype);
  QFETCH(int, valueWidth);
  QFETCH(int, capability);
  QFETCH(QString, name);
  QFETCH(QString, forward);
  QFETCH(QString, backward);
  const auto graph = traceFor(attention(dtype.toStdString(), "", valueWidth), capability);
  const std::string target = "aten._scaled_dot_product_" + name.toStdString() + "_attention";
  QCOMPARE(resultText(callOf(*graph, target + ".default")), forward);
  QCOMPARE(resultText(callOf(*graph, target + "_backward.default")), backward);
}

void TestAotCudaTrace::flashPadsAWidthThatIsNoMultipleOfEight() {
  const auto graph = traceFor(attention("f16", "", 12, 12), kAmpere);
  const ir::Node& call = callOf(*graph, "aten._scaled_dot_product_flash_attention.default");
  QCOMPARE(call.tuple()->elements[0]->sizeHints(), (std::vector<std::int64_t>{2, 4, 10, 16}));
  const auto& output = graph->node(graph->outputs()[0].node());
  QCOMPARE(output.tensor()->sizeHints(), (std::vector<std::int64_t>{2, 4, 10, 12}));
}

void TestAotCudaTrace::valuesLieOnTheDevice() {
  const auto graph = traceFor("input x f32[3] leaf\ny = aten.relu.default(x)\nreturn y\n", kHopper);
  for (const ir::Node& node : graph->nodes())
    if (node.tensor()) QCOMPARE(ir::deviceName(node.tensor()->device), std::string("cuda:0"));
}

void TestAotCudaTrace::recurrentLayersDoNotTakeOneDnn() {
  const std::string text =
      "input x f32[5, 2, 3]\n"
      "buffer h f32[1, 2, 4]\n"
      "buffer c f32[1, 2, 4]\n"
      "param wi f32[16, 3]\n"
      "param wh f32[16, 4]\n"
      "param bi f32[16]\n"
      "param bh f32[16]\n"
      "y, hn, cn = aten.lstm.input(input=x, hx=[h, c], params=[wi, wh, bi, bh], has_biases=True, "
      "num_layers=1, dropout=0.0, train=True, bidirectional=False, batch_first=False)\n"
      "return y\n";
  for (const std::string& target : support::calls(*traceFor(text, kHopper)))
    QVERIFY2(!target.starts_with("aten.mkldnn"), target.c_str());
}

void TestAotCudaTrace::autocastFollowsTheRulesOfCuda() {
  support::ProgramBuilder program;
  program.parameter("w", {4, 4}).input("x", {4, 4});
  program.openAutocastRegion()
      .call("m", "aten.mm.default", {{"self", support::value("x")}, {"mat2", support::value("w")}})
      .call("s", "aten.sum.default", {{"self", support::value("m")}})
      .closeRegion();
  program.output("s");
  const auto graph = traceFor(program, kHopper);
  QCOMPARE(callOf(*graph, "aten.mm.default").tensor()->dtype, ir::DType::BF16);
  // CUDA adds the bf16 values up in float32 and gives float32.
  const ir::Node& sum = callOf(*graph, "aten.sum.default");
  QCOMPARE(sum.tensor()->dtype, ir::DType::F32);
  QCOMPARE(graph->node(sum.args[0].node()).target, std::string("aten.mm.default"));
}

QTEST_GUILESS_MAIN(TestAotCudaTrace)

#include "tst_aot_cuda_trace.moc"
