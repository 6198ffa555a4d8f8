#pragma once

// Result<T>: the value of an operation that may fail, with the member names of std::expected
// (which libstdc++ 12 has only in C++23), and the Error that says what failed and what to do.

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace core {

/// The causes of expected failures. Each is a word that a test, a script or the window can act on.
enum class ErrorCode {
  FileNotFound,         ///< the path does not exist or cannot be read
  ArchiveCorrupt,       ///< not a zip, truncated, inconsistent or over a limit
  FormatUnsupported,    ///< a readable file in a format or schema version that is not ours
  InvalidArgument,      ///< wrong use: an option, a name or a value that does not exist
  UnsupportedOp,        ///< an operator that cannot be traced, lowered or run
  DataDependentShape,   ///< an operator whose output shape depends on data
  PartitionInfeasible,  ///< pins or tags that no partition can satisfy
  CompilerMissing,      ///< no kernel compiler could be loaded
  KernelCompileFailed,  ///< a generated kernel did not compile; the log is in `details`
  DeviceUnavailable,    ///< the requested device does not exist here
  OutOfMemory,          ///< an allocation or a stated limit was exceeded
  OutputMismatch,       ///< compiled values differ from eager's beyond the tolerance
  Cancelled,            ///< the person or a newer request stopped the work
  EngineDied,           ///< the engine process ended or its answer was not valid
  Torch,                ///< LibTorch threw; its text is in `message` and `details`
  Internal,             ///< a broken promise inside the program
};

/// The code's own name ("UnsupportedOp"), for logs, JSON and tests.
const char* errorCodeName(ErrorCode code);

/// One expected failure: what failed, on what, and what to do about it.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;  ///< one sentence for a person
  std::string details;  ///< longer text: a log, a backtrace, the graph; may be empty
  std::string node;     ///< name of the graph node the failure belongs to; may be empty
};

/// Either a T or an Error. Accessing the wrong alternative is a programming error
/// (std::bad_variant_access).
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}  // NOLINT(implicit)
  Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

  /// A Result of a pointer-compatible or otherwise convertible value.
  template <typename U>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
           !std::is_same_v<std::remove_cvref_t<U>, Error> &&
           !std::is_same_v<std::remove_cvref_t<U>, Result>) Result(U&& value)
      : m_state(std::in_place_index<0>, std::forward<U>(value)) {}

  bool has_value() const { return m_state.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(m_state); }
  const T& value() const& { return std::get<0>(m_state); }
  T&& value() && { return std::get<0>(std::move(m_state)); }

  Error& error() & { return std::get<1>(m_state); }
  const Error& error() const& { return std::get<1>(m_state); }
  Error&& error() && { return std::get<1>(std::move(m_state)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  template <typename U>
  T value_or(U&& fallback) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  std::variant<T, Error> m_state;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : m_error(std::move(error)), m_failed(true) {}

  bool has_value() const { return !m_failed; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const& { return m_error; }
  Error&& error() && { return std::move(m_error); }

 private:
  Error m_error;
  bool m_failed = false;
};

}  // namespace core

/// Returns the error of `expression` from the enclosing function, if it has one.
#define CORE_TRY_VOID(expression)                          \
  do {                                                     \
    if (auto coreTryResult = (expression); !coreTryResult) \
      return std::move(coreTryResult).error();             \
  } while (false)

#define CORE_TRY_CONCAT_(a, b) a##b
#define CORE_TRY_NAME_(line) CORE_TRY_CONCAT_(coreTryResult, line)

/// `CORE_TRY(auto x, f())` declares x with f's value, or returns f's error.
#define CORE_TRY(declaration, expression)                                            \
  auto CORE_TRY_NAME_(__LINE__) = (expression);                                      \
  if (!CORE_TRY_NAME_(__LINE__)) return std::move(CORE_TRY_NAME_(__LINE__)).error(); \
  declaration = std::move(CORE_TRY_NAME_(__LINE__)).value()
