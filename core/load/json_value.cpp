#include "core/load/json_value.h"

#include <limits>
#include <unordered_set>
#include <utility>

namespace core::load {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxStringLength = 2 * 1024 * 1024;
constexpr std::size_t kSmallObject = 32;

/// Counts the values below `element` and refuses what simdjson accepts but we do not: duplicate
/// keys and endless strings. Depth is bounded by the parser.
class StructureCheck {
 public:
  explicit StructureCheck(std::size_t maxValues) : m_maxValues(maxValues) {}

  /// Why the value is refused; empty if it is fine.
  std::string check(simdjson::dom::element element) {
    if (++m_values > m_maxValues) {
      return "holds more than " + std::to_string(m_maxValues) + " values";
    }
    if (element.is_string()) {
      const bool tooLong = element.get_string_length().value_unsafe() > kMaxStringLength;
      return tooLong ? "holds a string of more than 2 MiB" : "";
    }
    if (element.is_array()) return checkArray(element.get_array().value_unsafe());
    if (element.is_object()) return checkObject(element.get_object().value_unsafe());
    return {};
  }

 private:
  std::string checkArray(simdjson::dom::array array) {
    for (const simdjson::dom::element child : array) {
      if (std::string why = check(child); !why.empty()) return why;
    }
    return {};
  }

  std::string checkObject(simdjson::dom::object object) {
    if (const std::string_view key = duplicateKey(object); key.data()) {
      return "has the key '" + std::string(key) + "' twice in one object";
    }
    for (const simdjson::dom::key_value_pair member : object) {
      if (std::string why = check(member.value); !why.empty()) return why;
    }
    return {};
  }

  static std::string_view duplicateKey(simdjson::dom::object object) {
    if (object.size() <= kSmallObject) {
      std::array<std::string_view, kSmallObject> seen;
      std::size_t count = 0;
      for (const auto member : object) {
        for (std::size_t i = 0; i < count; ++i) {
          if (seen[i] == member.key) return member.key;
        }
        seen[count++] = member.key;
      }
      return {};
    }
    std::unordered_set<std::string_view> seen;
    for (const auto member : object) {
      if (!seen.insert(member.key).second) return member.key;
    }
    return {};
  }

  std::size_t m_maxValues;
  std::size_t m_values = 0;
};

std::string joined(const std::string& path, std::string_view key) {
  std::string result = path;
  if (!result.empty()) result += '.';
  result += key;
  return result;
}

/// Puts `prefix` in front of the path with which a failure's message begins.
void prefixPath(ReadFailure& failure, const std::string& prefix) {
  std::string& message = failure.error.message;
  const bool direct = message.empty() || message.front() == '[' || message.front() == ' ';
  message = direct ? prefix + message : prefix + "." + message;
}

}  // namespace

void JsonValue::fail(const std::string& why) const {
  failRead(ErrorCode::FormatUnsupported, m_path + " " + why);
}

simdjson::dom::array JsonValue::array() const {
  simdjson::dom::array result;
  if (m_element.get(result) != simdjson::SUCCESS) fail("is not an array");
  return result;
}

simdjson::dom::object JsonValue::object() const {
  simdjson::dom::object result;
  if (m_element.get(result) != simdjson::SUCCESS) fail("is not an object");
  return result;
}

JsonValue JsonValue::at(std::string_view key) const {
  simdjson::dom::element child;
  if (object().at_key(key).get(child) != simdjson::SUCCESS) {
    fail("has no member '" + std::string(key) + "'");
  }
  return {child, joined(m_path, key)};
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  simdjson::dom::element child;
  if (object().at_key(key).get(child) != simdjson::SUCCESS || child.is_null()) return std::nullopt;
  return JsonValue(child, joined(m_path, key));
}

std::pair<std::string_view, JsonValue> JsonValue::onlyMember() const {
  const simdjson::dom::object members = object();
  if (members.size() != 1) fail("is not an object with exactly one key");
  const simdjson::dom::key_value_pair member = *members.begin();
  return {member.key, JsonValue(member.value, joined(m_path, member.key))};
}

std::int64_t JsonValue::integer() const {
  std::int64_t result = 0;
  if (m_element.get(result) != simdjson::SUCCESS) fail("is not an integer of 64 bits");
  return result;
}

double JsonValue::real() const {
  double result = 0;
  if (m_element.get(result) == simdjson::SUCCESS) return result;
  std::string_view text;
  if (m_element.get(text) == simdjson::SUCCESS) {
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  }
  fail("is not a number");
}

bool JsonValue::boolean() const {
  bool result = false;
  if (m_element.get(result) != simdjson::SUCCESS) fail("is not true or false");
  return result;
}

std::string JsonValue::string() const {
  std::string_view result;
  if (m_element.get(result) != simdjson::SUCCESS) fail("is not a string");
  return std::string(result);
}

std::size_t JsonValue::arraySize() const {
  std::size_t count = 0;
  for ([[maybe_unused]] const simdjson::dom::element child : array()) ++count;
  return count;
}

void JsonValue::forEachElement(
    const std::function<void(std::size_t, const JsonValue&)>& visit) const {
  std::size_t index = 0;
  for (const simdjson::dom::element child : array()) {
    try {
      visit(index, JsonValue(child, {}));
    } catch (ReadFailure& failure) {
      prefixPath(failure, m_path + "[" + std::to_string(index) + "]");
      throw;
    }
    ++index;
  }
}

void JsonValue::forEachMember(
    const std::function<void(const std::string&, const JsonValue&)>& visit) const {
  for (const simdjson::dom::key_value_pair member : object()) {
    const std::string key(member.key);
    try {
      visit(key, JsonValue(member.value, {}));
    } catch (ReadFailure& failure) {
      prefixPath(failure, joined(m_path, key));
      throw;
    }
  }
}

JsonDocument::JsonDocument(std::string text, const std::string& what, const JsonLimits& limits)
    : m_text(std::move(text)), m_what(what) {
  m_text.reserve(m_text.size() + simdjson::SIMDJSON_PADDING);
  simdjson::error_code error = m_parser.allocate(m_text.size(), kMaxDepth);
  if (error == simdjson::SUCCESS) error = m_parser.parse(m_text).get(m_root);
  if (error != simdjson::SUCCESS) {
    failRead(ErrorCode::ArchiveCorrupt,
             what + " is not valid JSON: " + simdjson::error_message(error));
  }
  if (const std::string why = StructureCheck(limits.maxValues).check(m_root); !why.empty()) {
    failRead(ErrorCode::ArchiveCorrupt, what + " " + why + ".");
  }
}

}  // namespace core::load
