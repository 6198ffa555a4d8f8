// Messages survive the wire whole, and nothing that comes from the wire can do harm.

#include <QTest>

#include <random>

#include "core/ir/graph_text.h"
#include "core/protocol/codec.h"

using namespace core;
using namespace core::protocol;

class TstCodec : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void compileRequestKeepsEveryOption();
  void smallRequestsRoundTrip();
  void theTableOfOperatorsRoundTrips();
  void recordKeepsItsGraphs();
  void recordKeepsPartitionScheduleAndMeasurement();
  void recordKeepsTheCompilesOfALog();
  void recordKeepsTheEntries();
  void anEntryThatIsNotThereIsRefused();
  void failureKeepsStageAndDetails();
  void framesAreCutFromAnyChunks();
  void anOverlongFrameIsRefused();
  void damagedFramesNeverHarm();
  void danglingIndicesAreRefused();
};

namespace {

constexpr const char* kJoint = R"ir(graph {
  %primals_1 : f32[8, 16] = placeholder  # is_forward desc="ParamAOTInput(target='w')"
  %primals_2 : f32[s0=6, 16]{16, 1} = placeholder  # is_forward
  %t : f32[16, 8]{1, 16} = aten.t.default(%primals_1)  # is_forward seq=0
  %max_1 : (f32[8], i64[8]) = aten.max.dim(%primals_1, 1)  # is_forward seq=1
  %getitem : f32[8] = getitem(%max_1, 0)  # is_forward seq=1
  %full : f32[2] = aten.full.default([2], 1.5, dtype=dtype:f32, pin_memory=False)  # is_backward
  return (%t, %getitem, None)
})ir";

ir::GraphPtr graphOf(const char* text) {
  auto graph = ir::parseGraph(text);
  if (!graph) qFatal("%s", graph.error().message.c_str());
  return *graph;
}

partition::Partition samplePartition(const ir::GraphPtr& graph) {
  partition::Partition parts;
  parts.options.budget = 0.5;
  parts.options.save = {"t"};
  parts.options.moduleBudgets = {{"layer1", 0.25}};
  parts.options.peakLimit = 1 << 20;
  parts.options.quantize = {ir::DType::F8E4M3, {ir::DType::F32, ir::DType::F16}, 77, false, true};
  parts.options.offload = partition::Offload{78};
  parts.options.cost.kind = partition::CostModelKind::Profile;
  parts.options.cost.peaks.flopsPerSecond = 2e12;
  parts.options.cost.profile =
      std::make_shared<const partition::CallProfile>(partition::CallProfile{{"mm", 0.5}});
  parts.forward = graph;
  parts.backward = graph;
  parts.savedTensors = {{"t", ir::contiguousMeta(ir::DType::F32, {16, 8}), 512,
                         partition::SavedKind::Activation, "primals_1", true}};
  parts.savedBytesTotal = 512;
  parts.solves = {{{}, {"a"}, {"b", "c"}, {"t"}, 42.5, 7, 9}};
  parts.knapsacks = {{0.5, 1e6, {{"t", 512, 0.25, 1e6, true}}}};
  parts.decisions = {{"t", partition::ValueFate::Saved, "min-cut", "It is cheap to save.", 512}};
  parts.mergedByCse = {{"t_1", "t"}};
  parts.donatedIndices = {0, 2};
  parts.recomputeFlops = 1e9;
  parts.recomputeSeconds = 0.25;
  parts.peakBytes = 4096;
  return parts;
}

