#pragma once

// Short, exception-free access to a parsed JSON document. Absent and mistyped members are the same
// to a reader with a fallback; where a member must exist, the caller checks the optional.

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::load {

using Json = simdjson::dom::element;

inline std::optional<Json> jsonMember(Json object, std::string_view key) {
  Json found;
  if (object[key].get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

template <typename T>
std::optional<T> jsonAs(Json element) {
  T value{};
  if (element.get<T>().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

/// The member as T (bool, int64_t, double, string_view, dom::array, dom::object), if it is one.
template <typename T>
std::optional<T> jsonGet(Json object, std::string_view key) {
  const auto member = jsonMember(object, key);
  return member ? jsonAs<T>(*member) : std::nullopt;
}

inline bool jsonFlag(Json object, std::string_view key, bool fallback) {
  return jsonGet<bool>(object, key).value_or(fallback);
}

inline std::string jsonText(Json object, std::string_view key) {
  return std::string(jsonGet<std::string_view>(object, key).value_or(std::string_view()));
}

/// The elements of an array; none if it is no array.
inline std::vector<Json> elementsOf(Json array) {
  std::vector<Json> elements;
  if (const auto content = jsonAs<simdjson::dom::array>(array))
    for (Json element : *content) elements.push_back(element);
  return elements;
}

/// The same of a member, which may be absent.
inline std::vector<Json> jsonElements(Json object, std::string_view key) {
  const auto member = jsonMember(object, key);
  return member ? elementsOf(*member) : std::vector<Json>();
}

/// The integers of an array member; elements that are no integers are left out.
inline std::vector<int> jsonInts(Json object, std::string_view key) {
  std::vector<int> numbers;
  for (Json element : jsonElements(object, key))
    if (const auto number = jsonAs<std::int64_t>(element))
      numbers.push_back(static_cast<int>(*number));
  return numbers;
}

inline std::vector<std::string> jsonTexts(Json object, std::string_view key) {
  std::vector<std::string> texts;
  for (Json element : jsonElements(object, key))
    if (const auto text = jsonAs<std::string_view>(element)) texts.emplace_back(*text);
  return texts;
}

}  // namespace core::load
