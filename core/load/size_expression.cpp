// srepr is a prefix notation: Name(argument, ...), where an argument is another such term, a quoted
// text, a number, or keyword=value (assumptions on symbols, which are dropped). One pass of
// recursive descent prints infix text; each piece carries its precedence, so that parentheses
// appear only where they are needed.

#include "core/load/size_expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace core::load {
namespace {

constexpr int kMaxDepth = 64;

enum class Precedence { Sum, Product, Power, Atom };

struct Piece {
  std::string text;
  Precedence precedence = Precedence::Atom;
};

struct Operator {
  std::string_view function;
  std::string_view sign;
  Precedence precedence;
  bool binary;  ///< exactly two operands, and the right one binds tighter
};

constexpr std::array kOperators = {
    Operator{"Add", " + ", Precedence::Sum, false},
    Operator{"Mul", "*", Precedence::Product, false},
    Operator{"Pow", "**", Precedence::Power, true},
    Operator{"FloorDiv", "//", Precedence::Product, true},
    Operator{"CleanDiv", "//", Precedence::Product, true},
    Operator{"Mod", "%", Precedence::Product, true},
    Operator{"PythonMod", "%", Precedence::Product, true},
};

std::string wrapped(const Piece& piece, bool parentheses) {
  return parentheses ? "(" + piece.text + ")" : piece.text;
}

/// Ends the reading of a text that is not an srepr; never leaves this file.
struct NotSrepr {};

class SreprReader {
 public:
  explicit SreprReader(std::string_view text) : m_text(text) {}

  std::string read() {
    const Piece piece = readTerm(0);
    skipSpaces();
    if (m_at != m_text.size()) fail();
    return piece.text;
  }

 private:
  [[noreturn]] static void fail() { throw NotSrepr(); }

  void skipSpaces() {
    while (m_at < m_text.size() && m_text[m_at] == ' ') ++m_at;
  }

  bool accept(char c) {
    skipSpaces();
    if (m_at >= m_text.size() || m_text[m_at] != c) return false;
    ++m_at;
    return true;
  }

  std::string_view readWord() {
    skipSpaces();
    const std::size_t begin = m_at;
    while (m_at < m_text.size() &&
           (std::isalnum(static_cast<unsigned char>(m_text[m_at])) || m_text[m_at] == '_' ||
            m_text[m_at] == '.' || (m_text[m_at] == '-' && m_at == begin))) {
      ++m_at;
    }
    if (m_at == begin) fail();
    return m_text.substr(begin, m_at - begin);
  }

  std::string_view readQuoted() {
    const std::size_t end = m_text.find('\'', m_at);
    if (end == std::string_view::npos) fail();
    const std::string_view result = m_text.substr(m_at, end - m_at);
    m_at = end + 1;
    return result;
  }

  Piece readTerm(int depth) {
    if (depth > kMaxDepth) fail();
    if (accept('\'')) return {std::string(readQuoted()), Precedence::Atom};
    const std::string_view word = readWord();
    if (!accept('(')) return {std::string(word), Precedence::Atom};
    std::vector<Piece> operands;
    while (!accept(')')) {
      if (!operands.empty() && !accept(',')) fail();
      operands.push_back(readTerm(depth + 1));
      // keyword=value: an assumption on a symbol
      if (accept('=')) {
        readTerm(depth + 1);
        operands.back() = {};
      }
    }
    std::erase_if(operands, [](const Piece& piece) { return piece.text.empty(); });
    return apply(word, operands);
  }

  static Piece apply(std::string_view function, const std::vector<Piece>& operands) {
    if (function == "Symbol" || function == "Integer") {
      if (operands.size() != 1) fail();
      return operands.front();
    }
    const auto found =
        std::find_if(kOperators.begin(), kOperators.end(),
                     [&](const Operator& candidate) { return candidate.function == function; });
    if (found == kOperators.end()) return call(function, operands);
    if (operands.empty() || (found->binary && operands.size() != 2)) fail();
    Piece result{{}, found->precedence};
    for (std::size_t i = 0; i < operands.size(); ++i) {
      const bool tighter = i > 0 && found->binary;
      const bool parentheses = operands[i].precedence < found->precedence ||
                               (tighter && operands[i].precedence == found->precedence);
      if (i > 0) result.text += found->sign;
      result.text += wrapped(operands[i], parentheses);
    }
    return result;
  }

  static Piece call(std::string_view function, const std::vector<Piece>& operands) {
    Piece result{std::string(function) + "(", Precedence::Atom};
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (i > 0) result.text += ", ";
      result.text += operands[i].text;
    }
    result.text += ")";
    return result;
  }

  std::string_view m_text;
  std::size_t m_at = 0;
};

}  // namespace

std::optional<std::string> sizeExpressionFromSrepr(std::string_view srepr) {
  try {
    return SreprReader(srepr).read();
  } catch (const NotSrepr&) {
    return std::nullopt;
  }
}

}  // namespace core::load
