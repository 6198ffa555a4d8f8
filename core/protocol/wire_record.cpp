#include "core/protocol/wire_parts.h"

namespace core::protocol {
namespace {

using namespace core::pipeline;

constexpr int kErrorCodes = static_cast<int>(ErrorCode::Internal) + 1;

template <bool kWrite>
void moveStageRecord(Ours<kWrite, StageRecord> ours, Wire<kWrite, wire::StageRecordT> onWire) {
  enumeration<kWrite>(ours.stage, onWire.stage, kStageCount);
  plain<kWrite>(ours.seconds, onWire.seconds);
  plain<kWrite>(ours.summary, onWire.summary);
  list<kWrite>(ours.log, onWire.log, moveLogEntry<kWrite>);
  optionalTable<kWrite>(ours.error, onWire.error, moveError<kWrite>);
}

template <bool kWrite>
void moveInput(Ours<kWrite, ModelInput> ours, Wire<kWrite, wire::ModelInputT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  table<kWrite>(ours.meta, onWire.meta, moveTensor<kWrite>);
}

template <bool kWrite>
void moveParameter(Ours<kWrite, ModelParameter> ours, Wire<kWrite, wire::ModelParameterT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  table<kWrite>(ours.meta, onWire.meta, moveTensor<kWrite>);
  plain<kWrite>(ours.isParameter, onWire.is_parameter);
  plain<kWrite>(ours.requiresGrad, onWire.requires_grad);
}

template <bool kWrite>
void moveOpCount(Ours<kWrite, std::pair<std::string, int>> ours,
                 Wire<kWrite, wire::OpCountT> onWire) {
  plain<kWrite>(ours.first, onWire.op);
  plain<kWrite>(ours.second, onWire.count);
}

template <bool kWrite>
void moveUnsupported(Ours<kWrite, UnsupportedNode> ours, Wire<kWrite, wire::UnsupportedT> onWire) {
  plain<kWrite>(ours.target, onWire.target);
  plain<kWrite>(ours.module, onWire.module_);
  plain<kWrite>(ours.source, onWire.source);
  plain<kWrite>(ours.reason, onWire.reason);
}

template <bool kWrite>
void moveCompileOfLog(Ours<kWrite, CompileOfLog> ours, Wire<kWrite, wire::CompileOfLogT> onWire) {
  plain<kWrite>(ours.id, onWire.id);
  plain<kWrite>(ours.rank, onWire.rank);
  plain<kWrite>(ours.function, onWire.function);
  plain<kWrite>(ours.source, onWire.source);
  plain<kWrite>(ours.graphs, onWire.graphs);
  plain<kWrite>(ours.canOpen, onWire.can_open);
  plain<kWrite>(ours.isShown, onWire.shown);
  plain<kWrite>(ours.reason, onWire.reason);
}

template <bool kWrite>
void moveModel(Ours<kWrite, ModelSummary> ours, Wire<kWrite, wire::ModelT> onWire) {
  plain<kWrite>(ours.path, onWire.path);
  plain<kWrite>(ours.name, onWire.name);
  plain<kWrite>(ours.fileBytes, onWire.file_bytes);
  plain<kWrite>(ours.torchVersion, onWire.torch_version);
  list<kWrite>(ours.inputs, onWire.inputs, moveInput<kWrite>);
  list<kWrite>(ours.outputs, onWire.outputs, moveInput<kWrite>);
  list<kWrite>(ours.parameters, onWire.parameters, moveParameter<kWrite>);
  list<kWrite>(ours.opCounts, onWire.op_counts, moveOpCount<kWrite>);
  list<kWrite>(ours.modules, onWire.modules, moveScope<kWrite>);
  list<kWrite>(ours.unsupported, onWire.unsupported, moveUnsupported<kWrite>);
  list<kWrite>(ours.compiles, onWire.compiles, moveCompileOfLog<kWrite>);
}

template <bool kWrite>
void moveTensorCheck(Ours<kWrite, run::TensorCheck> ours, Wire<kWrite, wire::TensorCheckT> onWire) {
  plain<kWrite>(ours.tensor, onWire.tensor);
  plain<kWrite>(ours.passed, onWire.passed);
  plain<kWrite>(ours.maxAbs, onWire.max_abs);
  plain<kWrite>(ours.maxRel, onWire.max_rel);
  plain<kWrite>(ours.rmseCompiled, onWire.rmse_compiled);
  plain<kWrite>(ours.rmseEager, onWire.rmse_eager);
  plain<kWrite>(ours.reason, onWire.reason);
}

template <bool kWrite>
void moveCheck(Ours<kWrite, run::CheckResult> ours, Wire<kWrite, wire::CheckT> onWire) {
  plain<kWrite>(ours.passed, onWire.passed);
  list<kWrite>(ours.tensors, onWire.tensors, moveTensorCheck<kWrite>);
  plain<kWrite>(ours.worst, onWire.worst);
  plain<kWrite>(ours.sentence, onWire.sentence);
  if constexpr (!kWrite) {
    if (ours.worst != -1) checkedIndex(ours.worst, ours.tensors.size(), "the worst tensor");
  }
}

template <bool kWrite>
void moveTiming(Ours<kWrite, run::Timing> ours, Wire<kWrite, wire::TimingT> onWire) {
  plain<kWrite>(ours.samplesMs, onWire.samples);
  plain<kWrite>(ours.medianMs, onWire.median);
  plain<kWrite>(ours.p10Ms, onWire.p10);
  plain<kWrite>(ours.p90Ms, onWire.p90);
  plain<kWrite>(ours.minMs, onWire.min);
  plain<kWrite>(ours.iqrMs, onWire.iqr);
  plain<kWrite>(ours.peakBytes, onWire.peak_bytes);
  plain<kWrite>(ours.savedBytes, onWire.saved_bytes);
  plain<kWrite>(ours.stepsPerSample, onWire.steps_per_sample);
}

template <bool kWrite>
void moveSpeedup(Ours<kWrite, run::Speedup> ours, Wire<kWrite, wire::SpeedupT> onWire) {
  plain<kWrite>(ours.median, onWire.median);
  plain<kWrite>(ours.low, onWire.low);
  plain<kWrite>(ours.high, onWire.high);
  enumeration<kWrite>(ours.verdict, onWire.verdict, 3);
  plain<kWrite>(ours.driftRemoved, onWire.drift_removed);
}

template <bool kWrite>
void moveLoad(Ours<kWrite, run::MachineLoad> ours, Wire<kWrite, wire::MachineLoadT> onWire) {
  plain<kWrite>(ours.cores, onWire.cores);
  plain<kWrite>(ours.otherCores, onWire.other_cores);
  plain<kWrite>(ours.stolenCores, onWire.stolen_cores);
  plain<kWrite>(ours.throttles, onWire.throttles);
}

template <bool kWrite>
void moveCompileTimes(Ours<kWrite, run::CompileTimes> ours,
                      Wire<kWrite, wire::CompileTimesT> onWire) {
  plain<kWrite>(ours.totalMs, onWire.total);
  plain<kWrite>(ours.traceMs, onWire.trace);
  plain<kWrite>(ours.partitionMs, onWire.partition);
  plain<kWrite>(ours.codegenMs, onWire.codegen);
  plain<kWrite>(ours.buildMs, onWire.build);
  plain<kWrite>(ours.kernelsBuilt, onWire.built);
  plain<kWrite>(ours.kernelsFromCache, onWire.from_cache);
}

template <bool kWrite>
void moveGraphReplay(Ours<kWrite, run::GraphReplay> ours, Wire<kWrite, wire::GraphReplayT> onWire) {
  table<kWrite>(ours.check, onWire.check, moveCheck<kWrite>);
  table<kWrite>(ours.timing, onWire.timing, moveTiming<kWrite>);
  plain<kWrite>(ours.kernels, onWire.kernels);
  optionalTable<kWrite>(ours.speedup, onWire.speedup, moveSpeedup<kWrite>);
}

template <bool kWrite>
void moveWholeStep(Ours<kWrite, run::WholeStepRun> ours, Wire<kWrite, wire::WholeStepT> onWire) {
  table<kWrite>(ours.check, onWire.check, moveCheck<kWrite>);
  table<kWrite>(ours.timing, onWire.timing, moveTiming<kWrite>);
  plain<kWrite>(ours.kernels, onWire.kernels);
  plain<kWrite>(ours.externCalls, onWire.extern_calls);
  optionalTable<kWrite>(ours.speedup, onWire.speedup, moveSpeedup<kWrite>);
}

template <bool kWrite>
void moveGpuConditions(Ours<kWrite, run::GpuConditions> ours,
                       Wire<kWrite, wire::GpuConditionsT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  plain<kWrite>(ours.smClockMHz, onWire.sm_clock);
  plain<kWrite>(ours.memoryClockMHz, onWire.memory_clock);
  plain<kWrite>(ours.temperature, onWire.temperature);
  plain<kWrite>(ours.watts, onWire.watts);
  plain<kWrite>(ours.throttling, onWire.throttling);
  plain<kWrite>(ours.ceilings.copyGBs, onWire.copy);
  plain<kWrite>(ours.ceilings.matmulTflops, onWire.matmul);
}

template <bool kWrite>
void moveMeasurement(Ours<kWrite, run::Measurement> ours, Wire<kWrite, wire::MeasurementT> onWire) {
  enumeration<kWrite>(ours.mode, onWire.mode, 2);
  plain<kWrite>(ours.device, onWire.device);
  plain<kWrite>(ours.threads, onWire.threads);
  plain<kWrite>(ours.budget, onWire.budget);
  table<kWrite>(ours.check, onWire.check, moveCheck<kWrite>);
  table<kWrite>(ours.eager, onWire.eager, moveTiming<kWrite>);
  table<kWrite>(ours.compiled, onWire.compiled, moveTiming<kWrite>);
  plain<kWrite>(ours.compiledForwardMs, onWire.forward_ms);
  plain<kWrite>(ours.compiledBackwardMs, onWire.backward_ms);
  plain<kWrite>(ours.kernels, onWire.kernels);
  plain<kWrite>(ours.externCalls, onWire.extern_calls);
  optionalTable<kWrite>(ours.speedup, onWire.speedup, moveSpeedup<kWrite>);
  table<kWrite>(ours.compile, onWire.compile, moveCompileTimes<kWrite>);
  optionalTable<kWrite>(ours.graph, onWire.graph, moveGraphReplay<kWrite>);
  plain<kWrite>(ours.graphReason, onWire.graph_reason);
  optionalTable<kWrite>(ours.whole, onWire.whole, moveWholeStep<kWrite>);
  plain<kWrite>(ours.wholeReason, onWire.whole_reason);
  optionalTable<kWrite>(ours.gpu, onWire.gpu, moveGpuConditions<kWrite>);
  table<kWrite>(ours.load, onWire.load, moveLoad<kWrite>);
}

template <bool kWrite>
void moveGuard(Ours<kWrite, run::Guard> ours, Wire<kWrite, wire::GuardT> onWire) {
  plain<kWrite>(ours.expression, onWire.expression);
  plain<kWrite>(ours.reason, onWire.reason);
}

template <bool kWrite>
void moveEntry(Ours<kWrite, run::EntryRecord> ours, Wire<kWrite, wire::EntryT> onWire) {
  list<kWrite>(ours.guards, onWire.guards, moveGuard<kWrite>);
  plain<kWrite>(ours.sizes, onWire.sizes);
  plain<kWrite>(ours.hits, onWire.hits);
  plain<kWrite>(ours.reason, onWire.reason);
  plain<kWrite>(ours.lastMiss, onWire.last_miss);
  enumeration<kWrite>(ours.backward, onWire.backward, 4);
  plain<kWrite>(ours.backwardMs, onWire.backward_ms);
}

template <bool kWrite>
void moveEntries(Ours<kWrite, run::EntriesRecord> ours, Wire<kWrite, wire::EntriesT> onWire) {
  list<kWrite>(ours.entries, onWire.entries, moveEntry<kWrite>);
  plain<kWrite>(ours.counters.calls, onWire.calls);
  plain<kWrite>(ours.counters.compiles, onWire.compiles);
  plain<kWrite>(ours.counters.hits, onWire.hits);
  plain<kWrite>(ours.counters.misses, onWire.misses);
  plain<kWrite>(ours.counters.sizeBuilds, onWire.size_builds);
  plain<kWrite>(ours.counters.fallbacks, onWire.fallbacks);
  if constexpr (kWrite) {
    onWire.served = ours.served ? static_cast<int>(*ours.served) : -1;
  } else if (onWire.served != -1) {
    checkedIndex(onWire.served, ours.entries.size(), "the entry that served");
    ours.served = static_cast<std::size_t>(onWire.served);
  }
  plain<kWrite>(ours.isCompiled, onWire.compiled);
  plain<kWrite>(ours.misses, onWire.last_misses);
  plain<kWrite>(ours.fallback, onWire.fallback);
}

}  // namespace

template <bool kWrite>
void moveLogEntry(Ours<kWrite, LogEntry> ours, Wire<kWrite, wire::LogEntryT> onWire) {
  enumeration<kWrite>(ours.level, onWire.level, 4);
  plain<kWrite>(ours.category, onWire.category);
  plain<kWrite>(ours.text, onWire.text);
}

template <bool kWrite>
void moveError(Ours<kWrite, Error> ours, Wire<kWrite, wire::ErrorT> onWire) {
  enumeration<kWrite>(ours.code, onWire.code, kErrorCodes);
  plain<kWrite>(ours.message, onWire.message);
  plain<kWrite>(ours.details, onWire.details);
  plain<kWrite>(ours.node, onWire.node);
}

template void moveLogEntry<true>(const LogEntry&, wire::LogEntryT&);
template void moveLogEntry<false>(LogEntry&, const wire::LogEntryT&);
template void moveError<true>(const Error&, wire::ErrorT&);
template void moveError<false>(Error&, const wire::ErrorT&);

void writeRecord(const CompileRecord& record, wire::RecordT& onWire) {
  table<true>(record.model, onWire.model, moveModel<true>);
  list<true>(record.stages, onWire.stages, moveStageRecord<true>);
  if (record.joint) table<true>(*record.joint, onWire.joint, writeJoint);
  if (record.partition) table<true>(*record.partition, onWire.partition, writePartition);
  if (record.forward) table<true>(*record.forward, onWire.forward, writeHalf);
  if (record.backward) table<true>(*record.backward, onWire.backward, writeHalf);
  if (record.measurement)
    table<true>(*record.measurement, onWire.measurement, moveMeasurement<true>);
  if (record.entries) table<true>(*record.entries, onWire.entries, moveEntries<true>);
}

CompileRecord readRecord(const wire::RecordT& onWire) {
  CompileRecord record;
  table<false>(record.model, onWire.model, moveModel<false>);
  list<false>(record.stages, onWire.stages, moveStageRecord<false>);
  if (onWire.joint) record.joint = std::make_shared<ir::JointGraph>(readJoint(*onWire.joint));
  if (onWire.partition)
    record.partition = std::make_shared<partition::Partition>(readPartition(*onWire.partition));
  if (onWire.forward) record.forward = std::make_shared<CompiledHalf>(readHalf(*onWire.forward));
  if (onWire.backward) record.backward = std::make_shared<CompiledHalf>(readHalf(*onWire.backward));
  if (onWire.measurement) {
    auto measurement = std::make_shared<run::Measurement>();
    table<false>(*measurement, onWire.measurement, moveMeasurement<false>);
    record.measurement = std::move(measurement);
  }
  if (onWire.entries) {
    run::EntriesRecord entries;
    table<false>(entries, onWire.entries, moveEntries<false>);
    record.entries = std::make_shared<run::EntriesRecord>(std::move(entries));
  }
  return record;
}

}  // namespace core::protocol
