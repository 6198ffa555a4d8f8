#include "core/pipeline/compile_pipeline.h"

#include <algorithm>
#include <chrono>

#include "core/base/check.h"
#include "core/base/counted.h"
#include "core/ir/attribute_inputs.h"
#include "core/passes/decompositions/decompose.h"
#include "core/pipeline/build_half.h"
#include "core/pipeline/device_report.h"
#include "core/pipeline/kernel_backend.h"
#include "core/pipeline/model_summary.h"
#include "core/pipeline/open_log.h"
#include "core/pipeline/recompute_for_kernels.h"
#include "core/pipeline/whole_step.h"
#include "core/run/guards/graph_at_sizes.h"
#include "core/torch/deferred_half.h"

namespace core::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Where on the progress bar a stage begins, in [0, 1]; the last entry is the end.
constexpr double kStageStart[] = {0.0, 0.05, 0.2, 0.25, 0.3, 0.35, 0.6, 0.65, 1.0};

/// One request on its way through the stages.
class Pipeline {
 public:
  Pipeline(OpenModel& open, const CompileOptions& options, const StageContext& context,
           const OnPartial& onPartial, const OnStage& onStage)
      : m_open(open),
        m_options(options),
        m_context(context),
        m_onPartial(onPartial),
        m_onStage(onStage) {}

  CompileOutcome run(const std::string& path, Goal goal) {
    return outcomeOf([&] { return runStages(path, goal); });
  }

  CompileOutcome runAtSizes(const CompileRecord& record, const run::SymbolValues& symbols) {
    return outcomeOf([&]() -> Result<void> {
      CORE_TRY_VOID(chooseDevice());
      CORE_TRY_VOID(resize(record, symbols));
      CORE_TRY_VOID(stage(Stage::Schedule, [&](const StageContext& c) { return schedule(c); }));
      CORE_TRY_VOID(stage(Stage::Codegen, [&](const StageContext& c) { return writeKernels(c); }));
      return stage(Stage::Build, [&](const StageContext& c) { return build(c); });
    });
  }

  CompileOutcome runBuilt(const CompileRecord& record, const torch::ExecutableStep& step,
                          Goal goal) {
    return outcomeOf([&]() -> Result<void> {
      m_record = record;
      m_step = step;
      m_mode = chooseMode(*m_open.loaded, m_options);
      CORE_TRY_VOID(chooseDevice());
      if (goal == Goal::Build) return {};
      CORE_TRY_VOID(bindTorch(m_open, m_options));
      return stage(Stage::Measure, [&](const StageContext& c) { return measure(c); });
    });
  }

 private:
  template <typename Body>
  CompileOutcome outcomeOf(Body&& body) {
    Result<void> result;
    try {
      result = body();
    } catch (const InternalError& error) {
      result = Error{ErrorCode::Internal,
                     std::string("The ") + stageName(m_stage) +
                         " stage broke a promise; please report this with the model.",
                     error.what(),
                     {}};
    }
    if (!result && m_record.stages.empty()) m_record.stages.push_back({m_stage, 0, {}, {}, {}});
    if (!result) m_record.stages.back().error = result.error();
    CompileOutcome outcome{share(), std::move(m_step), std::nullopt, m_stage};
    if (!result) outcome.error = result.error();
    return outcome;
  }

  /// Takes over joint graph and partition, with the sizes that they have at `symbols`.
  Result<void> resize(const CompileRecord& record, const run::SymbolValues& symbols) {
    m_record.model = record.model;
    CORE_TRY(ir::JointGraph joint, run::jointAtSizes(*record.joint, symbols));
    partition::Partition parts = *record.partition;
    CORE_TRY(parts.forward, run::graphAtSizes(*parts.forward, symbols));
    if (parts.backward) {
      CORE_TRY(parts.backward, run::graphAtSizes(*parts.backward, symbols));
    }
    m_record.joint = std::make_shared<const ir::JointGraph>(std::move(joint));
    m_record.partition = std::make_shared<const partition::Partition>(std::move(parts));
    return {};
  }

