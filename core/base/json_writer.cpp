#include "core/base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/base/check.h"

namespace core {
namespace {

void appendEscaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20) {
    out += c;
    return;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u00";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace

std::string jsonQuoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (char c : text) appendEscaped(out, c);
  out += '"';
  return out;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  CORE_CHECK(!m_levels.empty() && m_levels.back().open == '{', "a key outside of an object");
  CORE_CHECK(!m_levels.back().afterKey, "two keys in a row");
  separate(m_levels.back());
  m_levels.back().afterKey = true;
  m_text += jsonQuoted(name);
  m_text += ": ";
  return *this;
}

JsonWriter& JsonWriter::null() {
  return scalar("null");
}

JsonWriter& JsonWriter::value(std::string_view text) {
  return scalar(jsonQuoted(text));
}

JsonWriter& JsonWriter::value(double number) {
  if (std::isnan(number)) return scalar("\"nan\"");
  if (std::isinf(number)) return scalar(number > 0 ? "\"inf\"" : "\"-inf\"");
  std::array<char, 40> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  std::string text(buffer.data(), written.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return scalar(text);
}

std::string JsonWriter::take() && {
  CORE_CHECK(m_levels.empty(), "the document is not closed");
  if (m_indent > 0) m_text += '\n';
  return std::move(m_text);
}

JsonWriter& JsonWriter::begin(char open) {
  beforeValue();
  m_text += open;
  m_levels.push_back({open});
  return *this;
}

JsonWriter& JsonWriter::end(char close) {
  const char open = close == '}' ? '{' : '[';
  CORE_CHECK(!m_levels.empty() && m_levels.back().open == open, "an end without its begin");
  CORE_CHECK(!m_levels.back().afterKey, "a key without a value");
  const bool wasEmpty = m_levels.back().empty;
  m_levels.pop_back();
  // The closing bracket stands on a line of its own where the members did.
  if (!wasEmpty && onOwnLine(m_levels.size() + 1)) newLine(m_levels.size());
  m_text += close;
  return *this;
}

JsonWriter& JsonWriter::scalar(std::string_view text) {
  beforeValue();
  m_text += text;
  return *this;
}

void JsonWriter::beforeValue() {
  if (m_levels.empty()) return;
  Level& level = m_levels.back();
  if (level.open == '{') {
    CORE_CHECK(level.afterKey, "a value without a key in an object");
    level.afterKey = false;
    return;
  }
  separate(level);
}

bool JsonWriter::onOwnLine(std::size_t depth) const {
  return m_indent > 0 && static_cast<int>(depth) <= m_prettyDepth;
}

void JsonWriter::separate(Level& level) {
  if (!level.empty) m_text += onOwnLine(m_levels.size()) ? "," : ", ";
  level.empty = false;
  if (onOwnLine(m_levels.size())) newLine(m_levels.size());
}

void JsonWriter::newLine(std::size_t depth) {
  m_text += '\n';
  m_text.append(depth * static_cast<std::size_t>(m_indent), ' ');
}

}  // namespace core
