#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <limits>

#include "core/load/capture/capture_reader.h"

using namespace core;
using namespace core::ir;
using load::parseCaptureFile;

namespace {

/// A capture with these nodes, and the smallest rest.
std::string document(const std::string& nodes) {
  return R"({"name": "m", "loss": "output:0", "device": "cpu",
    "inputs": {"inputs": [{"storage": 0}, {"storage": 0}, {"storage": 1}]},
    "captures": {"broken": {"error": "did not trace"}, "none": {
      "param_order": ["w"], "buffer_order": [], "num_fwd_outputs": 1, "is_training_graph": true,
      "static_input_indices": [0], "variants": {"default": {}, "mincut_0.5": {}},
      "metadata": {"input_info": [{"requires_grad": true, "mutation_type": "MUTATED_IN_GRAPH"}],
        "output_info": [{"output_type": "alias_of_input", "base_idx": 1, "dynamic_dims": [0]}],
        "traced_tangents": [{"shape": ["s0"], "dtype": "f32", "stride": [1], "shape_hint": [7]}],
        "mutated_inp_runtime_indices": [2], "num_intermediate_bases": 1},
      "joint": {"nodes": [)" +
         nodes + "]}}}}";
}

const std::string kPlaceholders = R"json(
  {"name": "primals_1", "op": "placeholder", "target": "primals_1", "tag": "is_forward",
   "desc": "ParamAOTInput(target='w')", "val": {"shape": [8], "dtype": "f32", "stride": [1]}},
  {"name": "primals_2", "op": "placeholder", "target": "primals_2", "tag": "is_forward",
   "desc": "PlainAOTInput(idx=0)",
   "val": {"shape": ["s0", 8], "dtype": "i64", "stride": ["8*s0", 1], "shape_hint": [7, 8]}},
  {"name": "primals_3", "op": "placeholder", "target": "primals_3", "tag": "is_forward",
   "desc": "PlainAOTInput(idx=1)", "val": {"shape": [], "dtype": "b8", "stride": []}},
  {"name": "tangents_1", "op": "placeholder", "target": "tangents_1", "tag": "is_backward",
   "val": null},)json";

const std::string kOutput =
    R"({"name": "output", "op": "output", "target": "output", "args": ["%primals_1", null]})";

Result<load::CaptureFile> parse(const std::string& calls) {
  return parseCaptureFile(document(kPlaceholders + calls + kOutput));
}

}  // namespace

class TestCaptureReader : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void headerSignatureAndMetadataAreRead() {
    const auto file = parse("");
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    QCOMPARE(file->loss, std::string("output:0"));
    QCOMPARE(file->captures.size(), std::size_t{1});
    const load::Capture* capture = file->find("none");
    QVERIFY(capture);
    QCOMPARE(capture->variants, (std::vector<std::string>{"default", "mincut_0.5"}));
    const JointSignature& signature = capture->joint.signature;
    QCOMPARE(signature.parameterOrder, std::vector<std::string>{"w"});
    QCOMPARE(signature.numPrimals, 3);
    QCOMPARE(signature.numForwardOutputs, 1);
    QCOMPARE(signature.primalStorage, (std::vector<int>{0, 1, 1}));
    const ViewAndMutationMeta& metadata = capture->joint.metadata;
    QCOMPARE(metadata.inputs[0].mutationType, MutationType::MutatedInGraph);
    QVERIFY(metadata.inputs[0].requiresGrad);
    QCOMPARE(metadata.outputs[0].type, OutputType::AliasOfInput);
    QCOMPARE(metadata.outputs[0].baseIndex, std::optional<int>(1));
    QCOMPARE(metadata.tracedTangents[0].sizes[0].hint(), std::int64_t{7});
    QCOMPARE(metadata.mutatedRuntimeIndices, std::vector<int>{2});
    QCOMPARE(metadata.staticInputIndices, std::vector<int>{0});
    QCOMPARE(metadata.intermediateBases, 1);
  }

  void symbolicStridesAreEvaluatedAtTheExampleSizes() {
    const auto file = parse("");
    QVERIFY(file);
    const Graph& graph = *file->captures[0].joint.graph;
    const TensorMeta& meta = *graph.node(*graph.find("primals_2")).tensor();
    QCOMPARE(meta.sizes[0].expression(), std::string("s0"));
    QCOMPARE(meta.strides[0].expression(), std::string("8*s0"));
    QCOMPARE(meta.strides[0].hint(), std::int64_t{56});
    QVERIFY(!meta.strides[1].isSymbolic());
  }

  void argumentsKeepTheirTypes() {
    const auto file = parse(R"({"name": "op", "op": "call_function", "target": "aten.op.default",
      "args": ["%primals_1", 1, 1.0, true, null, "str:tanh", "dtype:bf16", "device:cuda:1",
               "layout:strided", "memory_format:channels_last", "float:-inf", [2, ["%primals_2"]]],
      "kwargs": {"alpha": 2}, "val": {"tuple": [null, {"shape": [2], "dtype": "f32", "stride": [1]}]},
      "seq_nr": 4, "tag": "is_backward", "is_gradient_acc": true, "module": ["a.b", "C"],
      "fwd_module": ["a", "D"], "original_aten": "aten.other.default", "recompute": "MUST_SAVE"},)");
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    const Graph& graph = *file->captures[0].joint.graph;
    const Node& op = graph.node(*graph.find("op"));
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector<Argument> expected{
        Argument(NodeId{0}),
        Argument(std::int64_t{1}),
        Argument(1.0),
        Argument(true),
        Argument(),
        Argument(std::string("tanh")),
        Argument(DType::BF16),
        Argument(Device{DeviceType::Cuda, 1}),
        Argument(Layout::Strided),
        Argument(MemoryFormat::ChannelsLast),
        Argument(-infinity),
        Argument(Argument::List{Argument(std::int64_t{2}),
                                Argument(Argument::List{Argument(NodeId{1})})})};
    QVERIFY(op.args == expected);
    QCOMPARE(op.kwargs.size(), std::size_t{1});
    QCOMPARE(op.kwargs[0].first, std::string("alpha"));
    QVERIFY(op.tuple() && !op.tuple()->elements[0] && op.tuple()->elements[1]);
    QCOMPARE(op.meta.sequenceNumber, std::optional<std::int64_t>(4));
    QCOMPARE(op.meta.tag, PartitionerTag::IsBackward);
    QVERIFY(op.meta.gradientAccumulation);
    QCOMPARE(op.meta.module->path, std::string("a.b"));
    QCOMPARE(op.meta.forwardModule->className, std::string("D"));
    QCOMPARE(op.meta.originalOp, std::string("aten.other.default"));
    QCOMPARE(op.meta.recompute, RecomputeTag::MustSave);
    QCOMPARE(file->captures[0].joint.modules.size(), std::size_t{2});
  }

