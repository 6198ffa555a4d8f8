#include "core/codegen/code_writer.h"

namespace core::codegen {

void CodeWriter::line(std::string_view text) {
  if (!text.empty()) m_text.append(static_cast<std::size_t>(2 * m_depth), ' ').append(text);
  m_text += '\n';
}

void CodeWriter::open(std::string_view text) {
  line(text);
  ++m_depth;
}

void CodeWriter::close(std::string_view text) {
  --m_depth;
  line(text);
}

void CodeWriter::orElse() {
  --m_depth;
  open("} else {");
}

std::string nameInComment(std::string_view name) {
  constexpr std::size_t kLongest = 80;
  std::string text(name.substr(0, kLongest));
  for (char& c : text) {
    const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    if (!isPlain) c = '?';
  }
  return name.size() > kLongest ? text + "..." : text;
}

}  // namespace core::codegen
