#pragma once

// Writes JSON text, value by value. Used for every `--json` file of the engine.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Appends to one string. Calls follow the nesting of the document; a call that JSON does not allow
/// (a value without a key in an object, an unbalanced end) is an InternalError.
///
///   JsonWriter json;
///   json.beginObject().member("name", "mlp").key("sizes").beginArray().value(8).endArray();
///   std::string text = json.endObject().take();
class JsonWriter {
 public:
  /// `indent` spaces for each level down to `prettyDepth` levels; deeper values stay on one line.
  explicit JsonWriter(int indent = 0, int prettyDepth = 64)
      : m_indent(indent), m_prettyDepth(prettyDepth) {}

  JsonWriter& beginObject() { return begin('{'); }
  JsonWriter& endObject() { return end('}'); }
  JsonWriter& beginArray() { return begin('['); }
  JsonWriter& endArray() { return end(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& null();
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  /// The shortest text that reads back as the same double, with a point or an exponent ("1.0").
  /// Not-a-number and the infinities, which JSON lacks, become "nan", "inf", "-inf" in quotes.
  JsonWriter& value(double number);
  template <std::integral T>
  JsonWriter& value(T number) {
    if constexpr (std::same_as<T, bool>)
      return scalar(number ? "true" : "false");
    else
      return scalar(std::to_string(number));
  }
  template <typename T>
  JsonWriter& value(const std::vector<T>& elements) {
    beginArray();
    for (const auto& element : elements) value(static_cast<const T&>(element));
    return endArray();
  }

  /// null if absent.
  template <typename T>
  JsonWriter& value(const std::optional<T>& content) {
    return content ? value(*content) : null();
  }

  template <typename T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  /// The document; every object and array must be closed.
  std::string take() &&;
  std::string take() & { return std::move(*this).take(); }

 private:
  struct Level {
    char open;
    bool empty = true;
    bool afterKey = false;
  };

  JsonWriter& begin(char open);
  JsonWriter& end(char close);
  JsonWriter& scalar(std::string_view text);
  void beforeValue();
  bool onOwnLine(std::size_t depth) const;
  void separate(Level& level);
  void newLine(std::size_t depth);

  std::string m_text;
  std::vector<Level> m_levels;
  int m_indent;
  int m_prettyDepth;
};

/// `text` in quotes, with JSON's escapes. Bytes above 127 are copied (UTF-8).
std::string jsonQuoted(std::string_view text);

}  // namespace core
