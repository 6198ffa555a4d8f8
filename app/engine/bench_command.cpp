#include <algorithm>
#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/entries_output.h"
#include "app/engine/keep_run.h"
#include "core/base/json_writer.h"
#include "core/pipeline/compiled_entries.h"
#include "core/run/cautions.h"

namespace engine {
namespace {

using namespace core;
using run::Measurement;

void writeTimingMembers(JsonWriter& json, const run::Timing& timing) {
  json.member("median_ms", timing.medianMs)
      .member("p10_ms", timing.p10Ms)
      .member("p90_ms", timing.p90Ms)
      .member("min_ms", timing.minMs)
      .member("iqr_ms", timing.iqrMs)
      .member("samples", timing.samplesMs)
      .member("peak_bytes", timing.peakBytes)
      .member("saved_bytes", timing.savedBytes)
      .member("steps_per_sample", timing.stepsPerSample);
}

void writeCheck(JsonWriter& json, const run::CheckResult& check) {
  json.key("check").beginObject().member("passed", check.passed).key("worst");
  if (check.worst < 0) {
    json.null();
  } else {
    const run::TensorCheck& worst = check.tensors[static_cast<std::size_t>(check.worst)];
    json.beginObject()
        .member("tensor", worst.tensor)
        .member("max_abs", worst.maxAbs)
        .member("max_rel", worst.maxRel)
        .member("rmse_compiled", worst.rmseCompiled)
        .member("rmse_eager", worst.rmseEager)
        .endObject();
  }
  json.endObject();
}

void writeSpeedup(JsonWriter& json, const std::optional<run::Speedup>& speedup) {
  json.key("speedup");
  if (!speedup) {
    json.null();
    return;
  }
  json.beginObject()
      .member("median", speedup->median)
      .key("ci95")
      .beginArray()
      .value(speedup->low)
      .value(speedup->high)
      .endArray()
      .member("verdict", run::verdictName(speedup->verdict))
      .member("drift_removed", speedup->driftRemoved)
      .endObject();
}

void writeCompile(JsonWriter& json, const run::CompileTimes& times) {
  json.key("compile")
      .beginObject()
      .member("total_ms", times.totalMs)
      .member("trace_ms", times.traceMs)
      .member("partition_ms", times.partitionMs)
      .member("codegen_ms", times.codegenMs)
      .member("build_ms", times.buildMs)
      .member("kernels_built", times.kernelsBuilt)
      .member("kernels_from_cache", times.kernelsFromCache)
      .endObject();
}

void writeGraph(JsonWriter& json, const Measurement& measurement) {
  json.key("cuda_graph");
  if (!measurement.graph) {
    json.null().member("cuda_graph_reason", measurement.graphReason);
    return;
  }
  json.beginObject();
  writeCheck(json, measurement.graph->check);
  writeTimingMembers(json, measurement.graph->timing);
  json.member("kernels", measurement.graph->kernels);
  writeSpeedup(json, measurement.graph->speedup);
  json.endObject();
}

void writeWhole(JsonWriter& json, const Measurement& measurement) {
  json.key("whole_step");
  if (!measurement.whole) {
    json.null().member("whole_step_reason", measurement.wholeReason);
    return;
  }
  json.beginObject();
  writeCheck(json, measurement.whole->check);
  writeTimingMembers(json, measurement.whole->timing);
  json.member("kernels", measurement.whole->kernels)
      .member("extern_calls", measurement.whole->externCalls);
  writeSpeedup(json, measurement.whole->speedup);
  json.endObject();
}

void writeGpu(JsonWriter& json, const std::optional<run::GpuConditions>& gpu) {
  if (!gpu) return;
  json.key("gpu")
      .beginObject()
      .member("name", gpu->name)
      .member("sm_clock_mhz", gpu->smClockMHz)
      .member("memory_clock_mhz", gpu->memoryClockMHz)
      .member("temperature_c", gpu->temperature)
      .member("watts", gpu->watts)
      .member("throttling", gpu->throttling)
      .member("copy_gb_per_s", gpu->ceilings.copyGBs)
      .member("bf16_matmul_tflops", gpu->ceilings.matmulTflops)
      .endObject();
}

void writeLoad(JsonWriter& json, const run::MachineLoad& load) {
  json.key("load")
      .beginObject()
      .member("cores", load.cores)
      .member("other_cores", load.otherCores)
      .member("stolen_cores", load.stolenCores)
      .member("throttles", load.throttles)
      .endObject();
}

/// One measurement, and how its call was served.
struct Bench {
  std::string inputs;  ///< the file; empty: the model's samples
  pipeline::CompileRecordPtr record;
};

void writeMeasurement(JsonWriter& json, const Measurement& measurement) {
  json.member("mode", measurement.mode == run::Mode::Train ? "train" : "infer")
      .member("device", measurement.device)
      .member("threads", measurement.threads)
      .member("budget", measurement.budget);
  writeCheck(json, measurement.check);
  json.key("eager").beginObject();
  writeTimingMembers(json, measurement.eager);
  json.endObject().key("compiled").beginObject();
  writeTimingMembers(json, measurement.compiled);
  json.member("forward_ms", measurement.compiledForwardMs)
      .member("backward_ms", measurement.compiledBackwardMs)
      .member("kernels", measurement.kernels)
      .member("extern_calls", measurement.externCalls)
      .endObject();
  writeSpeedup(json, measurement.speedup);
  writeCompile(json, measurement.compile);
  if (measurement.device != "cpu") writeGraph(json, measurement);
  if (measurement.mode == run::Mode::Train) writeWhole(json, measurement);
  writeGpu(json, measurement.gpu);
  writeLoad(json, measurement.load);
  json.member("cautions", run::cautions(measurement));
}

/// Memory by its three figures, and the estimate of time with the model that it comes from.
void writePartition(JsonWriter& json, const pipeline::CompileRecord& record) {
  json.key("partition");
  if (!record.partition) {
    json.null();
    return;
  }
  const partition::Partition& one = *record.partition;
  json.beginObject()
      .member("saved_bytes_proxy", one.savedBytesTotal)
      .member("peak_bytes_simulated", one.peakBytes)
      .member("peak_bytes_measured", record.measurement->compiled.peakBytes)
      .member("recompute_seconds", one.recomputeSeconds)
      .member("recompute_seconds_model", partition::costModelName(one.options.cost.timeKind()))
      .endObject();
}

void writeCall(JsonWriter& json, const Bench& bench) {
  const run::EntriesRecord& entries = *bench.record->entries;
  json.beginObject().member("inputs", bench.inputs).key("entry");
  entries.served ? json.value(static_cast<std::int64_t>(*entries.served)) : json.null();
  json.member("compiled", entries.isCompiled)
      .member("misses", entries.misses)
      .member("fallback", entries.fallback)
      .key("measurement")
      .beginObject();
  writeMeasurement(json, *bench.record->measurement);
  json.endObject().endObject();
}

/// The last measurement, then all calls and the entries.
std::string benchJson(const std::vector<Bench>& benches) {
  const pipeline::CompileRecord& last = *benches.back().record;
  JsonWriter json(1, 2);
  json.beginObject().member("model", last.model.name);
  writeMeasurement(json, *last.measurement);
  writePartition(json, last);
  json.key("calls").beginArray();
  for (const Bench& bench : benches) writeCall(json, bench);
  json.endArray();
  writeEntries(json, *last.entries);
  return json.endObject().take();
}

void printTiming(const char* name, const run::Timing& timing) {
  std::printf("  %-9s median %-10s  p10 %-10s p90 %-10s  %zu samples\n", name,
              millisecondsText(timing.medianMs).c_str(), millisecondsText(timing.p10Ms).c_str(),
              millisecondsText(timing.p90Ms).c_str(), timing.samplesMs.size());
}

void printSpeedup(const std::optional<run::Speedup>& speedup) {
  if (!speedup) return;
  std::printf("  speed-up  %.3f x  [%.3f, %.3f] with 95 %% confidence: %s\n", speedup->median,
              speedup->low, speedup->high, run::verdictName(speedup->verdict));
}

void printGraph(const Measurement& m) {
  if (!m.graphReason.empty()) std::printf("  graph     none: %s\n", m.graphReason.c_str());
  if (!m.graph) return;
  std::printf("  graph     %s\n", m.graph->check.sentence.c_str());
  if (!m.graph->check.passed) return;
  printTiming("graph", m.graph->timing);
  std::printf("  graph     %d kernels in one launch\n", m.graph->kernels);
  printSpeedup(m.graph->speedup);
}

void printWhole(const Measurement& m) {
  if (!m.wholeReason.empty()) std::printf("  whole     none: %s\n", m.wholeReason.c_str());
  if (!m.whole) return;
  if (!m.whole->check.passed) {
    std::printf("  whole     %s\n", m.whole->check.sentence.c_str());
    return;
  }
  printTiming("whole", m.whole->timing);
  std::printf("  whole     forward, loss and backward as one%s: %d kernels, %d extern calls\n",
              m.gpu ? " schedule and CUDA graph" : "", m.whole->kernels, m.whole->externCalls);
  printSpeedup(m.whole->speedup);
}

void printGpu(const std::optional<run::GpuConditions>& gpu) {
  if (!gpu) return;
  std::string throttling;
  for (const std::string& reason : gpu->throttling) throttling += ", " + reason;
  std::printf(
      "  gpu       %s at %d MHz, %.0f W, %d C%s; copies %.0f GB/s, bf16 products %.0f "
      "TFLOP/s\n",
      gpu->name.c_str(), gpu->smClockMHz, gpu->watts, gpu->temperature, throttling.c_str(),
      gpu->ceilings.copyGBs, gpu->ceilings.matmulTflops);
}

void printMemory(const pipeline::CompileRecord& record) {
  if (!record.partition || !record.measurement->check.passed) return;
  std::printf("  memory    saved %s (the budget's proxy), peak %s simulated, %s measured\n",
              bytesText(record.partition->savedBytesTotal).c_str(),
              bytesText(record.partition->peakBytes).c_str(),
              bytesText(record.measurement->compiled.peakBytes).c_str());
}

void printBench(const std::string& model, const Measurement& m) {
  std::printf("%s  %s, %s, %d threads, budget %g\n", model.c_str(),
              m.mode == run::Mode::Train ? "training step" : "inference", m.device.c_str(),
              m.threads, m.budget);
  std::printf("  check     %s\n", m.check.sentence.c_str());
  if (!m.check.passed) return;
  printTiming("eager", m.eager);
  printTiming("compiled", m.compiled);
  std::printf("  compiled  %d kernels, %d extern calls, forward %s, backward %s\n", m.kernels,
              m.externCalls, millisecondsText(m.compiledForwardMs).c_str(),
              millisecondsText(m.compiledBackwardMs).c_str());
  printSpeedup(m.speedup);
  printGraph(m);
  printWhole(m);
  printGpu(m.gpu);
  std::printf("  compile   %s (trace %s, partition %s, kernels %s; %d built, %d from the cache)\n",
              millisecondsText(m.compile.totalMs).c_str(),
              millisecondsText(m.compile.traceMs).c_str(),
              millisecondsText(m.compile.partitionMs).c_str(),
              millisecondsText(m.compile.codegenMs + m.compile.buildMs).c_str(),
              m.compile.kernelsBuilt, m.compile.kernelsFromCache);
  if (const auto steps = run::stepsToPayBack(m))
    std::printf("  compile   paid back after %.0f steps\n", *steps);
  for (const std::string& caution : run::cautions(m))
    std::printf("  !         %s\n", caution.c_str());
}

/// Measures the model with each set of inputs in turn.
Result<std::vector<Bench>> benchAll(const EngineOptions& options) {
  CORE_TRY_VOID(checkSupported(options));
  const StageContext context = commandContext(options.quiet);
  pipeline::OpenModel open;
  pipeline::CompileOptions compile = kernelOptions(options);
  pipeline::CompiledEntries entries(open, options.model, compile);
  std::vector<std::string> inputSets = options.inputSets;
  if (inputSets.empty()) inputSets.emplace_back();
  std::vector<Bench> benches;
  for (const std::string& path : inputSets) {
    compile.inputsPath = path;
    auto outcome = entries.request(pipeline::Goal::Measure, compile, context);
    if (outcome.error) return *std::move(outcome.error);
    benches.push_back({path, std::move(outcome.record)});
  }
  return benches;
}

void printCalls(const std::vector<Bench>& benches) {
  for (const auto& [inputs, record] : benches) {
    if (benches.size() > 1)
      std::printf("%s: %s\n", inputs.c_str(), run::servedSentence(*record->entries).c_str());
    printBench(record->model.name, *record->measurement);
    printMemory(*record);
  }
  printBackwards(*benches.back().record->entries);
  if (benches.size() > 1) printCounters(benches.back().record->entries->counters);
}

}  // namespace

int benchCommand(const EngineOptions& options) {
  const auto benches = benchAll(options);
  if (!benches) return fail(benches.error());
  printCalls(*benches);
  if (options.keep || !options.sweepPoint.empty()) {
    const auto kept = keepRun(options, *benches->back().record);
    if (!kept) return fail(kept.error());
    std::printf("  kept      as run %lld\n", static_cast<long long>(*kept));
  }
  const auto written = writeFile(options.json, benchJson(*benches));
  if (!written) return fail(written.error());
  const bool passed = std::all_of(benches->begin(), benches->end(), [](const Bench& bench) {
    return bench.record->measurement->check.passed;
  });
  return passed ? kDone : kFailed;
}

}  // namespace engine
