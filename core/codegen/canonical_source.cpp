#include "core/codegen/canonical_source.h"

#include <algorithm>
#include <cctype>

namespace core::codegen {
namespace {

bool isIdentifier(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

class Canonicalizer {
 public:
  Canonicalizer(std::string_view source, const std::vector<std::string>& entries,
                std::string_view prefix)
      : m_source(source), m_entries(entries), m_prefix(prefix) {}

  std::string run() {
    while (m_at < m_source.size()) step();
    dropTrailingBlanks();
    return std::move(m_out);
  }

 private:
  bool startsWith(std::string_view text) const {
    return m_source.substr(m_at, text.size()) == text;
  }

  void step() {
    const char c = m_source[m_at];
    if (startsWith("//")) {
      m_at = std::min(m_source.find('\n', m_at), m_source.size());
    } else if (startsWith("/*")) {
      skipBlockComment();
    } else if (c == '"' || c == '\'') {
      copyLiteral(c);
    } else if (isIdentifier(c)) {
      copyWord();
    } else {
      if (c == '\n') dropTrailingBlanks();
      m_out += c;
      ++m_at;
    }
  }

  void skipBlockComment() {
    const std::size_t end = std::min(m_source.find("*/", m_at + 2), m_source.size());
    m_out += ' ';
    for (; m_at < end; ++m_at)
      if (m_source[m_at] == '\n') m_out += '\n';
    m_at = std::min(end + 2, m_source.size());
  }

  void copyLiteral(char quote) {
    m_out += m_source[m_at++];
    while (m_at < m_source.size() && m_source[m_at] != quote && m_source[m_at] != '\n') {
      if (m_source[m_at] == '\\' && m_at + 1 < m_source.size()) m_out += m_source[m_at++];
      m_out += m_source[m_at++];
    }
    if (m_at < m_source.size()) m_out += m_source[m_at++];
  }

  void copyWord() {
    std::size_t end = m_at;
    while (end < m_source.size() && isIdentifier(m_source[end])) ++end;
    const std::string_view word = m_source.substr(m_at, end - m_at);
    const auto entry = std::find(m_entries.begin(), m_entries.end(), word);
    if (entry == m_entries.end())
      m_out += word;
    else
      m_out += renamedEntry(static_cast<std::size_t>(entry - m_entries.begin()), m_prefix);
    m_at = end;
  }

  void dropTrailingBlanks() {
    while (!m_out.empty() && (m_out.back() == ' ' || m_out.back() == '\t')) m_out.pop_back();
  }

  std::string_view m_source;
  const std::vector<std::string>& m_entries;
  std::string_view m_prefix;
  std::size_t m_at = 0;
  std::string m_out;
};

}  // namespace

std::string renamedEntry(std::size_t index, std::string_view prefix) {
  return std::string(prefix) + (index ? "_" + std::to_string(index) : "");
}

std::string canonicalSource(std::string_view source, const std::vector<std::string>& entries,
                            std::string_view prefix) {
  return Canonicalizer(source, entries, prefix).run();
}

}  // namespace core::codegen
