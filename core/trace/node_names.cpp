// torch.fx: a candidate that ends in _<digits> is split into base and number; without a number the
// base's last number counts on. A name that is taken, or that Python reserves, takes the next one.

#include "core/trace/node_names.h"

#include <algorithm>
#include <cctype>

#include "core/trace/python_names.h"

namespace core::trace {
namespace {

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isWordCharacter(char c) {
  return isDigit(c) || isUpper(c) || isLower(c) || c == '_';
}

/// Position of the underscore before trailing digits; npos if there is none.
std::size_t numberSuffix(const std::string& name) {
  const std::size_t underscore = name.rfind('_');
  if (underscore == std::string::npos || underscore == 0 || underscore + 1 == name.size())
    return std::string::npos;
  const bool digits =
      std::all_of(name.begin() + static_cast<std::ptrdiff_t>(underscore) + 1, name.end(), isDigit);
  return digits && name.size() - underscore < 10 ? underscore : std::string::npos;
}

std::string numbered(const std::string& base, int number) {
  std::string name = base;
  name += '_';
  name += std::to_string(number);
  return name;
}

}  // namespace

std::string NodeNames::fresh(std::string_view candidate) {
  std::string name(candidate);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !isWordCharacter(c); }, '_');
  if (name.empty()) name = "_unnamed";
  if (isDigit(name.front())) name.insert(name.begin(), '_');

  std::string base = name;
  int number = 0;
  if (const std::size_t suffix = numberSuffix(name); suffix != std::string::npos) {
    base = name.substr(0, suffix);
    number = std::stoi(name.substr(suffix + 1));
    name = numbered(base, number);
  }
  if (number == 0) number = m_lastNumber[base];
  while (m_used.contains(name) || isReservedInPython(name)) name = numbered(base, ++number);
  m_lastNumber[base] = number;
  m_used.insert(name);
  return name;
}

std::string fxBaseName(std::string_view operatorName) {
  if (operatorName.size() > 4 && operatorName.starts_with("__") && operatorName.ends_with("__"))
    operatorName = operatorName.substr(2, operatorName.size() - 4);
  std::string name;
  for (std::size_t i = 0; i < operatorName.size(); ++i) {
    const char c = operatorName[i];
    const bool startsWord =
        isUpper(c) && i > 0 && operatorName[i - 1] != '_' && !isUpper(operatorName[i - 1]);
    if (startsWord) name += '_';
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace core::trace
