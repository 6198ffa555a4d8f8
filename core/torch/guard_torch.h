#pragma once

// The one place where LibTorch's exceptions become Results.

#include <c10/util/Exception.h>

#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "core/base/check.h"
#include "core/base/result.h"
#include "core/torch/device_failure.h"

namespace core::torch {

/// An Error on its way through code that only knows exceptions (autograd); guardTorch() turns it
/// into a Result again, as it was.
class ThrownError final : public std::exception {
 public:
  explicit ThrownError(Error error) : m_error(std::move(error)) {}
  const char* what() const noexcept override { return m_error.message.c_str(); }
  const Error& error() const { return m_error; }

 private:
  Error m_error;
};

template <typename T>
struct GuardedResult {
  using type = Result<T>;
};
template <typename T>
struct GuardedResult<Result<T>> {
  using type = Result<T>;
};

inline std::string firstLineOf(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// "<what>: <first line of the text>", the whole text in `details`.
inline Error torchError(ErrorCode code, const std::string& what, const std::string& shortText,
                        const std::string& fullText) {
  return Error{code, what + ": " + firstLineOf(shortText), fullText, {}};
}

/// Calls `call()`, which returns a T or a Result<T>. What LibTorch throws becomes Error{Torch}, or
/// OutOfMemory; `what` says what was tried ("The eager step failed"). InternalError passes through:
/// it is our bug and is caught by the pipeline.
template <typename Call>
auto guardTorch(const std::string& what, Call&& call) ->
    typename GuardedResult<std::invoke_result_t<Call>>::type {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
      std::forward<Call>(call)();
      return {};
    } else {
      return std::forward<Call>(call)();
    }
  } catch (const InternalError&) {
    throw;
  } catch (const ThrownError& thrown) {
    return thrown.error();
  } catch (const c10::OutOfMemoryError& error) {
    Error memory =
        torchError(ErrorCode::OutOfMemory, what, error.what_without_backtrace(), error.what());
    memory.message += " Take a smaller batch, lower the memory budget, or run on the CPU.";
    return memory;
  } catch (const c10::AcceleratorError& error) {
    noteCudaError(error.get_error_code(), firstLineOf(error.what_without_backtrace()));
    return torchError(ErrorCode::DeviceUnavailable, what, error.what_without_backtrace(),
                      error.what());
  } catch (const c10::Error& error) {
    return torchError(ErrorCode::Torch, what, error.what_without_backtrace(), error.what());
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::OutOfMemory, what + ": there is not enough memory.", {}, {}};
  } catch (const std::exception& error) {
    return torchError(ErrorCode::Torch, what, error.what(), error.what());
  }
}

}  // namespace core::torch
