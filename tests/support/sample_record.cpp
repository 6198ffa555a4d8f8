#include "tests/support/sample_record.h"

#include "core/codegen/write_cpu_kernel.h"
#include "core/partition/partition_joint.h"
#include "tests/support/graph_from_text.h"

namespace support {

using namespace core;

const char* const kSampleJointText = R"ir(graph {
  %primals_1 : f32[16, 8] = placeholder  # is_forward desc="ParamAOTInput(target='fc1.weight')"
  %primals_2 : f32[4, 16] = placeholder  # is_forward desc="ParamAOTInput(target='fc2.weight')"
  %primals_3 : f32[32, 8] = placeholder  # is_forward desc="PlainAOTInput(idx=2)"
  %tangents_1 : f32[32, 4] = placeholder  # is_backward desc="TangentAOTInput(output=0)"
  %t : f32[8, 16]{1, 8} = aten.t.default(%primals_1)  # is_forward seq=0 module="fc1:torch.nn.modules.linear.Linear" file="net.py" line=7 function="forward" code="self.fc1(x)" call="aten.linear.default"
  %mm : f32[32, 16] = aten.mm.default(%primals_3, %t)  # is_forward seq=1 module="fc1:torch.nn.modules.linear.Linear" file="net.py" line=7 function="forward" code="self.fc1(x)"
  %relu : f32[32, 16] = aten.relu.default(%mm)  # is_forward seq=2 module="act:torch.nn.modules.activation.ReLU"
  %t_1 : f32[16, 4]{1, 16} = aten.t.default(%primals_2)  # is_forward seq=3 module="fc2:torch.nn.modules.linear.Linear"
  %mm_1 : f32[32, 4] = aten.mm.default(%relu, %t_1)  # is_forward seq=4 module="fc2:torch.nn.modules.linear.Linear"
  %t_2 : f32[4, 32]{1, 4} = aten.t.default(%tangents_1)  # is_backward seq=4 fwd_module="fc2:torch.nn.modules.linear.Linear"
  %mm_2 : f32[4, 16] = aten.mm.default(%t_2, %relu)  # is_backward seq=4 fwd_module="fc2:torch.nn.modules.linear.Linear"
  %t_3 : f32[4, 16]{16, 1} = aten.t.default(%t_1)  # is_backward seq=4 fwd_module="fc2:torch.nn.modules.linear.Linear"
  %mm_3 : f32[32, 16] = aten.mm.default(%tangents_1, %t_3)  # is_backward seq=4 fwd_module="fc2:torch.nn.modules.linear.Linear"
  %threshold_backward : f32[32, 16] = aten.threshold_backward.default(%mm_3, %relu, 0)  # is_backward seq=2 fwd_module="act:torch.nn.modules.activation.ReLU"
  %t_4 : f32[16, 32]{1, 16} = aten.t.default(%threshold_backward)  # is_backward seq=1 fwd_module="fc1:torch.nn.modules.linear.Linear"
  %mm_4 : f32[16, 8] = aten.mm.default(%t_4, %primals_3)  # is_backward seq=1 fwd_module="fc1:torch.nn.modules.linear.Linear"
  return (%mm_1, %mm_4, %mm_2, None)
})ir";