  Result<void> runStages(const std::string& path, Goal goal) {
    CORE_TRY_VOID(chooseDevice());
    CORE_TRY_VOID(stage(Stage::Load, [&](const StageContext& c) { return load(path, c); }));
    if (goal == Goal::Inspect) return {};
    CORE_TRY_VOID(stage(Stage::Trace, [&](const StageContext& c) { return trace(c); }));
    CORE_TRY_VOID(stage(Stage::Partition, [&](const StageContext& c) { return partition(c); }));
    if (goal == Goal::Partition) return {};
    CORE_TRY_VOID(stage(Stage::Schedule, [&](const StageContext& c) { return schedule(c); }));
    CORE_TRY_VOID(stage(Stage::Codegen, [&](const StageContext& c) { return writeKernels(c); }));
    if (goal == Goal::Kernels) return {};
    CORE_TRY_VOID(stage(Stage::Build, [&](const StageContext& c) { return build(c); }));
    if (goal == Goal::Build) return {};
    return stage(Stage::Measure, [&](const StageContext& c) { return measure(c); });
  }

  /// Runs one stage: times it, collects its remarks, maps its progress, shows the record after it.
  template <typename Body>
  Result<void> stage(Stage which, Body&& body) {
    m_stage = which;
    if (m_onStage) m_onStage(which);
    m_record.stages.push_back({which, 0, {}, {}, {}});
    const auto index = static_cast<std::size_t>(which);
    StageContext own = m_context;
    // Stages may report their parts more than once; the bar never goes back.
    own.onProgress = [this, index](double fraction, const std::string& what) {
      const double from = kStageStart[index];
      const double share = std::clamp(fraction, 0.0, 1.0) * (kStageStart[index + 1] - from);
      m_progress = std::max(m_progress, from + share);
      m_context.progress(m_progress, what);
    };
    own.onLog = [this](const LogEntry& entry) {
      m_record.stages.back().log.push_back(entry);
      if (m_context.onLog) m_context.onLog(entry);
    };
    own.progress(0, std::string(stageName(which)));
    CORE_TRY_VOID(own.checkCancelled(stageName(which)));
    const auto start = Clock::now();
    Result<void> result = body(own);
    m_record.stages.back().seconds = secondsSince(start);
    if (result && m_onPartial) m_onPartial(share());
    return result;
  }

  CompileRecordPtr share() const { return std::make_shared<const CompileRecord>(m_record); }
  void summary(std::string text) { m_record.stages.back().summary = std::move(text); }

  Result<void> load(const std::string& path, const StageContext& context) {
    if (load::isTraceLog(path)) return loadLog(path, context);
    CORE_TRY_VOID(openModel(m_open, path, m_options, context));
    m_record.model = summarizeModel(*m_open.loaded);
    summary(std::to_string(m_open.loaded->program.graph.nodes.size()) + " exported nodes, " +
            std::to_string(m_open.loaded->weights.size()) + " weights");
    return {};
  }

  /// A log has joint graphs already: one of them takes the place of a trace.
  Result<void> loadLog(const std::string& path, const StageContext& context) {
    CORE_TRY(const load::TraceLog log, load::readTraceLog(path, context));
    for (const load::LoggedCompile& compile : log.compiles)
      context.log(LogLevel::Info, "load", "Compile " + compileText(compile));
    for (const std::string& problem : log.problems) context.log(LogLevel::Warning, "load", problem);
    CORE_TRY(const load::LoggedCompile* compile, chooseCompile(log, m_options.logCompile));
    CORE_TRY(ir::JointGraph joint, load::loggedJointGraph(*compile));
    warnOfAssumedSizes(*compile, context);
    m_record.model = summarizeLog(path, log, *compile, joint);
    m_logged = std::make_shared<const ir::JointGraph>(std::move(joint));
    summary(std::to_string(log.compiles.size()) + " compiles; shown is " + compileText(*compile));
    return {};
  }

  Result<void> trace(const StageContext& context) {
    if (m_logged) {
      m_record.joint = m_logged;
      summary(counted(m_logged->graph->size(), "node") + " in the logged joint graph");
      return {};
    }
    CORE_TRY(torch::TorchModel * model, bindTorch(m_open, m_options));
    m_mode = chooseMode(*m_open.loaded, m_options);
    CORE_TRY(const torch::TraceOptions options, traceOptions(*m_open.loaded, m_options));
    torch::TraceResult traced = model->trace(options, context);
    m_record.joint = traced.joint;
    if (traced.error) return *traced.error;
    m_traceMs = traced.times.total * 1e3;
    summary(counted(traced.joint->graph->size(), "node") + " in the joint graph");
    return {};
  }

