#include "app/engine/log_command.h"

#include <cstdio>
#include <filesystem>

#include "app/engine/command_output.h"
#include "app/engine/partition_output.h"
#include "app/engine/trace_output.h"
#include "core/load/trace_log/trace_log.h"
#include "core/pipeline/open_log.h"

namespace engine {
namespace {

using namespace core;

/// The text indented, without empty lines, at most ten lines of it.
void printExcerpt(const std::string& text) {
  int lines = 0;
  for (std::size_t at = 0; at < text.size() && lines < 10; ++lines) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) std::printf("      %s\n", text.substr(at, end - at).c_str());
    at = end + 1;
  }
}

void printCompile(const load::LoggedCompile& compile) {
  std::printf("  %s\n", pipeline::compileText(compile).c_str());
  for (const load::LoggedText& text : compile.texts) {
    const bool isReason =
        text.name == "dynamo_graph_break_reason" || text.name == "recompile_reasons";
    std::printf("    %s, %zu bytes\n", text.name.c_str(), text.text.size());
    if (isReason) printExcerpt(text.text);
  }
}

Result<void> inspect(const EngineOptions& options) {
  CORE_TRY(const load::TraceLog log,
           load::readTraceLog(options.model, commandContext(options.quiet)));
  std::printf("%s: a log of torch.compile, %zu compiles\n", options.model.c_str(),
              log.compiles.size());
  for (const load::LoggedCompile& compile : log.compiles) printCompile(compile);
  for (const std::string& problem : log.problems) std::printf("  damaged: %s\n", problem.c_str());
  return {};
}

Result<void> trace(const EngineOptions& options) {
  const StageContext context = commandContext(options.quiet);
  CORE_TRY(const load::TraceLog log, load::readTraceLog(options.model, context));
  CORE_TRY(const load::LoggedCompile* compile,
           pipeline::chooseCompile(log, options.compile.logCompile));
  CORE_TRY(ir::JointGraph joint, load::loggedJointGraph(*compile));
  pipeline::warnOfAssumedSizes(*compile, context);
  CORE_TRY(const auto partitions, allPartitions(joint, options, context));
  JointToShow shown;
  shown.name = std::filesystem::path(options.model).stem().string();
  shown.joint = &joint;
  shown.partitions = &partitions;
  printGraphs(shown, options);
  if (!printsGraphs(options)) {
    std::printf("%s\n", pipeline::compileText(*compile).c_str());
    printPartitions(partitions);
  }
  return writeTrace(shown, options);
}

}  // namespace

bool opensLog(const EngineOptions& options) {
  return load::isTraceLog(options.model);
}

int inspectLog(const EngineOptions& options) {
  const auto result = inspect(options);
  return result ? kDone : fail(result.error());
}

int traceLog(const EngineOptions& options) {
  const auto result = trace(options);
  return result ? kDone : fail(result.error());
}

}  // namespace engine