namespace {

std::shared_ptr<const ir::JointGraph> sampleJoint() {
  auto joint = std::make_shared<ir::JointGraph>();
  joint->graph = graphFromText(kSampleJointText);
  joint->signature.parameterOrder = {"fc1.weight", "fc2.weight"};
  joint->signature.numPrimals = 3;
  joint->signature.numForwardOutputs = 1;
  joint->metadata.inputs.resize(3);
  joint->metadata.inputs[0].requiresGrad = true;
  joint->metadata.inputs[1].requiresGrad = true;
  joint->metadata.outputs.resize(1);
  joint->metadata.outputs[0].requiresGrad = true;
  joint->metadata.staticInputIndices = {0, 1};
  joint->modules = {{"", "net.Net"},
                    {"fc1", "torch.nn.modules.linear.Linear"},
                    {"act", "torch.nn.modules.activation.ReLU"},
                    {"fc2", "torch.nn.modules.linear.Linear"}};
  return joint;
}

/// One kernel that gives `node` from 512 elements.
schedule::LoopNest reluNest(const ir::Node& node) {
  schedule::LoopNest nest;
  nest.name = "fused_" + node.name;
  nest.outer = {512};
  nest.buffers = {{"in", ir::DType::F32, schedule::BufferAccess::Read, 512},
                  {"out", ir::DType::F32, schedule::BufferAccess::Write, 512}};
  nest.ops.resize(3);
  for (schedule::LoopOp& op : nest.ops) op.node = node.id;
  nest.ops[0].kind = schedule::LoopOpKind::Load;
  nest.ops[0].access = {0, 0, {1}, {}};
  nest.ops[1].fn = schedule::ScalarFn::Relu;
  nest.ops[1].operands = {0};
  nest.ops[2].kind = schedule::LoopOpKind::Store;
  nest.ops[2].operands = {1};
  nest.ops[2].access = {1, 0, {1}, {}};
  return nest;
}

/// Every call of `graph` as a step: relu-like ones generated, the others extern.
std::shared_ptr<const pipeline::CompiledHalf> sampleHalf(const ir::GraphPtr& graph,
                                                         const std::string& generated) {
  auto half = std::make_shared<pipeline::CompiledHalf>();
  half->graph = graph;
  half->origin = ir::OriginMap::identity(graph->size());
  half->schedule.graph = graph;
  half->schedule.places.resize(graph->size());
  half->schedule.peakBytes = 8192;
  for (const auto& node : graph->nodes()) {
    if (!node.isCall()) continue;
    if (node.name != generated) {
      schedule::ExternStep call;
      call.node = node.id;
      call.results = {std::nullopt};
      call.reason = "a matrix product is LibTorch's";
      half->schedule.steps.emplace_back(std::move(call));
      continue;
    }
    schedule::FusionGroup group;
    group.nest = reluNest(node);
    group.nodes = {node.id};
    group.reasons = {"pointwise over one domain"};
    half->schedule.steps.emplace_back(
        schedule::KernelStep{static_cast<int>(half->schedule.groups.size())});
    half->schedule.groups.push_back(group);
    half->kernels.push_back(codegen::writeCpuKernel(group.nest).value());
    ir::forEachInput(node, [&](ir::NodeId input) {
      half->schedule.refusals.push_back(
          {input, node.id, "extern", "its producer is an extern call"});
    });
  }
  return half;
}

std::shared_ptr<const run::Measurement> sampleMeasurement() {
  auto measurement = std::make_shared<run::Measurement>();
  measurement->threads = 2;
  measurement->check.passed = true;
  measurement->check.worst = 1;
  measurement->check.tensors = {{"output:0", true, 1e-7, 2e-7, 1e-8, 1e-8, ""},
                                {"gradient:fc1.weight", true, 3e-7, 4e-6, 2e-8, 1e-8, ""}};
  for (int i = 0; i < 20; ++i) {
    measurement->eager.samplesMs.push_back(2.0 + 0.01 * (i % 5));
    measurement->compiled.samplesMs.push_back(1.0 + 0.01 * (i % 4));
  }
  measurement->eager.medianMs = 2.02;
  measurement->eager.iqrMs = 0.02;
  measurement->eager.minMs = 2.0;
  measurement->eager.p10Ms = 2.0;
  measurement->eager.p90Ms = 2.04;
  measurement->eager.peakBytes = 40000;
  measurement->eager.savedBytes = 9000;
  measurement->compiled.medianMs = 1.01;
  measurement->compiled.iqrMs = 0.02;
  measurement->compiled.minMs = 1.0;
  measurement->compiled.p10Ms = 1.0;
  measurement->compiled.p90Ms = 1.03;
  measurement->compiledForwardMs = 0.4;
  measurement->compiledBackwardMs = 0.6;
  measurement->speedup = run::Speedup{2.0, 1.97, 2.03, run::Verdict::Faster};
  measurement->compile.totalMs = 41;
  measurement->compile.kernelsBuilt = 2;
  return measurement;
}

pipeline::ModelSummary sampleModel() {
  pipeline::ModelSummary model;
  model.path = "/models/net.pt2";
  model.name = "net";
  model.fileBytes = 12345;
  model.torchVersion = "2.11.0";
  model.inputs = {{"x", ir::contiguousMeta(ir::DType::F32, {32, 8})}};
  model.outputs = {{"output", ir::contiguousMeta(ir::DType::F32, {32, 4})}};
  model.parameters = {{"fc1.weight", ir::contiguousMeta(ir::DType::F32, {16, 8}), true, true},
                      {"fc2.weight", ir::contiguousMeta(ir::DType::F32, {4, 16}), true, true}};
  model.opCounts = {{"aten.linear.default", 2}, {"aten.relu.default", 1}};
  model.modules = {{"", "net.Net"},
                   {"fc1", "torch.nn.modules.linear.Linear"},
                   {"act", "torch.nn.modules.activation.ReLU"},
                   {"fc2", "torch.nn.modules.linear.Linear"}};
  return model;
}

}  // namespace

