#include <cstdio>
#include <filesystem>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "core/base/json_writer.h"
#include "core/codegen/write_reproducer.h"
#include "core/pipeline/compile_pipeline.h"

namespace engine {
namespace {

using namespace core;
using pipeline::CompiledHalf;

struct NamedHalf {
  const char* name;
  const CompiledHalf* half;
};

std::vector<NamedHalf> halvesOf(const pipeline::CompileRecord& record) {
  std::vector<NamedHalf> halves;
  if (record.forward) halves.push_back({"forward", record.forward.get()});
  if (record.backward) halves.push_back({"backward", record.backward.get()});
  return halves;
}

const std::string& nodeName(const CompiledHalf& half, ir::NodeId id) {
  return half.schedule.graph->node(id).name;
}

std::string nodeList(const CompiledHalf& half, const std::vector<ir::NodeId>& nodes) {
  std::string text;
  for (ir::NodeId id : nodes) text += (text.empty() ? "" : ", ") + nodeName(half, id);
  return text;
}

void printHalf(const NamedHalf& named) {
  const CompiledHalf& half = *named.half;
  std::printf("%s: %zu kernels, %zu steps, arena %s\n", named.name, half.kernels.size(),
              half.schedule.steps.size(), bytesText(half.schedule.arenaBytes).c_str());
  for (std::size_t i = 0; i < half.kernels.size(); ++i) {
    const auto& group = half.schedule.groups[i];
    std::printf("  %s\n    nodes: %s\n", half.kernels[i].name.c_str(),
                nodeList(half, group.nodes).c_str());
    for (const std::string& reason : group.reasons) std::printf("    fused: %s\n", reason.c_str());
  }
  for (const auto& step : half.schedule.steps)
    if (const auto* external = std::get_if<schedule::ExternStep>(&step))
      std::printf("  extern %s (%s): %s\n", nodeName(half, external->node).c_str(),
                  half.schedule.graph->node(external->node).target.c_str(),
                  external->reason.c_str());
  for (const auto& refusal : half.schedule.refusals)
    std::printf("  not fused: %s -> %s: %s\n", nodeName(half, refusal.producer).c_str(),
                nodeName(half, refusal.consumer).c_str(), refusal.sentence.c_str());
}

void writeNodes(JsonWriter& json, const CompiledHalf& half, const std::vector<ir::NodeId>& nodes) {
  json.key("nodes").beginArray();
  for (ir::NodeId id : nodes) json.value(nodeName(half, id));
  json.endArray();
}

void writeHalf(JsonWriter& json, const CompiledHalf& half) {
  json.beginObject()
      .member("arena_bytes", half.schedule.arenaBytes)
      .member("peak_bytes", half.schedule.peakBytes)
      .key("kernels")
      .beginArray();
  for (std::size_t i = 0; i < half.kernels.size(); ++i) {
    const auto& kernel = half.kernels[i];
    json.beginObject().member("name", kernel.name);
    writeNodes(json, half, half.schedule.groups[i].nodes);
    json.member("reasons", half.schedule.groups[i].reasons)
        .member("notes", kernel.notes)
        .member("units", kernel.units)
        .endObject();
  }
  json.endArray().key("extern_calls").beginArray();
  for (const auto& step : half.schedule.steps)
    if (const auto* external = std::get_if<schedule::ExternStep>(&step))
      json.beginObject()
          .member("node", nodeName(half, external->node))
          .member("target", half.schedule.graph->node(external->node).target.str())
          .member("reason", external->reason)
          .endObject();
  json.endArray().key("refusals").beginArray();
  for (const auto& refusal : half.schedule.refusals)
    json.beginObject()
        .member("producer", nodeName(half, refusal.producer))
        .member("consumer", nodeName(half, refusal.consumer))
        .member("rule", refusal.rule)
        .member("sentence", refusal.sentence)
        .endObject();
  json.endArray().endObject();
}

std::string kernelsJson(const pipeline::CompileRecord& record) {
  JsonWriter json(1, 4);
  json.beginObject().member("model", record.model.name);
  for (const NamedHalf& named : halvesOf(record)) {
    json.key(named.name);
    writeHalf(json, *named.half);
  }
  return json.endObject().take();
}

Result<void> writeReproducers(const NamedHalf& named, const std::string& folder) {
  for (std::size_t i = 0; i < named.half->kernels.size(); ++i) {
    const auto& kernel = named.half->kernels[i];
    CORE_TRY(const std::string program,
             codegen::writeReproducer(kernel, named.half->schedule.groups[i].nest));
    CORE_TRY_VOID(
        writeFile(folder + "/reproducer_" + named.name + "_" + kernel.name + ".cpp", program));
  }
  return {};
}

Result<void> writeSources(const pipeline::CompileRecord& record, const EngineOptions& options) {
  const std::string& folder = options.outFolder;
  if (folder.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return Error{ErrorCode::FileNotFound,
                 "Cannot make the folder '" + folder + "': " + error.message() + ".",
                 {},
                 {}};
  for (const NamedHalf& named : halvesOf(record)) {
    if (options.reproducers) CORE_TRY_VOID(writeReproducers(named, folder));
    for (const auto& kernel : named.half->kernels) {
      const std::string stem = folder + "/" + named.name + "_" + kernel.name;
      const bool isCuda = kernel.language == codegen::KernelLanguage::Cuda;
      CORE_TRY_VOID(writeFile(stem + (isCuda ? ".cu" : ".cpp"), kernel.source));
      CORE_TRY_VOID(writeFile(stem + ".loops", kernel.loopText));
    }
  }
  return {};
}

}  // namespace

int kernelsCommand(const EngineOptions& options) {
  if (auto supported = checkSupported(options); !supported) return fail(supported.error());
  pipeline::OpenModel open;
  const auto outcome = pipeline::compile(open, options.model, pipeline::Goal::Kernels,
                                         kernelOptions(options), commandContext(options.quiet));
  if (outcome.error) return fail(*outcome.error);
  for (const NamedHalf& named : halvesOf(*outcome.record)) printHalf(named);
  if (auto sources = writeSources(*outcome.record, options); !sources) return fail(sources.error());
  const auto written = writeFile(options.json, kernelsJson(*outcome.record));
  return written ? kDone : fail(written.error());
}

}  // namespace engine
