#pragma once

// A text that never changes: its copies share one allocation. Graphs are copied often, and most of
// what a node says stays the same.

#include <concepts>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace core {

/// Reads like a `const std::string`. An empty text allocates nothing.
class SharedText {
 public:
  SharedText() = default;
  template <typename T>
  requires(std::constructible_from<std::string, T&&> &&
           !std::same_as<std::remove_cvref_t<T>, SharedText>)
      SharedText(T&& text) {  // NOLINT(implicit): it is written as a string
    std::string owned(std::forward<T>(text));
    if (!owned.empty()) m_text = std::make_shared<const std::string>(std::move(owned));
  }

  const std::string& str() const {
    static const std::string kEmpty;
    return m_text ? *m_text : kEmpty;
  }
  operator const std::string&() const { return str(); }
  operator std::string_view() const { return str(); }
  explicit operator std::string() const { return str(); }

  bool empty() const { return !m_text; }
  /// Whether another text has the same allocation.
  bool isShared() const { return m_text.use_count() > 1; }
  std::size_t size() const { return str().size(); }
  const char* c_str() const { return str().c_str(); }
  bool starts_with(std::string_view part) const { return str().starts_with(part); }
  bool ends_with(std::string_view part) const { return str().ends_with(part); }
  std::size_t find(std::string_view part) const { return str().find(part); }
  std::string substr(std::size_t from, std::size_t count = std::string::npos) const {
    return str().substr(from, count);
  }

  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.m_text == b.m_text || a.str() == b.str();
  }
  template <std::convertible_to<std::string_view> T>
  friend bool operator==(const SharedText& a, const T& b) {
    return a.str() == std::string_view(b);
  }
  template <std::convertible_to<std::string_view> T>
  friend std::string operator+(const SharedText& a, const T& b) {
    return a.str() + std::string(b);
  }
  template <typename T>
  requires(std::convertible_to<T, std::string_view> &&
           !std::same_as<T, SharedText>) friend std::string
  operator+(const T& a, const SharedText& b) {
    return std::string(a) + b.str();
  }
  friend std::ostream& operator<<(std::ostream& stream, const SharedText& text) {
    return stream << text.str();
  }

  struct Hash {
    std::size_t operator()(const SharedText& text) const {
      return std::hash<std::string>()(text.str());
    }
  };

 private:
  std::shared_ptr<const std::string> m_text;
};

}  // namespace core
