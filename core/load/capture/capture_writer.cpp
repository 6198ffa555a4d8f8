#include "core/load/capture/capture_writer.h"

#include "core/load/capture/graph_writer.h"
#include "core/load/capture/partition_writer.h"

namespace core::load {
namespace {

enum class Content { Everything, PartitionsOnly };

// The document, `captures`, one capture, its `joint` and its node list each get lines of their own.
constexpr int kIndent = 1;
constexpr int kPrettyDepth = 5;

void writeHeader(JsonWriter& json, const CaptureHeader& header) {
  json.member("format", 1).member("name", header.name);
  json.member("loss", header.loss).member("device", header.device);
  json.key("dynamic_dims").beginObject();
  for (const auto& [input, dims] : header.dynamicDims) json.member(std::to_string(input), dims);
  json.endObject();
}

void writeBindings(JsonWriter& json, const ir::JointSignature& signature) {
  json.member("primal_storage", signature.primalStorage).key("input_bindings").beginArray();
  for (const ir::InputBinding& binding : signature.inputBindings) {
    json.beginObject().member("primal", binding.primal).member("is_written", binding.isWritten);
    if (binding.isReshaped) json.member("is_reshaped", true);
    if (!binding.attribute.empty()) json.member("attribute", binding.attribute);
    if (binding.isView) {
      writeTensorMeta(json.key("view"), binding.view);
      json.member("storage_offset", binding.storageOffset);
    }
    json.endObject();
  }
  json.endArray();
}

void writeJoint(JsonWriter& json, const CaptureSection& section) {
  const ir::JointGraph& joint = *section.joint;
  json.key("trace_seconds").beginObject().member("total", section.traceSeconds).endObject();
  json.member("param_order", joint.signature.parameterOrder)
      .member("buffer_order", joint.signature.bufferOrder);
  writeMetadata(json.key("metadata"), joint.metadata);
  json.member("is_training_graph", joint.metadata.isTrain)
      .member("num_fwd_outputs", joint.signature.numForwardOutputs)
      .member("static_input_indices", joint.metadata.staticInputIndices);
  writeBindings(json, joint.signature);
  json.key("guards").beginArray();
  for (const ir::SizeGuard& guard : joint.guards)
    json.beginObject()
        .member("expression", guard.expression)
        .member("reason", guard.reason)
        .member("source", guard.source)
        .endObject();
  json.endArray();
  writeGraph(json.key("joint"), *joint.graph);
}

std::string document(const CaptureHeader& header, const std::vector<CaptureSection>& sections,
                     Content content) {
  JsonWriter json(kIndent, kPrettyDepth);
  writeHeader(json.beginObject(), header);
  json.key("captures").beginObject();
  for (const CaptureSection& section : sections) {
    json.key(section.kind).beginObject();
    if (content == Content::Everything) writeJoint(json, section);
    writePartitions(json, *section.joint, section.partitions);
    json.endObject();
  }
  return json.endObject().endObject().take();
}

}  // namespace

std::string captureJson(const CaptureHeader& header, const std::vector<CaptureSection>& sections) {
  return document(header, sections, Content::Everything);
}

std::string partitionsJson(const CaptureHeader& header,
                           const std::vector<CaptureSection>& sections) {
  return document(header, sections, Content::PartitionsOnly);
}

}  // namespace core::load
