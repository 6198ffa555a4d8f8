#include <QTest>

#include "core/partition/pack_saved.h"
#include "tests/core/partition/joint_from_text.h"

using namespace core;
using namespace core::partition;
using support::jointFromText;

namespace {

ir::JointGraph jointOn(const QString& dtype, const QString& device = "") {
  const QString text = QString(R"(graph {
    %primals_1 : bf16[4, 8]DEV = placeholder  # is_forward
    %tangents_1 : bf16[4, 8]DEV = placeholder  # is_backward
    %cumsum : bf16[4, 8]DEV = aten.cumsum.default(%primals_1, 0)  # is_forward
    %neg : bf16[4, 8]DEV = aten.neg.default(%cumsum)  # is_forward
    %cumsum_1 : bf16[4, 8]DEV = aten.cumsum.default(%neg, 0)  # is_forward
    %mul : bf16[4, 8]DEV = aten.mul.Tensor(%tangents_1, %cumsum)  # is_backward
    %mul_1 : bf16[4, 8]DEV = aten.mul.Tensor(%mul, %cumsum)  # is_backward
    return (%cumsum_1, %mul_1)
  })")
                           .replace("bf16", dtype)
                           .replace("DEV", device);
  return jointFromText(text.toStdString());
}

Partition minCut(const ir::JointGraph& joint) {
  auto parts = partition::partition(joint, {}, StageContext());
  CORE_CHECK(parts.has_value(), parts ? std::string() : parts.error().message);
  return std::move(*parts);
}

Partition quantized(const ir::JointGraph& joint, const Quantization& options) {
  auto parts = quantizeSaved(joint, minCut(joint), options);
  CORE_CHECK(parts.has_value(), parts ? std::string() : parts.error().message);
  return std::move(*parts);
}

Quantization smallToo(bool scale) {
  Quantization options;
  options.leastBytes = 0;
  options.scale = scale;
  return options;
}

std::string inputNames(const ir::Graph& graph) {
  std::string text;
  for (ir::NodeId id : graph.placeholders())
    text += (text.empty() ? "" : " ") + graph.node(id).name;
  return text;
}

std::string outputNames(const ir::Graph& graph) {
  std::string text;
  for (const ir::Argument& output : graph.outputs())
    text += (text.empty() ? "" : " ") + graph.node(output.node()).name;
  return text;
}

}  // namespace

