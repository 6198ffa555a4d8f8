#include "core/pipeline/open_log.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "core/load/trace_log/readable_graph_reader.h"

namespace core::pipeline {
namespace {

/// "joint" of "aot_joint_graph".
std::string shortKind(std::string kind) {
  if (kind.starts_with("aot_")) kind.erase(0, 4);
  if (kind.ends_with("_graph")) kind.erase(kind.size() - 6);
  return kind;
}

/// "net.py:9"; empty if the log does not say.
std::string sourceText(const load::LoggedCompile& compile) {
  if (compile.file.empty()) return {};
  return compile.file.substr(compile.file.rfind('/') + 1) + ":" + std::to_string(compile.line);
}

/// Why it was compiled again, else why its graph breaks: without empty lines.
std::string reasonText(const load::LoggedCompile& compile) {
  const load::LoggedText* text = compile.findText("recompile_reasons");
  if (!text) text = compile.findText("dynamo_graph_break_reason");
  std::string reason;
  if (!text) return reason;
  std::istringstream lines(text->text);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) reason += (reason.empty() ? "" : "\n") + line;
  return reason;
}

CompileOfLog describedCompile(const load::LoggedCompile& compile,
                              const load::LoggedCompile& shown) {
  CompileOfLog described{compile.id, compile.rank, compile.function,   sourceText(compile),
                         {},         false,        &compile == &shown, reasonText(compile)};
  for (const load::LoggedGraph& graph : compile.graphs)
    described.graphs.push_back(shortKind(graph.kind) + (graph.graph ? "" : " (text only)"));
  for (const char* kind : {"aot_joint_graph", "aot_inference_graph"}) {
    const load::LoggedGraph* graph = compile.find(kind);
    described.canOpen = described.canOpen || (graph && graph->graph);
  }
  return described;
}

ModelInput describedValue(const ir::Graph& graph, const ir::Argument& value) {
  if (!value.isNode()) return {"None", {}};
  const ir::Node& node = graph.node(value.node());
  return {node.name, node.tensor() ? *node.tensor() : ir::TensorMeta()};
}

}  // namespace

Result<const load::LoggedCompile*> chooseCompile(const load::TraceLog& log, const std::string& id) {
  std::string ids;
  for (const load::LoggedCompile& compile : log.compiles) {
    const bool hasGraph = compile.find("aot_joint_graph") || compile.find("aot_inference_graph");
    if (id.empty() ? hasGraph : compile.id == id) return &compile;
    ids += " " + compile.id;
  }
  if (id.empty())
    return Error{ErrorCode::InvalidArgument,
                 "The log has no joint graph; compiles:" + (ids.empty() ? " none" : ids) + ".",
                 {},
                 {}};
  return Error{ErrorCode::InvalidArgument,
               "The log has no compile '" + id + "'. It has" + (ids.empty() ? " none" : ids) + ".",
               {},
               {}};
}

void warnOfAssumedSizes(const load::LoggedCompile& compile, const StageContext& context) {
  for (const load::LoggedGraph& graph : compile.graphs) {
    if (!graph.kind.starts_with("aot_")) continue;
    for (const std::string& symbol : load::unknownSymbols(graph.text, compile.symbols))
      context.log(LogLevel::Warning, "load",
                  "the log does not say the size of " + symbol + "; " +
                      std::to_string(load::kAssumedSize) + " is assumed.");
    return;
  }
}

std::string compileText(const load::LoggedCompile& compile) {
  std::string text = compile.id;
  if (!compile.rank.empty()) text += " (rank " + compile.rank + ")";
  text += " " + (compile.function.empty() ? std::string("?") : compile.function);
  if (!compile.file.empty()) text += " (" + sourceText(compile) + ")";
  std::string kinds;
  for (const load::LoggedGraph& graph : compile.graphs)
    kinds += (kinds.empty() ? "" : ", ") + shortKind(graph.kind) +
             (graph.graph ? "" : " (text only: " + graph.problem + ")");
  return text + ": " + (kinds.empty() ? "no graphs" : kinds);
}

ModelSummary summarizeLog(const std::string& path, const load::TraceLog& log,
                          const load::LoggedCompile& shown, const ir::JointGraph& joint) {
  const ir::Graph& graph = *joint.graph;
  ModelSummary summary;
  summary.path = path;
  summary.name = std::filesystem::path(path).stem().string();
  for (int i = 0; i < joint.signature.numPrimals; ++i)
    summary.inputs.push_back(
        describedValue(graph, graph.placeholders()[static_cast<std::size_t>(i)]));
  for (int i = 0; i < joint.signature.numForwardOutputs; ++i)
    summary.outputs.push_back(describedValue(graph, graph.outputs()[static_cast<std::size_t>(i)]));
  std::map<std::string, int> counts;
  for (const ir::Node& node : graph.nodes())
    if (node.isCall() && node.target != "getitem") ++counts[node.target];
  summary.opCounts.assign(counts.begin(), counts.end());
  std::stable_sort(summary.opCounts.begin(), summary.opCounts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  summary.modules = joint.modules;
  for (const load::LoggedCompile& compile : log.compiles)
    summary.compiles.push_back(describedCompile(compile, shown));
  return summary;
}

}  // namespace core::pipeline
