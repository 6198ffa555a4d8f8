#include "core/load/trace_log/python_scanner.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

namespace core::load {
namespace {

bool isNameStart(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_';
}

bool isNameChar(char c) {
  return isNameStart(c) || std::isdigit(static_cast<unsigned char>(c));
}

char escaped(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return c;
  }
}

}  // namespace

void PythonScanner::skip(std::string_view characters) {
  m_at = std::min(m_text.find_first_not_of(characters, m_at), m_text.size());
}

bool PythonScanner::accept(std::string_view word) {
  if (m_text.substr(m_at, word.size()) != word) return false;
  m_at += word.size();
  return true;
}

void PythonScanner::expect(std::string_view word) {
  if (!accept(word)) fail("expected '" + std::string(word) + "'");
}

std::string_view PythonScanner::takeLine() {
  const std::size_t end = std::min(m_text.find('\n', m_at), m_text.size());
  std::string_view line = m_text.substr(m_at, end - m_at);
  if (line.ends_with('\r')) line.remove_suffix(1);
  m_at = std::min(end + 1, m_text.size());
  return line;
}

std::string_view PythonScanner::takeDotted() {
  const std::size_t start = m_at;
  if (!isNameStart(peek())) return {};
  while (isNameChar(peek()) || (peek() == '.' && isNameStart(peek(1)))) ++m_at;
  return m_text.substr(start, m_at - start);
}

std::string PythonScanner::takeString() {
  const char mark = peek();
  ++m_at;
  std::string content;
  while (!atEnd() && peek() != mark && peek() != '\n') {
    if (peek() == '\\') {
      ++m_at;
      content += escaped(peek());
    } else {
      content += peek();
    }
    ++m_at;
  }
  if (peek() != mark) fail("the string has no end");
  ++m_at;
  return content;
}

std::optional<ir::Argument> PythonScanner::tryNumber() {
  const std::size_t start = m_at;
  const bool negative = accept("-");
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (isNameStart(peek())) {
    const std::string_view word = takeDotted();
    if (word == "inf") return ir::Argument(negative ? -kInfinity : kInfinity);
    if (word == "nan") return ir::Argument(std::numeric_limits<double>::quiet_NaN());
    m_at = start;
    return std::nullopt;
  }
  if (!std::isdigit(static_cast<unsigned char>(peek()))) {
    m_at = start;
    return std::nullopt;
  }
  while (isNameChar(peek()) || peek() == '.' ||
         ((peek() == '-' || peek() == '+') && m_text[m_at - 1] == 'e'))
    ++m_at;
  const std::string_view digits = m_text.substr(start, m_at - start);
  const char* const end = digits.data() + digits.size();
  std::int64_t integer = 0;
  if (const auto read = std::from_chars(digits.data(), end, integer);
      read.ptr == end && read.ec == std::errc())
    return ir::Argument(integer);
  double real = 0;
  const bool isReal = digits.find_first_of(".e") != std::string_view::npos;
  const auto read = std::from_chars(digits.data(), end, real);
  if (isReal && read.ptr == end && read.ec == std::errc()) return ir::Argument(real);
  m_at = start;
  fail("the number '" + std::string(digits) + "' is not supported");
}

void PythonScanner::fail(const std::string& what) const {
  const std::string_view before = m_text.substr(0, m_at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t lineStart = before.rfind('\n') + 1;  // npos + 1 is 0
  failRead(ErrorCode::FormatUnsupported, "line " + std::to_string(line) + ", column " +
                                             std::to_string(m_at - lineStart + 1) + ": " + what);
}

}  // namespace core::load
