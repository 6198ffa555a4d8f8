#include "core/load/trace_log/value_annotation.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include "core/ir/real_scalar.h"
#include "core/load/capture/capture_words.h"
#include "core/load/trace_log/readable_graph_reader.h"

namespace core::load {
namespace {

/// Adds the symbols of `expression` that have no value.
void addUnknown(std::string_view expression, SymbolHints& symbols) {
  for (const std::string& name : unknownSymbols(expression, symbols))
    symbols.emplace(name, kAssumedSize);
}

ir::Size readSize(std::string_view text, const SymbolHints& symbols, const PythonScanner& where) {
  std::int64_t plain = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), plain);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) {
    if (plain < 0) where.fail("the size " + std::string(text) + " is negative");
    return plain;
  }
  SymbolHints known = symbols;
  addUnknown(text, known);
  const auto value = evaluateSize(text, known);
  if (!value) where.fail("the size '" + std::string(text) + "' is not understood");
  return ir::Size(std::string(text), *value);
}

/// The text up to the `]` that closes it, split at commas outside parentheses.
std::vector<std::string_view> takeList(std::string_view& text, const PythonScanner& where) {
  std::vector<std::string_view> parts;
  std::size_t start = 1;
  int depth = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if ((text[i] != ',' && text[i] != ']') || depth > 0) continue;
    std::string_view part = text.substr(start, i - start);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (!part.empty() || text[i] == ',') parts.push_back(part);
    start = i + 1;
    if (text[i] != ']') continue;
    text.remove_prefix(i + 1);
    return parts;
  }
  where.fail("a list of sizes has no end");
}

std::vector<ir::Size> takeSizes(std::string_view& text, const SymbolHints& symbols,
                                const PythonScanner& where) {
  std::vector<ir::Size> sizes;
  for (const std::string_view part : takeList(text, where))
    sizes.push_back(readSize(part, symbols, where));
  return sizes;
}

ir::TensorMeta readTensor(std::string_view text, const SymbolHints& symbols,
                          const PythonScanner& where) {
  ir::TensorMeta meta;
  const std::string whole(text);
  const std::size_t bracket = std::min(text.find('['), text.size());
  const auto dtype = ir::dtypeFromName(text.substr(0, bracket));
  if (!dtype || bracket == text.size()) where.fail("the type '" + whole + "' is not understood");
  meta.dtype = *dtype;
  text.remove_prefix(bracket);
  meta.sizes = takeSizes(text, symbols, where);
  if (text.starts_with('[')) {
    meta.strides = takeSizes(text, symbols, where);
    if (meta.strides.size() != meta.sizes.size())
      where.fail("the type '" + whole + "' has not one stride a size");
  } else {
    for (const std::int64_t stride : ir::contiguousStrides(meta.sizeHints()))
      meta.strides.emplace_back(stride);
  }
  if (text.empty()) return meta;
  const auto device = deviceFromName(text);
  if (!device) where.fail("the device '" + std::string(text) + "' is not known");
  meta.device = *device;
  return meta;
}

/// An expression that is no integer ("IntTrueDiv(s0, 2)") is a float.
ir::SymMeta readSym(std::string_view expression, const SymbolHints& symbols) {
  SymbolHints known = symbols;
  addUnknown(expression, known);
  const auto value = evaluateSize(expression, known);
  if (!value)
    return ir::realScalar(std::string(expression), evaluateReal(expression, known).value_or(0));
  std::int64_t plain = 0;
  const char* const end = expression.data() + expression.size();
  const auto read = std::from_chars(expression.data(), end, plain);
  if (read.ec == std::errc() && read.ptr == end) return {ir::Size(plain), false};
  return {ir::Size(std::string(expression), *value), false};
}

}  // namespace

ir::ValueMeta readAnnotation(std::string_view text, const SymbolHints& symbols,
                             const PythonScanner& where) {
  const std::size_t open = text.find('(');
  const bool isWrapped = open != std::string_view::npos && text.ends_with(')') &&
                         open < std::min(text.find('['), text.size());
  if (!isWrapped) return readTensor(text, symbols, where);
  const std::string_view inner = text.substr(open + 1, text.size() - open - 2);
  if (text.starts_with("Sym(")) return readSym(inner, symbols);
  // A subclass ("Parameter(f32[2][1]cpu)") whose data is a plain tensor.
  return readTensor(inner, symbols, where);
}

std::vector<std::string> unknownSymbols(std::string_view text, const SymbolHints& symbols) {
  std::vector<std::string> names;
  const auto isNameChar = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && isNameChar(text[end])) ++end;
    const std::string name(text.substr(i, end - i));
    if ((name.starts_with('s') || name.starts_with('u')) && isPlainSymbol(name) &&
        name.size() > 1 && std::isdigit(static_cast<unsigned char>(name[1])) &&
        symbols.find(name) == symbols.end())
      names.push_back(name);
    i = std::max(end, i + 1);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace core::load