std::shared_ptr<pipeline::CompiledHalf> sampleHalf(const ir::GraphPtr& graph) {
  auto half = std::make_shared<pipeline::CompiledHalf>();
  half->graph = graph;
  half->origin = ir::OriginMap::identity(graph->size());
  auto& schedule = half->schedule;
  schedule.graph = graph;
  schedule.buffers = {{"t", ir::DType::F32, schedule::BufferKind::Arena, 512, -1, 64, 0, 1}};
  schedule.buffers[0].inPlaceOf = 0;
  schedule.places.resize(graph->size());
  const schedule::BufferView view{0, ir::contiguousMeta(ir::DType::F32, {16, 8}), 3};
  schedule.places[2] = view;
  schedule::FusionGroup group;
  group.nest.name = "fused_t";
  group.nest.outer = {16, 8};
  group.nest.buffers = {{"t", ir::DType::F32, schedule::BufferAccess::Write, 128}};
  schedule::LoopOp store;
  store.kind = schedule::LoopOpKind::Store;
  store.operands = {0};
  store.access = {0, 0, {8, 1}, {{0, 4, 16}}};
  store.node = ir::NodeId{2};
  group.nest.ops = {{}, store};
  group.nodes = {ir::NodeId{2}};
  group.buffers = {view};
  group.reasons = {"pointwise"};
  schedule.groups = {group};
  schedule.steps = {schedule::KernelStep{0},
                    schedule::ExternStep{ir::NodeId{3}, {0, std::nullopt}, "no kernel for max"},
                    schedule::CopyStep{ir::NodeId{2}, view, view}};
  schedule.refusals = {{ir::NodeId{2}, ir::NodeId{3}, "extern", "max is an extern call."}};
  codegen::KernelSource kernel;
  kernel.name = "fused_t";
  kernel.source = "void f();";
  kernel.loopText = "loops";
  kernel.units = 16;
  kernel.grain = 4;
  kernel.checksIndices = true;
  kernel.notes = {"512 bits"};
  half->kernels = {kernel};
  return half;
}

std::shared_ptr<run::Measurement> sampleMeasurement() {
  auto measurement = std::make_shared<run::Measurement>();
  measurement->check = {true, {{"output:0", true, 1e-6, 1e-5, 1e-7, 2e-7, ""}}, 0, "All equal."};
  measurement->eager.samplesMs = {1, 2, 3};
  measurement->eager.medianMs = 2;
  measurement->compiled.samplesMs = {0.5, 1};
  measurement->speedup = run::Speedup{2.5, 2.25, 2.75, run::Verdict::Faster, true};
  measurement->eager.stepsPerSample = 7;
  measurement->load = {8, 1.5, 0.25, 3};
  measurement->compile.kernelsBuilt = 3;
  measurement->graph.emplace().kernels = 7;
  measurement->whole.emplace().externCalls = 5;
  measurement->gpu.emplace().throttling = {"power cap"};
  return measurement;
}

std::shared_ptr<run::EntriesRecord> sampleEntries() {
  auto entries = std::make_shared<run::EntriesRecord>();
  entries->entries = {{{{"s0 >= 2", "A size of 1 broadcasts."}}, {"s0=6"}, 3, "", "0/0: s0 >= 2"},
                      {{}, {}, 0, "0/0: s0 >= 2", "", run::BackwardBuild::AtFirstCall, 12.5}};
  entries->counters = {7, 2, 3, 1, 4, 5};
  entries->served = 1;
  entries->isCompiled = true;
  entries->misses = {"0/0: s0 >= 2"};
  entries->fallback = "The recompile limit (8) was reached.";
  return entries;
}

