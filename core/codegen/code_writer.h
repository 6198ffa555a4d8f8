#pragma once

// Lines of generated source with their indentation.

#include <string>
#include <string_view>

namespace core::codegen {

class CodeWriter {
 public:
  /// One line at the current depth; an empty one stays empty.
  void line(std::string_view text);
  /// A line that ends in `{`, after which the depth grows.
  void open(std::string_view text);
  /// The closing line, "}" unless told.
  void close(std::string_view text = "}");
  /// "} else {" between two blocks.
  void orElse();
  /// Text that is already formatted.
  void raw(std::string_view text) { m_text += text; }

  const std::string& text() const { return m_text; }

 private:
  std::string m_text;
  int m_depth = 0;
};

}  // namespace core::codegen
