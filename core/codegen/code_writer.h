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

/// A name of any origin as it may stand in a line comment: a model's file chooses its names, and
/// none may end the comment. Anything but letters, digits, `_`, `.` and `-` becomes `?`; a long
/// name is cut.
std::string nameInComment(std::string_view name);

}  // namespace core::codegen