pipeline::CompileRecord sampleRecord() {
  pipeline::CompileRecord record;
  record.model.name = "net";
  record.model.inputs = {{"x", ir::contiguousMeta(ir::DType::I64, {2, 3})}};
  record.model.opCounts = {{"aten.relu.default", 4}};
  record.model.unsupported = {{"aten.nonzero.default", "head", "net.py:4", "data"}};
  record.model.compiles = {{"0/1",
                            "1",
                            "forward",
                            "net.py:9",
                            {"joint", "forward (text only)"},
                            true,
                            true,
                            "0/0: size"}};
  record.stages = {{pipeline::Stage::Trace,
                    0.25,
                    "5 nodes",
                    {{LogLevel::Warning, "trace", "w"}},
                    Error{ErrorCode::UnsupportedOp, "m", "d", "n"}}};
  auto joint = std::make_shared<ir::JointGraph>();
  joint->graph = graphOf(kJoint);
  joint->signature.parameterOrder = {"w"};
  joint->signature.numPrimals = 2;
  joint->metadata.outputs.resize(1);
  joint->metadata.outputs[0].baseIndex = 4;
  joint->metadata.outputs[0].type = ir::OutputType::UnsafeViewAlias;
  joint->modules = {{"layer", "torch.nn.Linear"}};
  record.joint = joint;
  record.partition = std::make_shared<partition::Partition>(samplePartition(joint->graph));
  record.forward = sampleHalf(joint->graph);
  record.measurement = sampleMeasurement();
  record.entries = sampleEntries();
  return record;
}

std::span<const std::uint8_t> bodyOf(const std::vector<std::uint8_t>& frame) {
  return std::span(frame).subspan(4);
}

Reply throughWire(const Reply& reply) {
  const auto frame = encodeReply(reply);
  auto decoded = decodeReply(bodyOf(frame));
  if (!decoded) qFatal("%s", decoded.error().message.c_str());
  return *decoded;
}

Reply doneReply(pipeline::CompileRecord record) {
  return {7, DoneReply{std::make_shared<const pipeline::CompileRecord>(std::move(record))}};
}

const pipeline::CompileRecord& recordIn(const Reply& reply) {
  return *std::get<DoneReply>(reply.body).record;
}

}  // namespace

void TstCodec::compileRequestKeepsEveryOption() {
  CompileRequest compile{"a.pt2", pipeline::Goal::Measure, {}};
  compile.options.mode = run::Mode::Infer;
  compile.options.loss = run::LossSpec{2};
  compile.options.inputsPath = "in.json";
  compile.options.partition.partitioner = partition::PartitionerKind::Default;
  compile.options.partition.recompute = {"relu"};
  compile.options.threads = 3;
  compile.options.seed = ~0ull;
  compile.options.dims = {{"s0", 9}};
  compile.options.fills = {{"x", "zeros"}, {"y", "a.npy,grad"}};
  compile.options.apart = {"mul"};
  compile.options.learnShapesBytes = std::int64_t{1} << 40;
  const auto decoded = decodeRequest(bodyOf(encodeRequest({5, compile})));
  QVERIFY(decoded.has_value());
  QCOMPARE(decoded->id, std::uint64_t{5});
  const auto& read = std::get<CompileRequest>(decoded->body);
  QCOMPARE(read.modelPath, std::string("a.pt2"));
  QVERIFY(read.goal == pipeline::Goal::Measure);
  QVERIFY(read.options.mode == run::Mode::Infer);
  QCOMPARE(read.options.loss->text(), std::string("output:2"));
  QCOMPARE(read.options.inputsPath, std::string("in.json"));
  QVERIFY(read.options.partition.partitioner == partition::PartitionerKind::Default);
  QCOMPARE(read.options.partition.recompute.at(0), std::string("relu"));
  QCOMPARE(read.options.threads, 3);
  QCOMPARE(read.options.seed, ~std::uint64_t{0});
  QCOMPARE(read.options.dims.at("s0"), std::int64_t{9});
  QCOMPARE(read.options.fills, compile.options.fills);
  QCOMPARE(read.options.apart, std::vector<std::string>{"mul"});
  QCOMPARE(read.options.learnShapesBytes, std::int64_t{1} << 40);
}