  void symbolicScalarsAreIntegersOrFloats() {
    const auto file = parse(R"({"name": "i", "op": "call_function", "target": "aten.sym_size.int",
      "args": ["%primals_2", 0], "val": {"sym": "s0", "hint": 7}},
      {"name": "f", "op": "call_function", "target": "_operator.truediv", "args": [2, "%i"],
       "val": {"scalar": "2/s0"}},)");
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    const Graph& graph = *file->captures[0].joint.graph;
    const SymMeta* integer = graph.node(*graph.find("i")).sym();
    const SymMeta* real = graph.node(*graph.find("f")).sym();
    QVERIFY(integer && !integer->isFloat && integer->size.hint() == 7);
    QVERIFY(real && real->isFloat);
  }

  void badFilesAreNamedErrors_data() {
    QTest::addColumn<QString>("nodes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& nodes, const char* says) {
      QTest::newRow(name) << QString::fromStdString(nodes) << says;
    };
    const auto call = [](const std::string& rest) {
      return kPlaceholders + R"({"name": "c", "op": "call_function", )" + rest + "}," + kOutput;
    };
    row("no nodes", "", "no nodes");
    row("no output", R"({"name": "primals_1", "op": "placeholder"})", "one output node");
    row("unknown argument", call(R"("target": "t", "args": ["%later"])"), "%later");
    row("raw string", call(R"("target": "t", "args": ["text"])"), "text");
    row("slice", call(R"("target": "t", "args": [{"slice": [0, 1, 1]}])"), "slices");
    row("bad dtype", call(R"("target": "t", "val": {"shape": [], "dtype": "f99", "stride": []})"),
        "f99");
    row("strides", call(R"("target": "t", "val": {"shape": [1], "dtype": "f32", "stride": []})"),
        "different length");
    row("negative", call(R"("target": "t", "val": {"shape": [-1], "dtype": "f32", "stride": [1]})"),
        "negative");
    row("huge", call(R"("target": "t", "val": {"shape": [9223372036854775807, 4], "dtype": "i8",
                "stride": [4, 1]})"),
        "64 bits");
    row("unbound",
        call(R"("target": "t", "val": {"shape": ["u9"], "dtype": "f32", "stride": [1]})"), "u9");
    row("tag", call(R"("target": "t", "tag": "is_sideways")"), "is_sideways");
    row("no target", call(R"("args": [])"), "target");
    row("twice", call(R"("target": "t"}, {"name": "c", "op": "call_function", "target": "t")"),
        "taken");
    row("no tuple", call(R"("target": "getitem", "args": ["%primals_1", 0])"), "tuple");
    row("late placeholder", call(R"("target": "t"}, {"name": "p", "op": "placeholder")"),
        "not in front");
  }

  void badFilesAreNamedErrors() {
    QFETCH(QString, nodes);
    QFETCH(QString, says);
    const auto file = parseCaptureFile(document(nodes.toStdString()));
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::FormatUnsupported);
    QVERIFY2(file.error().message.find(says.toStdString()) != std::string::npos,
             file.error().message.c_str());
    QVERIFY(file.error().message.starts_with("captures.none: "));
  }

  void textThatIsNoJsonIsCorrupt() {
    for (const char* text : {"", "{", "\x1f\x8b", "[1, 2"}) {
      const auto file = parseCaptureFile(text);
      QVERIFY(!file);
      QCOMPARE(file.error().code, ErrorCode::ArchiveCorrupt);
    }
    QVERIFY(!parseCaptureFile(std::string(100000, '[')));
    QCOMPARE(parseCaptureFile("[]").error().code, ErrorCode::FormatUnsupported);
  }

  void aFileMayBePlainOrCompressedButNotAbsentOrCut() {
    const std::string good = AOT_TEST_DATA "/oracle/goldens/mlp.json.gz";
    const auto file = load::readCaptureFile(good);
    QVERIFY(file);
    QCOMPARE(file->name, std::string("mlp"));
    QCOMPARE(file->find("none")->joint.graph->size(), std::size_t{27});

    QCOMPARE(load::readCaptureFile(good + ".absent").error().code, ErrorCode::FileNotFound);

    QTemporaryDir folder;
    QFile source(QString::fromStdString(good));
    QVERIFY(source.open(QIODevice::ReadOnly));
    QFile cut(folder.filePath("cut.json.gz"));
    QVERIFY(cut.open(QIODevice::WriteOnly));
    cut.write(source.readAll().left(2000));
    cut.close();
    const auto broken = load::readCaptureFile(cut.fileName().toStdString());
    QVERIFY(!broken);
    QCOMPARE(broken.error().code, ErrorCode::ArchiveCorrupt);
  }
};

QTEST_APPLESS_MAIN(TestCaptureReader)
#include "tst_capture_reader.moc"
