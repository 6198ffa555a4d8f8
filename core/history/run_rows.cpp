#include "core/history/run_rows.h"

#include <charconv>

#include "core/run/statistics.h"

namespace core::history {
namespace {

/// Shortest texts that read back as the same numbers, with spaces between.
std::string textOf(const std::vector<double>& numbers) {
  std::string text;
  char buffer[32];
  for (const double number : numbers) {
    if (!text.empty()) text += ' ';
    text.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
  }
  return text;
}

std::vector<double> numbersOf(const std::string& text) {
  std::vector<double> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    double number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) break;
    numbers.push_back(number);
    at = next + (next < end ? 1 : 0);
  }
  return numbers;
}

void bindTiming(Statement& statement, int first, const run::Timing& timing) {
  statement.bind(first, textOf(timing.samplesMs))
      .bind(first + 1, std::int64_t{timing.stepsPerSample})
      .bind(first + 2, timing.peakBytes)
      .bind(first + 3, timing.savedBytes);
}

run::Timing readTiming(const Statement& statement, int first) {
  run::Timing timing;
  timing.samplesMs = numbersOf(statement.text(first));
  timing.stepsPerSample = static_cast<int>(statement.integer(first + 1));
  timing.peakBytes = statement.integer(first + 2);
  timing.savedBytes = statement.integer(first + 3);
  run::summarize(timing);
  return timing;
}

constexpr int kFirstOfMeasurement = 5;
constexpr int kEager = kFirstOfMeasurement + 6;
constexpr int kCompiled = kEager + 4;
constexpr int kHalves = kCompiled + 4;
constexpr int kCompile = kHalves + 4;
constexpr int kLoad = kCompile + 7;

}  // namespace

const char* const kRunsTable =
    "CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, at TEXT NOT NULL"
    " DEFAULT (datetime('now')), model TEXT, graph_hash TEXT, processor TEXT, versions TEXT,"
    " settings TEXT, mode INTEGER, device TEXT, threads INTEGER, budget REAL,"
    " check_passed INTEGER, check_sentence TEXT,"
    " eager_ms TEXT, eager_steps INTEGER, eager_peak INTEGER, eager_saved INTEGER,"
    " compiled_ms TEXT, compiled_steps INTEGER, compiled_peak INTEGER, compiled_saved INTEGER,"
    " forward_ms REAL, backward_ms REAL, kernels INTEGER, extern_calls INTEGER,"
    " compile_ms REAL, trace_ms REAL, partition_ms REAL, codegen_ms REAL, build_ms REAL,"
    " kernels_built INTEGER, kernels_cached INTEGER,"
    " cores INTEGER, other_cores REAL, stolen_cores REAL, throttles INTEGER)";

const char* const kInsertRun =
    "INSERT INTO runs (model, graph_hash, processor, versions, settings, mode, device, threads,"
    " budget, check_passed, check_sentence, eager_ms, eager_steps, eager_peak, eager_saved,"
    " compiled_ms, compiled_steps, compiled_peak, compiled_saved, forward_ms, backward_ms,"
    " kernels, extern_calls, compile_ms, trace_ms, partition_ms, codegen_ms, build_ms,"
    " kernels_built, kernels_cached, cores, other_cores, stolen_cores, throttles) VALUES"
    " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

const char* const kSelectRuns =
    "SELECT model, graph_hash, processor, versions, settings, mode, device, threads, budget,"
    " check_passed, check_sentence, eager_ms, eager_steps, eager_peak, eager_saved, compiled_ms,"
    " compiled_steps, compiled_peak, compiled_saved, forward_ms, backward_ms, kernels,"
    " extern_calls, compile_ms, trace_ms, partition_ms, codegen_ms, build_ms, kernels_built,"
    " kernels_cached, cores, other_cores, stolen_cores, throttles, id, at FROM runs ";