class TestPackSaved : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aTensorIsCastBetweenTheHalves() {
    const ir::JointGraph joint = jointOn("bf16");
    QCOMPARE(support::savedNames(minCut(joint)), std::string("cumsum"));
    const Partition parts = quantized(joint, smallToo(false));
    QCOMPARE(outputNames(*parts.forward), std::string("cumsum_1 fp8_quant_pos_1_cumsum"));
    QCOMPARE(inputNames(*parts.backward), std::string("fp8_quant_pos_1_cumsum tangents_1"));
    QCOMPARE(support::callNames(*parts.forward),
             std::string("cumsum fp8_quant_pos_1_cumsum neg cumsum_1"));
    QCOMPARE(support::callNames(*parts.backward),
             std::string("dequant_fp8_quant_pos_1_cumsum mul mul_1"));
    QCOMPARE(support::savedNames(parts), std::string("fp8_quant_pos_1_cumsum"));
    QCOMPARE(parts.savedBytesTotal, std::int64_t{32});
    QCOMPARE(parts.savedBytesNewStorage, std::int64_t{32});
    QCOMPARE(parts.donatedIndices, std::vector<int>{0});
  }

  void aScaleComesAfterTheTensorsAndBeforeTheTangents() {
    const Partition parts = quantized(jointOn("bf16"), smallToo(true));
    QCOMPARE(outputNames(*parts.forward),
             std::string("cumsum_1 fp8_quant_pos_1_cumsum fp8_scale_pos_1_cumsum"));
    QCOMPARE(inputNames(*parts.backward),
             std::string("fp8_quant_pos_1_cumsum fp8_scale_pos_1_cumsum tangents_1"));
    const auto target = [](const ir::Graph& graph, const char* name) {
      return graph.node(*graph.find(name)).target;
    };
    QCOMPARE(target(*parts.forward, "fp8_scale_pos_1_cumsum_amax"),
             std::string("aten.amax.default"));
    const ir::Node& scale = parts.forward->node(*parts.forward->find("fp8_scale_pos_1_cumsum"));
    QCOMPARE(ir::tensorMetaText(*scale.tensor()), std::string("f32[4, 1]"));
    QCOMPARE(target(*parts.backward, "fp8_quant_pos_1_cumsum_divided"),
             std::string("aten.div.Tensor"));
    const ir::Node& back =
        parts.backward->node(*parts.backward->find("dequant_fp8_quant_pos_1_cumsum"));
    QCOMPARE(ir::tensorMetaText(*back.tensor()), std::string("bf16[4, 8]"));
    QCOMPARE(parts.savedBytesTotal, std::int64_t{32 + 16});
    QCOMPARE(parts.donatedIndices, (std::vector<int>{0, 1}));
  }

  void smallTensorsAndOtherTypesStay() {
    const ir::JointGraph joint = jointOn("bf16");
    QCOMPARE(support::savedNames(quantized(joint, {})), std::string("cumsum"));
    QCOMPARE(support::savedNames(quantized(jointOn("f32"), smallToo(true))), std::string("cumsum"));
    Quantization wrong;
    wrong.dtype = ir::DType::F16;
    QCOMPARE(quantizeSaved(joint, minCut(joint), wrong).error().code, ErrorCode::InvalidArgument);
  }

  void parametersStayAndInputsMay() {
    const char* const text = R"(graph {
      %primals_1 : bf16[8] = placeholder
      %primals_2 : bf16[8] = placeholder
      %tangents_1 : bf16[8] = placeholder
      %mul : bf16[8] = aten.mul.Tensor(%primals_1, %primals_2)
      %mul_1 : bf16[8] = aten.mul.Tensor(%tangents_1, %primals_1)
      %mul_2 : bf16[8] = aten.mul.Tensor(%tangents_1, %primals_2)
      return (%mul, %mul_2, %mul_1)
    })";
    const ir::JointGraph joint = jointFromText(text, 1, {0});
    const Partition parts = quantized(joint, smallToo(false));
    QCOMPARE(support::savedNames(parts), std::string("primals_1 fp8_quant_pos_2_primals_2"));
    QCOMPARE(support::callNames(*parts.forward), std::string("fp8_quant_pos_2_primals_2 mul"));
    Quantization options = smallToo(false);
    options.excludePrimals = true;
    QCOMPARE(support::savedNames(quantized(joint, options)), std::string("primals_1 primals_2"));
  }

  void anOffloadedTensorLeavesAfterItsLastUseAndComesBackBeforeItsFirst() {
    const ir::JointGraph joint = jointOn("f32", "@cuda:0");
    const auto parts = offloadSaved(joint, minCut(joint), {});
    QVERIFY(parts);
    QCOMPARE(support::callNames(*parts->forward),
             std::string("cumsum neg cpu_offload_cumsum cumsum_1"));
    QCOMPARE(support::callNames(*parts->backward), std::string("gpu_reload_cumsum mul mul_1"));
    QCOMPARE(support::savedNames(*parts), std::string("cpu_offload_cumsum"));
    QVERIFY(parts->savedTensors[0].meta.device.type == ir::DeviceType::Cpu);
    // What lies on the CPU already stays.
    const ir::JointGraph onCpu = jointOn("f32");
    QCOMPARE(support::savedNames(*offloadSaved(onCpu, minCut(onCpu), {})), std::string("cumsum"));
    Offload large;
    large.leastBytes = 1 << 20;
    QCOMPARE(support::savedNames(*offloadSaved(joint, minCut(joint), large)),
             std::string("cumsum"));
  }
};

QTEST_APPLESS_MAIN(TestPackSaved)
#include "tst_pack_saved.moc"