void TstCodec::smallRequestsRoundTrip() {
  const auto cancel = decodeRequest(bodyOf(encodeRequest({1, CancelRequest{99}})));
  QCOMPARE(std::get<CancelRequest>(cancel->body).target, std::uint64_t{99});
  QVERIFY(std::holds_alternative<PingRequest>(
      decodeRequest(bodyOf(encodeRequest({2, PingRequest{}})))->body));
  QVERIFY(std::holds_alternative<ShutdownRequest>(
      decodeRequest(bodyOf(encodeRequest({3, ShutdownRequest{}})))->body));
  QVERIFY(std::holds_alternative<OperatorsRequest>(
      decodeRequest(bodyOf(encodeRequest({4, OperatorsRequest{}})))->body));
}

void TstCodec::theTableOfOperatorsRoundTrips() {
  const pipeline::OperatorRow row{{"aten.nonzero.default",
                                   trace::ShapeSource::Ours,
                                   trace::Treatment::Refused,
                                   {},
                                   trace::InCoreTable::LeftOut,
                                   "it searches"},
                                  true,
                                  pipeline::KernelForm::Library,
                                  "its output shape depends on data"};
  const Reply reply = throughWire({5, OperatorsReply{{row, {}}}});
  const auto& rows = std::get<OperatorsReply>(reply.body).rows;
  QCOMPARE(rows.size(), std::size_t{2});
  QCOMPARE(rows[0].coverage.op, row.coverage.op);
  QCOMPARE(rows[0].coverage.source, row.coverage.source);
  QCOMPARE(rows[0].coverage.treatment, row.coverage.treatment);
  QCOMPARE(rows[0].coverage.core, row.coverage.core);
  QCOMPARE(rows[0].coverage.whyLeftOut, row.coverage.whyLeftOut);
  QCOMPARE(rows[0].isDecomposed, true);
  QCOMPARE(rows[0].form, row.form);
  QCOMPARE(rows[0].reason, row.reason);
  QCOMPARE(rows[1].form, pipeline::KernelForm::None);
}

void TstCodec::recordKeepsItsGraphs() {
  const auto sent = sampleRecord();
  const Reply reply = throughWire(doneReply(sent));
  const auto& joint = *recordIn(reply).joint;
  QCOMPARE(ir::graphText(*joint.graph), ir::graphText(*sent.joint->graph));
  QCOMPARE(joint.graph->node(ir::NodeId{0}).meta.descriptor,
           std::string("ParamAOTInput(target='w')"));
  QVERIFY(joint.graph->node(ir::NodeId{1}).tensor()->sizes[0].isSymbolic());
  QCOMPARE(joint.metadata.outputs.at(0).baseIndex, std::optional<int>(4));
  QVERIFY(joint.metadata.outputs.at(0).type == ir::OutputType::UnsafeViewAlias);
  QVERIFY(joint.modules == sent.joint->modules);
}

