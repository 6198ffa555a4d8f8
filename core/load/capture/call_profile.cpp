#include "core/load/capture/call_profile.h"

#include <cmath>

#include "core/base/json_writer.h"
#include "core/load/capture/document_text.h"
#include "core/load/capture/json_view.h"

namespace core::load {
namespace {

Error notAProfile(const std::string& why) {
  return Error{ErrorCode::FormatUnsupported,
               "These are no times of calls: " + why +
                   ". `aot-engine trace MODEL --profile FILE` measures them.",
               {},
               {}};
}

}  // namespace

Result<partition::CallProfile> parseCallProfile(const std::string& text) {
  simdjson::dom::parser parser;
  Json document;
  if (parser.parse(text).get(document) != simdjson::SUCCESS)
    return notAProfile("the text is not JSON");
  const auto calls = jsonGet<simdjson::dom::object>(document, "calls");
  if (!calls || jsonText(document, "unit") != "s")
    return notAProfile("it has no `calls` in the unit `s`");
  partition::CallProfile profile;
  for (const auto& field : *calls) {
    const auto seconds = jsonAs<double>(field.value);
    const std::string name(field.key);
    if (!seconds || !std::isfinite(*seconds) || *seconds < 0)
      return notAProfile("the time of '" + name + "' is no number of seconds");
    profile[name] = *seconds;
  }
  return profile;
}

Result<partition::CallProfile> readCallProfile(const std::string& path) {
  CORE_TRY(const std::string text, readDocumentText(path));
  auto profile = parseCallProfile(text);
  if (profile) return profile;
  Error error = std::move(profile).error();
  error.message.insert(0, "Cannot read '" + path + "'. ");
  return error;
}

std::string callProfileJson(const std::string& model, const partition::CallProfile& profile) {
  JsonWriter json(1, 2);
  json.beginObject().member("model", model).member("unit", "s").key("calls").beginObject();
  for (const auto& [name, seconds] : profile) json.member(name, seconds);
  return json.endObject().endObject().take();
}

}  // namespace core::load