  Result<void> partition(const StageContext& context) {
    const auto start = Clock::now();
    CORE_TRY(auto parts, partitionForKernels(*m_record.joint, m_options, m_device, context));
    m_partitionMs = secondsSince(start) * 1e3;
    summary(counted(parts.savedTensors.size(), "saved tensor") + ", " +
            counted(parts.recomputed.size(), "node") + " recomputed");
    m_record.partition = std::make_shared<const partition::Partition>(std::move(parts));
    return {};
  }

  Result<void> schedule(const StageContext& context) {
    const partition::Partition& parts = *m_record.partition;
    CORE_TRY(m_record.forward, scheduleHalf(parts.forward, context));
    std::size_t kernels = m_record.forward->schedule.groups.size();
    std::vector<ir::GraphPtr> graphs{m_record.forward->schedule.graph};
    if (parts.backward) {
      CORE_TRY(m_record.backward, scheduleHalf(parts.backward, context));
      kernels += m_record.backward->schedule.groups.size();
      graphs.push_back(m_record.backward->schedule.graph);
    }
    summary(counted(kernels, "kernel"));
    return requireApartNodes(m_options, graphs);
  }

  Result<void> chooseDevice() {
    CORE_TRY(m_device, chosenDevice(m_options));
    CORE_TRY(m_backend, kernelBackend(m_options));
    return {};
  }

  bool isForGpu() const { return m_device.type == ir::DeviceType::Cuda; }

  Result<std::shared_ptr<const CompiledHalf>> scheduleHalf(const ir::GraphPtr& graph,
                                                           const StageContext& context) const {
    auto half = std::make_shared<CompiledHalf>();
    half->graph = graph;
    const ir::PassResult given = ir::attributesToInputs(graph);
    ir::PassResult ready = given;
    if (m_options.decompositions != Decompositions::None) {
      ready = passes::decomposeForFusion(given.graph);
      ready.origin = ready.origin.after(given.origin);
    }
    half->origin = std::move(ready.origin);
    CORE_TRY(half->schedule,
             m_backend->schedule(ready.graph, fusionOptions(m_options, *m_backend), context));
    return std::shared_ptr<const CompiledHalf>(std::move(half));
  }

  Result<void> writeKernels(const StageContext& context) {
    const auto start = Clock::now();
    std::ptrdiff_t lines = 0;
    for (auto* half : {&m_record.forward, &m_record.backward}) {
      if (!*half) continue;
      auto written = std::make_shared<CompiledHalf>(**half);
      for (const schedule::FusionGroup& group : written->schedule.groups) {
        CORE_TRY_VOID(context.checkCancelled("codegen"));
        CORE_TRY(codegen::KernelSource kernel, m_backend->write(group.nest));
        lines += std::count(kernel.source.begin(), kernel.source.end(), '\n');
        written->kernels.push_back(std::move(kernel));
      }
      *half = std::move(written);
    }
    m_codegenMs = secondsSince(start) * 1e3;
    summary(std::to_string(lines) + " lines of " + m_backend->language());
    return {};
  }

  Result<void> build(const StageContext& context) {
    const auto start = Clock::now();
    m_step.joint = m_record.joint;
    m_step.partition = m_record.partition;
    CORE_TRY(m_step.forward, buildAndCount(m_record.forward, context));
    std::string waiting;
    if (m_record.backward && backwardWaits()) {
      m_step.backward = deferHalf(m_record.backward, m_backend);
      waiting = "; " + std::to_string(m_record.backward->kernels.size()) +
                " of the backward wait for its first call";
    } else if (m_record.backward) {
      CORE_TRY(m_step.backward, buildAndCount(m_record.backward, context));
    }
    m_step.gpu = m_backend->gpu();
    m_buildMs = secondsSince(start) * 1e3;
    summary(counted(m_built, "kernel") + " built, " + std::to_string(m_fromCache) +
            " from the cache" + waiting);
    return {};
  }

  /// As in PyTorch: a backward is built by its first call, unless sizes are saved for it. On a GPU
  /// that call is on a thread of autograd's and may be recorded into a graph: no place to compile.
  bool backwardWaits() const {
    return !isForGpu() && m_record.partition->savedSymInts.empty() &&
           !m_record.backward->kernels.empty();
  }

