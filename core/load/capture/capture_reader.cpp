#include "core/load/capture/capture_reader.h"

#include "core/load/capture/capture_words.h"
#include "core/load/capture/document_text.h"
#include "core/load/capture/metadata_reader.h"
#include "core/load/capture/node_reader.h"

namespace core::load {
namespace {

constexpr std::size_t kMaxDepth = 64;

Result<Capture> readCapture(Json capture, const std::vector<Json>& userInputs, ir::Device device) {
  const auto joint = jsonMember(capture, "joint");
  if (!joint) return malformed("it has no `joint` graph");
  const std::vector<Json> nodes = jsonElements(*joint, "nodes");
  ValueReader values(device);
  for (Json node : nodes)
    if (const auto value = jsonMember(node, "val")) values.learnSymbols(*value);

  Capture result;
  NodeReader reader(values);
  CORE_TRY(result.joint.graph, reader.read(nodes));
  result.joint.modules = reader.modules();
  CORE_TRY(result.joint.signature, readSignature(capture, userInputs, *result.joint.graph, values));
  for (Json guard : jsonElements(capture, "guards"))
    result.joint.guards.push_back(
        {jsonText(guard, "expression"), jsonText(guard, "reason"), jsonText(guard, "source")});
  if (const auto metadata = jsonMember(capture, "metadata")) {
    CORE_TRY(result.joint.metadata, readMetadata(*metadata, values));
  }
  result.joint.metadata.isTrain =
      jsonFlag(capture, "is_training_graph", result.joint.metadata.isTrain);
  if (const auto indices = jsonInts(capture, "static_input_indices"); !indices.empty())
    result.joint.metadata.staticInputIndices = indices;
  if (const auto variants = jsonGet<simdjson::dom::object>(capture, "variants"))
    for (const auto& field : *variants) result.variants.emplace_back(field.key);
  return result;
}

Result<CaptureFile> readDocument(Json document) {
  CaptureFile file;
  file.name = jsonText(document, "name");
  if (const auto loss = jsonGet<std::string_view>(document, "loss")) file.loss = *loss;
  if (const auto device = jsonGet<std::string_view>(document, "device")) file.device = *device;
  const auto device = deviceFromName(file.device);
  if (!device) return malformed("unknown device '" + file.device + "'");
  std::vector<Json> userInputs;
  if (const auto inputs = jsonMember(document, "inputs"))
    userInputs = jsonElements(*inputs, "inputs");
  const auto captures = jsonGet<simdjson::dom::object>(document, "captures");
  if (!captures) return malformed("it has no `captures`: is it the result of `trace --json`?");
  for (const auto& field : *captures) {
    if (jsonMember(field.value, "error")) continue;
    auto capture = readCapture(field.value, userInputs, *device);
    const std::string kind(field.key);
    if (!capture) {
      Error error = std::move(capture).error();
      error.message.insert(0, "captures." + kind + ": ");
      return error;
    }
    capture->kind = kind;
    file.captures.push_back(std::move(*capture));
  }
  return file;
}

}  // namespace

const Capture* CaptureFile::find(std::string_view kind) const {
  for (const Capture& capture : captures)
    if (capture.kind == kind) return &capture;
  return nullptr;
}

Result<CaptureFile> parseCaptureFile(const std::string& text) {
  simdjson::dom::parser parser;
  if (parser.allocate(text.size(), kMaxDepth) != simdjson::SUCCESS)
    return Error{ErrorCode::OutOfMemory, "The JSON text is too long to be read.", {}, {}};
  Json document;
  if (const auto status = parser.parse(text).get(document); status != simdjson::SUCCESS) {
    return Error{ErrorCode::ArchiveCorrupt,
                 "The text is not JSON that can be read.",
                 simdjson::error_message(status),
                 {}};
  }
  return readDocument(document);
}

Result<CaptureFile> readCaptureFile(const std::string& path) {
  CORE_TRY(const std::string text, readDocumentText(path));
  auto file = parseCaptureFile(text);
  if (file) return file;
  Error error = std::move(file).error();
  error.message.insert(0, "Cannot read the joint graph in '" + path + "': ");
  return error;
}

}  // namespace core::load
