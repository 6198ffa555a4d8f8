#pragma once

// Reads the pieces of a printed Python program: names, literals, punctuation. Knows where it is.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/ir/node.h"
#include "core/load/read_failure.h"

namespace core::load {

/// A position in a text that outlives it. What is not as expected throws ReadFailure
/// (FormatUnsupported) with line and column, both counted from 1.
class PythonScanner {
 public:
  explicit PythonScanner(std::string_view text) : m_text(text) {}

  bool atEnd() const { return m_at >= m_text.size(); }
  char peek(std::size_t ahead = 0) const {
    return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
  }
  /// Skips blanks; with newlines too if `lines`.
  void skipBlanks() { skip(" \t\r"); }
  void skipBlankLines() { skip(" \t\r\n"); }
  /// Takes `word` if it comes next.
  bool accept(std::string_view word);
  void expect(std::string_view word);
  /// The rest of the line, which is taken together with its end.
  std::string_view takeLine();
  /// "name", "a.b.c"; empty if no name comes next.
  std::string_view takeDotted();
  /// The content of a string literal with either mark and the usual escapes.
  std::string takeString();
  bool atString() const { return peek() == '\'' || peek() == '"'; }
  /// 1, -2, 1.5, 1e-05, inf, -inf, nan; empty if no number comes next.
  std::optional<ir::Argument> tryNumber();

  std::size_t position() const { return m_at; }
  void returnTo(std::size_t position) { m_at = position; }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  void skip(std::string_view characters);

  std::string_view m_text;
  std::size_t m_at = 0;
};

}  // namespace core::load