void TstCodec::recordKeepsPartitionScheduleAndMeasurement() {
  const Reply reply = throughWire(doneReply(sampleRecord()));
  const auto& record = recordIn(reply);
  const auto& parts = *record.partition;
  QCOMPARE(parts.savedTensors.at(0).aliasOfInput, std::optional<std::string>("primals_1"));
  QCOMPARE(parts.solves.at(0).cutValue, 42.5);
  QCOMPARE(parts.knapsacks.at(0).savedRuntime, 1e6);
  QCOMPARE(parts.knapsacks.at(0).items.at(0).runtime, 1e6);
  QCOMPARE(parts.options.moduleBudgets.at(0).budget, 0.25);
  QCOMPARE(parts.mergedByCse.at(0).second, std::string("t"));
  QCOMPARE(parts.recomputeFlops, 1e9);
  QCOMPARE(parts.recomputeSeconds, 0.25);
  QCOMPARE(parts.options.peakLimit, std::optional<std::int64_t>(1 << 20));
  QVERIFY(parts.options.quantize == samplePartition(parts.forward).options.quantize);
  QVERIFY(parts.options.offload == samplePartition(parts.forward).options.offload);
  QCOMPARE(parts.options.cost.kind, partition::CostModelKind::Profile);
  QCOMPARE(parts.options.cost.peaks.flopsPerSecond, 2e12);
  QCOMPARE(parts.options.cost.profile->at("mm"), 0.5);
  QCOMPARE(parts.peakBytes, std::int64_t{4096});
  const auto& schedule = record.forward->schedule;
  QCOMPARE(schedule.places.at(2)->offset, std::int64_t{3});
  QCOMPARE(schedule.groups.at(0).nest.ops.at(1).access.indirect.at(0).bound, std::int64_t{16});
  QCOMPARE(schedule.buffers.at(0).inPlaceOf, 0);
  const auto& external = std::get<schedule::ExternStep>(schedule.steps.at(1));
  QCOMPARE(external.results.at(0), std::optional<int>(0));
  QVERIFY(!external.results.at(1).has_value());
  QVERIFY(std::holds_alternative<schedule::CopyStep>(schedule.steps.at(2)));
  QVERIFY(record.forward->kernels.at(0).checksIndices);
  QVERIFY(!record.backward);
  QCOMPARE(record.measurement->speedup->high, 2.75);
  QCOMPARE(record.measurement->graph->kernels, 7);
  QCOMPARE(record.measurement->whole->externCalls, 5);
  QCOMPARE(record.measurement->gpu->throttling, (std::vector<std::string>{"power cap"}));
  QVERIFY(record.measurement->speedup->driftRemoved);
  QCOMPARE(record.measurement->eager.stepsPerSample, 7);
  QCOMPARE(record.measurement->load.cores, 8);
  QCOMPARE(record.measurement->load.otherCores, 1.5);
  QCOMPARE(record.measurement->load.stolenCores, 0.25);
  QCOMPARE(record.measurement->load.throttles, 3);
  QCOMPARE(record.measurement->eager.samplesMs, (std::vector<double>{1, 2, 3}));
  QCOMPARE(record.stages.at(0).error->node, std::string("n"));
}

void TstCodec::recordKeepsTheCompilesOfALog() {
  const Reply reply = throughWire(doneReply(sampleRecord()));
  const auto& compiles = recordIn(reply).model.compiles;
  QCOMPARE(compiles.size(), std::size_t(1));
  QCOMPARE(compiles[0].id, std::string("0/1"));
  QCOMPARE(compiles[0].rank, std::string("1"));
  QCOMPARE(compiles[0].function, std::string("forward"));
  QCOMPARE(compiles[0].source, std::string("net.py:9"));
  QCOMPARE(compiles[0].graphs, (std::vector<std::string>{"joint", "forward (text only)"}));
  QVERIFY(compiles[0].canOpen && compiles[0].isShown);
  QCOMPARE(compiles[0].reason, std::string("0/0: size"));
}

void TstCodec::recordKeepsTheEntries() {
  const auto sent = sampleEntries();
  const Reply reply = throughWire(doneReply(sampleRecord()));
  const run::EntriesRecord& got = *recordIn(reply).entries;
  QCOMPARE(got.entries.size(), std::size_t{2});
  QCOMPARE(got.entries[0].guards, sent->entries[0].guards);
  QCOMPARE(got.entries[0].sizes, sent->entries[0].sizes);
  QCOMPARE(got.entries[0].hits, 3);
  QCOMPARE(got.entries[0].lastMiss, sent->entries[0].lastMiss);
  QCOMPARE(got.entries[1].reason, sent->entries[1].reason);
  QCOMPARE(got.entries[1].backward, run::BackwardBuild::AtFirstCall);
  QCOMPARE(got.entries[1].backwardMs, 12.5);
  const run::EntryCounters& counters = got.counters;
  QCOMPARE((std::vector<int>{counters.calls, counters.compiles, counters.hits, counters.misses,
                             counters.sizeBuilds, counters.fallbacks}),
           (std::vector<int>{7, 2, 3, 1, 4, 5}));
  QCOMPARE(*got.served, std::size_t{1});
  QVERIFY(got.isCompiled);
  QCOMPARE(got.misses, sent->misses);
  QCOMPARE(got.fallback, sent->fallback);
}