pipeline::CompileRecordPtr sampleRecord(Filled filled) {
  auto record = std::make_shared<pipeline::CompileRecord>();
  record->model = sampleModel();
  record->joint = sampleJoint();
  record->stages = {{pipeline::Stage::Load, 0.001, "2 parameters", {}, {}},
                    {pipeline::Stage::Trace, 0.004, "17 nodes", {}, {}},
                    {pipeline::Stage::Partition, 0.0005, "min-cut", {}, {}}};
  auto parts = partition::partition(*record->joint, {}, {});
  CORE_CHECK(parts.has_value(), parts ? std::string() : parts.error().message);
  record->partition = std::make_shared<const partition::Partition>(std::move(*parts));
  if (filled == Filled::Partition) return record;
  record->forward = sampleHalf(record->partition->forward, "relu");
  record->backward = sampleHalf(record->partition->backward, "threshold_backward");
  record->measurement = sampleMeasurement();
  return record;
}

run::Profile sampleProfile() {
  run::Profile profile;
  profile.eager.wallUs = 100;
  profile.eager.slices = {{"aten::mm", "mm", false, 0, 30, 0},
                          {"aten::relu", "relu", false, 32, 10, 2},
                          {"aten::mm", "mm_1", false, 42, 18, 4},
                          {"MmBackward0", "mm_3", true, 62, 20, 4},
                          {"ReluBackward0", "threshold_backward", true, 84, 12, 2}};
  profile.compiled.wallUs = 80;
  profile.compiled.slices = {{"aten.mm.default", "mm", false, 1, 28, -1},
                             {"fused_relu", "relu", false, 30, 4, -1, {"relu", "t_1"}},
                             {"aten.mm.default", "mm_3", true, 40, 22, -1},
                             {"fused_threshold", "threshold_backward", true, 62, 15, -1}};
  return profile;
}

run::StepSearch sampleSearch() {
  run::StepSearch search;
  search.steps = 6;
  search.values = 2;
  search.compared = {{"mm", false, true, 0, 0}, {"relu", false, false, 0.5, 2e-3}};
  run::StepDifference difference;
  difference.step = 1;
  difference.node = "relu";
  difference.target = "aten.relu.default";
  difference.module = "act";
  difference.members = {"relu"};
  difference.maxAbs = 0.5;
  difference.maxRel = 2e-3;
  difference.errors.equal = 500;
  difference.errors.decades[13] = 11;
  difference.errors.compiledNans = 1;
  difference.errors.notFinite = {{3, 2}};
  search.first = difference;
  return search;
}

}  // namespace support
