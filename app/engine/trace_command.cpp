#include <algorithm>
#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/log_command.h"
#include "app/engine/partition_output.h"
#include "app/engine/trace_output.h"
#include "core/load/capture/call_profile.h"
#include "core/passes/decompositions/decompose.h"
#include "core/pipeline/model_summary.h"
#include "core/pipeline/open_model.h"

namespace engine {
namespace {

using namespace core;
using pipeline::Decompositions;

/// Symbolic dimensions of the user inputs, as the exported program declares them.
std::map<int, std::vector<int>> dynamicDims(const load::LoadedModel& model) {
  std::map<int, std::vector<int>> dims;
  int userInput = 0;
  for (const load::InputSpec& spec : model.program.inputSpecs) {
    if (spec.kind != load::InputKind::UserInput) continue;
    const auto found = model.program.graph.tensors.find(spec.name);
    if (found != model.program.graph.tensors.end())
      for (std::size_t d = 0; d < found->second.meta.sizes.size(); ++d)
        if (found->second.meta.sizes[d].isSymbolic())
          dims[userInput].push_back(static_cast<int>(d));
    ++userInput;
  }
  return dims;
}

void printTrace(const load::LoadedModel& model, const torch::TraceResult& traced) {
  std::size_t calls = 0;
  std::size_t backward = 0;
  for (const ir::Node& node : traced.joint->graph->nodes()) {
    if (!node.isCall()) continue;
    ++calls;
    if (node.meta.tag == ir::PartitionerTag::IsBackward) ++backward;
  }
  std::printf("%s: %zu calls in the joint graph, %zu of them in the backward; traced in %s\n",
              model.name.c_str(), calls, backward,
              millisecondsText(traced.times.total * 1e3).c_str());
  for (const ir::SizeGuard& guard : traced.joint->guards)
    std::printf("guard %-24s %s%s%s\n", guard.expression.c_str(), guard.reason.c_str(),
                guard.source.empty() ? "" : "  ", guard.source.c_str());
}

/// How often a call is timed: the median of these is taken.
constexpr int kTimedReplays = 7;

Result<void> writeProfile(const run::TraceCheck& check, const std::string& model,
                          const std::string& path) {
  partition::CallProfile profile;
  for (const run::CallTime& call : check.callTimes) profile[call.name] = call.seconds;
  CORE_TRY_VOID(writeFile(path, load::callProfileJson(model, profile)));
  std::printf("profile: %zu calls, each the median of %d replays, in %s\n", profile.size(),
              kTimedReplays, path.c_str());
  return {};
}

/// Replays the joint graph beside eager, and times its calls if a profile is wanted; a difference
/// is Error{OutputMismatch}.
Result<void> checkTrace(torch::TorchModel& model, const torch::TraceResult& traced,
                        const load::LoadedModel& loaded, const EngineOptions& options,
                        const StageContext& context) {
  torch::RunOptions run;
  run.mode = pipeline::chooseMode(loaded, options.compile);
  run.seed = options.compile.seed;
  run.threads = options.compile.threads;
  CORE_TRY(run.device, pipeline::chosenDevice(options.compile));
  if (run.device.type != ir::DeviceType::Cpu)
    return Error{
        ErrorCode::InvalidArgument,
        "A trace is checked on the CPU. Leave --device out; `bench --device cuda` compares "
        "a whole step on the GPU with eager.",
        {},
        {}};
  if (!options.profile.empty()) run.timedReplays = kTimedReplays;
  CORE_TRY(const run::TraceCheck check, model.checkTrace(traced, run, context));
  if (check.mismatch)
    return Error{ErrorCode::OutputMismatch, check.sentence(), {}, check.mismatch->node};
  std::printf("check: %s\n", check.sentence().c_str());
  for (const std::string& relaid : check.relaid)
    std::printf("  laid out otherwise by the CPU's kernel: %s\n", relaid.c_str());
  if (!options.profile.empty()) return writeProfile(check, loaded.name, options.profile);
  return {};
}

const char* captureKind(Decompositions decompositions) {
  switch (decompositions) {
    case Decompositions::None: return "none";
    case Decompositions::Core: return "core";
    case Decompositions::Fusion: return "fusion";
  }
  return "";
}

Result<void> traceOne(const load::LoadedModel& loaded, torch::TorchModel& model,
                      const EngineOptions& options, const StageContext& context) {
  CORE_TRY(run::LossSpec loss, pipeline::chooseLoss(loaded, options.compile));
  const Decompositions decompositions = options.decompositions.value_or(Decompositions::None);
  CORE_TRY(torch::TraceOptions trace, pipeline::traceOptions(loaded, options.compile));
  trace.decompositions = pipeline::traceDecompositions(decompositions);
  torch::TraceResult traced = model.trace(trace, context);
  if (traced.error) return *traced.error;
  if (options.checkTrace || !options.profile.empty())
    CORE_TRY_VOID(checkTrace(model, traced, loaded, options, context));

  ir::JointGraph joint = *traced.joint;
  if (decompositions == Decompositions::Fusion)
    joint.graph = passes::decomposeForFusion(joint.graph).graph;
  CORE_TRY(auto partitions, allPartitions(joint, options, context));
  JointToShow shown;
  shown.name = loaded.name;
  shown.loss = loss.text();
  shown.decompositions = captureKind(decompositions);
  shown.dynamicDims = dynamicDims(loaded);
  shown.joint = &joint;
  shown.partitions = &partitions;
  shown.traceSeconds = traced.times.total;
  printGraphs(shown, options);
  if (!printsGraphs(options)) {
    printTrace(loaded, traced);
    printPartitions(partitions);
  }
  return writeTrace(shown, options);
}

/// Each segment of a program with breaks is a trace of its own; "x.json" becomes
/// "x_segment_1.json" ...
Result<void> traceSegments(const std::vector<torch::ScriptSegment>& segments,
                           const EngineOptions& options, const StageContext& context) {
  CORE_TRY(torch::TorchModule * module, pipeline::moduleFor(options.compile));
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const torch::ScriptSegment& segment = segments[i];
    const std::string number = std::to_string(i + 1);
    std::printf("# Segment %s of %zu%s%s\n", number.c_str(), segments.size(),
                segment.title.empty() ? "" : ": ", segment.title.c_str());
    EngineOptions own = options;
    if (!own.json.empty()) {
      const std::size_t dot = std::min(own.json.rfind('.'), own.json.size());
      own.json.insert(dot, "_segment_" + number);
    }
    CORE_TRY(const auto model, module->open(segment.model, std::nullopt, options.compile.seed));
    CORE_TRY_VOID(traceOne(*segment.model, *model, own, context));
    if (!segment.breakReason.empty()) std::printf("# Break: %s\n", segment.breakReason.c_str());
  }
  return {};
}

Result<void> traceModel(const EngineOptions& options) {
  CORE_TRY_VOID(checkSupported(options));
  const StageContext context = commandContext(options.quiet);
  pipeline::OpenModel open;
  CORE_TRY_VOID(pipeline::openModel(open, options.model, options.compile, context));
  if (open.segments.size() > 1) return traceSegments(open.segments, options, context);
  CORE_TRY(torch::TorchModel * model, pipeline::bindTorch(open, options.compile));
  return traceOne(*open.loaded, *model, options, context);
}

}  // namespace

int traceCommand(const EngineOptions& options) {
  if (opensLog(options)) return traceLog(options);
  const auto result = traceModel(options);
  return result ? kDone : fail(result.error());
}

}  // namespace engine