void TstCodec::anEntryThatIsNotThereIsRefused() {
  pipeline::CompileRecord record = sampleRecord();
  auto entries = sampleEntries();
  entries->served = 2;
  record.entries = entries;
  const auto decoded = decodeReply(bodyOf(encodeReply(doneReply(record))));
  QVERIFY(!decoded);
  QVERIFY(decoded.error().message.find("the entry that served") != std::string::npos);
}

void TstCodec::failureKeepsStageAndDetails() {
  const Error error{ErrorCode::KernelCompileFailed, "message", "log", "node"};
  const Reply reply = throughWire({3, FailureReply{pipeline::Stage::Build, error, nullptr}});
  const auto& failure = std::get<FailureReply>(reply.body);
  QVERIFY(failure.stage == pipeline::Stage::Build);
  QVERIFY(failure.error.code == ErrorCode::KernelCompileFailed);
  QCOMPARE(failure.error.details, std::string("log"));
  QVERIFY(!failure.record);
}

void TstCodec::framesAreCutFromAnyChunks() {
  std::vector<std::uint8_t> stream;
  for (std::uint64_t id = 1; id <= 5; ++id) {
    const auto frame = encodeRequest({id, PingRequest{}});
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  for (std::size_t chunk : {std::size_t{1}, std::size_t{3}, std::size_t{7}, stream.size()}) {
    FrameReader reader;
    std::vector<std::uint64_t> ids;
    for (std::size_t at = 0; at < stream.size(); at += chunk) {
      reader.append(std::span(stream).subspan(at, std::min(chunk, stream.size() - at)));
      for (auto body = reader.next(); body && body->has_value(); body = reader.next())
        ids.push_back(decodeRequest(**body)->id);
    }
    QCOMPARE(ids, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  }
}

void TstCodec::anOverlongFrameIsRefused() {
  FrameReader reader;
  const std::vector<std::uint8_t> head{0xff, 0xff, 0xff, 0xff, 0};
  reader.append(head);
  const auto body = reader.next();
  QVERIFY(!body.has_value());
  QVERIFY(body.error().code == ErrorCode::EngineDied);
}

void TstCodec::damagedFramesNeverHarm() {
  const auto frame = encodeReply(doneReply(sampleRecord()));
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    auto damaged = frame;
    const int flips = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < flips; ++i)
      damaged[4 + random() % (damaged.size() - 4)] = static_cast<std::uint8_t>(random());
    if (round % 3 == 0) damaged.resize(4 + random() % (damaged.size() - 4));
    refused += decodeReply(bodyOf(damaged)).has_value() ? 0 : 1;
  }
  QVERIFY(refused > 100);
}

void TstCodec::danglingIndicesAreRefused() {
  const auto refuses = [](auto&& spoil) {
    auto record = sampleRecord();
    auto half = std::make_shared<pipeline::CompiledHalf>(*record.forward);
    spoil(*half);
    record.forward = half;
    const auto decoded = decodeReply(bodyOf(encodeReply(doneReply(record))));
    return !decoded.has_value() && decoded.error().code == ErrorCode::EngineDied;
  };
  QVERIFY(!refuses([](pipeline::CompiledHalf&) {}));
  QVERIFY(refuses([](auto& half) { half.schedule.groups[0].nodes[0] = ir::NodeId{1000}; }));
  QVERIFY(refuses([](auto& half) { half.schedule.places[2]->buffer = 5; }));
  QVERIFY(refuses([](auto& half) { half.schedule.steps[0] = schedule::KernelStep{3}; }));
  QVERIFY(refuses([](auto& half) { half.origin.origins[0] = {ir::NodeId{77}}; }));
  QVERIFY(refuses([](auto& half) { half.origin.origins.pop_back(); }));
}

QTEST_APPLESS_MAIN(TstCodec)
#include "tst_codec.moc"