  Result<torch::ExecutableHalf> buildAndCount(std::shared_ptr<const CompiledHalf>& half,
                                              const StageContext& context) {
    CORE_TRY(torch::ExecutableHalf executable, buildHalf(half, *m_backend, context));
    countKernels(executable);
    return executable;
  }

  void countKernels(const torch::ExecutableHalf& half) {
    for (const codegen::BuiltKernel& kernel : half.kernels)
      ++(kernel.fromCache ? m_fromCache : m_built);
  }

  /// After the first backward call: what it built.
  void takeBuiltBackward() {
    const torch::DeferredHalf& deferred = *m_step.backward.deferred;
    countKernels(*deferred.built());
    m_buildMs += deferred.seconds() * 1e3;
    m_record.backward = asBuilt(m_record.backward, *deferred.built());
  }

  Result<void> measure(const StageContext& context) {
    if (m_logged)
      return Error{ErrorCode::InvalidArgument,
                   "A log has graphs, but no weights and inputs: it cannot be run.",
                   {},
                   {}};
    CORE_TRY_VOID(requireDevice(m_options));
    torch::BenchOptions bench;
    CORE_TRY(bench.run, runOptions(m_open, m_options));
    if (bench.run.mode == run::Mode::Train && m_record.backward)
      CORE_TRY_VOID(buildWhole(bench.run.loss, context));
    const torch::DeferredHalf* const deferred = m_step.backward.deferred.get();
    const bool wasWaiting = deferred && !deferred->built();
    CORE_TRY(auto measurement, m_open.torch->measure(m_step, bench, context));
    if (wasWaiting && deferred->built()) takeBuiltBackward();
    measurement.budget = m_options.partition.budget;
    measurement.compile = {m_traceMs + m_partitionMs + m_codegenMs + m_buildMs,
                           m_traceMs,
                           m_partitionMs,
                           m_codegenMs,
                           m_buildMs,
                           m_built,
                           m_fromCache};
    if (isForGpu()) {
      CORE_TRY(measurement.gpu, gpuConditions(m_device, m_options));
    }
    summary(measurement.check.sentence);
    m_record.measurement = std::make_shared<const run::Measurement>(std::move(measurement));
    return {};
  }

  /// Where forward, loss and backward cannot be one schedule, the step keeps the reason.
  Result<void> buildWhole(const run::LossSpec& loss, const StageContext& context) {
    auto whole = buildWholeStep(m_record, loss, m_options, *m_backend, context);
    if (whole) {
      m_step.whole = std::move(*whole);
    } else if (whole.error().code == ErrorCode::Cancelled) {
      return whole.error();
    } else {
      m_step.wholeReason = whole.error().message;
    }
    return {};
  }

  OpenModel& m_open;
  const CompileOptions& m_options;
  const StageContext& m_context;
  const OnPartial& m_onPartial;
  const OnStage& m_onStage;
  CompileRecord m_record;
  std::shared_ptr<const ir::JointGraph> m_logged;  ///< of the log that is open, if one is
  Stage m_stage = Stage::Load;
  double m_progress = 0;
  run::Mode m_mode = run::Mode::Train;
  ir::Device m_device;
  std::shared_ptr<KernelBackend> m_backend;
  torch::ExecutableStep m_step;
  double m_traceMs = 0, m_partitionMs = 0, m_codegenMs = 0, m_buildMs = 0;
  int m_built = 0, m_fromCache = 0;
};

}  // namespace

CompileOutcome compile(OpenModel& open, const std::string& modelPath, Goal goal,
                       const CompileOptions& options, const StageContext& context,
                       const OnPartial& onPartial, const OnStage& onStage) {
  return Pipeline(open, options, context, onPartial, onStage).run(modelPath, goal);
}

CompileOutcome compileAtSizes(OpenModel& open, const CompileRecord& record,
                              const run::SymbolValues& symbols, const CompileOptions& options,
                              const StageContext& context) {
  const OnPartial noPartial;
  const OnStage noStage;
  return Pipeline(open, options, context, noPartial, noStage).runAtSizes(record, symbols);
}

CompileOutcome runBuilt(OpenModel& open, const CompileRecord& record,
                        const torch::ExecutableStep& step, Goal goal, const CompileOptions& options,
                        const StageContext& context, const OnStage& onStage) {
  const OnPartial noPartial;
  return Pipeline(open, options, context, noPartial, onStage).runBuilt(record, step, goal);
}

}  // namespace core::pipeline
