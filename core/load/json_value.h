#pragma once

// JSON as the readers want it: strict types, limits, and a path in every message.

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/load/read_failure.h"

namespace core::load {

/// One value of a JsonDocument, which must outlive it. Wrong types and missing members throw
/// ReadFailure (FormatUnsupported) with the path of the value.
class JsonValue {
 public:
  JsonValue(simdjson::dom::element element, std::string path)
      : m_element(element), m_path(std::move(path)) {}

  /// A member that must be there.
  JsonValue at(std::string_view key) const;
  /// A member that may be absent; a null member counts as absent.
  std::optional<JsonValue> find(std::string_view key) const;
  /// The tag and value of a single-key object: how the schema writes unions.
  std::pair<std::string_view, JsonValue> onlyMember() const;

  bool isNull() const { return m_element.is_null(); }
  bool isString() const { return m_element.is_string(); }
  std::int64_t integer() const;
  /// A number, or one of the texts "Infinity", "-Infinity", "NaN".
  double real() const;
  bool boolean() const;
  std::string string() const;
  std::size_t arraySize() const;

  /// Visits an array's elements with their positions.
  void forEachElement(const std::function<void(std::size_t, const JsonValue&)>& visit) const;
  /// Visits an object's members in the order of the file.
  void forEachMember(const std::function<void(const std::string&, const JsonValue&)>& visit) const;

  /// Throws ReadFailure: "<path> <why>".
  [[noreturn]] void fail(const std::string& why) const;

 private:
  simdjson::dom::array array() const;
  simdjson::dom::object object() const;

  simdjson::dom::element m_element;
  std::string m_path;  ///< from the innermost enclosing forEach...; outer parts are put in front
};

/// What a JSON text may cost.
struct JsonLimits {
  std::size_t maxValues = 2'000'000;
};

/// A parsed text. The whole of it is checked at once: syntax, depth (at most 64), number of values,
/// and that no object has a key twice.
class JsonDocument {
 public:
  /// `what` names the text in messages. Throws ReadFailure (ArchiveCorrupt).
  JsonDocument(std::string text, const std::string& what, const JsonLimits& limits);

  JsonValue root() const { return {m_root, {}}; }
  const std::string& what() const { return m_what; }

 private:
  std::string m_text;
  std::string m_what;
  simdjson::dom::parser m_parser;
  simdjson::dom::element m_root;
};

/// Runs `read(document.root())`; a failure inside names the document.
template <typename Read>
auto readDocument(const JsonDocument& document, Read&& read) {
  try {
    return read(document.root());
  } catch (ReadFailure& failure) {
    failure.error.message = document.what() + ": " + failure.error.message;
    throw;
  }
}

}  // namespace core::load
