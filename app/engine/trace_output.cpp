#include "app/engine/trace_output.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "app/engine/command_output.h"
#include "app/engine/partition_output.h"
#include "core/base/json_writer.h"
#include "core/ir/metadata_text.h"
#include "core/ir/readable_text.h"
#include "core/ir/sequence_table.h"
#include "core/load/capture/capture_writer.h"
#include "core/load/capture/partition_writer.h"
#include "core/load/trace_log/trace_log_writer.h"

namespace engine {
namespace {

using namespace core;
using partition::Partition;

/// Saved values with their bytes and the reason for each, for the "min_cut_information" of a log.
std::string partitionInformation(const Partition& parts) {
  JsonWriter json(1, 3);
  json.beginObject()
      .member("partition", load::variantName(parts.options))
      .member("saved_bytes", parts.savedBytesTotal)
      .member("recomputed", parts.recomputed)
      .key("saved")
      .beginArray();
  for (const partition::SavedTensor& saved : parts.savedTensors)
    json.beginObject().member("name", saved.name).member("bytes", saved.bytes).endObject();
  json.endArray().key("decisions").beginArray();
  for (const partition::ValueDecision& decision : parts.decisions)
    json.beginObject()
        .member("name", decision.name)
        .member("rule", decision.rule)
        .member("sentence", decision.sentence)
        .endObject();
  return json.endArray().endObject().take();
}

Result<void> writeLog(const JointToShow& shown, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const Partition& parts = shown.partitions->back();
  load::RunToLog run;
  run.model = shown.name;
  run.joint = shown.joint;
  if (shown.joint->metadata.isTrain) {
    run.forward = parts.forward;
    run.backward = parts.backward;
    run.minCutInformation = partitionInformation(parts);
  }
  run.seconds = shown.traceSeconds + parts.seconds;
  run.end = std::chrono::system_clock::now();
  run.process = static_cast<int>(getpid());
  return writeFile(folder + "/dedicated_log_torch_trace_" + shown.name + ".log",
                   load::traceLogText({run}));
}

}  // namespace

bool printsGraphs(const EngineOptions& options) {
  return options.text || options.table;
}

void printGraphs(const JointToShow& shown, const EngineOptions& options) {
  const ir::JointGraph& joint = *shown.joint;
  const auto print = [](const char* title, const ir::GraphPtr& graph) {
    if (graph) std::printf("# %s\n%s\n", title, ir::readableText(*graph).c_str());
  };
  if (options.text) {
    std::printf("# View and mutation metadata\n%s\n", ir::metadataText(joint.metadata).c_str());
    print(joint.metadata.isTrain ? "Joint graph" : "Inference graph", joint.graph);
    if (joint.metadata.isTrain) {
      print("Forward graph", shown.partitions->back().forward);
      print("Backward graph", shown.partitions->back().backward);
    }
  }
  if (options.table) std::fputs(ir::sequenceTableText(*joint.graph).c_str(), stdout);
}

Result<void> writeTrace(const JointToShow& shown, const EngineOptions& options) {
  if (!options.torchTraceFolder.empty()) CORE_TRY_VOID(writeLog(shown, options.torchTraceFolder));
  if (options.json.empty()) return {};
  return writeFile(options.json,
                   load::captureJson({shown.name, shown.loss, "cpu", shown.dynamicDims},
                                     {{shown.decompositions, shown.joint,
                                       pointersTo(*shown.partitions), shown.traceSeconds}}));
}

}  // namespace engine