void bindRun(Statement& statement, const RunConditions& conditions,
             const run::Measurement& measurement) {
  statement.bind(0, conditions.model)
      .bind(1, conditions.graphHash)
      .bind(2, conditions.processor)
      .bind(3, conditions.versions)
      .bind(4, conditions.settings);
  statement.bind(kFirstOfMeasurement, std::int64_t{measurement.mode == run::Mode::Infer})
      .bind(kFirstOfMeasurement + 1, measurement.device)
      .bind(kFirstOfMeasurement + 2, std::int64_t{measurement.threads})
      .bind(kFirstOfMeasurement + 3, measurement.budget)
      .bind(kFirstOfMeasurement + 4, std::int64_t{measurement.check.passed})
      .bind(kFirstOfMeasurement + 5, measurement.check.sentence);
  bindTiming(statement, kEager, measurement.eager);
  bindTiming(statement, kCompiled, measurement.compiled);
  statement.bind(kHalves, measurement.compiledForwardMs)
      .bind(kHalves + 1, measurement.compiledBackwardMs)
      .bind(kHalves + 2, std::int64_t{measurement.kernels})
      .bind(kHalves + 3, std::int64_t{measurement.externCalls});
  const run::CompileTimes& compile = measurement.compile;
  statement.bind(kCompile, compile.totalMs)
      .bind(kCompile + 1, compile.traceMs)
      .bind(kCompile + 2, compile.partitionMs)
      .bind(kCompile + 3, compile.codegenMs)
      .bind(kCompile + 4, compile.buildMs)
      .bind(kCompile + 5, std::int64_t{compile.kernelsBuilt})
      .bind(kCompile + 6, std::int64_t{compile.kernelsFromCache});
  statement.bind(kLoad, std::int64_t{measurement.load.cores})
      .bind(kLoad + 1, measurement.load.otherCores)
      .bind(kLoad + 2, measurement.load.stolenCores)
      .bind(kLoad + 3, measurement.load.throttles);
}

KeptRun readRun(const Statement& statement) {
  KeptRun kept;
  kept.conditions = {statement.text(0), statement.text(1), statement.text(2), statement.text(3),
                     statement.text(4)};
  run::Measurement& measurement = kept.measurement;
  const auto count = [&](int column) { return static_cast<int>(statement.integer(column)); };
  measurement.mode =
      statement.integer(kFirstOfMeasurement) == 0 ? run::Mode::Train : run::Mode::Infer;
  measurement.device = statement.text(kFirstOfMeasurement + 1);
  measurement.threads = count(kFirstOfMeasurement + 2);
  measurement.budget = statement.real(kFirstOfMeasurement + 3);
  measurement.check.passed = statement.integer(kFirstOfMeasurement + 4) != 0;
  measurement.check.sentence = statement.text(kFirstOfMeasurement + 5);
  measurement.eager = readTiming(statement, kEager);
  measurement.compiled = readTiming(statement, kCompiled);
  measurement.compiledForwardMs = statement.real(kHalves);
  measurement.compiledBackwardMs = statement.real(kHalves + 1);
  measurement.kernels = count(kHalves + 2);
  measurement.externCalls = count(kHalves + 3);
  measurement.compile = {statement.real(kCompile),     statement.real(kCompile + 1),
                         statement.real(kCompile + 2), statement.real(kCompile + 3),
                         statement.real(kCompile + 4), count(kCompile + 5),
                         count(kCompile + 6)};
  measurement.load = {count(kLoad), statement.real(kLoad + 1), statement.real(kLoad + 2),
                      statement.integer(kLoad + 3)};
  if (measurement.check.passed)
    measurement.speedup =
        run::speedupOf(measurement.eager.samplesMs, measurement.compiled.samplesMs);
  kept.id = statement.integer(kLoad + 4);
  kept.when = statement.text(kLoad + 5);
  return kept;
}

const char* const kPartsTable =
    "CREATE TABLE IF NOT EXISTS parts (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, module TEXT,"
    " name TEXT, compiled INTEGER, backward INTEGER, calls INTEGER, us REAL);"
    "CREATE INDEX IF NOT EXISTS parts_of_run ON parts (run)";
const char* const kInsertPart =
    "INSERT INTO parts (run, module, name, compiled, backward, calls, us)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
const char* const kSelectParts =
    "SELECT module, name, compiled, backward, calls, us FROM parts WHERE run = ? ORDER BY id";

void bindPart(Statement& statement, std::int64_t run, const run::PartTime& part) {
  statement.bind(0, run)
      .bind(1, part.module)
      .bind(2, part.name)
      .bind(3, std::int64_t{part.isCompiled})
      .bind(4, std::int64_t{part.inBackward})
      .bind(5, std::int64_t{part.calls})
      .bind(6, part.us);
}

run::PartTime readPart(const Statement& statement) {
  return {statement.text(0),
          statement.text(1),
          statement.integer(2) != 0,
          statement.integer(3) != 0,
          static_cast<int>(statement.integer(4)),
          statement.real(5)};
}

}  // namespace core::history
